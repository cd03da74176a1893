import { describe, expect, it } from 'vitest';
import {
  compileTransformations,
  type Transformation,
  transformationSchema,
} from '../../../src/import/mapping/transformations.ts';
import { Problem } from '../../../src/platform/problems.ts';

const columns = ['First', 'Middle', 'Last'];

function transformed(
  transformations: Transformation[],
  text: string,
  row: readonly string[] = [],
): string | Problem | undefined {
  const transform = compileTransformations(transformations, (column) => columns.indexOf(column));
  return transform?.(text, (column) => row[column] ?? '');
}

describe('a transformation', () => {
  it.each<[string, Transformation, string, string]>([
    ['trims', { do: 'trim' }, '  a b ', 'a b'],
    ['lowers', { do: 'case', to: 'lower' }, 'ÄÖ Straße', 'äö straße'],
    ['raises', { do: 'case', to: 'upper' }, 'éa', 'ÉA'],
    [
      'writes names with capitals',
      { do: 'case', to: 'title' },
      'JEAN-LUC O’NEILL élise',
      'Jean-Luc O’neill Élise',
    ],
    ['takes the first name', { do: 'name', part: 'first' }, 'Ana María van der Berg', 'Ana María'],
    ['takes the last name', { do: 'name', part: 'last' }, 'Ana María van der Berg', 'van der Berg'],
    ['takes no name from a blank', { do: 'name', part: 'last' }, ' ', ''],
    ['cuts between characters', { do: 'cut', from: 1, length: 2 }, 'a😀bcde', '😀b'],
    ['cuts nothing out of a short text', { do: 'cut', from: 3, length: 2 }, 'ab', ''],
    ['cuts to the end', { do: 'cut', from: 2 }, 'abcd', 'cd'],
    ['takes the first of several', { do: 'first', separator: ' ::: ' }, '+1 555 ::: +1 556', '+1 555'],
    ['leaves a single value', { do: 'first', separator: ';' }, ' one ', 'one'],
    ['replaces literally', { do: 'replace', find: '.', by: '$&' }, 'a.b.c', 'a$&b$&c'],
    ['replaces values in any case', { do: 'values', values: { Y: 'yes' } }, ' y ', 'yes'],
    ['leaves values that are not listed', { do: 'values', values: { Y: 'yes' } }, 'maybe', 'maybe'],
    ['replaces the others when told', { do: 'values', values: { Y: 'yes' }, otherwise: '' }, 'maybe', ''],
    ['leaves blank blank among values', { do: 'values', values: {}, otherwise: 'no' }, '', ''],
    ['maps blank when it is listed', { do: 'values', values: { '': 'none' } }, ' ', 'none'],
    [
      'knows a value called like a property of objects',
      { do: 'values', values: { a: 'b' } },
      'constructor',
      'constructor',
    ],
    ['fills blanks', { do: 'default', value: 'DE' }, ' ', 'DE'],
    ['leaves what is there', { do: 'default', value: 'DE' }, 'FR', 'FR'],
    ['sets a constant', { do: 'constant', value: 'import' }, 'x', 'import'],
    ['turns cents into units', { do: 'minorUnits', decimals: 2 }, '12345', '123.45'],
    ['turns few cents into units', { do: 'minorUnits', decimals: 2 }, '-5', '-0.05'],
    ['leaves units without decimals', { do: 'minorUnits', decimals: 0 }, ' 12345 ', '12345'],
  ])('%s', (_, transformation, text, expected) => {
    expect(transformed([transformation], text)).toBe(expected);
  });

  it('joins columns of the row, without the blank ones', () => {
    const join: Transformation = { do: 'join', columns: ['Middle', 'Last'], separator: ' ' };
    expect(transformed([join], 'Ada', ['Ada', '', ' Lovelace '])).toBe('Ada Lovelace');
    expect(transformed([join], '', ['', '', ''])).toBe('');
  });

  it.each(['12.345', '1,234', '12 EUR'])('refuses %s as cents, rather than read it a hundredfold', (text) => {
    expect(transformed([{ do: 'minorUnits', decimals: 2 }], text)).toEqual(
      new Problem('number.unreadable', { value: text }),
    );
  });

  it('follows the one before it, and stops at a problem', () => {
    const steps: Transformation[] = [
      { do: 'trim' },
      { do: 'minorUnits', decimals: 2 },
      { do: 'constant', value: 'x' },
    ];
    expect(
      transformed(
        [
          { do: 'cut', from: 1 },
          { do: 'case', to: 'upper' },
        ],
        'abc',
      ),
    ).toBe('BC');
    expect(transformed(steps, 'abc')).toBeInstanceOf(Problem);
  });

  it('costs nothing where there is none', () => {
    expect(compileTransformations([], () => 0)).toBeUndefined();
  });

  it.each<Transformation>([
    { do: 'trim' },
    { do: 'case', to: 'title' },
    { do: 'name', part: 'first' },
    { do: 'join', columns: ['Last'], separator: '' },
    { do: 'cut', from: 0, length: 0 },
    { do: 'first', separator: ';' },
    { do: 'replace', find: 'a', by: '' },
    { do: 'values', values: { a: 'b' }, otherwise: '' },
    { do: 'default', value: '' },
    { do: 'constant', value: '' },
    { do: 'minorUnits', decimals: 0 },
  ])('is stored as it is: %j', (transformation) => {
    expect(transformationSchema.parse(transformation)).toEqual(transformation);
  });

  it('cuts from the first character unless said', () => {
    expect(transformationSchema.parse({ do: 'cut', length: 2 })).toEqual({ do: 'cut', from: 0, length: 2 });
  });

  it.each([
    { do: 'eval', code: '1' },
    { do: 'replace', find: '', by: 'x' },
    { do: 'join', columns: [], separator: '' },
    { do: 'trim', more: 1 },
  ])('is not stored as %j', (value) => {
    expect(transformationSchema.safeParse(value).success).toBe(false);
  });
});
