/** Where the table in a sheet begins, whether it has a header, and how wide it is. */

import { AppError } from '../../platform/errors.ts';
import type { ReadLimits } from '../limits.ts';
import type { Dialect } from '../rows.ts';
import type { SampleRow } from '../sniffing/sample-rows.ts';
import { sniffHeader } from '../sniffing/sniff-header.ts';

export interface SniffedSheet {
  readonly header: boolean;
  /** Rows of the sheet before the table. */
  readonly skipLines: number;
  /** Those of them that hold something. */
  readonly leftOut: number;
  readonly columns: number;
}

/**
 * @param rows the first rows that hold anything, each with its number in the sheet and its cells up to the last.
 * @param given what a person says of the sheet.
 * @throws AppError `file.too_many_columns`
 */
export function sniffSheet(
  rows: readonly SampleRow[],
  given: Partial<Dialect>,
  { columnsMax }: Pick<ReadLimits, 'columnsMax'>,
): SniffedSheet {
  const before = given.skipLines ?? 0;
  const padded = padRows(rows.filter(({ line }) => line > before));
  const first = padded[0]?.line ?? 1;
  const found = sniffHeader(padded, first);
  const skipLines = given.skipLines ?? first - 1 + found.skipLines;
  const header = given.header ?? found.header;
  const table = padded.filter(({ line }) => line > skipLines);
  const [top, ...below] = table;
  const columns = tableWidth(header ? top?.cells : undefined, header ? below : table);
  if (columns > columnsMax) {
    throw new AppError(
      'file.too_many_columns',
      `The sheet has ${columns} columns; ${columnsMax} are allowed.`,
    );
  }
  return { header, skipLines, leftOut: rows.filter(({ line }) => line <= skipLines).length, columns };
}

const usualShare = 0.9;
/** A row that reaches so much further than others has a cell that was left far away. */
const strayFactor = 2;
const strayColumns = 50;

/** As wide as each other, as a spreadsheet writes them: the sniffers know rows of one width. */
function padRows(rows: readonly SampleRow[]): SampleRow[] {
  const reach = rows.map(({ cells }) => cells.length).toSorted((a, b) => a - b);
  const usual = reach[Math.floor((reach.length - 1) * usualShare)] ?? 0;
  const most = usual * strayFactor + strayColumns;
  const width = reach.findLast((length) => length <= most) ?? 0;
  return rows.map((row) => ({
    ...row,
    cells: Array.from({ length: width }, (_, column) => row.cells[column] ?? ''),
  }));
}

/** Blank columns that a table may have within it. */
const gapMax = 5;
const oftenShare = 0.1;

/**
 * A column belongs to the table when it is named, or is filled often beside one that does. What is further away than a
 * gap does so only when it is named and filled.
 */
function tableWidth(header: readonly string[] | undefined, body: readonly SampleRow[]): number {
  const width = Math.max(header?.length ?? 0, body[0]?.cells.length ?? 0);
  const often = Math.max(1, body.length * oftenShare);
  let end = 0;
  for (let column = 0; column < width; column += 1) {
    const filled = body.filter(({ cells }) => (cells[column] ?? '').trim() !== '').length;
    const isNamed = (header?.[column] ?? '').trim() !== '';
    const gap = column - end;
    const isNear = header === undefined ? filled > 0 && gap <= gapMax : filled >= often && gap === 0;
    if (isNear || (isNamed && (gap <= gapMax || filled > 0)) || (end === 0 && filled > 0)) end = column + 1;
  }
  return end;
}
