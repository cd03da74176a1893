/**
 * The table in a sheet: its data rows in batches. Blank rows are none, and cells to the right of the table are no part
 * of it: a cell somebody left far away costs nothing.
 *
 * A table that fills its sheet to the last row goes on in the next one, as our own exports and those of others have it.
 */
import type { ReadLimits } from '../limits.ts';
import type { Dialect } from '../rows.ts';
import type { Workbook } from './open-workbook.ts';
import { sheetName } from './parts.ts';
import { holdsAnything, readSheet } from './read-sheet.ts';
import { type CellContext, SheetBatch } from './sheet-batch.ts';
import { cellFields, type SheetCells } from './sheet-cells.ts';
import { rowsOfSheet } from './sheet-scanner.ts';
import type { SheetPart } from './workbook-parts.ts';

export interface TableOptions {
  readonly workbook: Workbook;
  readonly sheet: SheetPart;
  readonly dialect: Pick<Dialect, 'header' | 'skipLines'>;
  /** How many columns the table has. */
  readonly columns: number;
  readonly context: CellContext;
  readonly limits: ReadLimits;
}

export class SheetTable {
  /** The cells of the header, once rows were read. */
  header: readonly string[] | undefined;
  /** Rows that have something to the right of the table, and the number of the first in its sheet. */
  outside = 0;
  firstOutside: number | undefined;
  /** Merged cells that reach over several rows. */
  merged = 0;
  /** Names of the sheets in which the table goes on. */
  readonly further: string[] = [];
  private readonly options: TableOptions;
  private rowsRead = 0;
  private isFull = false;

  constructor(options: TableOptions) {
    this.options = options;
  }

  async *batches(): AsyncGenerator<SheetBatch> {
    const { sheet, dialect } = this.options;
    yield* this.sheetRows(sheet, dialect.skipLines);
    for (let next = await this.nextSheet(); next !== undefined; next = await this.nextSheet()) {
      this.further.push(next.name);
      yield* this.sheetRows(next, 0);
    }
  }

  /** @param skipLines rows of the sheet that stand before the table. */
  private async *sheetRows(sheet: SheetPart, skipLines: number): AsyncGenerator<SheetBatch> {
    const { workbook, limits, context, columns } = this.options;
    this.isFull = false;
    let awaitsHeader = this.options.dialect.header;
    const onMerged = (count: number): void => {
      this.merged += count;
    };
    for await (const cells of readSheet(workbook, sheet, { limits, context, onMerged })) {
      let rows = this.rowsOf(cells, skipLines);
      if (awaitsHeader && rows.length > 0) {
        this.header ??= cellsOf(new SheetBatch(cells, rows.subarray(0, 1), columns, context, 0));
        rows = rows.subarray(1);
        awaitsHeader = false;
      }
      if (rows.length === 0) continue;
      yield new SheetBatch(cells, rows, columns, context, this.rowsRead + 1);
      this.rowsRead += rows.length;
      this.isFull = cells.lines[rows.at(-1) as number] === rowsOfSheet;
    }
  }

  private rowsOf(cells: SheetCells, skipLines: number): Int32Array {
    const { columns, context } = this.options;
    const rows = new Int32Array(cells.rows);
    let count = 0;
    for (let row = 0; row < cells.rows; row += 1) {
      const line = cells.lines[row] as number;
      if (line <= skipLines) continue;
      if ((cells.cells[(cells.rowCells[row + 1] as number) - cellFields] as number) >= columns) {
        this.outside += 1;
        this.firstOutside ??= line;
      }
      if (holdsAnything(cells, row, columns, context)) rows[count++] = row;
    }
    return rows.subarray(0, count);
  }

  /** "Customers" goes on in "Customers 2" when it is full and both have the same header. */
  private async nextSheet(): Promise<SheetPart | undefined> {
    const { workbook, sheet } = this.options;
    if (!this.isFull || this.header === undefined) return undefined;
    const name = sheetName(sheet.name, this.further.length + 1);
    const next = workbook.sheets.find((candidate) => candidate.name === name);
    return next !== undefined && (await this.hasSameHeader(next)) ? next : undefined;
  }

  private async hasSameHeader(sheet: SheetPart): Promise<boolean> {
    const { workbook, limits, context, columns } = this.options;
    for await (const cells of readSheet(workbook, sheet, { limits, context })) {
      const first = cellsOf(new SheetBatch(cells, Int32Array.of(0), columns, context, 0));
      return first.every((cell, column) => cell === this.header?.[column]);
    }
    return false;
  }
}

/** The cells of the first row of a batch. */
function cellsOf(batch: SheetBatch): string[] {
  return Array.from({ length: batch.width() }, (_, column) => batch.cell(0, column));
}
