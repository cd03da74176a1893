import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CustomField,
  customTypes,
  withCustomFields,
} from '../../../src/datasets/custom/custom-field.ts';
import { keyFromHeader, newDefinition } from '../../../src/datasets/custom/new-custom-field.ts';
import { canonicalText, packing, storedJson } from '../../../src/datasets/custom/stored-value.ts';
import { indexColumn } from '../../../src/datasets/custom/value-index.ts';
import { customers } from '../../../src/datasets/customers.ts';
import { leads } from '../../../src/datasets/leads.ts';
import { compileColumn } from '../../../src/field-types/column.ts';
import { parseNewField } from '../../../src/import/mapping/new-fields.ts';
import { AppError } from '../../../src/platform/errors.ts';
import { hostileText } from '../../support/hostile-values.ts';

function field(of: Partial<CustomField>): CustomField {
  return {
    id: '0190f0c0-0000-7000-8000-000000000001',
    dataset: 'customers',
    key: 'shoe_size',
    label: 'Shoe size',
    type: 'decimal',
    limits: {},
    aliases: [],
    sensitive: false,
    revision: 1,
    isIndexed: false,
    ...of,
  };
}

describe('a tenant’s dataset', () => {
  test('has its own fields behind the others, in the root, by every spelling', () => {
    const own = withCustomFields(customers, [
      field({ aliases: ['EU size'] }),
      field({ dataset: 'leads', key: 'other' }),
    ]);
    expect(own.fields.at(-1)).toMatchObject({ key: 'shoe_size', part: 'customers', importable: 'yes' });
    expect(['Shoe-Size', 'shoeSize', 'eu_size'].map((text) => own.keyFor(text))).toEqual(
      Array(3).fill('shoe_size'),
    );
    expect(own.has('other')).toBe(false);
    expect(customers.has('shoe_size')).toBe(false);
  });

  test('is the dataset itself where the tenant has no field of it', () => {
    expect(withCustomFields(leads, [field({})])).toBe(leads);
  });

  test('gives way where a later version of the program has taken a name', () => {
    const own = withCustomFields(customers, [
      field({ key: 'email', label: 'Mine' }),
      field({ key: 'size', label: 'Email address' }),
    ]);
    expect(own.keyFor('email address')).toBe('email');
    expect(own.field('email').custom).toBeUndefined();
    expect(own.keyFor('size')).toBe('size');
  });
});

describe('a value', () => {
  const texts: Readonly<Record<string, fc.Arbitrary<string>>> = {
    text: hostileText,
    json: fc.json(),
    tags: fc.array(hostileText, { maxLength: 4 }).map((names) => JSON.stringify(names)),
    decimal: fc
      .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat({ max: 10 }))
      .map(([n, scale]) => {
        const digits = String(n < 0n ? -n : n).padStart(scale + 1, '0');
        const whole = digits.slice(0, digits.length - scale);
        return `${n < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
      }),
    boolean: fc.constantFrom('yes', 'no'),
    datetime: fc
      .date({ min: new Date('1800-01-01'), max: new Date('9000-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  };

  test.each(Object.keys(texts) as (keyof typeof texts & CustomField['type'])[])(
    '%s: is JSON, and comes back',
    (type) => {
      const of = { key: 'own', label: 'Own', type };
      const read = compileColumn(of, { decimal: '.', spreadsheetMarks: false });
      fc.assert(
        fc.property(texts[type] ?? fc.constant(''), (text) => {
          const value = read(text);
          if (typeof value !== 'string') return;
          const json = storedJson(of, value);
          expect(() => JSON.parse(json)).not.toThrow();
          expect(canonicalText(of, json)).toBe(value);
        }),
        { numRuns: 300 },
      );
    },
  );

  test('is packed with the others of its row, and a blank is not', () => {
    const own = withCustomFields(customers, [
      field({}),
      field({ key: 'labels', type: 'tags' }),
      field({ key: 'motto', type: 'text' }),
    ]);
    const { columns, pack } = packing(own, ['email', 'shoe_size', 'phone_e164', 'labels', 'motto']);
    expect(columns).toEqual(['email', 'phone_e164', 'custom']);
    expect([...pack(['a@x.org', '42.5', null, '{"a","b \\"c\\""}', 'say "\\n"\n'])]).toEqual([
      'a@x.org',
      null,
      '{"shoe_size":42.5,"labels":["a","b \\"c\\""],"motto":"say \\"\\\\n\\"\\n"}',
    ]);
    expect([...pack(['b@x.org', null, '+49', null, null])]).toEqual(['b@x.org', '+49', null]);
    const values = ['a@x.org'];
    expect(packing(customers, ['email']).pack(values)).toBe(values);
  });
});

describe('a definition', () => {
  test('has its presets, and a label made of its key', () => {
    expect(newDefinition(customers, [], { key: 'shoe_size', type: 'text' })).toEqual({
      key: 'shoe_size',
      label: 'Shoe Size',
      type: 'text',
      limits: { max: 1000 },
      aliases: [],
      sensitive: false,
      filterable: false,
      position: 0,
    });
  });

  test.each(customTypes)('of the type %s can be made', (type) => {
    const values = type === 'enum' ? { values: ['a', 'b'] } : {};
    const filterable = indexColumn(type) !== null;
    expect(newDefinition(customers, [], { key: 'own', type, filterable, ...values })).toMatchObject({
      type,
      filterable,
    });
  });

  test.each([
    [{ key: 'own', type: 'integer', max: 5 }, 'has no max'],
    [{ key: 'own', type: 'text', range: [1, 2] }, 'has no range'],
    [{ key: 'own', type: 'text', values: ['a'] }, 'has no values'],
    [{ key: 'own', type: 'enum', values: ['a', 'A'] }, 'both a and A'],
    [{ key: 'own', type: 'enum', values: ['+'] }, 'letters or digits'],
    [{ key: 'own', type: 'decimal', range: [Number.NaN, 1] }, 'least and its most'],
    [{ key: 'own', type: 'text', label: '  ' }, 'It is blank'],
    [{ key: 'own', type: 'text', label: 'E-Mail' }, 'name of the field email'],
    [{ key: 'owner', type: 'text' }, 'name of the field assigned_to'],
    [{ key: 'other', type: 'text', aliases: ['Shoe size'] }, 'name of the field shoe_size'],
  ] as const)('%j is refused', (wanted, says) => {
    const others = [{ key: 'shoe_size', label: 'Shoe size', aliases: [] }];
    const make = () =>
      newDefinition(customers, others, wanted as unknown as Parameters<typeof newDefinition>[2]);
    expect(make).toThrow(AppError);
    expect(make).toThrow(says);
  });
});

describe('a new field of a column', () => {
  test.each([
    ['Shoe size=shoe_size:integer', { column: 'Shoe size', field: { key: 'shoe_size', type: 'integer' } }],
    ['Shoe size=shoe_size', { column: 'Shoe size', field: { key: 'shoe_size', type: 'text' } }],
    ['Größe (EU)', { column: 'Größe (EU)', field: { key: 'gro_e_eu', type: 'text', label: 'Größe (EU)' } }],
    ['a=b=:date', { column: 'a=b', field: { key: 'a_b', type: 'date', label: 'a=b' } }],
  ])('%s', (text, expected) => {
    expect(parseNewField(text)).toEqual(expected);
  });

  test.each(['=x', 'a=b:c:d', 'a=b:number', 'a=b:enum', 'a=b:reference'])('%s is refused', (text) => {
    expect(() => parseNewField(text)).toThrow(AppError);
  });

  test('whatever the header is, its key can be one', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const key = keyFromHeader(header);
        expect(key).toMatch(/^[a-z][a-z0-9_]{0,49}$/);
      }),
    );
  });
});
