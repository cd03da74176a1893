/** Every field that an import may write goes in, changes, and comes back: what the fields have in common, in one law. */
import { describe, expect, test } from 'vitest';
import type { Dataset, FieldDefinition } from '../../../src/datasets/define-dataset.ts';
import { datasets } from '../../../src/datasets/registry.ts';
import type { FieldTypeName } from '../../../src/field-types/field-type.ts';
import { newId } from '../../../src/platform/ids.ts';
import { type Asked, useImports } from '../../support/import.ts';

const given = useImports();

/** Two values of each type, neither of them a default. */
const byType: Readonly<Record<FieldTypeName, readonly [string, string]>> = {
  text: ['one', 'two'],
  email: ['one@example.com', 'two@example.com'],
  phone: ['+44 20 7946 0001', '+44 20 7946 0002'],
  boolean: ['yes', 'no'],
  date: ['1990-01-02', '1991-03-04'],
  datetime: ['2024-01-02T03:04:05Z', '2024-02-03T04:05:06.789012Z'],
  integer: ['3', '4'],
  decimal: ['12.5', '13.25'],
  money: ['10.50', '11.25'],
  enum: ['', ''],
  tags: ['a;b', 'c;a'],
  json: ['{"a": [1, "x"]}', '{"a": null}'],
  url: ['https://one.example', 'https://two.example'],
  country: ['FR', 'DE'],
  currency: ['EUR', 'USD'],
  timezone: ['Europe/Paris', 'Asia/Tokyo'],
  uuid: ['', ''],
  reference: ['one@example.com', 'two@example.com'],
};

const byKey: Readonly<Record<string, readonly [string, string]>> = {
  email: ['ann@example.com', 'ann@example.com'],
  number: ['N-1', 'N-2'],
  customer: ['ann@example.com', 'ann@example.com'],
  address_line1: ['1 High St', '1 High St'],
  address_line2: ['Flat 1', 'Flat 1'],
  city: ['York', 'York'],
  postal_code: ['YO1', 'YO1'],
  type: ['company', 'non_profit'],
  status: ['archived', 'lead'],
  segment: ['vip', 'regular'],
  phone_country_code: ['+44', '+33'],
  general_notes: ['{"general": "one"}', '"two"'],
  schedule: ['{"monday": [{"start": "08:00", "end": "09:00"}]}', '{}'],
  provider_split: ['40', '30'],
  payment_split: ['60', '70'],
  email_opt_in: ['no', 'yes'],
  preferred_language: ['fr', 'de'],
  shopify_order_id: ['1001', '1001'],
  pinterest_pin_id: ['77', '77'],
  text: ['To be or not to be', 'To be or not to be'],
  quote_text: ['one', 'two'],
  date: ['2024-05-06', '2024-05-06'],
  line_items: ['[{"sku": "A", "quantity": 2, "unit_price": 1.5}]', '[{"title": "B", "quantity": 1}]'],
};

function values(field: FieldDefinition): readonly [string, string] {
  const known = byKey[field.key];
  if (known !== undefined) return known;
  if (field.type === 'enum') return [field.values?.[0]?.key ?? '', field.values?.[1]?.key ?? ''];
  if (field.type === 'text') return [`${field.key.slice(0, 20)} one`, `${field.key.slice(0, 20)} two`];
  return byType[field.type];
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** How the second file finds what the first one made; by id where there is no other key, as in a file that was exported. */
const found: Readonly<Record<string, Asked>> = {
  customers: { match: ['email'] },
  addresses: {},
  leads: { match: ['email'] },
  orders: { match: ['shopify_order_id'] },
  pins: { match: ['pinterest_pin_id'] },
  quotes: { match: ['text'] },
  assets: { match: ['id'] },
  analytics: { match: ['date'] },
};

const isById = ({ key }: Dataset): boolean => found[key]?.match?.[0] === 'id';

async function onlyId(tenant: string, { root }: Dataset): Promise<string> {
  const [row] = await given.rows(tenant, `select id from ${root.table}`);
  return row === undefined ? '' : String(row.id);
}

/** A file with every field that may be written, under its key, and the cells of the one row as asked for. */
async function fileWith(
  tenant: string,
  dataset: Dataset,
  cell: (field: FieldDefinition) => string,
): Promise<string> {
  const fields = dataset.importable.filter((field) => field.importable !== 'match');
  const id = isById(dataset) ? [['id', await onlyId(tenant, dataset)] as const] : [];
  const cells = [...id, ...fields.map((field) => [field.key, cell(field)] as const)];
  return `${cells.map(([key]) => key).join(',')}\n${cells.map(([, text]) => quoted(text)).join(',')}\n`;
}

const fileOf = (tenant: string, dataset: Dataset, which: 0 | 1): Promise<string> =>
  fileWith(tenant, dataset, (field) => values(field)[which]);

/** A field that no column keeps goes into another one. */
const changeable = ({ importable }: Dataset): string[] =>
  importable
    .filter(
      (field) =>
        field.part !== 'derived' && field.importable === 'yes' && values(field)[0] !== values(field)[1],
    )
    .map(({ key }) => key)
    .sort();

async function tenantWithOthers(): Promise<string> {
  const tenant = await given.tenant();
  await given.import(tenant, 'email,first_name\none@example.com,One\ntwo@example.com,Two\n');
  for (const name of ['one', 'two'])
    await given.rows(
      tenant,
      `insert into members (tenant_id, id, email, role, created_at) values ($1, $2, $3, 'staff', now())`,
      [tenant, newId(), `${name}@example.com`],
    );
  return tenant;
}

/** Records that the fields of a dataset refer to. */
async function tenantFor({ key }: Dataset): Promise<string> {
  const tenant = await tenantWithOthers();
  if (key === 'addresses') await given.import(tenant, 'email,first_name\nann@example.com,Ann\n');
  if (key === 'assets') await given.import(tenant, 'text\none\ntwo\n', { dataset: 'quotes' });
  return tenant;
}

describe.each(datasets.map((known) => [known.key, known] as const))('every field of %s', (key, dataset) => {
  const asked = { dataset: key, ...found[key] };

  test('goes in, and a second import finds it unchanged', async () => {
    const tenant = await tenantFor(dataset);
    const run = await given.import(tenant, await fileOf(tenant, dataset, 0), asked);
    expect(await given.outcomes(run), JSON.stringify(await given.problems(run))).toEqual(['created']);
    const again = await given.import(tenant, await fileOf(tenant, dataset, 0), asked);
    expect(await given.outcomes(again), JSON.stringify(again.report)).toEqual(['unchanged']);
  });

  test('changes, and comes back by undo', async () => {
    const tenant = await tenantFor(dataset);
    await given.import(tenant, await fileOf(tenant, dataset, 0), asked);
    const digest = await given.digestOf(tenant);
    const run = await given.import(tenant, await fileOf(tenant, dataset, 1), asked);
    expect(await given.outcomes(run), JSON.stringify(await given.problems(run))).toEqual(['updated']);
    expect(Object.keys(run.report?.changed ?? {}).sort()).toEqual(changeable(dataset));
    const again = await given.import(tenant, await fileOf(tenant, dataset, 1), asked);
    expect(await given.outcomes(again), JSON.stringify(again.report)).toEqual(['unchanged']);
    expect((await given.undo(run)).undoReport).toEqual({ removed: 0, restored: 1, leftAlone: 0 });
    expect(await given.digestOf(tenant)).toBe(digest);
  });

  test('comes to a record that has none of it, and goes by undo', async () => {
    const tenant = await tenantFor(dataset);
    if (key === 'customers')
      await given.import(tenant, 'email,first_name,last_name\nann@example.com,Ann,Lee\n');
    const digest = await given.digestOf(tenant);
    const run = await given.import(tenant, await fileOf(tenant, dataset, 0), asked);
    expect(run.failed).toBe(0);
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(digest);
  });

  test('is cleared by a blank cell when the run says so, and comes back by undo', async () => {
    const tenant = await tenantFor(dataset);
    await given.import(tenant, await fileOf(tenant, dataset, 0), asked);
    const digest = await given.digestOf(tenant);
    const cleared = await fileWith(tenant, dataset, (field) =>
      isKept(dataset, field) ? values(field)[0] : '',
    );
    const run = await given.import(tenant, cleared, { ...asked, empty: 'clear' });
    expect(await given.outcomes(run), JSON.stringify(await given.problems(run))).toEqual(['updated']);
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(digest);
  });
});

/** By which the record is found, or without which it is none. */
function isKept(dataset: Dataset, { key }: FieldDefinition): boolean {
  const needed = [...(dataset.createRules ?? []).map(({ field }) => field), ...(dataset.identity ?? [])];
  return ['type', ...needed, ...(found[dataset.key]?.match ?? [])].includes(key);
}
