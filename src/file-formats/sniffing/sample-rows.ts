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

/** The first rows of `text`, which is UTF-8 and ends with a line. `linesToSkip` lines at its beginning are left out. */
export function sampleRows(
  text: Buffer,
  dialect: SampleDialect,
  rowsMax: number,
  linesToSkip = 0,
): SampleRow[] {
  const window = Buffer.allocUnsafe(text.length + 1);
  text.copy(window);
  const tokenizer = new Tokenizer({
    marks: marksOf(dialect),
    rowsMax,
    linesToSkip,
    cellsKeptMax,
    cellBytesMax: text.length,
  });
  tokenizer.split(window, 0, text.length, true);
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
