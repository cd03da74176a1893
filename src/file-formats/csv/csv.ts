/**
 * Delimited text, both ways (RFC 4180, and what is met in the wild). Reading hands out batches of rows whose cells
 * are still bytes; writing quotes what must be quoted.
 */

import type { ReadLimits } from '../limits.ts';
import type { Dialect } from '../rows.ts';
import type { TextSource } from '../source.ts';
import { RowChecks } from './check-rows.ts';
import { type CsvBatch, tokenizedBatch } from './csv-batch.ts';
import { unescaper } from './csv-escapes.ts';
import { marksOf } from './csv-marks.ts';
import { Tokenizer } from './tokenizer.ts';

export interface CsvOptions {
  readonly dialect: Dialect;
  readonly limits: ReadLimits;
  /** Columns of the table; undefined: as many as the first row has. */
  readonly columns: number | undefined;
}

/**
 * Reads the rows of a table. With a header, the first batch is the header alone, as row 0. Rows whose bytes, quotes
 * or width are wrong are in the batch, with a fault.
 */
export async function* readCsvRows(source: TextSource, options: CsvOptions): AsyncGenerator<CsvBatch> {
  const rows = new WindowedRows(source, options);
  for await (const chunk of wholeChunks(source.chunks, rows)) {
    rows.append(chunk.bytes, chunk.final);
    for (let batch = rows.next(); batch !== undefined; batch = rows.next()) yield batch;
  }
}

/** As many bytes at once as the reader wants: at least twice what is left over, so that a long row costs linear time. */
async function* wholeChunks(
  chunks: AsyncIterable<Buffer>,
  rows: WindowedRows,
): AsyncGenerator<{ bytes: readonly Buffer[]; final: boolean }> {
  let pending: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    if (size > 0 && size >= rows.wanted) {
      yield { bytes: pending, final: false };
      pending = [];
      size = 0;
    }
    pending.push(chunk);
    size += chunk.length;
  }
  yield { bytes: pending, final: true };
}

/** The window over the text: what is left over of the last one, and the bytes that came since. */
class WindowedRows {
  readonly #tokenizer: Tokenizer;
  readonly #source: TextSource;
  readonly #options: CsvOptions;
  readonly #unescape: (text: string) => string;
  readonly #checks: RowChecks;
  readonly #absent: Buffer | undefined;
  #window: Buffer = Buffer.alloc(1);
  #at = 0;
  #to = 0;
  #final = false;
  /** Byte of the file at which the window begins. */
  #base: number | undefined;
  #rowsRead: number;
  #columns: number;
  /** The rest of a line too long to hold is being passed over. */
  #passingOver = false;

  constructor(source: TextSource, options: CsvOptions) {
    const { dialect, limits } = options;
    this.#source = source;
    this.#options = options;
    this.#rowsRead = dialect.header ? 0 : 1;
    this.#columns = options.columns ?? 0;
    this.#unescape = unescaper(dialect);
    this.#absent = dialect.absent ? Buffer.from(dialect.absent) : undefined;
    this.#checks = new RowChecks({ cellBytesMax: limits.cellBytesMax, encoding: dialect.encoding });
    this.#tokenizer = new Tokenizer({
      marks: marksOf(dialect),
      rowsMax: limits.batchRowsMax,
      linesToSkip: dialect.skipLines,
      cellsKeptMax: limits.columnsMax + 1,
      cellBytesMax: limits.cellBytesMax,
    });
    this.#tokenizer.columns = this.#columns;
  }

  /** Bytes that the next window should have at least. */
  get wanted(): number {
    return Math.min((this.#to - this.#at) * 2, this.#options.limits.rowBytesMax);
  }

  append(chunks: readonly Buffer[], final: boolean): void {
    const rest = this.#window.subarray(this.#at, this.#to);
    this.#base = (this.#base ?? this.#source.base) + this.#source.measure(this.#window, 0, this.#at);
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, rest.length);
    const window = this.#roomFor(rest, chunks) ?? copied(rest, chunks, size);
    this.#window = window;
    this.#at = 0;
    this.#to = final ? withoutEndMark(window, size) : size;
    this.#final = final;
  }

  /** The usual case: what is left over fits in front of the one chunk, which need not be copied. */
  #roomFor(rest: Buffer, chunks: readonly Buffer[]): Buffer | undefined {
    const chunk = chunks[0];
    const { room } = this.#source;
    if (chunk === undefined || chunks.length > 1 || room === 0 || rest.length > room) return undefined;
    const window = Buffer.from(chunk.buffer, chunk.byteOffset - rest.length, rest.length + chunk.length + 1);
    rest.copy(window, 0);
    return window;
  }

  /** The next batch of the window; undefined when it holds no more whole row. */
  next(): CsvBatch | undefined {
    if (this.#passingOver) this.#passOver();
    const tokenizer = this.#tokenizer;
    const from = this.#at;
    if (from >= this.#to) return undefined;
    const alone = this.#columns === 0 || this.#rowsRead === 0;
    tokenizer.rowsMax = alone ? 1 : this.#options.limits.batchRowsMax;
    this.#at = tokenizer.split(this.#window, from, this.#to, this.#final);
    if (tokenizer.found.rows > 0) return this.#batch(from);
    if (this.#to - this.#at < this.#options.limits.rowBytesMax) return undefined;
    this.#at = tokenizer.giveUp(this.#window, this.#at, this.#to);
    this.#passingOver = this.#at === this.#to;
    return this.#batch(from);
  }

  #batch(from: number): CsvBatch {
    const tokenizer = this.#tokenizer;
    const batch = tokenizedBatch(tokenizer.found, {
      bytes: this.#window,
      from,
      to: this.#at,
      first: this.#rowsRead,
      unescape: this.#unescape,
      absent: this.#absent,
      base: this.#base ?? 0,
      measure: this.#source.measure,
    });
    if (this.#columns === 0) this.#columns = tokenizer.columns = batch.width(0);
    this.#rowsRead += batch.length;
    this.#checks.check(batch, tokenizer.found.faults, this.#columns);
    return batch;
  }

  /** Goes on after the next line break, for a line too long to hold. */
  #passOver(): void {
    const end = this.#window.subarray(this.#at, this.#to).findIndex((byte) => byte === 0x0a || byte === 0x0d);
    this.#at = end === -1 ? this.#to : this.#at + end;
    this.#passingOver = end === -1;
  }
}

function copied(rest: Buffer, chunks: readonly Buffer[], size: number): Buffer {
  const window = Buffer.allocUnsafeSlow(size + 1);
  let at = rest.copy(window, 0);
  for (const chunk of chunks) at += chunk.copy(window, at);
  return window;
}

/** CP/M and DOS ended text with Control-Z; some programs still write it. Line ends and padding may follow. */
function withoutEndMark(window: Buffer, size: number): number {
  let end = size;
  while (end > 0 && [0x1a, 0x0a, 0x0d, 0x00].includes(window[end - 1] as number)) end--;
  const mark = window.indexOf(0x1a, end);
  return mark === -1 || mark >= size ? size : mark;
}

export interface CsvStyle {
  readonly delimiter?: string;
  readonly quote?: string;
  readonly lineEnd?: string;
}

/**
 * One row of delimited text with its line end (RFC 4180, but for the line end, which is LF unless told otherwise).
 * A cell is quoted when it must be: a delimiter, a quote or a line break stands in it, or the row would be a blank line.
 */
export function encodeCsvRow(cells: readonly string[], style: CsvStyle = {}): string {
  const { delimiter = ',', quote = '"', lineEnd = '\n' } = style;
  let row = '';
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] as string;
    if (i > 0) row += delimiter;
    row += needsQuotes(cell, delimiter, quote) ? quote + cell.replaceAll(quote, quote + quote) + quote : cell;
  }
  return (cells.length === 1 && row.trim() === '' ? quote + row + quote : row) + lineEnd;
}

function needsQuotes(cell: string, delimiter: string, quote: string): boolean {
  return cell.includes(delimiter) || cell.includes(quote) || cell.includes('\n') || cell.includes('\r');
}
