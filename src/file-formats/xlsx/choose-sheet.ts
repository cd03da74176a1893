/** The sheet of a workbook that is read: the one a person names, else the first with anything in it. */
import { AppError } from '../../platform/errors.ts';
import type { SampleRow } from '../sniffing/sample-rows.ts';
import type { Workbook } from './open-workbook.ts';
import { holdsAnything, readSheet, type SheetReading } from './read-sheet.ts';
import { SheetBatch } from './sheet-batch.ts';
import { cellFields, type SheetCells } from './sheet-cells.ts';
import { columnsOfSheet } from './sheet-scanner.ts';
import type { SheetPart } from './workbook-parts.ts';

/**
 * @param asked a sheet's name, or its place from 1 on.
 * @throws AppError `usage.invalid` for a sheet that is not there, `file.empty` when there is nothing to read.
 */
export async function chooseSheet(
  workbook: Workbook,
  asked: string | undefined,
  reading: SheetReading,
): Promise<SheetPart> {
  if (asked !== undefined) {
    const sheet = namedSheet(workbook.sheets, asked);
    if (await isFilled(workbook, sheet, reading)) return sheet;
    throw new AppError('file.empty', `The sheet "${sheet.name}" has nothing in it.`);
  }
  const inOrder = workbook.sheets.toSorted((a, b) => Number(a.isHidden) - Number(b.isHidden));
  for (const sheet of inOrder) if (await isFilled(workbook, sheet, reading)) return sheet;
  throw new AppError('file.empty', 'The workbook has nothing in it.');
}

/** @throws AppError `usage.invalid` */
export function namedSheet(sheets: readonly SheetPart[], asked: string): SheetPart {
  const found =
    sheets.find(({ name }) => name === asked) ??
    sheets.find(({ name }) => fold(name) === fold(asked)) ??
    (/^[0-9]{1,5}$/.test(asked.trim()) ? sheets[Number(asked) - 1] : undefined);
  if (found !== undefined) return found;
  const shown = sheets.slice(0, 10).map(({ name }) => `"${name}"`);
  throw new AppError(
    'usage.invalid',
    `The workbook has no sheet "${asked.slice(0, 100)}"; it has ${shown.join(', ')}${sheets.length > 10 ? ' …' : ''}.`,
  );
}

function fold(name: string): string {
  return name.trim().toLowerCase();
}

async function isFilled(workbook: Workbook, sheet: SheetPart, reading: SheetReading): Promise<boolean> {
  for await (const cells of readSheet(workbook, sheet, reading)) {
    for (let row = 0; row < cells.rows; row += 1)
      if (holdsAnything(cells, row, columnsOfSheet, reading.context)) return true;
  }
  return false;
}

const sampleRows = 300;

/** The first rows of a sheet that hold anything, for the sniffers to look at; each as long as it reaches. */
export async function firstRows(
  workbook: Workbook,
  sheet: SheetPart,
  reading: SheetReading,
): Promise<SampleRow[]> {
  const sample: SampleRow[] = [];
  for await (const cells of readSheet(workbook, sheet, reading)) {
    const rows = Int32Array.from({ length: cells.rows }, (_, row) => row).filter((row) =>
      holdsAnything(cells, row, columnsOfSheet, reading.context),
    );
    const wanted = rows.subarray(0, sampleRows - sample.length);
    const batch = new SheetBatch(cells, wanted, columnsOfSheet, reading.context, 1);
    sample.push(...Array.from(wanted, (row, i) => sampleRow(batch, i, lastColumn(cells, row))));
    if (sample.length === sampleRows) break;
  }
  return sample;
}

function lastColumn({ cells, rowCells }: SheetCells, row: number): number {
  return cells[(rowCells[row + 1] as number) - cellFields] as number;
}

/** @param last 0-based column of the row's last cell. */
function sampleRow(batch: SheetBatch, i: number, last: number): SampleRow {
  const cells = Array.from({ length: last + 1 }, (_, column) => batch.cell(i, column));
  return { line: batch.line(i), cells, quoted: [], broken: false };
}
