/** What is wrong with the rows of a batch of delimited text, as far as bytes and widths tell. */
import { isUtf8 } from 'node:buffer';
import { firstInvalid } from '../encodings/invalid-utf8.ts';
import type { RowFault } from '../rows.ts';
import { ColumnShapes } from './column-shapes.ts';
import type { CsvBatch } from './csv-batch.ts';
import type { FoundFault } from './row-table.ts';

export interface RowChecksOptions {
  readonly cellBytesMax: number;
  /** Named in the fault of a row whose bytes do not decode. */
  readonly encoding: string;
}

type AddFault = (fault: FoundFault) => void;

export class RowChecks {
  readonly #options: RowChecksOptions;
  /** The first batch of several rows, of which the columns' shapes are learnt when they are asked for. */
  #pattern: CsvBatch | undefined;
  #shapes: ColumnShapes | undefined;
  /** Cells of the file's header, where it has one that cannot be a row. */
  #header: Header | undefined;

  constructor(options: RowChecksOptions) {
    this.#options = options;
  }

  /**
   * Notes the faults of the batch, at most one a row, in the rows' order.
   * @param found what the tokenizer has found.
   */
  check(batch: CsvBatch, found: readonly FoundFault[], columns: number): void {
    if (this.#pattern === undefined && batch.length > 1) this.#pattern = batch;
    if (batch.first === 0) this.#header = headerOf(batch);
    batch.faults = gather(batch, (add) => {
      for (const fault of found) add(fault);
      this.#checkWidths(batch, columns, add);
      if (this.#header !== undefined && batch.first > 0) checkHeaders(batch, this.#header, add);
      checkLengths(batch, this.#options.cellBytesMax, add);
      checkNuls(batch, add);
      checkEncoding(batch, this.#options.encoding, add);
    });
  }

  #checkWidths(batch: CsvBatch, columns: number, add: AddFault): void {
    for (let i = 0; i < batch.length; i++) {
      const found = batch.width(i);
      if (found === columns) continue;
      const ragged = (row: number) => {
        const details = { found: batch.width(row), expected: columns };
        add({ index: row, offset: batch.rowBegin(row), code: 'row.ragged', details });
      };
      if (found > columns) {
        if (!isBlankFrom(batch, i, columns)) ragged(i);
      } else if (this.#isShifted(batch, i, columns)) {
        // A line break within a cell, unquoted, leaves two short rows, and the first cannot be told from a row that ends early.
        if (i > 0 && batch.width(i - 1) + found === columns + 1) ragged(i - 1);
        ragged(i);
      }
    }
  }

  #isShifted(batch: CsvBatch, i: number, columns: number): boolean {
    this.#shapes ??= new ColumnShapes(this.#pattern ?? batch, columns);
    return this.#shapes.isShifted(batch, i);
  }
}

function gather(batch: CsvBatch, find: (add: AddFault) => void): RowFault[] {
  const faults = new Map<number, RowFault>();
  find(({ index, offset, ...rest }) => {
    if (!faults.has(index))
      faults.set(index, { ...rest, row: batch.first + index, offset: batch.fileOffset(offset) });
  });
  return faults.size < 2 ? [...faults.values()] : [...faults.values()].sort((a, b) => a.row - b.row);
}

interface Header {
  readonly cells: readonly string[];
  readonly bytes: number;
  /** Of its second cell, which has neither a byte-order mark before it nor a line end behind it. */
  readonly cellBytes: number;
}

/** How much longer a byte-order mark and another line end make a row. */
const headerBytesMore = 5;

/** A table of one column may have a value that is its name. */
function headerOf(batch: CsvBatch): Header | undefined {
  const cells = Array.from({ length: batch.keptWidth(0) }, (_, column) => plainCell(batch, 0, column));
  const bytes = batch.rowBegin(1) - batch.rowBegin(0);
  return cells.filter((cell) => cell !== '').length < 2
    ? undefined
    : { cells, bytes, cellBytes: secondBytes(batch, 0) };
}

/** Files that were put one behind the other have the header again where each begins. */
function checkHeaders(batch: CsvBatch, { cells, bytes, cellBytes }: Header, add: AddFault): void {
  for (let i = 0; i < batch.length; i++) {
    const more = batch.rowBegin(i + 1) - batch.rowBegin(i) - bytes;
    if (more > headerBytesMore || more < -headerBytesMore || batch.keptWidth(i) !== cells.length) continue;
    if (secondBytes(batch, i) !== cellBytes) continue;
    if (cells.every((cell, column) => plainCell(batch, i, column) === cell))
      add({ index: i, offset: batch.rowBegin(i), code: 'row.header_again' });
  }
}

function secondBytes(batch: CsvBatch, i: number): number {
  const [begin, end] = batch.cellBytes(i, 1);
  return end - begin;
}

/** Without the byte-order mark that a file may begin with. */
function plainCell(batch: CsvBatch, i: number, column: number): string {
  return batch
    .cell(i, column)
    .replace(/^\ufeff/, '')
    .trim();
}

/** Are all cells of the row from `column` on blank? */
function isBlankFrom(batch: CsvBatch, i: number, column: number): boolean {
  if (batch.width(i) > batch.keptWidth(i)) return false;
  for (let c = column; c < batch.keptWidth(i); c++) {
    if (batch.cell(i, c).trim() !== '') return false;
  }
  return true;
}

function checkLengths(batch: CsvBatch, max: number, add: AddFault): void {
  for (let i = 0; i < batch.length; i++) {
    if (batch.rowBegin(i + 1) - batch.rowBegin(i) <= max) continue;
    for (let column = 0; column < batch.keptWidth(i); column++) {
      const [begin, end] = batch.cellBytes(i, column);
      const found = end - begin;
      if (found > max)
        add({ index: i, offset: begin, code: 'cell.too_long', column, details: { found, max } });
    }
  }
}

function checkNuls(batch: CsvBatch, add: AddFault): void {
  const bytes = batch.bytes();
  const begin = batch.rowBegin(0);
  for (let at = bytes.indexOf(0); at !== -1; ) {
    const index = rowAt(batch, begin + at);
    add({ index, offset: begin + at, code: 'cell.nul', ...columnAt(batch, index, begin + at) });
    at = bytes.indexOf(0, batch.rowBegin(index + 1) - begin);
  }
}

function checkEncoding(batch: CsvBatch, encoding: string, add: AddFault): void {
  if (isUtf8(batch.bytes())) return;
  for (let i = 0; i < batch.length; i++) {
    const begin = batch.rowBegin(i);
    const row = batch.tokenized.bytes.subarray(begin, batch.rowBegin(i + 1));
    if (isUtf8(row)) continue;
    const offset = begin + firstInvalid(row);
    const byte = batch.fileOffset(offset);
    add({
      index: i,
      offset,
      code: 'cell.undecodable',
      ...columnAt(batch, i, offset),
      details: { byte, encoding },
    });
  }
}

function rowAt(batch: CsvBatch, position: number): number {
  let low = 0;
  let high = batch.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (batch.rowBegin(middle) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

function columnAt(batch: CsvBatch, index: number, position: number): { column?: number } {
  for (let column = 0; column < batch.keptWidth(index); column++) {
    const [begin, end] = batch.cellBytes(index, column);
    if (position >= begin && position < end) return { column };
  }
  return {};
}
