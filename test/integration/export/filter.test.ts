/** Filters against a straightforward oracle; what is refused, and by which name; and which indexes are used. */
import { beforeAll, describe, expect, test } from 'vitest';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { addresses } from '../../../src/datasets/addresses.ts';
import { customers } from '../../../src/datasets/customers.ts';
import { filterSql } from '../../../src/datasets/query/filter.ts';
import type { FilterNode, Operator, RecordFilter } from '../../../src/datasets/query/filter-schema.ts';
import { recordSql } from '../../../src/datasets/query/record-sql.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createTenant } from '../../../src/tenants/tenants.ts';
import { exported } from '../../support/export.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

interface Person {
  readonly number: string;
  readonly email: string | null;
  readonly segment: string;
  readonly tags: readonly string[];
  readonly groups: readonly string[];
  readonly total_spent: number;
  readonly orders_count: number;
  readonly created_at: string;
  readonly date_of_birth: string | null;
  readonly city: string | null;
  readonly marketing_opt_in: boolean;
  readonly job_title: string | null;
  readonly archived: boolean;
}

/** All that differ in what filters ask for: every combination of a few values, by the row's number. */
const peopleThere: readonly Person[] = Array.from({ length: 48 }, (_, i) => ({
  number: `CUST-${String(i + 1).padStart(6, '0')}`,
  email: i % 5 === 0 ? null : `p${i}@example.com`,
  segment: ['new', 'vip', 'regular'][i % 3] as string,
  tags: [[], ['Blue'], ['blue', 'Red'], ['green']][i % 4] as string[],
  groups: [[], ['Gold'], ['Gold', 'Silver']][i % 3] as string[],
  total_spent: (i * 37) % 100,
  orders_count: i % 7,
  created_at: `2025-03-${String(25 + (i % 6)).padStart(2, '0')}T${String((i * 5) % 24).padStart(2, '0')}:30:00Z`,
  date_of_birth: i % 2 === 0 ? `19${50 + i}-05-17` : null,
  city: [null, 'Leeds', 'York', 'leeds'][i % 4] as string | null,
  marketing_opt_in: i % 2 === 1,
  job_title: [null, '100% "boss"', "O'Neil\\x", '_a'][(i + 1) % 4] as string | null,
  archived: i % 9 === 8,
}));

let tenant = '';
beforeAll(async () => {
  const made = await createTenant(given.database, {
    name: 'Filters',
    slug: `f-${newId()}`,
    country: 'GB',
    timezone: 'Europe/London',
  });
  tenant = made.id;
  const rows = peopleThere.map(({ archived, ...person }) => ({
    ...person,
    first_name: 'Pat',
    status: archived ? 'archived' : 'active',
    phone: `020 7946 ${person.number.slice(-4)}`,
  }));
  const file = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const run = await given.import(tenant, file, { fileName: 'people.ndjson', require: [] });
  expect(run.created).toBe(peopleThere.length);
});

async function numbersFor(filter: RecordFilter): Promise<string[]> {
  const columns = [{ field: 'number' }];
  const { text, records } = await exported(given.database, tenant, {
    dataset: customers,
    columns,
    filter,
    format: 'ndjson',
    sort: [{ field: 'number' }],
  });
  const lines = text.split('\n').filter((line) => line !== '');
  expect(records).toBe(lines.length);
  return lines.map((line) => (JSON.parse(line) as { number: string }).number);
}

const where = (
  field: string,
  operator: Operator,
  value?: string | number | boolean | string[],
): FilterNode => (value === undefined ? { field, operator } : { field, operator, value });
const lower = (texts: readonly string[]): string[] => texts.map((text) => text.toLowerCase());
/** London is an hour ahead from 2025-03-30T01:00Z on. */
const dayInLondon = (at: string): string =>
  new Date(Date.parse(at) + (at >= '2025-03-30T01:00' ? 3_600_000 : 0)).toISOString().slice(0, 10);

type Expected = readonly [FilterNode, (person: Person) => boolean];

const conditions: readonly Expected[] = [
  [where('segment', 'is', 'vip'), (p) => p.segment === 'vip'],
  [where('Segment', 'is', 'VIP'), (p) => p.segment === 'vip'],
  [where('segment', 'is_not', 'vip'), (p) => p.segment !== 'vip'],
  [where('segment', 'one_of', ['vip', 'new']), (p) => p.segment !== 'regular'],
  [where('segment', 'none_of', ['vip', 'new']), (p) => p.segment === 'regular'],
  [where('email', 'is', 'P1@Example.com'), (p) => p.email === 'p1@example.com'],
  [where('email', 'is_not', 'p1@example.com'), (p) => p.email !== 'p1@example.com'],
  [where('email', 'empty'), (p) => p.email === null],
  [where('email', 'not_empty'), (p) => p.email !== null],
  [where('email', 'starts_with', 'p1'), (p) => p.email?.startsWith('p1') === true],
  [where('email', 'contains', '2@EX'), (p) => p.email?.includes('2@ex') === true],
  [where('job_title', 'contains', '%'), (p) => p.job_title?.includes('%') === true],
  [where('job_title', 'contains', "o'neil\\"), (p) => p.job_title?.startsWith("O'Neil\\") === true],
  [where('job_title', 'is', "O'Neil\\x"), (p) => p.job_title === "O'Neil\\x"],
  [where('job_title', 'starts_with', '_'), (p) => p.job_title?.startsWith('_') === true],
  [where('phone', 'is', '+44 20 7946 0007'), (p) => p.number === 'CUST-000007'],
  [where('total_spent', 'greater', 50), (p) => p.total_spent > 50],
  [where('total_spent', 'less', '37'), (p) => p.total_spent < 37],
  [where('total_spent', 'at_least', 74), (p) => p.total_spent >= 74],
  [where('total_spent', 'between', ['11', '48']), (p) => p.total_spent >= 11 && p.total_spent <= 48],
  [where('orders_count', 'is', 3), (p) => p.orders_count === 3],
  [where('orders_count', 'at_most', 2), (p) => p.orders_count <= 2],
  [where('marketing_opt_in', 'is', 'yes'), (p) => p.marketing_opt_in],
  [where('marketing_opt_in', 'is', false), (p) => !p.marketing_opt_in],
  [
    where('date_of_birth', 'before', '1970-05-17'),
    (p) => p.date_of_birth !== null && p.date_of_birth < '1970-05-17',
  ],
  [
    where('date_of_birth', 'between', ['1960-05-17', '1970-05-17']),
    (p) => p.date_of_birth !== null && p.date_of_birth >= '1960-05-17' && p.date_of_birth <= '1970-05-17',
  ],
  [where('date_of_birth', 'empty'), (p) => p.date_of_birth === null],
  [where('created_at', 'after', '2025-03-27T12:00:00Z'), (p) => p.created_at > '2025-03-27T12:00:00Z'],
  [where('created_at', 'after', '2025-03-27'), (p) => dayInLondon(p.created_at) > '2025-03-27'],
  [where('created_at', 'before', '2025-03-30'), (p) => dayInLondon(p.created_at) < '2025-03-30'],
  [where('created_at', 'is', '2025-03-30'), (p) => dayInLondon(p.created_at) === '2025-03-30'],
  [
    where('created_at', 'between', ['2025-03-26', '2025-03-30']),
    (p) => dayInLondon(p.created_at) >= '2025-03-26' && dayInLondon(p.created_at) <= '2025-03-30',
  ],
  [where('city', 'is', 'Leeds'), (p) => p.city === 'Leeds'],
  [where('city', 'contains', 'EED'), (p) => p.city?.toLowerCase() === 'leeds'],
  [where('tags', 'has_tag', 'blue'), (p) => lower(p.tags).includes('blue')],
  [
    where('tags', 'has_tags', ['RED', 'blue']),
    (p) => lower(p.tags).includes('blue') && lower(p.tags).includes('red'),
  ],
  [where('tags', 'empty'), (p) => p.tags.length === 0],
  [where('groups', 'in_group', 'Gold'), (p) => p.groups.includes('Gold')],
  [where('groups', 'in_group', ['Silver', 'None']), (p) => p.groups.includes('Silver')],
  [where('groups', 'has_tags', ['Gold', 'Silver']), (p) => p.groups.length === 2],
  [where('groups', 'empty'), (p) => p.groups.length === 0],
  [where('is_guest', 'is', 'no'), () => true],
];

describe('a filter keeps what its oracle keeps', () => {
  test.each(conditions.map(([node, keeps]) => ({ said: JSON.stringify(node), node, keeps })))(
    '$said',
    async ({ node, keeps }) => {
      expect(await numbersFor({ where: node })).toEqual(
        peopleThere.filter(keeps).map(({ number }) => number),
      );
    },
  );

  test('groups of two, and of groups, as and and as or', async () => {
    for (let i = 0; i < conditions.length; i += 3) {
      const [a, keepsA] = conditions[i] as Expected;
      const [b, keepsB] = conditions[(i * 7 + 3) % conditions.length] as Expected;
      const [c, keepsC] = conditions[(i * 5 + 8) % conditions.length] as Expected;
      const node: FilterNode = { or: [{ and: [a, b] }, { and: [c, { or: [a, b] }] }] };
      const keeps = (p: Person): boolean =>
        (keepsA(p) && keepsB(p)) || (keepsC(p) && (keepsA(p) || keepsB(p)));
      expect(await numbersFor({ where: node }), JSON.stringify(node)).toEqual(
        peopleThere.filter(keeps).map(({ number }) => number),
      );
    }
    expect(await numbersFor({ where: { and: [] } })).toHaveLength(peopleThere.length);
    expect(await numbersFor({ where: { or: [] } })).toEqual([]);
  });

  test('archived ones by choice, deleted ones never', async () => {
    const archived = peopleThere.filter((p) => p.archived).map(({ number }) => number);
    expect(await numbersFor({ archived: 'only' })).toEqual(archived);
    expect(await numbersFor({ archived: 'no' })).toHaveLength(peopleThere.length - archived.length);
    const other = await given.tenant();
    await given.import(
      other,
      'email,first_name,address_line1,city,country\na@example.com,A,1 St,York,France\nb@example.com,B,2 St,York,France\n',
    );
    await given.rows(other, `update customers set deleted_at = now() where email = 'a@example.com'`);
    for (const dataset of [customers, addresses]) {
      const { records, text } = await exported(given.database, other, { dataset, columns: 'all' });
      expect([records, text.includes('a@example.com')]).toEqual([1, false]);
    }
  });

  test('a selection of ids, and words that are looked for', async () => {
    const rows = await given.rows(
      tenant,
      `select id from customers where number in ('CUST-000003', 'CUST-000005')`,
    );
    const ids = rows.map(({ id }) => String(id));
    expect(await numbersFor({ ids })).toEqual(['CUST-000003', 'CUST-000005']);
    expect(await numbersFor({ ids: [newId()] })).toEqual([]);
    expect(await numbersFor({ search: 'PAT p13@' })).toEqual(['CUST-000014']);
    expect(await numbersFor({ search: '442079460014' })).toEqual(['CUST-000014']);
    expect(await numbersFor({ search: "pat' or true --" })).toEqual([]);
  });
});

describe('a filter is refused by name', () => {
  test.each([
    [{ field: 'shoe_size', operator: 'is', value: '1' }, /no field "shoe_size"/],
    [{ field: 'tags', operator: 'greater', value: '1' }, /Tags cannot be asked for with "greater"/],
    [{ field: 'created_at', operator: 'after', value: 'soon' }, /Created At/],
    [{ field: 'segment', operator: 'is', value: 'gold' }, /Segment/],
    [{ field: 'total_spent', operator: 'between', value: '1' }, /two values/],
    [{ field: 'email', operator: 'empty', value: 'x' }, /no value/],
    [{ field: 'note', operator: 'empty' }, /cannot be asked for/],
  ] as const)('%j', async (node, message) => {
    await expect(numbersFor({ where: node as FilterNode })).rejects.toMatchObject({
      code: 'filter.invalid',
      message: expect.stringMatching(message),
    });
  });

  test('what is no id, and what is too deep', async () => {
    await expect(numbersFor({ ids: ["1' or true"] })).rejects.toMatchObject({ code: 'filter.invalid' });
    const deep = Array.from({ length: 6 }).reduce<FilterNode>(
      (node) => ({ and: [node] }),
      where('email', 'empty'),
    );
    await expect(numbersFor({ where: deep })).rejects.toMatchObject({ code: 'filter.invalid' });
  });
});

describe('the usual filters use their indexes as the app login', () => {
  let large = '';
  beforeAll(async () => {
    large = await given.tenant();
    const rows = Array.from(
      { length: 3000 },
      (_, i) =>
        `l${i}@example.com,L,x${i},u${i},0207946${String(i).padStart(4, '0')},${2000 + (i % 20)}-01-01,${i % 50 === 0 ? 'Gold' : 'Rest'}\n`,
    );
    await given.import(
      large,
      `email,first_name,external_id,username,phone,created_at,groups\n${rows.join('')}`,
    );
    await given.database.asOwner(async (owner) => void (await owner.query('analyze')));
  });
  test.each([
    [{ where: where('email', 'is', 'p1@example.com') }, 'customers_email'],
    [{ where: where('number', 'is', 'CUST-000001') }, 'customers_number'],
    [{ where: where('external_id', 'one_of', ['a', 'b']) }, 'customers_external_id'],
    [{ where: where('username', 'is', 'Ada') }, 'customers_username'],
    [{ where: where('phone', 'is', '+44 20 7946 0007') }, 'customers_phone'],
    [{ where: where('created_at', 'between', ['2025-03-26', '2025-03-26']) }, 'customers_created'],
    [{ where: where('assigned_to', 'is', 'ada@example.org') }, 'customers_assigned_to'],
    [{ where: where('referred_by', 'is', 'CUST-000001') }, 'customers_referred_by'],
    [{ where: where('groups', 'in_group', 'Gold') }, 'customer_group_members_group'],
    [{ ids: ['01a1f968-455c-72ba-877b-12112087c382'] }, 'customers_pkey'],
  ] as [RecordFilter, string][])('%j', async (filter, index) => {
    const record = recordSql(customers, large);
    const context = { timezone: 'UTC', country: 'GB', currency: 'EUR', mayRead: () => true };
    const condition = filterSql(record, filter, context);
    const plan = await withTenant(given.database, large, async (tx) => {
      const { rows } = await tx.query<{ 'QUERY PLAN': string }>(
        `explain select r.id from ${record.from()} where ${condition}`,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    // The tenant's column and the filter's own both lead into the index.
    expect(plan).toMatch(new RegExp(`${index}\\b[^\\n]*\\n\\s*Index Cond: .*tenant_id.* AND `));
  });
});
