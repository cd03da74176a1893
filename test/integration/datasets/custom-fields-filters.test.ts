/** Filters and orders by a tenant's own fields: with an index and without one they answer the same. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { CustomType } from '../../../src/datasets/custom/custom-field.ts';
import type { NewCustomField } from '../../../src/datasets/custom/new-custom-field.ts';
import { holdIndexed, indexColumn, reindex } from '../../../src/datasets/custom/value-index.ts';
import type { Dataset } from '../../../src/datasets/define-dataset.ts';
import { filterSql } from '../../../src/datasets/query/filter.ts';
import type { Condition, Operator } from '../../../src/datasets/query/filter-schema.ts';
import { recordSql } from '../../../src/datasets/query/record-sql.ts';
import { exportFormats } from '../../../src/export/encode.ts';
import { tendCustomFields } from '../../../src/jobs/custom-fields.ts';
import { changeCustomField } from '../../../src/tenants/custom-fields/define.ts';
import { settleCustomFields, unsettledTenants } from '../../../src/tenants/custom-fields/settle.ts';
import { asTenantHasIt, define, oneOfEachType } from '../../support/custom-fields.ts';
import { exported } from '../../support/export.ts';
import { useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 50 });
const context = { timezone: 'Europe/Berlin', country: 'DE', currency: 'EUR', mayRead: () => true };

const indexedTypes = oneOfEachType.filter(({ type }) => indexColumn(type) !== null);

/** Values of which some are near, or the same but for their case, or beyond what a double tells apart. */
const pools: Readonly<Record<Exclude<CustomType, 'json'>, readonly string[]>> = {
  text: [
    'Ada',
    'ada',
    'ADA ',
    'Ädä',
    `it's \\ $1`,
    'x'.repeat(199),
    `${'x'.repeat(200)}a`,
    `${'x'.repeat(200)}b`,
    '42',
  ],
  email: ['a@x.org', 'b@x.org', 'A@X.org', `o'neill@x.org`],
  phone: ['+44 20 7946 0018', '020 7946 0018', '00123'],
  url: ['https://example.com/a', 'https://example.com/A', 'www.example.com'],
  enum: ['red', 'dark_blue', '=green'],
  tags: ['vip', 'VIP, new', 'new', 'old; new; vip', 'Größe'],
  country: ['GB', 'DE', 'FR'],
  currency: ['EUR', 'USD'],
  timezone: ['Europe/Berlin', 'UTC'],
  uuid: ['0190f0c0-0000-7000-8000-000000000001', '0190f0c0-0000-7000-8000-000000000002'],
  boolean: ['true', 'false'],
  integer: ['0', '1', '-1', '9007199254740991', '9007199254740990', '42'],
  decimal: [
    '0',
    '0.1',
    '0.10000000000000000001',
    '9007199254740993',
    '9007199254740992',
    '-5.5',
    `${'9'.repeat(38)}`,
  ],
  money: ['0', '12.5', '12.5001', '999999999999999.9999', '999999999999999.9998', '-1'],
  date: ['2024-02-29', '2024-03-01', '0001-01-01', '9999-12-31'],
  datetime: [
    '2024-03-31T00:59:59Z',
    '2024-03-31T01:00:00Z',
    '2024-03-30T23:00:00Z',
    '2024-03-31T21:59:59.999999Z',
    '2024-03-31T22:00:00Z',
    '9999-12-31T23:59:59Z',
  ],
};

const single: readonly Operator[] = ['is', 'is_not', 'one_of', 'none_of', 'empty', 'not_empty'];
const orders: readonly Operator[] = [
  ...single,
  'before',
  'after',
  'less',
  'greater',
  'at_least',
  'at_most',
  'between',
];
const texts: readonly Operator[] = [...single, 'contains', 'starts_with'];

function operatorsOf(type: CustomType): readonly Operator[] {
  if (type === 'tags') return ['has_tag', 'has_tags', 'empty', 'not_empty'];
  if (['integer', 'decimal', 'money', 'date', 'datetime'].includes(type)) return orders;
  return ['text', 'email', 'phone', 'url', 'timezone'].includes(type) ? texts : single;
}

/** Values to ask for: those that are there, others of their type, and days where the field is a point in time. */
function askable(type: CustomType): readonly string[] {
  const pool = type === 'json' ? [] : pools[type];
  if (type === 'tags') return ['vip', 'Vip', 'new', 'größe', 'none'];
  if (type === 'datetime') return [...pool, '2024-03-31', '2024-03-30', '9999-12-31'];
  if (type === 'decimal') return [...pool, '0.1000000000000000000001', '7'];
  return pool;
}

function conditionOf(key: string, operator: Operator, values: readonly string[]): Condition {
  const [one = '', two = one] = values;
  if (operator === 'empty' || operator === 'not_empty') return { field: key, operator };
  if (operator === 'between') return { field: key, operator, value: [one, two] };
  if (['one_of', 'none_of', 'has_tags'].includes(operator))
    return { field: key, operator, value: [...values] };
  return { field: key, operator, value: one };
}

let tenant = '';
let plain: Dataset;
let indexed: Dataset;

async function found(dataset: Dataset, where: Condition): Promise<string[]> {
  const record = recordSql(dataset, tenant);
  const condition = filterSql(record, { where }, context);
  const rows = await given.rows(tenant, `select r.email from ${record.from()} where ${condition} order by 1`);
  return rows.map(({ email }) => String(email));
}

beforeAll(async () => {
  tenant = await given.tenant();
  for (const field of indexedTypes) await define(given, tenant, field);
  const rows = Array.from({ length: 120 }, (_, n) =>
    Object.fromEntries([
      ['email', `c${n}@x.org`],
      ['first_name', 'C'],
      ...indexedTypes.flatMap(({ key, type }, place) => {
        const pool = pools[type as keyof typeof pools];
        const at = (n * 11 + place) % (pool.length + 1);
        return at === pool.length ? [] : [[key, pool[at]]];
      }),
    ]),
  );
  const file = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const run = await given.import(tenant, file, { fileName: 'made.ndjson', dataset: 'customers' });
  expect(run, JSON.stringify(await given.problems(run))).toMatchObject({ state: 'done', created: 120 });
  plain = await asTenantHasIt(given, tenant, 'customers');
  for (const { key } of indexedTypes) {
    const { custom } = plain.field(key);
    await changeCustomField(given.database, tenant, custom?.id ?? '', { filterable: true }, null);
  }
  const meanwhile = await asTenantHasIt(given, tenant, 'customers');
  expect(indexedTypes.map(({ key }) => meanwhile.field(key).custom?.isIndexed)).not.toContain(true);
  expect(await settleCustomFields(given.database, tenant)).toBe(true);
  indexed = await asTenantHasIt(given, tenant, 'customers');
  expect(indexedTypes.map(({ key }) => indexed.field(key).custom?.isIndexed)).not.toContain(false);
}, 60_000);

describe.each(indexedTypes.map(({ key, type }) => ({ key, type })))('$type', ({ key, type }) => {
  test.each(operatorsOf(type))('%s finds by index what it finds without', async (operator) => {
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...askable(type)), { minLength: 1, maxLength: 3 }),
        async (values) => {
          const condition = conditionOf(key, operator, values);
          const without = await found(plain, condition);
          expect(await found(indexed, condition)).toEqual(without);
          hits += without.length;
        },
      ),
      { numRuns: 12, seed: 5 },
    );
    expect(hits).toBeGreaterThan(0);
  });
});

/** A field of each column of the index, and what is asked of it. */
const shapes: readonly {
  readonly field: NewCustomField;
  readonly sql: string;
  readonly where: Omit<Condition, 'field'>;
}[] = [
  { field: { key: 'words', type: 'text' }, sql: `'Word ' || n`, where: { operator: 'is', value: 'Word 77' } },
  {
    field: { key: 'kind', type: 'enum', values: ['a', 'b', 'c'] },
    sql: `case when n % 1000 = 0 then 'a' else 'c' end`,
    where: { operator: 'one_of', value: ['a', 'b'] },
  },
  {
    field: { key: 'labels', type: 'tags' },
    sql: `array['all', 'l' || n % 5000]`,
    where: { operator: 'has_tag', value: 'L77' },
  },
  { field: { key: 'visits', type: 'integer' }, sql: 'n', where: { operator: 'between', value: [100, 200] } },
  { field: { key: 'spent', type: 'money' }, sql: 'n / 4.0', where: { operator: 'at_least', value: '24990' } },
  {
    field: { key: 'birthday', type: 'date' },
    sql: `'1900-01-01'::date + (n % 40000)::int`,
    where: { operator: 'before', value: '1900-02-01' },
  },
  {
    field: { key: 'seen_at', type: 'datetime' },
    sql: `to_char('2020-01-01'::timestamp + n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
    where: { operator: 'is', value: '2020-01-05' },
  },
];

describe('a condition on a filterable field, of a hundred thousand records', () => {
  let many = '';
  let leads: Dataset;
  beforeAll(async () => {
    many = await given.tenant();
    for (const { field } of shapes)
      await define(given, many, { dataset: 'leads', ...field, filterable: true });
    leads = await asTenantHasIt(given, many, 'leads');
    const members = shapes.map(({ field, sql }) => `'${field.key}', ${sql}`).join(', ');
    await given.within(many, async (tx) => {
      await tx.query(
        `insert into leads (tenant_id, id, version, email, created_at, updated_at, custom)
         select $1, gen_random_uuid(), 1, 'l' || n || '@x.org', now(), now(), jsonb_build_object(${members}) from generate_series(1, 100000) n`,
        [many],
      );
      await reindex(
        tx,
        leads,
        await holdIndexed(
          tx,
          leads,
          leads.fields.flatMap(({ custom }) => custom?.id ?? []),
        ),
        {
          sql: 'select id from leads where tenant_id = $1',
          values: [],
        },
      );
    });
    await given.database.asOwner((owner) => owner.query('analyze leads; analyze custom_values'));
  }, 120_000);

  test.each(shapes)('$field.type $where.operator is answered by index', async ({ field, where }) => {
    const record = recordSql(leads, many);
    const condition = filterSql(record, { where: { field: field.key, ...where } }, context);
    const statement = `select r.id from ${record.from()} where ${condition}`;
    const plan = (await given.rows(many, `explain (costs off) ${statement}`))
      .map((row) => String(row['QUERY PLAN']))
      .join('\n');
    const column = indexColumn(field.type) ?? '';
    const conditions = [
      ...plan.matchAll(new RegExp(`custom_values_${column}[^\\n]*\\n\\s+Index Cond: ([^\\n]*)`, 'g')),
    ];
    expect(conditions.map(([, text]) => text).join(' '), plan).toMatch(
      new RegExp(`tenant_id = .*field_id = .*"?${column}"? `),
    );
    expect(plan).not.toContain('Seq Scan on custom_values');
    const found = await given.rows(many, statement);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(2000);
  });
});

describe('an export', () => {
  test('has own fields under all, by key and by label, sorts by them, and leaves sensitive ones out', async () => {
    const tenantId = await given.tenant();
    await define(given, tenantId, { key: 'shoe_size', type: 'decimal', label: 'Shoe size' });
    await define(given, tenantId, { key: 'diagnosis', type: 'text', sensitive: true, filterable: true });
    await given.import(
      tenantId,
      'email,first_name,shoe_size,diagnosis\na@x.org,A,42,=x\nb@x.org,B,,\nc@x.org,C,9,y\n',
    );
    const dataset = await asTenantHasIt(given, tenantId, 'customers');
    const columns = [{ field: 'email' }, { field: 'Shoe Size', header: 'Size' }, { field: 'diagnosis' }];
    const asked = {
      dataset,
      columns,
      sort: [{ field: 'shoe_size' }],
      csv: { bom: false, lineEnd: 'lf' },
    } as const;
    expect((await exported(given.database, tenantId, asked)).text).toBe(
      `Email,Size,Diagnosis\nc@x.org,9,y\na@x.org,42,'=x\nb@x.org,,\n`,
    );
    const limited = { ...asked, permissions: new Set(['customers:export'] as const) };
    const { text, leftOut } = await exported(given.database, tenantId, limited);
    expect({ text, leftOut }).toEqual({
      text: 'Email,Size\nc@x.org,9\na@x.org,42\nb@x.org,\n',
      leftOut: ['diagnosis'],
    });
    const asking = {
      ...limited,
      filter: { where: { field: 'diagnosis', operator: 'is', value: 'y' } },
    } as const;
    await expect(exported(given.database, tenantId, asking)).rejects.toMatchObject({
      code: 'permission.missing',
    });
    const json = await exported(given.database, tenantId, {
      dataset,
      columns,
      format: 'json',
      sort: asked.sort,
    });
    expect(JSON.parse(json.text)).toEqual([
      { email: 'c@x.org', Size: 9, diagnosis: 'y' },
      { email: 'a@x.org', Size: 42, diagnosis: '=x' },
      { email: 'b@x.org', Size: null, diagnosis: null },
    ]);
    for (const format of exportFormats)
      expect((await exported(given.database, tenantId, { dataset, columns: 'all', format })).records).toBe(3);
  });
});

describe('a field that becomes filterable', () => {
  test('is filled in batches beside imports that write it, and misses nothing', async () => {
    const tenantId = await given.tenant();
    const { id } = await define(given, tenantId, { key: 'score', type: 'integer' });
    const file = (add: number): string =>
      `email,first_name,score\n${Array.from({ length: 2500 }, (_, n) => `c${n}@x.org,C,${n + add}\n`).join('')}`;
    await given.import(tenantId, file(0));
    const [, run] = await Promise.all([
      changeCustomField(given.database, tenantId, id, { filterable: true }, null).then(() =>
        settleCustomFields(given.database, tenantId),
      ),
      given.import(tenantId, file(1)),
      settleCustomFields(given.database, tenantId),
    ]);
    expect(run).toMatchObject({ state: 'done', updated: 2500 });
    expect(await settleCustomFields(given.database, tenantId)).toBe(true);
    const [odd] = await given.rows(
      tenantId,
      `select count(*)::int as rows, count(*) filter (where v.number is distinct from (c.custom ->> 'score')::float8)::int as wrong
       from customers c left join custom_values v on v.tenant_id = c.tenant_id and v.record_id = c.id`,
    );
    expect(odd).toEqual({ rows: 2500, wrong: 0 });
  });

  test('is filled by whoever works, beside the runs', async () => {
    const tenantId = await given.tenant();
    const { id } = await define(given, tenantId, { key: 'score', type: 'integer' });
    await given.import(tenantId, 'email,first_name,score\na@x.org,A,1\n');
    const failures: unknown[] = [];
    const end = tendCustomFields(given.database, (error) => failures.push(error));
    try {
      await changeCustomField(given.database, tenantId, id, { filterable: true }, null);
      await vi.waitFor(
        async () => {
          const dataset = await asTenantHasIt(given, tenantId, 'customers');
          expect(dataset.field('score').custom?.isIndexed).toBe(true);
        },
        { timeout: 30_000, interval: 100 },
      );
    } finally {
      await end();
    }
    expect(failures).toEqual([]);
    expect(await unsettledTenants(given.database)).not.toContain(tenantId);
  });
});
