/**
 * The cells of one row of JSON. Its text is kept as written: digits of numbers, which JavaScript would round; nested
 * values, as JSON. `null` and what is absent are blank.
 */
import { Problem, type ProblemDetails } from '../../platform/problems.ts';

export interface JsonMembers {
  /** Keys of an object; undefined for an array. */
  readonly keys: readonly string[] | undefined;
  readonly cells: readonly string[];
  /** Places of the cells that are objects or lists of their own, and not texts that look so. */
  readonly nested: readonly number[];
}

/** @returns the members of an object or an array, or why there are none. A key may be there twice. */
export function readJsonRow(text: string): JsonMembers | Problem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return unreadable(reasonOf(error as SyntaxError));
  }
  if (typeof value !== 'object' || value === null)
    return unreadable(`a row must be an object, and this is ${nameOf(value)}`);
  const { keys, cells, nested } = split(text, !Array.isArray(value));
  return { keys: Array.isArray(value) ? undefined : keys, cells, nested };
}

/** Objects within objects are looked into so deep. */
const nestingMax = 3;

/**
 * The plain values within an object, under the keys that lead to them (`address.geo.lat`). Lists, and what is nested
 * deeper, stay in the object's own text.
 * @param text an object that is known to be JSON.
 */
export function membersWithin(key: string, text: string, depth = 1): [key: string, cell: string][] {
  const { keys, cells, nested } = split(text, true);
  return keys.flatMap((name, i): [string, string][] => {
    const cell = cells[i] as string;
    const path = `${key}.${name}`;
    if (!nested.includes(i)) return [[path, cell]];
    return cell.startsWith('{') && depth < nestingMax ? membersWithin(path, cell, depth + 1) : [];
  });
}

export function unreadable(reason: string, format = 'JSON'): Problem {
  const details: ProblemDetails = { format, reason };
  return new Problem('row.unreadable', details);
}

/** Cuts a text that is known to be JSON at the commas of its outermost bracket. */
function split(text: string, isObject: boolean): { keys: string[]; cells: string[]; nested: number[] } {
  const keys: string[] = [];
  const cells: string[] = [];
  const nested: number[] = [];
  let at = afterSpace(text, 0) + 1;
  for (;;) {
    at = afterSpace(text, at);
    const next = text.charCodeAt(at);
    if (next === closeBrace || next === closeBracket) return { keys, cells, nested };
    if (next === comma) {
      at++;
      continue;
    }
    if (isObject) {
      const end = valueEnd(text, at);
      keys.push(stringOf(text, at, end));
      at = afterSpace(text, end);
      at = afterSpace(text, at + 1);
    }
    const end = valueEnd(text, at);
    const first = text.charCodeAt(at);
    if (first === openBrace || first === openBracket) nested.push(cells.length);
    cells.push(cellOf(text, at, end));
    at = end;
  }
}

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

function afterSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function valueEnd(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === quote) return stringEnd(text, from);
  let at = from;
  let depth = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = stringEnd(text, at);
      continue;
    }
    if (code === openBrace || code === openBracket) depth++;
    else if (code === closeBrace || code === closeBracket) {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === comma || code <= 0x20)) return at;
    at++;
  }
}

/** Where the string that opens at `from` has closed. */
function stringEnd(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 2;
    else if (code === quote) return at + 1;
    else at++;
  }
}

function stringOf(text: string, from: number, end: number): string {
  const inner = text.slice(from + 1, end - 1);
  return inner.includes('\\') ? (JSON.parse(text.slice(from, end)) as string) : inner;
}

function cellOf(text: string, from: number, end: number): string {
  const first = text.charCodeAt(from);
  if (first === quote) return stringOf(text, from, end);
  const raw = text.slice(from, end);
  if (raw === 'null') return '';
  return first === openBrace || first === openBracket ? withoutSpace(raw) : raw;
}

/** JSON without the blanks between its parts. */
function withoutSpace(json: string): string {
  return /\s/.test(json) ? minified(json) : json;
}

function minified(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/gs, '$1');
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'number' ? 'a number' : String(value);
}

/** V8's message without the text it quotes, which may be long. */
function reasonOf(error: SyntaxError): string {
  const message = error.message
    .replace(/, (?:\.\.\.)?".*$/s, '')
    .replace(/ in JSON/, '')
    .replace(/ \(line \d+ column \d+\)/, '');
  return message.charAt(0).toLowerCase() + message.slice(1);
}
