/**
 * Finds delimiter, quote and escape of delimited text: the sample is read in every way that may be meant, and the
 * way wins whose rows are most alike and whose cells look most like values.
 */
import { isUtf8 } from 'node:buffer';
import { cellKind } from '../cell-kind.ts';
import { filledCells, type SampleDialect, type SampleRow, sampleRows, usualWidth } from './sample-rows.ts';
import { isHeaderRow } from './sniff-header.ts';

const rowsLooked = 300;
/** So many rows it takes to say that quotes mean nothing. */
const unquotedRowsMin = 5;
/** What a table of one column scores when nothing speaks against it. Another delimiter must do better. */
const singleColumn = 0.3;

/** How much a delimiter is believed: those in use, those that serve for nothing else, and punctuation. */
const usual: ReadonlyMap<string, number> = new Map([
  [',', 1],
  [';', 1],
  ['\t', 1],
  ['|', 0.95],
]);
const purposeful = 0.9;
const punctuation = 0.4;
const neverDelimiter = /[\p{L}\p{M}\p{N}\s."'_()@+-]/u;

export interface SniffedDelimiter {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: 'double' | 'backslash';
  readonly padded: boolean;
  /** The rows of the sample as they are read so. */
  readonly rows: readonly SampleRow[];
}

/** @param text whole lines of UTF-8. What is `given` is not questioned. */
export function sniffDelimiter(
  text: Buffer,
  linesToSkip: number,
  given: Partial<SampleDialect>,
): SniffedDelimiter {
  let best: SniffedDelimiter | undefined;
  let bestScore = -1;
  const candidates =
    given.delimiter === undefined ? possibleDelimiters(text) : new Map([[given.delimiter, 1]]);
  for (const [delimiter, belief] of candidates) {
    const isDump =
      given.escape === undefined && given.quote === undefined && isDumped(text, delimiter, linesToSkip);
    for (const { trust, ...quoting } of possibleQuotes(text, given, isDump)) {
      const dialect = { delimiter, ...quoting, comment: given.comment ?? '' };
      const rows = sampleRows(text, dialect, rowsLooked, linesToSkip);
      const isGuess = quoting.quote === '' && given.quote === undefined && quoting.escape === 'double';
      if (isGuess && rows.length < unquotedRowsMin) continue;
      const score = trust * scoreRows(rows, delimiter, quoting.quote, belief);
      if (score > bestScore) {
        best = { delimiter, ...quoting, rows };
        bestScore = score;
      }
    }
  }
  return best as SniffedDelimiter;
}

function possibleDelimiters(text: Buffer): Map<string, number> {
  const found = new Map(usual);
  const lines = text
    .toString('utf8', 0, 64 * 1024)
    .split(/\r\n?|\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, 50);
  const counts = new Map<string, number>();
  for (const line of lines)
    for (const character of new Set(line)) counts.set(character, (counts.get(character) ?? 0) + 1);
  for (const [character, count] of counts) {
    if (
      found.has(character) ||
      character === '\ufffd' ||
      neverDelimiter.test(character) ||
      count < lines.length * 0.7
    )
      continue;
    found.set(character, /[!-/:-@[\]_`{}]/.test(character) ? punctuation : purposeful);
  }
  return found;
}

const nullCell = /(?:^|[,;\t|\r\n])\\N(?=[,;\t|\r\n]|$)/;

/**
 * Did MySQL or PostgreSQL write it, which escape by a backslash and say `\N` for NULL? They write no header; under one,
 * `\N` is what somebody has written.
 */
function isDumped(text: Buffer, delimiter: string, linesToSkip: number): boolean {
  if (!nullCell.test(text.toString('latin1'))) return false;
  const dialect = { delimiter, quote: '', escape: 'backslash', comment: '' } as const;
  return !isHeaderRow(sampleRows(text, dialect, rowsLooked, linesToSkip).map(({ cells }) => cells));
}

interface Quoting {
  readonly quote: string;
  readonly escape: 'double' | 'backslash';
  readonly padded: boolean;
  readonly trust: number;
}

function possibleQuotes(text: Buffer, given: Partial<SampleDialect>, isDump: boolean): Quoting[] {
  const latin1 = text.toString('latin1');
  const quotes =
    given.quote === undefined
      ? ['"', ...(/(?:^|[,;\t|\r\n])'[^'\r\n]*'(?:[,;\t|\r\n]|$)/.test(latin1) ? ["'"] : [])]
      : [given.quote];
  const escapes: Quoting['escape'][] = given.escape === undefined ? ['double'] : [given.escape];
  if (isDump || (given.escape === undefined && /\\["']/.test(latin1))) escapes.push('backslash');
  const paddings = given.padded === undefined ? [false] : [given.padded];
  if (given.padded === undefined && /[,;\t|] +["']/.test(latin1)) paddings.push(true);
  const possible: Quoting[] = [];
  for (const quote of quotes) {
    for (const escaping of escapes) {
      for (const padded of paddings) {
        possible.push({
          quote,
          escape: escaping,
          padded,
          trust:
            (quote === "'" ? 0.9 : 1) * (padded ? 0.95 : 1) * (isDump && escaping === 'double' ? 0.9 : 1),
        });
      }
    }
  }
  // What a database wrote needs no quotes: all that would need them stands behind a backslash.
  if (isDump && !/(?:^|[,;\t|\r\n])"/.test(latin1))
    possible.unshift({ quote: '', escape: 'backslash', padded: false, trust: 1 });
  // Tab-separated text often knows no quotes at all. That is believed where most rows make no sense with them: one
  // that is not closed is a fault of its row.
  if (given.quote === undefined && latin1.includes('"')) {
    possible.push({ quote: '', escape: 'double', padded: false, trust: 0.3 });
  }
  return possible;
}

/** From 0 to 1: how much the rows look like a table. */
function scoreRows(rows: readonly SampleRow[], delimiter: string, quote: string, belief: number): number {
  if (rows.length === 0) return 0;
  const width = usualWidth(rows);
  const values = valueShare(rows, delimiter, quote);
  const sound = 1 - rows.filter((row) => row.broken).length / rows.length;
  if (width === 1) return singleColumn * (isTyped(rows) ? 2 : 1) * values * sound * sound;
  const before = rows.findIndex((row) => row.cells.length === width);
  const table = rows.slice(before);
  const alike = table.filter((row) => fits(row, width)).length / table.length;
  const late = 1 - (0.3 * before) / rows.length;
  const listed = before === 0 ? 0.8 : 0.4;
  const spaced = isFollowedBySpace(rows, delimiter) ? listed : 1;
  return belief * alike * alike * Math.sqrt((width - 1) / width) * values * sound * sound * late * spaced;
}

/** Does every row but the first hold one e-mail address, one time of day, one number …? */
function isTyped(rows: readonly SampleRow[]): boolean {
  return rows.length > 1 && rows.slice(1).every((row) => cellKind(row.cells[0] ?? '') !== 'text');
}

function fits(row: SampleRow, width: number): boolean {
  return (
    row.cells.length === width ||
    (row.cells.length > width && row.cells.slice(width).every((cell) => cell.trim() === ''))
  );
}

/** "Doe, John": a comma with a space after it, everywhere, may be punctuation. */
function isFollowedBySpace(rows: readonly SampleRow[], delimiter: string): boolean {
  if (delimiter !== ',' && delimiter !== ';' && delimiter !== ':') return false;
  return rows.every((row) =>
    row.cells.slice(1).every((cell, index) => cell.startsWith(' ') || row.quoted[index + 1]),
  );
}

/** How many of the cells look like whole values. */
function valueShare(rows: readonly SampleRow[], delimiter: string, quote: string): number {
  let credit = 0;
  let cells = 0;
  for (const row of rows) {
    if (row.cells.length > 1 && filledCells(row) === 0) continue;
    for (const [index, cell] of row.cells.entries()) {
      credit += row.quoted[index] ? 1 : creditFor(cell, delimiter, quote);
      cells++;
    }
  }
  return cells === 0 ? 0.5 : credit / cells;
}

function creditFor(cell: string, delimiter: string, quote: string): number {
  const text = cell.trim();
  if (cellKind(text) !== 'text') return 1;
  if (/^".*"$|^"|"$/s.test(text) || (quote !== '' && text.startsWith(quote))) return 0.1;
  if (/^'.*'$/s.test(text)) return 0.5;
  for (const other of usual.keys()) {
    if (other === delimiter || !text.includes(other)) continue;
    // A comma before a space belongs to a sentence or an address.
    if (other === '\t' || new RegExp(`[${other}](?! )`).test(text)) return 0.2;
  }
  return 1;
}

/** The part of a sample that is whole lines and whole characters, for a sample that is not all of the text. */
export function wholeLines(text: Buffer): Buffer {
  const end = Math.max(text.lastIndexOf(0x0a), text.lastIndexOf(0x0d)) + 1;
  if (end > 0) return text.subarray(0, end);
  let length = text.length;
  for (let cut = 0; cut < 4 && !isUtf8(text.subarray(0, length)); cut++) length--;
  return text.subarray(0, length);
}
