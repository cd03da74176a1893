/**
 * A batch of rows of delimited text. It keeps the bytes and where the cells stand in them; a cell becomes a string
 * when it is asked for, so columns that nobody maps cost nothing.
 */

import { mojibakeIn } from '../batch-warnings.ts';
import { showInvalid } from '../encodings/invalid-utf8.ts';
import type { RowBatch, RowFault } from '../rows.ts';
import { cellEscaped, cellHigh, cellShift } from './csv-marks.ts';
import type { RowTable } from './row-table.ts';

/** What the tokenizer found, copied out of its working arrays, and where in the file the bytes come from. */
export interface TokenizedRows {
  readonly bytes: Buffer;
  /** The rows stand in bytes[from, to). */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly cells: Int32Array;
  readonly rowCells: Int32Array;
  readonly rowBegins: Int32Array;
  readonly rowLines: Int32Array;
  readonly counted: ReadonlyMap<number, number>;
  /** Takes the doubled or escaped quotes out of a cell. */
  readonly unescape: (text: string) => string;
  /** The word that makes a cell blank where it stands without quotes. */
  readonly absent?: Buffer | undefined;
  /** Byte of the file at which the window begins, and how many of its bytes a part of the window was made from. */
  readonly base: number;
  readonly measure: (bytes: Uint8Array, from: number, to: number) => number;
}

/** What `toString` comes down to after it has looked at its arguments, which takes longer than decoding a cell. */
type SlicingBuffer = Buffer & {
  latin1Slice(begin: number, end: number): string;
  utf8Slice(begin: number, end: number): string;
};

const doubleQuote = 0x22;
const singleQuote = 0x27;

export class CsvBatch implements RowBatch {
  readonly length: number;
  readonly first: number;
  faults: readonly RowFault[] = [];
  readonly tokenized: TokenizedRows;
  readonly #bytes: SlicingBuffer;
  readonly #cells: Int32Array;
  readonly #rowCells: Int32Array;
  readonly #from: number;
  readonly #absent: Buffer | undefined;
  #text: string | undefined;
  #offsets: Float64Array | undefined;
  #warnings: readonly RowFault[] | undefined;

  constructor(tokenized: TokenizedRows, first: number, length = tokenized.rows) {
    this.tokenized = tokenized;
    this.first = first;
    this.length = length;
    this.#bytes = tokenized.bytes as SlicingBuffer;
    this.#cells = tokenized.cells;
    this.#rowCells = tokenized.rowCells;
    this.#from = tokenized.from;
    this.#absent = tokenized.absent;
  }

  /** The first rows of the batch as one of its own. */
  start(length: number): CsvBatch {
    const start = new CsvBatch(this.tokenized, this.first, length);
    start.faults = this.faults.filter((fault) => fault.row < this.first + length);
    return start;
  }

  /** Looked for when they are asked for. */
  get warnings(): readonly RowFault[] {
    this.#warnings ??= mojibakeIn(this);
    return this.#warnings;
  }

  width(i: number): number {
    return this.tokenized.counted.get(i) ?? this.keptWidth(i);
  }

  /** Cells of row i whose text is at hand: all of them, but for a row far wider than any table. */
  keptWidth(i: number): number {
    return ((this.#rowCells[i + 1] as number) - (this.#rowCells[i] as number)) >> 1;
  }

  cell(i: number, column: number): string {
    const at = (this.#rowCells[i] as number) + column * 2;
    if (at >= (this.#rowCells[i + 1] as number)) return '';
    const begin = this.#cells[at] as number;
    const packed = this.#cells[at + 1] as number;
    const end = packed >> cellShift;
    if (begin === end || (this.#absent !== undefined && this.#isAbsent(this.#absent, begin, end))) return '';
    const text =
      (packed & cellHigh) === 0
        ? this.latin1().substring(begin - this.#from, end - this.#from)
        : this.#utf8(begin, end);
    return (packed & cellEscaped) === 0 ? text : this.tokenized.unescape(text);
  }

  #isAbsent(word: Buffer, begin: number, end: number): boolean {
    if (end - begin !== word.length || this.first === 0) return false;
    const quote = this.#bytes[end];
    return quote !== doubleQuote && quote !== singleQuote && word.compare(this.#bytes, begin, end) === 0;
  }

  line(i: number): number {
    return this.tokenized.rowLines[i] as number;
  }

  offset(i: number): number {
    this.#offsets ??= this.#measureRows();
    return this.#offsets[i] as number;
  }

  /** Byte of the file for a byte of the window. */
  fileOffset(position: number): number {
    const { bytes, base, measure } = this.tokenized;
    return base + measure(bytes, 0, position);
  }

  /** All rows at once, each from the one before: measuring may mean to count characters. */
  #measureRows(): Float64Array {
    const { bytes, rows, rowBegins, measure } = this.tokenized;
    const offsets = new Float64Array(rows);
    for (let i = 0, at = 0, offset = this.tokenized.base; i < rows; i++) {
      const begin = rowBegins[i] as number;
      offset += measure(bytes, at, begin);
      offsets[i] = offset;
      at = begin;
    }
    return offsets;
  }

  /** Where a cell's bytes stand in the window, quotes left out. */
  cellBytes(i: number, column: number): readonly [begin: number, end: number] {
    const at = (this.#rowCells[i] as number) + column * 2;
    return [this.#cells[at] as number, (this.#cells[at + 1] as number) >> cellShift];
  }

  /** Has the cell bytes beyond ASCII? */
  isHigh(i: number, column: number): boolean {
    const at = (this.#rowCells[i] as number) + column * 2;
    return ((this.#cells[at + 1] as number) & cellHigh) !== 0;
  }

  /** The UTF-8 of the rows. */
  bytes(): Buffer {
    return this.tokenized.bytes.subarray(this.rowBegin(0), this.rowBegin(this.length));
  }

  /** Where row i begins in the window; for i = length, where the batch ends. */
  rowBegin(i: number): number {
    return i < this.tokenized.rows ? (this.tokenized.rowBegins[i] as number) : this.tokenized.to;
  }

  #utf8(begin: number, end: number): string {
    const text = this.#bytes.utf8Slice(begin, end);
    return text.includes('\ufffd') ? showInvalid(this.tokenized.bytes.subarray(begin, end)) : text;
  }

  /** One string for the whole batch, of which cells without high bytes are parts: far cheaper than one call for each. */
  latin1(): string {
    this.#text ??= this.#bytes.latin1Slice(this.#from, this.tokenized.to);
    return this.#text;
  }
}

export type BatchPlace = Pick<
  TokenizedRows,
  'bytes' | 'from' | 'to' | 'unescape' | 'absent' | 'base' | 'measure'
> & {
  /** Number of the first row. */
  readonly first: number;
};

/** The rows that the tokenizer has just split, copied out of the table it uses again. */
export function tokenizedBatch(found: RowTable, { first, ...place }: BatchPlace): CsvBatch {
  const { rows } = found;
  return new CsvBatch(
    {
      ...place,
      rows,
      cells: found.cells.slice(0, found.cellCount),
      rowCells: found.rowCells.slice(0, rows + 1),
      rowBegins: found.rowBegins.slice(0, rows),
      rowLines: found.rowLines.slice(0, rows),
      counted: new Map(found.counted),
    },
    first,
  );
}
