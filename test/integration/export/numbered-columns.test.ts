/** Several addresses in the columns of one customer. */
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { addresses } from '../../../src/datasets/addresses.ts';
import { customers } from '../../../src/datasets/customers.ts';
import { type ExportOf, exported } from '../../support/export.ts';
import { useImports } from '../../support/import.ts';
import { readParquet } from '../../support/parquet.ts';

const given = useImports();
let tenant = '';

const people = 'email,first_name\na@example.com,Ann\nb@example.com,Bob\nc@example.com,Cy\n';
const places = `customer,address_label,address_line1,city,country,postal_code,is_default_billing,latitude
a@example.com,Home,1 High St,Leeds,United Kingdom,LS1 4AB,no,
a@example.com,Work,=2+2,York,United Kingdom,YO1 7HH,yes,53.95
a@example.com,Shed,3 Back Ln,Hull,United Kingdom,HU1 1AA,no,
b@example.com,Home,4 Low St,Bath,United Kingdom,BA1 1SU,yes,
`;

beforeAll(async () => {
  tenant = await given.tenant();
  await given.import(tenant, people, { require: [] });
  const run = await given.import(tenant, places, { dataset: 'addresses', require: [] });
  expect(run.created).toBe(4);
});

const of = (asked: Partial<ExportOf>): ExportOf => ({
  dataset: customers,
  sort: [{ field: 'email' }],
  columns: [{ field: 'email' }, { field: 'addresses:2' }],
  ...asked,
});

describe('addresses:2', () => {
  test('is the columns of two addresses, the default one first, blank where there are fewer', async () => {
    const { text } = await exported(given.database, tenant, of({ profile: 'data' }));
    const rows = parse(text, { columns: true }) as Record<string, string>[];
    const shown = rows.map((row) => [
      row.email,
      row.address_1_label,
      row.address_1_line1,
      row.address_1_latitude,
      row.address_2_city,
    ]);
    expect(shown).toEqual([
      ['a@example.com', 'Work', '=2+2', '53.95', 'Leeds'],
      ['b@example.com', 'Home', '4 Low St', '', ''],
      ['c@example.com', '', '', '', ''],
    ]);
    const fields = addresses.fields.filter(({ exportable, type }) => exportable && type !== 'reference');
    expect(Object.keys(rows[0] ?? {})).toHaveLength(1 + 2 * fields.length);
  });

  test('for people has labels, and formulas guarded', async () => {
    const { text } = await exported(given.database, tenant, of({}));
    const [row = {}] = parse(text, { columns: true, bom: true }) as Record<string, string>[];
    expect(row).toMatchObject({
      'Address 1 Label': 'Work',
      'Address 1 Line 1': "'=2+2",
      'Address 1 Default Billing': 'Yes',
      'Address 2 City': 'Leeds',
    });
  });

  test.each(['json', 'ndjson', 'xlsx', 'parquet'] as const)('stands in %s too', async (format) => {
    const { file, records } = await exported(given.database, tenant, of({ format }));
    expect(records).toBe(3);
    if (format === 'json')
      expect(JSON.parse(file.toString())[0]).toMatchObject({ address_1_latitude: 53.95 });
    if (format === 'parquet')
      expect((await readParquet(file)).rows[0]).toMatchObject({
        address_1_latitude: '53.95',
        address_2_city: 'Leeds',
      });
  });

  test('is passed over by an import, which changes nothing', async () => {
    for (const profile of ['data', 'spreadsheet'] as const) {
      for (const columns of [
        of({}).columns,
        [{ field: 'email' }, { field: 'city' }, { field: 'addresses:3' }],
      ]) {
        const { file } = await exported(given.database, tenant, of({ profile, columns }));
        const before = await given.digestOf(tenant);
        const run = await given.import(tenant, file, { require: [] });
        expect({ state: run.state, unchanged: run.unchanged }).toEqual({ state: 'done', unchanged: 3 });
        expect(await given.digestOf(tenant)).toBe(before);
      }
    }
  });

  test('stands in the history by the fields that it was', async () => {
    const { leftOut } = await exported(given.database, tenant, of({}));
    expect(leftOut).toEqual([]);
    const [entry] = await given.rows(
      tenant,
      'select fields from exports order by created_at desc, id desc limit 1',
    );
    expect(entry?.fields).toEqual(expect.arrayContaining(['email', 'address_1_city', 'address_2_city']));
  });
});

describe('what is refused', () => {
  test.each(['addresses:0', 'addresses:21', 'addresses:', 'orders:2', 'addresses'])('%s', async (field) => {
    const asked = of({ columns: [{ field: 'email' }, { field }] });
    await expect(exported(given.database, tenant, asked)).rejects.toMatchObject({ code: 'export.invalid' });
  });

  test('a header for many columns, and addresses of anything but customers', async () => {
    const named = of({ columns: [{ field: 'addresses:2', header: 'Where' }] });
    await expect(exported(given.database, tenant, named)).rejects.toThrow('takes no header');
    const elsewhere = of({ dataset: addresses, sort: undefined, columns: [{ field: 'addresses:2' }] });
    await expect(exported(given.database, tenant, elsewhere)).rejects.toMatchObject({
      code: 'export.invalid',
    });
  });
});
