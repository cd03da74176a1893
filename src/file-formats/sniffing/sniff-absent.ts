/**
 * Finds the word that a file has in place of every value that is absent: phpMyAdmin's NULL, the nan of pandas, R's NA.
 * A customer may be called Null and a firm None, so one such cell says nothing: the word stands where nobody writes a
 * word, in columns of numbers, days or addresses that are never left blank, or without quotes where all text has them.
 */
import { cellKind } from '../cell-kind.ts';
import type { SampleRow } from './sample-rows.ts';

const words = ['NULL', 'null', '\\N', '(null)', '(NULL)', '[NULL]', '<null>', '<NULL>'].concat([
  'NaN',
  'nan',
  'NaT',
  'None',
  '<NA>',
  'NA',
  'N/A',
  'n/a',
  '(blank)',
]);

/** Fewer cells of columns that hold no words may be somebody's remark. */
const typedCellsMin = 2;
const typedShareMin = 0.9;
/** So many quotes that nothing asks for tell that their writer puts them around all text. */
const quotedCellsMin = 3;

/** @param body rows below the header. @returns the word; '' where the file has none. */
export function sniffAbsent(body: readonly SampleRow[]): string {
  const found = new Map<string, number>();
  for (const { cells, quoted } of body)
    for (const [column, cell] of cells.entries())
      if (!quoted[column] && words.includes(cell)) found.set(cell, (found.get(cell) ?? 0) + 1);
  const byCount = [...found].sort(([, a], [, b]) => b - a).map(([word]) => word);
  if (byCount.length === 0) return '';
  const columns = columnsOf(body);
  return byCount.find((word) => isUnquotedAlone(body, word) || isAmongValues(columns, word)) ?? '';
}

interface Cell {
  readonly text: string;
  readonly quoted: boolean;
}

function columnsOf(body: readonly SampleRow[]): Cell[][] {
  const width = Math.max(...body.map(({ cells }) => cells.length));
  return Array.from({ length: width }, (_, column) =>
    body
      .filter(({ cells }) => column < cells.length)
      .map(({ cells, quoted }) => ({
        text: cells[column]?.trim() ?? '',
        quoted: quoted[column] === true,
      })),
  );
}

/** Is all other text in quotes? */
function isUnquotedAlone(body: readonly SampleRow[], word: string): boolean {
  let needless = 0;
  for (const { cells, quoted } of body) {
    for (const [column, cell] of cells.entries()) {
      if (!quoted[column]) {
        if (cell !== word && cellKind(cell) === 'text') return false;
      } else if (/^[\p{L}\p{N} ]+$/u.test(cell)) needless++;
    }
  }
  return needless >= quotedCellsMin;
}

function isAmongValues(columns: readonly (readonly Cell[])[], word: string): boolean {
  let typed = 0;
  for (const cells of columns) {
    const others = cells.filter(({ text, quoted }) => quoted || text !== word);
    const count = cells.length - others.length;
    // Namibia, among other countries.
    if (word === 'NA' && count > 0 && isCodes(others)) return false;
    if (isTyped(others)) typed += count;
  }
  return typed >= typedCellsMin;
}

function isCodes(cells: readonly Cell[]): boolean {
  return cells.length > 0 && cells.every(({ text }) => /^[A-Z]{2}$/.test(text));
}

function isTyped(cells: readonly Cell[]): boolean {
  const kinds = cells.map(({ text }) => cellKind(text));
  if (kinds.length === 0 || kinds.includes('blank')) return false;
  return kinds.filter((kind) => kind !== 'text').length >= kinds.length * typedShareMin;
}
