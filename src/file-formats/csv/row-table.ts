/** Where rows and cells stand in the bytes of a window, as the tokenizer finds them; reused from window to window. */
import type { RowFault } from '../rows.ts';

/** What is known of a fault before its row has a number in the file. */
export type FoundFault = Omit<RowFault, 'row'> & { readonly index: number };

export class RowTable {
  rows = 0;
  /** Two integers a cell: the byte where its text begins, and its packed end (see csv-marks.ts). */
  cells = new Int32Array(1 << 14);
  /** How many integers of `cells` are taken. */
  cellCount = 0;
  /** For each row, the index in `cells` of its first cell; and one more, where the last row's cells end. */
  rowCells = new Int32Array(1 << 10);
  rowBegins = new Int32Array(1 << 10);
  rowLines = new Int32Array(1 << 10);
  faults: FoundFault[] = [];
  /** Rows whose quotes did not fit and that were read all the same. */
  mended: number[] = [];
  /** Rows with more cells than are kept, and how many they have. */
  counted = new Map<number, number>();
  /** Integers that the cells of one row may take. */
  readonly room: number;

  /** @param cellsKeptMax cells of a row that are kept; those beyond are only counted. */
  constructor(cellsKeptMax: number) {
    this.room = 2 * cellsKeptMax;
  }

  clear(): void {
    this.rows = 0;
    this.cellCount = 0;
    this.rowCells[0] = 0;
    this.faults = [];
    this.mended = [];
    this.counted.clear();
  }

  /** Makes room for one more row. */
  reserve(): void {
    const cells = this.cellCount + this.room;
    if (cells > this.cells.length) this.cells = grown(this.cells, cells);
    const rows = this.rows + 2;
    if (rows <= this.rowCells.length) return;
    this.rowCells = grown(this.rowCells, rows);
    this.rowBegins = grown(this.rowBegins, rows);
    this.rowLines = grown(this.rowLines, rows);
  }

  /** Copies cells of the row at hand to `at`, as many as are kept. @returns where they end. */
  keep(at: number, cells: readonly number[]): number {
    const room = Math.max(0, this.cellCount + this.room - at);
    const kept = cells.length <= room ? cells : cells.slice(0, room);
    this.cells.set(kept, at);
    return at + kept.length;
  }

  /** The row at hand is whole: its cells end at `cellsEnd`, and it has `beyond` more that were not kept. */
  add(begin: number, line: number, cellsEnd: number, beyond: number): void {
    const row = this.rows++;
    this.rowBegins[row] = begin;
    this.rowLines[row] = line;
    this.rowCells[this.rows] = cellsEnd;
    this.cellCount = cellsEnd;
    if (beyond > 0) this.counted.set(row, this.room / 2 + beyond);
  }
}

function grown(array: Int32Array<ArrayBuffer>, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(needed, array.length * 2));
  larger.set(array);
  return larger;
}
