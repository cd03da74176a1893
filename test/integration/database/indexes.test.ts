/**
 * What a list, an export and a search ask for, with the statements that the product makes, as the login that works and
 * on as many rows as an index is made for: the index must stand in the plan, asked by the tenant and by the value. A
 * filter that row security keeps from its index reads all rows of the tenant instead.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { withTenant } from '../../../src/database/with-tenant.ts';
import type { Dataset } from '../../../src/datasets/define-dataset.ts';
import { filterSql } from '../../../src/datasets/query/filter.ts';
import type { FilterNode, RecordFilter } from '../../../src/datasets/query/filter-schema.ts';
import { recordSql } from '../../../src/datasets/query/record-sql.ts';
import { dataset } from '../../../src/datasets/registry.ts';
import { useDatabase } from '../../support/database.ts';
import { fillTables } from './filled-tables.ts';

const given = useDatabase();
const rows = 100_000;
let large = '';
let other = '';

beforeAll(async () => {
  large = await given.tenant();
  other = await given.tenant();
  await given.database.asOwner(async (owner) => {
    await fillTables(owner, { tenantId: large, rows, mark: 'large' });
    await fillTables(owner, { tenantId: other, rows: 5000, mark: 'other' });
    await owner.query('vacuum analyze');
  });
}, 300_000);

const context = { timezone: 'UTC', country: 'GB', currency: 'EUR', mayRead: () => true };

function selectFrom(of: Dataset, filter: RecordFilter, tenantId = large): string {
  const record = recordSql(of, tenantId);
  const condition = filterSql(record, filter, context);
  return `select r.id from ${record.from()} where ${condition}`;
}

async function ask<Row extends object>(query: string, tenantId = large): Promise<Row[]> {
  return withTenant(given.database, tenantId, async (tx) => (await tx.query(query)).rows as Row[]);
}

async function planOf(query: string): Promise<string> {
  const lines = await ask<{ 'QUERY PLAN': string }>(`explain ${query}`);
  return lines.map((line) => line['QUERY PLAN']).join('\n');
}

async function idsOf(filter: RecordFilter, tenantId = large): Promise<string[]> {
  const found = await ask<{ id: string }>(selectFrom(dataset('customers'), filter, tenantId), tenantId);
  return found.map(({ id }) => id).sort();
}

/** The index, asked by the tenant and by something else. */
const askedOf = (index: string): RegExp =>
  new RegExp(`${index}\\b[^\\n]*\\n\\s*Index Cond: .*tenant_id.* AND `);

const where = (field: string, operator: string, value?: unknown): RecordFilter => ({
  where: { field, operator, ...(value === undefined ? {} : { value }) } as FilterNode,
});

describe('a filter asks the index that is made for it', () => {
  test.each([
    ['customers', where('email', 'is', 'user7@large.example'), 'customers_email'],
    ['customers', where('number', 'is', 'CUST-000007'), 'customers_number'],
    ['customers', where('external_id', 'one_of', ['X-7', 'X-8']), 'customers_external_id'],
    ['customers', where('username', 'is', 'U7'), 'customers_username'],
    ['customers', where('phone', 'is', '+44 20 7000 0007'), 'customers_phone'],
    ['customers', where('last_name', 'is', 'Lee17'), 'customers_last_name'],
    ['customers', where('status', 'is', 'guest'), 'customers_facets'],
    ['customers', where('segment', 'one_of', ['vip', 'regular']), 'customers_facets'],
    ['customers', where('account_status', 'is', 'suspended'), 'customers_facets'],
    ['customers', where('source', 'is', 'trade_show'), 'customers_facets'],
    ['customers', where('industry', 'is', 'Baking'), 'customers_facets'],
    ['customers', where('is_guest', 'is', true), 'customers_facets'],
    ['customers', { archived: 'only' }, 'customers_facets'],
    ['customers', where('total_spent', 'at_least', '2499'), 'customers_total_spent'],
    ['customers', where('total_spent', 'between', ['10', '12.5']), 'customers_total_spent'],
    ['customers', where('total_spent', 'is', 12), 'customers_total_spent'],
    ['customers', where('last_contact_at', 'after', '2021-10-01'), 'customers_last_contact'],
    ['customers', where('next_follow_up_at', 'before', '2020-03-01T12:00:00Z'), 'customers_next_follow_up'],
    ['customers', where('created_at', 'between', ['2020-02-01', '2020-02-02']), 'customers_created'],
    ['customers', where('city', 'is', 'Town 17'), 'customer_addresses_place'],
    ['customers', where('state_province', 'one_of', ['County 1', 'County 2']), 'customer_addresses_place'],
    ['customers', where('country_code', 'is', 'Malta'), 'customer_addresses_place'],
    ['addresses', where('country', 'is', 'Malta'), 'customer_addresses_place'],
    ['orders', where('status', 'is', 'refunded'), 'orders_status'],
    ['orders', where('created_at', 'is', '2020-02-01'), 'orders_created'],
    ['orders', where('customer_email', 'is', 'user7@large.example'), 'orders_customer'],
    ['leads', where('email', 'is', 'lead7@large.example'), 'leads_email'],
    ['leads', where('segment', 'is', 'segment 7'), 'leads_segment'],
    ['leads', where('source', 'is', 'source 7'), 'leads_source'],
    ['pins', where('board_name', 'is', 'Board 7'), 'pins_board'],
    ['pins', where('status', 'is', 'status 7'), 'pins_status'],
    ['pins', where('published_at', 'is', '2020-02-01'), 'pins_published'],
    ['quotes', where('status', 'is', 'status 7'), 'quotes_status'],
    ['assets', where('status', 'is', 'status 7'), 'assets_status'],
  ] as [string, RecordFilter, string][])('%s %j', async (key, filter, index) => {
    const plan = await planOf(selectFrom(dataset(key), filter));
    expect(plan).toMatch(askedOf(index));
    // Nothing is searched for beside it.
    expect(plan).not.toContain('find_customers');
  });

  test('two of them at once', async () => {
    const filter = {
      where: { and: [where('status', 'is', 'guest').where, where('segment', 'is', 'vip').where] },
    };
    const plan = await planOf(selectFrom(dataset('customers'), filter as RecordFilter));
    expect(plan).toMatch(/customers_facets\b.*\n\s*Index Cond: .*tenant_id.*status.*segment/);
  });
});

describe('what is found by a function', () => {
  const words = (search: string): RecordFilter => ({ search });

  /** How often the index was asked, told by its count of scans: a function's own statements have no plan to be seen. */
  async function scansOf(index: string, work: () => Promise<unknown>): Promise<number> {
    const count = async (): Promise<number> => {
      const [row] = await ask<{ scans: string }>(
        `select pg_stat_get_numscans(${`'${index}'::regclass`}) as scans from pg_stat_clear_snapshot()`,
      );
      return Number(row?.scans);
    };
    const before = await count();
    await work();
    return (await count()) - before;
  }

  async function foundIn(filter: RecordFilter): Promise<string[]> {
    const found = await ask<{ id: string }>(selectFrom(dataset('customers'), filter));
    await ask('select pg_stat_force_next_flush()');
    return found.map(({ id }) => id).sort();
  }

  test.each([
    ['customers_search', words('user77@')],
    ['customers_search', words('ann lee4321')],
    ['customers_search', where('company_name', 'contains', '4321 LARGE')],
    ['customers_search', where('company_name', 'is', 'Acme 33 large Ltd')],
    ['customers_search', where('last_name', 'starts_with', 'lee4321')],
    ['customers_search', where('email', 'contains', 'user777')],
    ['customers_tags', where('tags', 'has_tag', 'GOLD')],
    ['customers_tags', where('tags', 'has_tags', ['blue', 'gold'])],
  ] as const)('asks %s for %j', async (index, filter) => {
    let found: string[] = [];
    const scans = await scansOf(index, async () => {
      found = await foundIn(filter as RecordFilter);
    });
    expect(scans).toBeGreaterThan(0);
    expect(found.length).toBeGreaterThan(0);
  });

  /** Reads every customer there is. */
  function oracle(search: readonly string[]): Promise<{ id: string }[]> {
    const texts = `lower(concat_ws(E'\n', display_name, first_name, last_name, company_name, email, phone, phone_e164))`;
    const each = search.map(
      (word) =>
        `(strpos(${texts}, lower('${word}')) > 0 or lower(number) = lower('${word}') or external_id = '${word}')`,
    );
    return ask(`select id from customers where deleted_at is null and ${each.join(' and ')} order by id`);
  }

  test.each([
    ['user77@'],
    ['ANN', 'Lee4321'],
    ['Acme', '4321', 'large'],
    ['cust-000077'],
    ['X-77'],
    ['70000077'],
    ['+44207000007'],
    ['020', '70000077'],
    ['LARGE.EXAMPLE', '4999'],
    ['7'],
    ['100%'],
    ['lee_7'],
    ['\\'],
    ['nobody at all'],
  ])('%j finds whom it finds when every customer is read', async (...search) => {
    const found = await idsOf(words(search.join(' ')));
    expect(found).toEqual((await oracle(search.flatMap((word) => word.split(' ')))).map(({ id }) => id));
  });

  test('the newest so many, where it is said how many', async () => {
    for (const [word, most] of [
      ['ann', 3],
      ['lee4321', 5],
      ['user99', 2000],
      ['nobody', 10],
    ] as const) {
      const newest = await ask(
        `select id from customers where deleted_at is null and strpos(lower(display_name || coalesce(email, '')), '${word}') > 0
         order by created_at desc, id desc limit ${most}`,
      );
      expect(await ask(`select id from find_customers('{${word}}', null, ${most}) f(id)`)).toEqual(newest);
    }
  });

  test('never anybody of another tenant, and nobody where no tenant is set', async () => {
    expect(await idsOf(words('large.example'), other)).toEqual([]);
    expect(await idsOf(words('other.example'), large)).toEqual([]);
    expect((await idsOf(words('other.example'), other)).length).toBeGreaterThan(4900);
    await expect(
      given.database.app.query(`select find_customers('{ann}', null, null)`),
    ).rejects.toMatchObject({
      code: '42501',
    });
  });

  test('a customer who changes is found by what he has now', async () => {
    const tenantId = await given.tenant();
    await given.database.asOwner((owner) => fillTables(owner, { tenantId, rows: 3, mark: 'few' }));
    await ask(
      `update customers set last_name = 'Zöe%Quux', tags = '{ÉCLAIR,"a,\\"b"}' where number = 'CUST-000002'`,
      tenantId,
    );
    const [changed] = await ask<{ id: string }>(
      `select id from customers where number = 'CUST-000002'`,
      tenantId,
    );
    for (const filter of [
      words('zÖE%q'),
      where('tags', 'has_tag', 'éclair'),
      where('tags', 'has_tags', ['A,"B']),
      where('last_name', 'contains', 'E%QUUX'),
    ])
      expect(await idsOf(filter, tenantId), JSON.stringify(filter)).toEqual([changed?.id]);
    expect(await idsOf(words('zo'), tenantId)).toEqual([]);
  });
});
