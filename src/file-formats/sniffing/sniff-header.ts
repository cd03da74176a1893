/**
 * Finds where the table begins and whether its first row is a header: lines before the table are narrower or almost
 * empty, and a header is made of words that name things, over columns of things.
 */
import { type CellKind, cellKind } from '../cell-kind.ts';
import { headerWords } from './header-words.ts';
import { filledCells, type SampleRow, usualWidth } from './sample-rows.ts';

export interface SniffedHeader {
  readonly header: boolean;
  /** Lines before the table, counted from where the rows were read. */
  readonly skipLines: number;
}

/** The table begins within so many rows, or it has no lines before it. */
const rowsBeforeMax = 30;
const bodyRows = 100;

/** @param rows the rows of the sample; the first of them stands on line `firstLine`. */
export function sniffHeader(rows: readonly SampleRow[], firstLine: number): SniffedHeader {
  if (rows.length === 0) return { header: true, skipLines: 0 };
  const start = firstTableRow(rows);
  const row = rows[start] as SampleRow;
  return { header: isHeader(rows, start), skipLines: start === 0 ? 0 : row.line - firstLine };
}

function firstTableRow(rows: readonly SampleRow[]): number {
  const needed = neededWidth(rows);
  if (needed < 2) return 0;
  const usualFill = median(
    rows
      .slice(1)
      .filter((row) => row.cells.length >= needed)
      .map(filledCells)
      .filter((filled) => filled > 0),
  );
  for (let i = 0; i < Math.min(rows.length, rowsBeforeMax); i++) {
    const row = rows[i] as SampleRow;
    if (row.cells.length < needed) continue;
    if (filledCells(row) < usualFill / 2 && headerFollows(rows, i, usualFill)) continue;
    if (i === 0 || isHeader(rows, i)) return i;
    // Rows without a header: what stands before them is a title only if it is much narrower.
    return rows.slice(0, i).every((before) => filledCells(before) <= needed / 2) ? i : 0;
  }
  return 0;
}

/** Cells that a row of the table has at least: as many as are usual, less those at the end that hardly ever hold anything. */
function neededWidth(rows: readonly SampleRow[]): number {
  const usual = usualWidth(rows);
  const reach = rows
    .filter((row) => row.cells.length === usual)
    .map((row) => row.cells.findLastIndex((cell) => cell.trim() !== '') + 1)
    .sort((a, b) => a - b);
  return Math.min(usual, reach[Math.floor(reach.length * 0.9)] ?? usual);
}

/** Is there a full row soon after that is a header? Then the one before it, almost empty, is a title padded with delimiters. */
function headerFollows(rows: readonly SampleRow[], i: number, usualFill: number): boolean {
  for (let next = i + 1; next < Math.min(rows.length - 1, i + 8); next++) {
    if (filledCells(rows[next] as SampleRow) >= usualFill * 0.8)
      return isHeader(rows, next) && !isHeader(rows, next + 1);
  }
  return false;
}

/** Does the first of these rows name the columns? */
export function isHeaderRow(rows: readonly (readonly string[])[]): boolean {
  return (
    rows.length > 0 &&
    isHeader(
      rows.map((cells) => ({ cells })),
      0,
    )
  );
}

type Cells = Pick<SampleRow, 'cells'>;

/** Does row `at` name the columns below it? */
function isHeader(rows: readonly Cells[], at: number): boolean {
  const { cells } = rows[at] as Cells;
  const body = bodyOf(rows.slice(at, at + 1 + bodyRows));
  let speaksFor = 0;
  let speaksAgainst = 0;
  for (const [column, text] of cells.entries()) {
    const name = text.trim();
    if (name === '') continue;
    const kind = cellKind(name);
    const below = usualKind(body, column);
    if (kind === 'email' || kind === 'url' || kind === 'date' || kind === 'phone') speaksAgainst += 2;
    else if (kind === 'number')
      speaksAgainst += (below === 'number' || below === undefined) && !isYear(name) ? 1 : 0;
    else if (below !== undefined && below !== 'text') speaksFor += 1;
    else if (isRepeated(name, body, column)) speaksAgainst += 1;
    if (kind === 'text') speaksFor += namesThings(name);
    if (name.length > 60) speaksAgainst += 0.5;
  }
  return speaksFor >= speaksAgainst;
}

/** The rows below a header, but for those that are it once more: files that were put one behind the other have such. */
export function bodyOf<Row extends Cells>([header, ...below]: readonly Row[]): Row[] {
  return below.filter((row) => header === undefined || !isSame(row.cells, header.cells));
}

function isSame(cells: readonly string[], others: readonly string[]): boolean {
  return cells.length === others.length && cells.every((cell, column) => cell === others[column]);
}

/** Columns may be called 2023, 2024 … */
function isYear(name: string): boolean {
  return /^(?:19|20)\d\d$/.test(name);
}

/** 2 when all words of the name are such as headers have, 1 when some are. */
function namesThings(name: string): number {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}']+/u)
    .filter((word) => word !== '');
  if (words.length === 0 || words.length > 8) return 0;
  const known = words.filter((word) => headerWords.has(word)).length;
  if (known === words.length) return 2;
  return known > 0 ? 1 : 0;
}

/** The kind that most cells below have; undefined when nothing is below. */
function usualKind(body: readonly Cells[], column: number): CellKind | undefined {
  const counts = new Map<CellKind, number>();
  let filled = 0;
  for (const { cells } of body) {
    const kind = cellKind(cells[column] ?? '');
    if (kind === 'blank') continue;
    filled++;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const [kind, count] of counts) if (kind !== 'text' && count >= filled * 0.6) return kind;
  return filled === 0 ? undefined : 'text';
}

function isRepeated(name: string, body: readonly Cells[], column: number): boolean {
  const folded = name.toLowerCase();
  return body.some(({ cells }) => (cells[column] ?? '').trim().toLowerCase() === folded);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
