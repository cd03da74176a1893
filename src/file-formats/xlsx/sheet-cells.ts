/**
 * The cells of some rows of a sheet as they stand in it: for each its column, its kind, its format and its bytes.
 * Nothing has become a string yet, and texts that the workbook keeps once are numbers.
 */
import type { Problem } from '../../platform/problems.ts';

export const cellKinds = {
  /** A text with characters beyond ASCII, or perhaps with escapes. */
  text: 0,
  /** The number of a shared text, which stands in the place where bytes begin. */
  shared: 1,
  number: 2,
  yes: 3,
  no: 4,
  /** `#N/A` and its like, as it stands. */
  error: 5,
  /** A day or a time as ISO 8601 has it. */
  iso: 6,
  /** A formula that nothing has calculated yet. */
  formula: 7,
  /** A text of nothing but ASCII, without escapes: most are. */
  ascii: 8,
} as const;

/** A cell's kind stands in the lower bits beside its format. */
export const kindBits = 4;
export const kindMask = 15;

/** Of each cell: its column, its kind and format, where its bytes begin and end. */
export const cellFields = 4;

/** What is wrong with a cell that cannot be read. */
export interface CellProblem {
  /** 0-based row among these. */
  readonly row: number;
  readonly column: number;
  readonly problem: Problem;
}

const startCells = 1 << 12;
const startRows = 1 << 8;
const startBytes = 1 << 16;

export class SheetCells {
  rows = 0;
  bytes: Buffer;
  bytesUsed = 0;
  cells: Int32Array<ArrayBuffer>;
  /** Integers of `cells` that are taken. */
  cellsUsed = 0;
  rowCells = new Int32Array(startRows);
  lines = new Int32Array(startRows);
  offsets = new Float64Array(startRows);
  /** The highest number of a shared text that a cell names. */
  sharedMax = -1;
  readonly problems: CellProblem[] = [];

  /** @param like others of the same sheet, which tell how much room they take. */
  constructor(like?: SheetCells) {
    this.bytes = Buffer.allocUnsafeSlow(like?.bytes.length ?? startBytes);
    this.cells = new Int32Array(like?.cells.length ?? startCells);
  }

  /** @param line the row's number in its sheet. @param offset the byte of the sheet at which it begins. */
  beginRow(line: number, offset: number): void {
    if (this.rows + 1 >= this.lines.length) this.growRows();
    this.rowCells[this.rows] = this.cellsUsed;
    this.lines[this.rows] = line;
    this.offsets[this.rows] = offset;
  }

  /** A row without cells is none. */
  endRow(): void {
    if (this.cellsUsed === this.rowCells[this.rows]) return;
    this.rows += 1;
    this.rowCells[this.rows] = this.cellsUsed;
  }

  addCell(column: number, style: number, kind: number, from: number, to: number): void {
    const at = this.cellsUsed;
    if (at + cellFields > this.cells.length) this.cells = longer(this.cells);
    const { cells } = this;
    cells[at] = column;
    cells[at + 1] = (style << kindBits) | kind;
    cells[at + 2] = from;
    cells[at + 3] = to;
    this.cellsUsed = at + cellFields;
  }

  addBytes(source: Uint8Array, from: number, to: number): void {
    const end = this.bytesUsed + to - from;
    if (end > this.bytes.length) {
      const more = Buffer.allocUnsafeSlow(Math.max(end, this.bytes.length * 2));
      this.bytes.copy(more, 0, 0, this.bytesUsed);
      this.bytes = more;
    }
    const { bytes } = this;
    for (let i = from, at = this.bytesUsed; i < to; i += 1, at += 1) bytes[at] = source[i] as number;
    this.bytesUsed = end;
  }

  private growRows(): void {
    this.rowCells = longer(this.rowCells);
    this.lines = longer(this.lines);
    const offsets = new Float64Array(this.lines.length);
    offsets.set(this.offsets);
    this.offsets = offsets;
  }
}

function longer(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const twice = new Int32Array(array.length * 2);
  twice.set(array);
  return twice;
}
