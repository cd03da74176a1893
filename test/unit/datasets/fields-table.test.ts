/** The table of fields that was agreed on (test/samples/fields.csv), line by line against what the datasets declare. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { FieldDefinition } from '../../../src/datasets/define-dataset.ts';
import { dataset, datasets } from '../../../src/datasets/registry.ts';

interface Line {
  readonly dataset: string;
  readonly key: string;
  readonly label: string;
  readonly type: string;
  readonly values: string;
  readonly required: string;
  readonly default: string;
  readonly max: string;
  readonly importable: string;
  readonly exportable: string;
  readonly export_default: string;
  readonly stored_in: string;
  readonly aliases: string;
}

const table: Line[] = parse(readFileSync(new URL('../../samples/fields.csv', import.meta.url)), {
  columns: true,
});
const linesOf = (key: string): Line[] => table.filter((line) => line.dataset === key);

/** "opening" totals stand in a file as any value does. */
const importable: Readonly<Record<string, string>> = {
  yes: 'yes',
  no: 'no',
  match: 'match',
  opening: 'yes',
  'create-only': 'create-only',
  'match, create-only': 'create-only',
};

/** Canonical texts of the table's defaults; what depends on the tenant is absent. */
const defaults: Readonly<Record<string, string | undefined>> = {
  no: 'false',
  yes: 'true',
  tenant: undefined,
  '': undefined,
};

/** Defaults beyond the table's: columns that are never null, and those made from other fields. */
const furtherDefaults = new Set([
  'customers.type',
  'customers.display_name',
  'customers.orders_count',
  'customers.total_spent',
  'addresses.address_type',
  'addresses.is_default_billing',
  'addresses.is_default_shipping',
  'orders.number',
  'orders.total',
  'orders.subtotal',
  'orders.item_count',
  'orders.created_at',
  'quotes.assets_count',
]);

/** The table says users of both: of members of a tenant, and of those who sign in. */
function targetOf({ reference }: FieldDefinition): string {
  return reference?.dataset === 'accounts' ? 'users' : (reference?.dataset ?? '');
}

function tableOf(key: string, field: FieldDefinition): string {
  return field.part === 'derived' ? 'derived' : dataset(key).part(field.part).table;
}

describe.each(datasets.map((known) => known.key))('the fields of %s', (key) => {
  it('are those of the table, in its order', () => {
    expect(dataset(key).fields.map((field) => field.key)).toEqual(linesOf(key).map((line) => line.key));
  });

  it.each(linesOf(key).map((line) => [line.key, line] as const))(
    '%s is as in the table',
    (fieldKey, line) => {
      const field = dataset(key).field(fieldKey);
      expect({
        label: field.label,
        type: field.type,
        values: field.values?.map((value) => value.key).join('|') ?? '',
        max: field.max?.toString() ?? '',
        importable: field.importable,
        exportable: field.exportable,
        exportDefault: field.exportDefault ?? false,
        table: tableOf(key, field),
        target: targetOf(field),
      }).toEqual({
        label: line.label,
        type: line.type,
        values: line.type === 'enum' ? line.values : '',
        max: line.max,
        importable: importable[line.importable],
        exportable: line.exportable === 'yes',
        exportDefault: line.export_default === 'yes',
        table: line.stored_in,
        target: line.type === 'reference' ? line.values : '',
      });
    },
  );

  it.each(linesOf(key).map((line) => [line.key, line] as const))(
    '%s answers to each of its spellings',
    (fieldKey, line) => {
      const spellings = [line.key, line.label, ...line.aliases.split('|')].filter(
        (spelling) => spelling !== '',
      );
      for (const spelling of spellings) expect(dataset(key).keyFor(spelling), spelling).toBe(fieldKey);
    },
  );

  it.each(linesOf(key).map((line) => [line.key, line] as const))(
    '%s has the default of the table',
    (fieldKey, line) => {
      const field = dataset(key).field(fieldKey);
      const listed = line.default in defaults ? defaults[line.default] : line.default;
      if (furtherDefaults.has(`${key}.${fieldKey}`)) expect(field.default).toBeDefined();
      else expect(field.default).toBe(listed);
    },
  );
});
