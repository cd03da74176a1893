/**
 * What other readers make of a file. Each is asked only where it is known to be right; where it is not, and why, is
 * said here.
 */
import { parse } from 'csv-parse/sync';
import Papa from 'papaparse';
import type { RandomFile } from './csv-files.ts';

export type Rows = readonly (readonly string[])[];

/** @returns undefined where the reader has no say. */
export type Oracle = (file: RandomFile) => Rows | undefined;

/**
 * csv-parse, told of every line end, since it otherwise takes the first it meets for all. It is not asked about:
 * - quotes that do not fit (in the middle of an unquoted cell, before text, never closed): it refuses the file;
 * - blanks after a closing quote, which it refuses;
 * - a line of blanks, which is a row of one cell to it and a blank line to us;
 * - backslashes: it takes one before a quote outside quotes for an escape, and one before anything else within them
 *   for text, but then does not take the backslash before a delimiter;
 * - text that begins with a byte-order mark.
 */
export const csvParse: Oracle = ({ text, delimiter, quote, escape: escaping }) => {
  if (escaping === 'backslash' || hasLineOfBlanks(text)) return undefined;
  try {
    return parse(text, {
      delimiter,
      quote,
      escape: quote,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch {
    return undefined;
  }
};

/**
 * Papa Parse. It is not asked about:
 * - mixed line ends: it takes the first it meets for all, and the others for text;
 * - quotes that it reports as malformed or missing: it goes on over the lines that follow;
 * - backslashes, as csv-parse, and since it doubles the escape in cells that hold none;
 * - a line of blanks, as csv-parse;
 * - CR as a line end when a cell has LF in it, or the other way round: the same mix;
 * - a row of one cell that is empty in its quotes: it is skipped as a blank line.
 */
export const papaParse: Oracle = ({ text, delimiter, quote, escape: escaping, lineEnds }) => {
  if (lineEnds === 'mixed' || escaping === 'backslash' || hasLineOfBlanks(text)) return undefined;
  if (/(?:^|[\r\n])(["'])\1[ \t]*(?:[\r\n]|$)/.test(text)) return undefined;
  const newline = ({ lf: '\n', crlf: '\r\n', cr: '\r' } as const)[lineEnds];
  if (text.replaceAll(newline, '').match(/[\r\n]/) !== null) return undefined;
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter,
    quoteChar: quote,
    newline,
    skipEmptyLines: true,
  });
  return errors.some((error) => error.type === 'Quotes') ? undefined : data;
};

function hasLineOfBlanks(text: string): boolean {
  return /(?:^|[\r\n])[ \t]+(?:[\r\n]|$)/.test(text);
}
