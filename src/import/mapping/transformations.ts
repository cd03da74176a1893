/**
 * What a mapping does to the text of a column before its field reads it. Each transformation is a small pure
 * function, compiled once a column; a column without any costs nothing.
 */
import { z } from 'zod';
import { splitPersonName } from '../../datasets/person-name.ts';
import { Problem } from '../../platform/problems.ts';

export const transformationSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('trim') }),
  z.strictObject({ do: z.literal('case'), to: z.enum(['lower', 'upper', 'title']) }),
  /** One part of a full name. */
  z.strictObject({ do: z.literal('name'), part: z.enum(['first', 'last']) }),
  /** The column's text and those of further columns, blank ones left out. */
  z.strictObject({ do: z.literal('join'), columns: z.array(z.string()).min(1), separator: z.string() }),
  /** Characters `from` (0-based) on, at most `length` of them. */
  z.strictObject({
    do: z.literal('cut'),
    from: z.int().min(0).default(0),
    length: z.int().min(0).optional(),
  }),
  /** The first of several values in one cell. */
  z.strictObject({ do: z.literal('first'), separator: z.string().min(1) }),
  /** Every occurrence of a text, case and all. */
  z.strictObject({ do: z.literal('replace'), find: z.string().min(1), by: z.string() }),
  /** Whole values by others, in any case; `otherwise` for a value that is not listed, which else stays. */
  z.strictObject({
    do: z.literal('values'),
    values: z.record(z.string(), z.string()),
    otherwise: z.string().optional(),
  }),
  /** For blank cells. */
  z.strictObject({ do: z.literal('default'), value: z.string() }),
  z.strictObject({ do: z.literal('constant'), value: z.string() }),
  /** Cents to units: whole numbers are moved by so many decimals. */
  z.strictObject({ do: z.literal('minorUnits'), decimals: z.int().min(0).max(4) }),
]);

export type Transformation = z.infer<typeof transformationSchema>;

/** The cell of another column of the same row, by the column's 0-based place. */
export type CellOf = (column: number) => string;

export type Transform = (text: string, cellOf: CellOf) => string | Problem;

/**
 * @param placeOf the 0-based place of a column of the file; a mapping has been checked against the file by then.
 * @returns undefined when there is nothing to do.
 */
export function compileTransformations(
  transformations: readonly Transformation[],
  placeOf: (column: string) => number,
): Transform | undefined {
  const steps = transformations.map((transformation) => compileOne(transformation, placeOf));
  const [only] = steps;
  if (steps.length <= 1) return only;
  return (text, cellOf) => {
    let current = text;
    for (const step of steps) {
      const next = step(current, cellOf);
      if (typeof next !== 'string') return next;
      current = next;
    }
    return current;
  };
}

function compileOne(transformation: Transformation, placeOf: (column: string) => number): Transform {
  switch (transformation.do) {
    case 'trim':
      return (text) => text.trim();
    case 'case':
      return changeCase(transformation.to);
    case 'name':
      return (text) => (text.trim() === '' ? '' : splitPersonName(text)[transformation.part]);
    case 'join':
      return join(transformation.columns.map(placeOf), transformation.separator);
    case 'cut':
      return cut(transformation.from, transformation.length);
    case 'first':
      return (text) => text.split(transformation.separator, 1)[0]?.trim() ?? '';
    case 'replace':
      return (text) => text.replaceAll(transformation.find, () => transformation.by);
    case 'values':
      return replaceValues(transformation.values, transformation.otherwise);
    case 'default':
      return (text) => (text.trim() === '' ? transformation.value : text);
    case 'constant':
      return () => transformation.value;
    case 'minorUnits':
      return minorUnits(transformation.decimals);
  }
}

function changeCase(to: 'lower' | 'upper' | 'title'): Transform {
  if (to === 'lower') return (text) => text.toLowerCase();
  if (to === 'upper') return (text) => text.toUpperCase();
  return (text) =>
    text
      .toLowerCase()
      .replace(/(^|[^\p{L}\p{M}'’])(\p{L})/gu, (_, before, letter) => before + letter.toUpperCase());
}

function join(places: readonly number[], separator: string): Transform {
  return (text, cellOf) => {
    const parts = [text, ...places.map(cellOf)];
    return parts
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .join(separator);
  };
}

/** By characters, so that none is cut in two. */
function cut(from: number, length: number | undefined): Transform {
  const end = length === undefined ? undefined : from + length;
  return (text) => Array.from(text).slice(from, end).join('');
}

function replaceValues(values: Readonly<Record<string, string>>, otherwise: string | undefined): Transform {
  const known = new Map(Object.entries(values).map(([from, to]) => [normalValue(from), to]));
  return (text) => {
    const value = normalValue(text);
    if (value === '' && !known.has('')) return text;
    return known.get(value) ?? otherwise ?? text;
  };
}

function normalValue(text: string): string {
  return text.trim().toLowerCase();
}

/** A text that is not a plain whole number would be read a hundredfold too large: it is refused. */
function minorUnits(decimals: number): Transform {
  return (text) => {
    const trimmed = text.trim();
    if (trimmed === '' || decimals === 0) return trimmed;
    const parts = /^([+-]?)(\d+)$/.exec(trimmed);
    if (parts === null) return new Problem('number.unreadable', { value: trimmed });
    const digits = (parts[2] ?? '').padStart(decimals + 1, '0');
    return `${parts[1] ?? ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  };
}
