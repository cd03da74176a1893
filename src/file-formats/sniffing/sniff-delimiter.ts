/**
 * Finds delimiter, quote and escape of delimited text: the sample is read in every way that may be meant, and the
 * way wins whose rows are most alike and whose cells look most like values.
 */
import { isUtf8 } from 'node:buffer';
import { cellKind } from '../cell-kind.ts';
import { escapeForPattern } from '../csv/csv-escapes.ts';
import {
  filledCells,
  type SampleDialect,
  type SampleRange,
  type SampleRow,
  sampleRows,
  usualWidth,
} from './sample-rows.ts';
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
  range: SampleRange,
  given: Partial<SampleDialect>,
): SniffedDelimiter {
  let best: SniffedDelimiter | undefined;
  let bestScore = -1;
  const candidates =
    given.delimiter === undefined ? possibleDelimiters(text) : new Map([[given.delimiter, 1]]);
  for (const [delimiter, belief] of candidates) {
    const isDump =
      given.escape === undefined && given.quote === undefined && isDumped(text, delimiter, range);
    for (const { trust, ...quoting } of possibleQuotes(text, { ...given, delimiter }, isDump)) {
      const dialect = { delimiter, ...quoting, comment: given.comment ?? '' };
      const rows = sampleRows(text, dialect, rowsLooked, range);
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

/**
 * Did MySQL or PostgreSQL write it, which escape by a backslash and say `\N` for NULL? They write no header; under one,
 * `\N` is what somebody has written.
 */
function isDumped(text: Buffer, delimiter: string, range: SampleRange): boolean {
  const edge = edgeOf(delimiter);
  if (!new RegExp(`(?:^|${edge})\\\\N(?=${edge}|$)`).test(text.toString('latin1'))) return false;
  const dialect = { delimiter, quote: '', escape: 'backslash', comment: '' } as const;
  return !isHeaderRow(sampleRows(text, dialect, rowsLooked, range).map(({ cells }) => cells));
}

interface Quoting {
  readonly quote: string;
  readonly escape: 'double' | 'backslash';
  readonly padded: boolean;
  readonly trust: number;
}

/** What stands beside a cell, as a pattern over the text's bytes. */
function edgeOf(delimiter: string): string {
  return `(?:${escapeForPattern(Buffer.from(delimiter).toString('latin1'))}|[\\r\\n])`;
}

function possibleQuotes(
  text: Buffer,
  given: Partial<SampleDialect> & Pick<SampleDialect, 'delimiter'>,
  isDump: boolean,
): Quoting[] {
  const latin1 = text.toString('latin1');
  const edge = edgeOf(given.delimiter);
  const holds = (pattern: string) => new RegExp(pattern).test(latin1);
  const quotes =
    given.quote === undefined
      ? ['"', ...(holds(`(?:^|${edge})'[^'\\r\\n]*(?:''[^'\\r\\n]*)*'(?:${edge}|$)`) ? ["'"] : [])]
      : [given.quote];
  const escapes: Quoting['escape'][] = given.escape === undefined ? ['double'] : [given.escape];
  const isEscaping = isDump || (given.escape === undefined && holds(`\\\\(?:["']|${edge})`));
  if (isEscaping) escapes.push('backslash');
  const paddings = given.padded === undefined ? [false] : [given.padded];
  if (given.padded === undefined && holds(`${edge} +["']`)) paddings.push(true);
  // An apostrophe doubled within apostrophes tells who wrote it; around a word they may be what was written.
  const isApostropheQuote =
    !holds(`(?:^|${edge})"[^"\\r\\n]*"(?:${edge}|$)`) && holds(`(?:^|${edge})'[^'\\r\\n]+''[^'\\r\\n]`);
  const unlikely = isDump ? 0.9 : isEscaping && hasOnlyEscapedQuotes(latin1, edge) ? 0.995 : 1;
  const possible: Quoting[] = [];
  for (const quote of quotes) {
    for (const escaping of escapes) {
      for (const padded of paddings) {
        const likely = escaping === 'double' ? unlikely : 1;
        possible.push({
          quote,
          escape: escaping,
          padded,
          trust: (quote === "'" && !isApostropheQuote ? 0.9 : 1) * (padded ? 0.95 : 1) * likely,
        });
      }
    }
  }
  // What a database wrote needs no quotes: all that would need them stands behind a backslash.
  if (isEscaping && given.quote === undefined && !holds(`(?:^|${edge})"`)) {
    const quoting = { quote: '', escape: 'backslash', padded: false } as const;
    if (isDump) possible.unshift({ ...quoting, trust: 1 });
    else possible.push({ ...quoting, trust: 1 });
  }
  // Tab-separated text often knows no quotes at all. That is believed where most rows make no sense with them: one
  // that is not closed is a fault of its row.
  if (given.quote === undefined && latin1.includes('"')) {
    possible.push({ quote: '', escape: 'double', padded: false, trust: 0.3 });
  }
  return possible;
}

/** Does a backslash stand before every quote within a cell? Who doubles them has no reason for it. */
function hasOnlyEscapedQuotes(latin1: string, edge: string): boolean {
  if (!latin1.includes('\\"')) return false;
  const others = latin1.replace(/\\[\s\S]/g, '');
  return !new RegExp(`"{2,}(?!${edge}|"|$)|(?<!${edge}|"|^)"+(?!${edge}|"|$)`).test(others);
}

/** From 0 to 1: how much the rows look like a table. */
function scoreRows(rows: readonly SampleRow[], delimiter: string, quote: string, belief: number): number {
  if (rows.length === 0) return 0;
  const width = usualWidth(rows);
  const values = valueShare(rows, delimiter, quote);
  const sound = 1 - rows.filter((row) => row.broken).length / rows.length;
  const before = rows.findIndex((row) => row.cells.length === width);
  const table = rows.slice(before);
  const alike = table.filter((row) => fits(row, width)).length / table.length;
  if (width === 1) return singleColumn * (isTyped(rows) ? 2 : 1) * alike * alike * values * sound * sound;
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
  let spaced = 0;
  for (const { cells, quoted } of rows) {
    for (let column = 1; column < cells.length; column++) {
      if (quoted[column]) continue;
      if (!cells[column]?.startsWith(' ')) return false;
      spaced++;
    }
  }
  return spaced > 0;
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
