import { describe, expect, it } from 'vitest';
import { type DatasetDefinition, defineDataset } from '../../../src/datasets/define-dataset.ts';
import { inPart, text } from '../../../src/datasets/fields.ts';
import { dataset, datasets } from '../../../src/datasets/registry.ts';
import { normaliseSpelling } from '../../../src/field-types/spelling.ts';
import { AppError } from '../../../src/platform/errors.ts';

function pets(fields: DatasetDefinition['fields']): DatasetDefinition {
  const parts = [{ key: 'pets', table: 'pets', kind: 'root' as const }];
  return { key: 'pets', label: 'Pets', singular: 'pet', parts, fields, matchKeys: [] };
}

describe('a dataset', () => {
  it('refuses two fields that claim one spelling, whatever its case and punctuation', () => {
    const fields = inPart('pets', [
      text('name', 'Name', { aliases: ['Pet-Name'] }),
      text('nick', 'Nick', { aliases: ['pet_name'] }),
    ]);
    expect(() => defineDataset(pets(fields))).toThrow('"pet_name" is claimed by pets.name and pets.nick');
  });

  it('refuses a field in a part that is not there', () => {
    expect(() => defineDataset(pets(inPart('owners', [text('name', 'Name')])))).toThrow(
      'pets.name names the part owners',
    );
  });

  it('finds a field by any spelling, and none by a stranger’s', () => {
    const found = defineDataset(pets(inPart('pets', [text('pet_name', 'Name', { aliases: ['petName'] })])));
    expect(['PET NAME', 'name', 'Pet-Name', 'ｎａｍｅ'].map((spelling) => found.keyFor(spelling))).toEqual(
      Array(4).fill('pet_name'),
    );
    expect(found.keyFor('__proto__')).toBeUndefined();
    expect(found.keyFor('')).toBeUndefined();
  });
});

describe.each(datasets.map((known) => [known.key, known] as const))('%s', (_, known) => {
  it('lets no two fields claim one key, label or alias', () => {
    const holders = new Map<string, Set<string>>();
    for (const field of known.fields) {
      for (const spelling of [field.key, field.label, ...(field.aliases ?? [])]) {
        const normal = normaliseSpelling(spelling);
        holders.set(normal, (holders.get(normal) ?? new Set()).add(field.key));
      }
    }
    expect([...holders].filter(([, fields]) => fields.size > 1)).toEqual([]);
    expect(holders.size).toBeGreaterThan(known.fields.length);
  });

  it('keeps no two fields in one column, normal forms included', () => {
    const columns = known.fields
      .filter((field) => field.part !== 'derived')
      .flatMap((field) =>
        [field.column ?? field.key, ...(field.normalColumn === undefined ? [] : [field.normalColumn])].map(
          (column) => `${field.part}.${column}`,
        ),
      );
    expect(new Set(columns).size).toBe(columns.length);
  });

  it('matches, requires, numbers and follows only by fields that it has', () => {
    const named = [
      ...known.matchKeys,
      ...(known.optionalMatchKeys ?? []),
      ...(known.identity ?? []),
      ...(known.requiredByDefault ?? []),
      ...(known.createRules ?? []).map((rule) => rule.field),
      ...known.fields.flatMap((field) => field.follows ?? []),
      ...(known.numbers === undefined ? [] : [known.numbers.field]),
    ];
    expect(named.filter((key) => !known.has(key))).toEqual([]);
  });

  it('implies only its own fields and normal forms, and none that is mapped', () => {
    const mapped = new Set(known.importable.map((field) => field.key));
    const normals = new Set(known.fields.flatMap((field) => field.normalColumn ?? []));
    expect((known.implied?.(mapped) ?? []).filter((key) => !normals.has(key))).toEqual([]);
    const alone = known.importable.flatMap((field) => known.implied?.(new Set([field.key])) ?? []);
    expect(alone.filter((key) => !known.has(key) && !normals.has(key))).toEqual([]);
  });
});

it('a dataset that is not there is refused by name, with those that are', () => {
  expect(() => dataset('pets')).toThrow(AppError);
  expect(() => dataset('pets')).toThrow(
    'There is no dataset "pets". There are: customers, addresses, leads, orders, pins, quotes, assets, analytics.',
  );
});
