/**
 * JSON, canonically compact and in the order of the cell. What PostgreSQL's jsonb cannot hold is refused: U+0000,
 * halves of surrogate pairs, and nesting without end. Numbers keep every digit. `null` is nothing.
 *
 * A field with a `shape` may take plain text: a cell that is no JSON, or only a bare number or word, is offered
 * to the shape as a text when it does not take it as JSON.
 */
import { Problem } from '../platform/problems.ts';
import { shown } from './cell-problem.ts';
import type { FieldLimits, FieldType } from './field-type.ts';
import { guard } from './spreadsheet-marks.ts';

const deepest = 100;

export const json: FieldType = {
  name: 'json',
  accepts: 'JSON (RFC 8259).',
  sqlType: 'jsonb',
  reader: (field) => (cell) => readJson(cell, field),
  write: (value, profile) => (profile === 'spreadsheet' ? guard(value) : value),
};

function readJson(cell: string, field: FieldLimits): string | null | Problem {
  if (field.shape === undefined) return parsedText(cell, field);
  if (!opensJson.test(cell)) return shapedScalar(cell, field.shape, field);
  if (isTooDeep(cell)) return tooDeep();
  const parsed = parse(cell);
  if (!parsed.read) return brokenJson.test(cell) ? notJson(parsed.reason) : shaped(cell, field.shape, field);
  return shaped(parsed.value, field.shape, field);
}

type Shape = NonNullable<FieldLimits['shape']>;

const opensJson = /^[{["]/;
/** Begins so much like JSON that it was meant to be, and is no remark such as "[moved] call again". */
const brokenJson = /^(?:\{\s*"|\[\s*[{["])/;

/** A bare number or word of JSON, else a text. */
function shapedScalar(cell: string, shape: Shape, field: FieldLimits): string | null | Problem {
  if (cell === 'null') return null;
  const parsed = isScalar.test(cell) ? parse(cell) : undefined;
  const asJson = parsed?.read === true ? shaped(parsed.value, shape, field) : undefined;
  return typeof asJson === 'string' ? asJson : shaped(cell, shape, field);
}

const isScalar = /^(?:true|false|-?[0-9][0-9.eE+-]*)$/;

function shaped(value: unknown, shape: Shape, field: FieldLimits): string | Problem {
  const result = shape(value);
  if ('reason' in result) return new Problem('json.shape', { reason: result.reason });
  return storable(JSON.stringify(result.value), field);
}

function parsedText(cell: string, field: FieldLimits): string | null | Problem {
  if (cell === 'null') return null;
  if (isTooDeep(cell)) return tooDeep();
  const parsed = parse(cell);
  return parsed.read ? storable(JSON.stringify(parsed.value), field) : notJson(parsed.reason);
}

type Parsed =
  | { readonly read: true; readonly value: unknown }
  | { readonly read: false; readonly reason: string };
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

function parse(cell: string): Parsed {
  try {
    return {
      read: true,
      value: longNumber.test(cell) ? parseWithSource(cell, keepDigits) : JSON.parse(cell),
    };
  } catch (error) {
    return { read: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** What may be a number that a double does not hold as it is written. */
const longNumber = /[0-9.]{16}|[0-9][eE]/;
const doubleDigits = 15;
const largestExponent = 1000;

/** The reviver's third argument and `rawJSON` are in the engine (JSON.parse source text access), not yet in the types. */
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON(source: string): unknown };

/** @throws RangeError for a number that PostgreSQL would not take. */
function keepDigits(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  const { source } = context;
  if (typeof value !== 'number' || source === undefined) return value;
  const [digits = '', exponent = '0'] = source.toLowerCase().split('e');
  if (Math.abs(Number(exponent)) > largestExponent)
    throw new RangeError(`the number ${shown(source)} is out of range`);
  const significant = digits.replace(/[-.]/g, '').replace(/^0+/, '').length;
  const isExact = significant <= doubleDigits && Number.isFinite(value) && (value !== 0 || significant === 0);
  return isExact ? value : rawJSON(source);
}

function storable(compact: string, field: FieldLimits): string | Problem {
  if (holdsEscape(compact, nul)) return notJson('it holds the character U+0000');
  if (holdsEscape(compact, surrogate)) return notJson('it holds half of a surrogate pair');
  const max = field.max ?? Number.POSITIVE_INFINITY;
  if (compact.length <= max) return compact;
  const found = [...compact].length;
  return found > max ? new Problem('text.too_long', { found, max }) : compact;
}

const nul = /(?:^|[^\\])(?:\\\\)*\\u0000/;
const surrogate = /(?:^|[^\\])(?:\\\\)*\\u[dD][89a-fA-F]/;

function holdsEscape(compact: string, escaped: RegExp): boolean {
  return compact.includes('\\u') && escaped.test(compact);
}

/** Counts brackets outside of strings; parsers and databases run out of stack long before a cell runs out of room. */
function isTooDeep(cell: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < cell.length; at++) {
    const unit = cell.charCodeAt(at);
    if (unit === 0x5c && inString) at++;
    else if (unit === 0x22) inString = !inString;
    else if (!inString && (unit === 0x7b || unit === 0x5b) && ++depth > deepest) return true;
    else if (!inString && (unit === 0x7d || unit === 0x5d)) depth--;
  }
  return false;
}

function tooDeep(): Problem {
  return notJson(`it is nested more than ${deepest} deep`);
}

function notJson(reason: string): Problem {
  return new Problem('json.invalid', { reason: shown(reason) });
}
