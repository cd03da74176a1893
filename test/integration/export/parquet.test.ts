/** Parquet of every dataset: each value against the same record's in CSV, read by another hand's reader. */
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { customers } from '../../../src/datasets/customers.ts';
import type { FieldDefinition } from '../../../src/datasets/define-dataset.ts';
import { datasets } from '../../../src/datasets/registry.ts';
import { fieldType } from '../../../src/field-types/registry.ts';
import { exported } from '../../support/export.ts';
import { hostileTenant } from '../../support/hostile-tenant.ts';
import { useImports } from '../../support/import.ts';
import { readParquet } from '../../support/parquet.ts';

const given = useImports();
const recordsEach = 60 * Number(process.env.CLIENTELE_TEST_CASES ?? 1);

/** A value of the file as CSV has it for programs. */
function textOf(value: unknown, field: FieldDefinition): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.length === 0 ? '' : JSON.stringify(value);
  const text = String(value);
  return field.type === 'decimal' || field.type === 'money'
    ? fieldType('decimal').write(text, 'data', field)
    : text;
}

describe.each(datasets.map((dataset) => ({ key: dataset.key, dataset })))('$key', ({ dataset }) => {
  test('every value is the record’s, in the type of its field', async () => {
    const { tenant, amount } = await hostileTenant(given, dataset, recordsEach);
    expect(amount).toBeGreaterThan(recordsEach / 3);
    const fields = dataset.fields.filter(({ exportable }) => exportable);
    const asked = { dataset, columns: 'all', profile: 'data' } as const;
    const { file } = await exported(given.database, tenant, { ...asked, format: 'parquet' });
    const read = await readParquet(file);
    expect(read.names).toEqual(fields.map(({ key }) => key));

    const csv = await exported(given.database, tenant, { ...asked, format: 'csv' });
    const lines = parse(csv.file, { columns: true }) as Record<string, string>[];
    const json = await exported(given.database, tenant, { ...asked, format: 'json' });
    const objects = JSON.parse(json.text) as Record<string, unknown>[];
    expect(read.rows).toHaveLength(amount);
    for (const [i, row] of read.rows.entries()) {
      const shown = fields.map((field) => [field.key, textOf(row[field.key], field)]);
      const expected = fields.map(({ key, type }) => {
        const list = type === 'tags' ? objects[i]?.[key] : undefined;
        return [key, Array.isArray(list) && list.length > 0 ? JSON.stringify(list) : (lines[i]?.[key] ?? '')];
      });
      expect(shown).toEqual(expected);
    }
  }, 120_000);
});

test('a number of more digits than Parquet holds is refused before the file begins, and says where it is', async () => {
  const tenant = await given.tenant();
  const long = `0.${'1'.repeat(19)}`;
  const lines = [long, '1.5', `${'9'.repeat(21)}`].map((points, i) =>
    JSON.stringify({ number: `N-${i}`, first_name: 'A', loyalty_points: points }),
  );
  const made = await given.import(tenant, `${lines.join('\n')}\n`, { fileName: 'x.ndjson', require: [] });
  expect(made.created).toBe(3);
  const asked = { dataset: customers, format: 'parquet' } as const;
  const columns = [{ field: 'number' }, { field: 'loyalty_points' }];
  await expect(exported(given.database, tenant, { ...asked, columns })).rejects.toMatchObject({
    code: 'export.invalid',
    message: expect.stringContaining('Loyalty Points of 2 records has more digits'),
    details: { field: 'loyalty_points' },
  });
  const { file } = await exported(given.database, tenant, { ...asked, columns: columns.slice(0, 1) });
  expect((await readParquet(file)).rows).toHaveLength(3);
});

test('it has the profile for programs only', async () => {
  const tenant = await given.tenant();
  const asked = { dataset: customers, format: 'parquet', profile: 'spreadsheet' } as const;
  await expect(exported(given.database, tenant, asked)).rejects.toMatchObject({ code: 'export.invalid' });
});
