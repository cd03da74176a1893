/**
 * What becomes of a line in which a quoted cell is followed by text: `"Joe" Smith,5` or `"the "big" one",5`.
 * No rule says what such a line means, so there are two readings, and the number of columns chooses:
 *
 * - `lenient`: a quote closes a cell only before a delimiter or the line's end; any other is part of the text.
 * - `literal`: a cell whose quotes do not fit is not quoted at all; its quotes are text.
 *
 * Both keep every character. A cell that opens a quote and never has another is an unclosed quote in either.
 */
import { cellEscaped, cellHigh, cellShift, isAt, type Marks } from './csv-marks.ts';

export type Reading = 'lenient' | 'literal';

/**
 * Reads the cells of one line from `from`, where a cell begins, to `lineEnd`, exclusive.
 * @returns pairs of begin and packed end, as the tokenizer keeps them; undefined when a quote stays open.
 */
export function readBrokenLine(
  bytes: Uint8Array,
  from: number,
  lineEnd: number,
  marks: Marks,
  reading: Reading,
): number[] | undefined {
  const cells: number[] = [];
  let position = from;
  for (;;) {
    const open = marks.padded ? afterBlanks(bytes, position, lineEnd, marks) : position;
    const next = isAt(bytes, open, marks.quote, lineEnd)
      ? quotedCell(bytes, open, lineEnd, marks, reading, cells)
      : plainCell(bytes, position, lineEnd, marks, cells);
    if (next === undefined) return undefined;
    if (next >= lineEnd) return cells;
    position = next + marks.delimiter.length;
  }
}

/** Every delimiter of the line parts two cells, whatever the quotes say: how a row that cannot be read is shown. */
export function splitPlainly(bytes: Uint8Array, from: number, lineEnd: number, marks: Marks): number[] {
  const cells: number[] = [];
  for (let position = from; ; position += marks.delimiter.length) {
    position = plainCell(bytes, position, lineEnd, marks, cells);
    if (position >= lineEnd) return cells;
  }
}

/** @returns where the delimiter after the cell stands, or the line's end. */
function plainCell(bytes: Uint8Array, from: number, lineEnd: number, marks: Marks, cells: number[]): number {
  let end = from;
  let flags = 0;
  while (end < lineEnd && !isAt(bytes, end, marks.delimiter, lineEnd)) {
    if (marks.escape !== 0 && bytes[end] === marks.escape && end + 1 < lineEnd) {
      flags = cellEscaped;
      end++;
    }
    end++;
  }
  pushCell(bytes, from, end, flags, cells);
  return end;
}

function quotedCell(
  bytes: Uint8Array,
  open: number,
  lineEnd: number,
  marks: Marks,
  reading: Reading,
  cells: number[],
): number | undefined {
  const quoteLength = marks.quote.length;
  const begin = open + quoteLength;
  for (let at = begin; at < lineEnd; at++) {
    if (marks.escape !== 0 && bytes[at] === marks.escape) {
      at++;
      continue;
    }
    if (!isAt(bytes, at, marks.quote, lineEnd)) continue;
    const after = at + quoteLength;
    if (isAt(bytes, after, marks.quote, lineEnd)) {
      at = after + quoteLength - 1;
      continue;
    }
    const next = afterBlanks(bytes, after, lineEnd, marks);
    if (next >= lineEnd || isAt(bytes, next, marks.delimiter, lineEnd)) {
      pushCell(bytes, begin, at, cellEscaped, cells);
      return next;
    }
    if (reading === 'literal') break;
    at = after - 1;
  }
  return reading === 'literal' ? literalCell(bytes, open, lineEnd, marks, cells) : undefined;
}

/** A cell whose quotes are text. One alone, with which it begins, is none: that quote was meant to open. */
function literalCell(
  bytes: Uint8Array,
  open: number,
  lineEnd: number,
  marks: Marks,
  cells: number[],
): number | undefined {
  const end = plainCell(bytes, open, lineEnd, marks, cells);
  for (let at = open + marks.quote.length; at < end; at++) if (isAt(bytes, at, marks.quote, end)) return end;
  return undefined;
}

/** Where the blanks after a closing quote end; a blank may be the delimiter itself. */
export function afterBlanks(bytes: Uint8Array, from: number, lineEnd: number, marks: Marks): number {
  let at = from;
  while (
    at < lineEnd &&
    (bytes[at] === 0x20 || bytes[at] === 0x09) &&
    !isAt(bytes, at, marks.delimiter, lineEnd)
  )
    at++;
  return at;
}

function pushCell(bytes: Uint8Array, begin: number, end: number, flags: number, cells: number[]): void {
  let high = 0;
  for (let at = begin; at < end; at++) high |= bytes[at] as number;
  cells.push(begin, (end << cellShift) | flags | (high > 127 ? cellHigh : 0));
}
