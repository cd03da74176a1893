/** A batch of rows of a sheet. A cell becomes a string when it is asked for. */
import { mayBeMojibake } from '../batch-warnings.ts';
import { findMojibake } from '../encodings/mojibake.ts';
import type { RowBatch, RowFault } from '../rows.ts';
import { unescapedText } from './cell-bytes.ts';
import { numberText } from './number-cell.ts';
import type { NumberFormat } from './number-format.ts';
import type { SharedTexts } from './shared-texts.ts';
import { cellFields, cellKinds, kindBits, kindMask, type SheetCells } from './sheet-cells.ts';

/** What the cells of a workbook refer to. */
export interface CellContext {
  readonly texts: SharedTexts;
  readonly formats: readonly NumberFormat[];
  readonly dateBase: 1900 | 1904;
}

/**
 * What stands in the place of a formula that nothing has calculated yet, as programs write them: what a spreadsheet
 * shows for one that has no result, so that no field takes it for a value.
 */
const notCalculated = '#CALC!';
const plain: NumberFormat = { kind: 'plain' };

type SlicingBuffer = Buffer & { latin1Slice(begin: number, end: number): string };

export class SheetBatch implements RowBatch {
  readonly length: number;
  readonly first: number;
  readonly faults: readonly RowFault[];
  private readonly cells: SheetCells;
  private readonly rows: Int32Array;
  private readonly columns: number;
  private readonly context: CellContext;
  private latin1: string | undefined;
  private found: readonly RowFault[] | undefined;

  /**
   * @param rows which of the cells' rows are the batch's, in their order.
   * @param columns of the table; cells beyond are none of it.
   * @param first number of the first row.
   */
  constructor(cells: SheetCells, rows: Int32Array, columns: number, context: CellContext, first: number) {
    this.cells = cells;
    this.rows = rows;
    this.length = rows.length;
    this.columns = columns;
    this.context = context;
    this.first = first;
    this.faults = this.findFaults();
  }

  /** The first rows of the batch as one of its own. */
  start(length: number): SheetBatch {
    return new SheetBatch(this.cells, this.rows.subarray(0, length), this.columns, this.context, this.first);
  }

  /** Looked for when they are asked for. */
  get warnings(): readonly RowFault[] {
    this.found ??= this.findMojibake();
    return this.found;
  }

  width(): number {
    return this.columns;
  }

  line(i: number): number {
    return this.cells.lines[this.rowOf(i)] as number;
  }

  offset(i: number): number {
    return this.cells.offsets[this.rowOf(i)] as number;
  }

  cell(i: number, column: number): string {
    const at = this.place(i, column);
    return at < 0 ? '' : this.textAt(at);
  }

  /** Every cell of the table that is not blank. */
  eachCell(see: (column: number, kind: number, format: NumberFormat) => void): void {
    const { cells, rowCells } = this.cells;
    for (const row of this.rows) {
      for (let at = rowCells[row] as number; at < (rowCells[row + 1] as number); at += cellFields) {
        const column = cells[at] as number;
        if (column >= this.columns) break;
        const packed = cells[at + 1] as number;
        see(column, packed & kindMask, this.format(packed));
      }
    }
  }

  private rowOf(i: number): number {
    return this.rows[i] as number;
  }

  /**
   * Where the cell stands in `cells`; -1 when it is blank. The cells of a row are in the order of their columns: cell k
   * has column k or a higher one, and the one that is sought is k or before it.
   */
  private place(i: number, column: number): number {
    if (column >= this.columns) return -1;
    const { cells, rowCells } = this.cells;
    const row = this.rowOf(i);
    const from = rowCells[row] as number;
    const last = (rowCells[row + 1] as number) - cellFields;
    for (let at = Math.min(from + column * cellFields, last); at >= from; at -= cellFields) {
      const found = cells[at] as number;
      if (found === column) return at;
      if (found < column) return -1;
    }
    return -1;
  }

  private textAt(at: number): string {
    const { cells } = this.cells;
    const packed = cells[at + 1] as number;
    const from = cells[at + 2] as number;
    const to = cells[at + 3] as number;
    switch (packed & kindMask) {
      case cellKinds.shared:
        return this.context.texts.get(from);
      case cellKinds.ascii:
        return this.slice(from, to);
      case cellKinds.number:
        return numberText(this.slice(from, to), this.format(packed), this.context.dateBase);
      case cellKinds.yes:
        return 'true';
      case cellKinds.no:
        return 'false';
      case cellKinds.formula:
        return notCalculated;
      case cellKinds.iso:
        return isoText(this.slice(from, to), this.format(packed));
      default:
        return unescapedText(this.cells.bytes.toString('utf8', from, to));
    }
  }

  private format(packed: number): NumberFormat {
    return this.context.formats[packed >> kindBits] ?? plain;
  }

  /** ASCII. One string for the whole batch, of which numbers are parts: cheaper than a call for each. */
  private slice(from: number, to: number): string {
    return this.allBytes().substring(from, to);
  }

  private allBytes(): string {
    this.latin1 ??= (this.cells.bytes as SlicingBuffer).latin1Slice(0, this.cells.bytesUsed);
    return this.latin1;
  }

  /** At most one a row, its first. */
  private findFaults(): RowFault[] {
    const { problems } = this.cells;
    const shared = this.context.texts.problems.size > 0 ? this.sharedProblems() : [];
    if (problems.length === 0 && shared.length === 0) return [];
    const places = new Map([...this.rows].map((row, i) => [row, i]));
    const faults = new Map<number, RowFault>();
    const inOrder = [...problems, ...shared].toSorted((a, b) => a.row - b.row || a.column - b.column);
    for (const { row, column, problem } of inOrder) {
      const i = places.get(row);
      if (i === undefined || column >= this.columns || faults.has(i)) continue;
      faults.set(i, { row: this.first + i, offset: this.offset(i), column, ...problem });
    }
    return [...faults.values()];
  }

  private sharedProblems() {
    const { problems } = this.context.texts;
    const { cells, rowCells } = this.cells;
    return [...this.rows].flatMap((row) => {
      const found: SheetCells['problems'] = [];
      for (let at = rowCells[row] as number; at < (rowCells[row + 1] as number); at += cellFields) {
        if (((cells[at + 1] as number) & kindMask) !== cellKinds.shared) continue;
        const problem = problems.get(cells[at + 2] as number);
        if (problem !== undefined) found.push({ row, column: cells[at] as number, problem });
      }
      return found;
    });
  }

  private findMojibake(): RowFault[] {
    const inTexts = mayBeMojibake(this.allBytes());
    if (!inTexts && !this.context.texts.hasDoubtful) return [];
    const warnings: RowFault[] = [];
    for (let i = 0; i < this.length; i += 1) {
      const warning = this.mojibakeIn(i, inTexts);
      if (warning !== undefined) warnings.push(warning);
    }
    return warnings;
  }

  private mojibakeIn(i: number, inTexts: boolean): RowFault | undefined {
    const { cells, rowCells } = this.cells;
    const row = this.rowOf(i);
    for (let at = rowCells[row] as number; at < (rowCells[row + 1] as number); at += cellFields) {
      const kind = (cells[at + 1] as number) & kindMask;
      const column = cells[at] as number;
      const isDoubtful =
        kind === cellKinds.shared
          ? this.context.texts.mayBeMojibake(cells[at + 2] as number)
          : inTexts && kind === cellKinds.text;
      if (!isDoubtful || column >= this.columns) continue;
      const sample = findMojibake(this.textAt(at));
      if (sample === undefined) continue;
      const place = { row: this.first + i, offset: this.offset(i), column };
      return { ...place, code: 'cell.mojibake', details: { sample } };
    }
    return undefined;
  }
}

/** Days without their midnight, unless the cell shows times. */
function isoText(text: string, format: NumberFormat): string {
  return format.kind === 'datetime' || format.kind === 'time'
    ? text
    : text.replace(/T00:00(?::00(?:\.0+)?)?Z?$/, '');
}
