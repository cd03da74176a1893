/** Rows of a sample of a text under one dialect or another, for the sniffers to look at. */
import { tokenizedBatch } from '../csv/csv-batch.ts';
import { unescaper } from '../csv/csv-escapes.ts';
import { marksOf } from '../csv/csv-marks.ts';
import { Tokenizer } from '../csv/tokenizer.ts';

export interface SampleDialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: 'double' | 'backslash';
  readonly comment: string;
  readonly padded?: boolean;
}

export interface SampleRow {
  /** 1-based line of the text on which it begins. */
  readonly line: number;
  readonly cells: readonly string[];
  /** For each cell, whether it stood in quotes. */
  readonly quoted: readonly boolean[];
  /** The row's quotes do not fit. */
  readonly broken: boolean;
}

/** Wider rows are none of a table. */
const cellsKeptMax = 2000;

export interface SampleRange {
  /** Lines at the beginning that are left out; none unless said. */
  readonly linesToSkip?: number;
  /** The text goes on behind the sample, which may end within a quoted cell of several lines: that row is left out. */
  readonly isCut?: boolean;
}

/** A quote that is open for longer opens no cell; the row is broken, and so read as one. */
const openBytesMax = 64 * 1024;

/** The first rows of `text`, which is UTF-8 and ends with a line. */
export function sampleRows(
  text: Buffer,
  dialect: SampleDialect,
  rowsMax: number,
  { linesToSkip = 0, isCut = false }: SampleRange = {},
): SampleRow[] {
  const window = Buffer.allocUnsafe(text.length + 1);
  text.copy(window);
  const split = (isLast: boolean): { readonly tokenizer: Tokenizer; readonly end: number } => {
    const tokenizer = new Tokenizer({
      marks: marksOf(dialect),
      rowsMax,
      linesToSkip,
      cellsKeptMax,
      cellBytesMax: text.length,
    });
    return { tokenizer, end: tokenizer.split(window, 0, text.length, isLast) };
  };
  const cut = isCut ? split(false) : undefined;
  const rows = cut?.tokenizer.found.rows ?? 0;
  const isCutShort = cut !== undefined && rows < rowsMax && text.length - cut.end > openBytesMax;
  const { tokenizer } = cut === undefined || rows === 0 || isCutShort ? split(true) : cut;
  const batch = tokenizedBatch(tokenizer.found, {
    bytes: window,
    from: 0,
    to: text.length,
    first: 1,
    unescape: unescaper(dialect),
    base: 0,
    measure: (_bytes, from, to) => to - from,
  });
  const broken = new Set([...tokenizer.found.faults.map((fault) => fault.index), ...tokenizer.found.mended]);
  const quote = Buffer.from(dialect.quote);
  return Array.from({ length: batch.length }, (_, i) => {
    const cells: string[] = [];
    const quoted: boolean[] = [];
    for (let column = 0; column < batch.keptWidth(i); column++) {
      const [begin] = batch.cellBytes(i, column);
      cells.push(batch.cell(i, column));
      quoted.push(
        quote.length > 0 &&
          begin >= quote.length &&
          window.subarray(begin - quote.length, begin).equals(quote),
      );
    }
    return { line: batch.line(i), cells, quoted, broken: broken.has(i) };
  });
}

/** Cells of a row that hold anything. */
export function filledCells(row: SampleRow): number {
  let count = 0;
  for (const cell of row.cells) if (cell.trim() !== '') count++;
  return count;
}

/** How many cells rows have most often; rows of nothing but delimiters say less than those that hold something. */
export function usualWidth(rows: readonly SampleRow[]): number {
  const filled = rows.filter((row) => filledCells(row) > 0);
  const counts = new Map<number, number>();
  let usual = 1;
  for (const { cells } of filled.length > 0 ? filled : rows) {
    const count = (counts.get(cells.length) ?? 0) + 1;
    counts.set(cells.length, count);
    const most = counts.get(usual) ?? 0;
    if (count > most || (count === most && cells.length > usual)) usual = cells.length;
  }
  return usual;
}
