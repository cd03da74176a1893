/**
 * What every file format gives: rows in the file's own order, a few thousand at a time, their cells as text.
 * A cell that is absent, null or empty is the empty text.
 */
import type { ProblemCode, ProblemDetails } from '../platform/problems.ts';

/** A row that could not be read as it stands. It is counted, and kept out. */
export interface RowFault {
  /** 1-based number of the row among the data rows. */
  readonly row: number;
  /** Byte at which the fault stands, in the file after unpacking. */
  readonly offset: number;
  readonly code: ProblemCode;
  /** 0-based column, when one cell is at fault. */
  readonly column?: number;
  readonly details?: ProblemDetails;
}

export interface RowBatch {
  /** How many rows the batch has, the faulty ones among them. */
  readonly length: number;
  /** 1-based number of the batch's first row among the data rows; the header is not counted. Row i is first + i. */
  readonly first: number;
  /** Cells in row i; only a faulty row has more than the header. */
  width(i: number): number;
  /**
   * The text of a cell; empty when the row is shorter. A long one is part of a string for the whole batch, which
   * stays in memory as long as the cell does: who keeps a few cells for long, as a cache does, keeps copies.
   */
  cell(i: number, column: number): string;
  /** 1-based line of the file on which row i begins (for JSON: the row's number; for workbooks: that in its sheet). */
  line(i: number): number;
  /** Byte at which row i begins, in the file after unpacking; of a workbook, in the XML of its sheet. */
  offset(i: number): number;
  /** Faults of this batch's rows, in order; empty for almost every batch. */
  readonly faults: readonly RowFault[];
  /** The first rows as a batch of their own, where a format may have totals at its end. */
  start?(length: number): RowBatch;
  /** What is odd about rows that are read all the same: their codes are warnings. Looked for when asked for. */
  readonly warnings: readonly RowFault[];
}

export interface Column {
  /** 0-based place in the file. */
  readonly index: number;
  /** The header as a person sees it: trimmed, invisible characters removed, doubles told apart ("email (2)"), blanks named ("column 3"). Unique in the file. */
  readonly name: string;
  /** What all its cells are, where the file itself says so: nothing about how they are to be read is a question then. */
  readonly cells?: 'numbers' | 'days';
  /** JSON only: the name of the column whose objects this one is a part of ("address" of "address.city"). */
  readonly within?: string;
}

/** How bytes become rows; found by inspecting, changeable by a person. */
export interface Dialect {
  readonly format: 'csv' | 'json' | 'ndjson' | 'xlsx';
  readonly packing: 'none' | 'gzip' | 'zip';
  /** An iconv name: `utf-8`, `utf-16le`, `windows-1252` … */
  readonly encoding: string;
  /** Delimited text only, as are those down to `padded`. */
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: 'double' | 'backslash';
  /** False: columns are called "column 1" and so on, and the first row is data. */
  readonly header: boolean;
  /** Lines (of a workbook: rows of the sheet) before the header that are not part of the table. */
  readonly skipLines: number;
  /** Rows at the end that are no data: totals, what a report says of itself, blank ones. */
  readonly footerRows: number;
  readonly comment: string;
  /** The word that stands for no value, such as NULL: a cell of it alone, without quotes, is blank. '' for none. */
  readonly absent?: string;
  /** Blanks before an opening quote are not part of the cell: `1, "Ann", "London, UK"`. */
  readonly padded?: boolean;
  /**
   * JSON only: a JSON Pointer (RFC 6901) to the array whose elements are the rows, '' when the text is that array.
   * Without it the text is objects one after another, and they are the rows.
   */
  readonly rowsAt?: string;
  /** Workbooks only: the name of the sheet. A person may also say its place, from 1 on. */
  readonly sheet?: string;
  /** Workbooks only: which year the numbers of days count from. */
  readonly dateBase?: 1900 | 1904;
}

/** What was found out about a file, with how sure it is. */
export interface Inspection {
  readonly dialect: Dialect;
  readonly columns: readonly Column[];
  /** Up to 100 rows as they will be read; of a long cell, the beginning. */
  readonly sample: readonly (readonly string[])[];
  /** False when the encoding is a guess among legacy ones that a person should look at. */
  readonly encodingCertain: boolean;
  /** What a person should know: mojibake, a guessed encoding, header names changed, a total at the end. */
  readonly notes: readonly string[];
  /** Workbooks only: every sheet, in the order of the tabs. */
  readonly sheets?: readonly { readonly name: string; readonly hidden: boolean }[];
}
