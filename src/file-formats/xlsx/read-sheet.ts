/** The cells of one sheet by stream, with what they refer to. */
import type { ReadLimits } from '../limits.ts';
import type { Workbook } from './open-workbook.ts';
import { SharedTexts } from './shared-texts.ts';
import type { CellContext } from './sheet-batch.ts';
import { cellFields, cellKinds, kindMask, type SheetCells } from './sheet-cells.ts';
import { SheetScanner } from './sheet-scanner.ts';
import { readCellFormats } from './styles.ts';
import type { SheetPart } from './workbook-parts.ts';
import { scannedXml } from './xml-part.ts';
import { brokenXml } from './xml-text.ts';

/** Close its texts when nothing of the workbook is read any more. */
export async function cellContext(workbook: Workbook, limits: ReadLimits): Promise<CellContext> {
  const formats = workbook.styles === undefined ? [] : await readCellFormats(workbook.bytes(workbook.styles));
  return { formats, texts: new SharedTexts(workbook, limits.cellBytesMax), dateBase: workbook.dateBase };
}

export interface SheetReading {
  readonly limits: ReadLimits;
  readonly context: CellContext;
  /** Told at the end of the sheet: how many merged cells reach over several rows. */
  readonly onMerged?: (count: number) => void;
}

/**
 * Rows that hold anything, some thousands at a time; the texts they name are there.
 * @throws AppError `file.unreadable` for a sheet that is damaged.
 */
export async function* readSheet(
  workbook: Workbook,
  { part }: SheetPart,
  { limits, context, onMerged }: SheetReading,
): AsyncGenerator<SheetCells> {
  const scanner = new SheetScanner({ cellBytesMax: limits.cellBytesMax, rowsMax: limits.batchRowsMax });
  for await (const _ of scannedXml(workbook.bytes(part), scanner)) {
    for (const cells of scanner.ready.splice(0)) yield await withTexts(cells, context);
  }
  scanner.flush();
  for (const cells of scanner.ready) yield await withTexts(cells, context);
  onMerged?.(scanner.mergedRows);
}

async function withTexts(cells: SheetCells, { texts }: CellContext): Promise<SheetCells> {
  if (cells.sharedMax < 0) return cells;
  await texts.reach(cells.sharedMax);
  if (!texts.has(cells.sharedMax)) throw brokenXml('a cell names a text that is not there');
  return cells;
}

/** Has the row a cell in the first `columns` that is not blank? */
export function holdsAnything(
  cells: SheetCells,
  row: number,
  columns: number,
  context: CellContext,
): boolean {
  const to = cells.rowCells[row + 1] as number;
  for (let at = cells.rowCells[row] as number; at < to; at += cellFields) {
    if ((cells.cells[at] as number) >= columns) return false;
    if (!isBlank(cells, at, context)) return true;
  }
  return false;
}

function isBlank({ cells, bytes }: SheetCells, at: number, { texts }: CellContext): boolean {
  const kind = (cells[at + 1] as number) & kindMask;
  const from = cells[at + 2] as number;
  if (kind === cellKinds.shared) return texts.isBlank(from);
  if (kind !== cellKinds.text && kind !== cellKinds.ascii) return false;
  const to = cells[at + 3] as number;
  for (let i = from; i < to; i += 1) if ((bytes[i] as number) > 0x20) return false;
  return true;
}
