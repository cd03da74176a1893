/** What customers have ordered follows every import and undo of orders: the same as adding the orders up anew. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ImportRun } from '../../../src/import/run.ts';
import { useImports } from '../../support/import.ts';

// Chunks of two rows, so that two connections write orders of one customer at once.
const given = useImports({ chunkRows: 2 });

const statistics = `select number, orders_count::int as orders, total_spent as spent, first_order_at as first, last_order_at as last
  from customers order by number`;

interface Statistics {
  readonly number: string;
  readonly orders: number;
  readonly spent: string;
  readonly first: unknown;
  readonly last: unknown;
}

async function statisticsOf(tenant: string): Promise<Statistics[]> {
  return (await given.rows(tenant, statistics)) as unknown as Statistics[];
}

const importOrders = (
  tenant: string,
  content: string,
  empty: 'keep' | 'clear' = 'keep',
): Promise<ImportRun> => given.import(tenant, content, { dataset: 'orders', fileName: 'orders.csv', empty });

const header = 'number,customer_email,total,status,currency,created_at\n';

/** B has brought totals along from another product, of days between those of the orders here. */
async function tenantWithCustomers(): Promise<string> {
  const tenant = await given.tenant();
  await given.import(
    tenant,
    'number,email,first_name,orders_count,total_spent,first_order_at,last_order_at\n' +
      'A,a@example.com,A,,,,\nB,b@example.com,B,7,70.5,2024-01-03T00:00:00Z,2024-01-04T00:00:00Z\nC,c@example.com,C,,,,\n',
  );
  return tenant;
}

describe('the statistics of a customer', () => {
  test('count each order, and add up those that are money of the tenant', async () => {
    const tenant = await tenantWithCustomers();
    await importOrders(
      tenant,
      `${header}1,a@example.com,10.50,paid,,2024-01-02T10:00:00Z\n2,A,20,Refunded,USD,2024-01-01T10:00:00Z\n` +
        '3,a@example.com,5,paid,EUR,2024-01-09T10:00:00Z\n4,a@example.com,4,,USD,2024-01-05T10:00:00Z\n5,,99,,,2024-01-05T10:00:00Z\n',
    );
    const [a] = await given.rows(
      tenant,
      `select orders_count::int as orders, total_spent::float as spent, average_order_value::float as average,
         to_char(first_order_at at time zone 'UTC', 'MM-DD') as first, to_char(last_order_at at time zone 'UTC', 'MM-DD') as last
       from customers where number = 'A'`,
    );
    expect(a).toEqual({ orders: 4, spent: 14.5, average: 3.625, first: '01-01', last: '01-09' });
  });

  test('come on top of what was brought along, and leave it when they go', async () => {
    const tenant = await tenantWithCustomers();
    const before = await statisticsOf(tenant);
    const run = await importOrders(tenant, `${header}1,B,9.5,,,2024-01-01\n2,B,20,,,2024-02-01\n`);
    const [, b] = await statisticsOf(tenant);
    expect(b).toMatchObject({ orders: 9, spent: '100.0000' });
    expect(b?.first).not.toEqual(before[1]?.first);
    await given.undo(run);
    expect(await statisticsOf(tenant)).toEqual(before);
  });

  test('follow an order from one customer to another, and back', async () => {
    const tenant = await tenantWithCustomers();
    await importOrders(tenant, `${header}1,A,10,,,2024-01-01\n`);
    const digest = await given.digestOf(tenant);
    const run = await importOrders(tenant, `${header}1,C,10,,,2024-01-01\n`);
    expect((await statisticsOf(tenant)).map(({ orders }) => orders)).toEqual([0, 7, 1]);
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(digest);
  });

  test('do not make a customer look as if somebody had changed it', async () => {
    const tenant = await given.tenant();
    const customers = await given.import(tenant, 'email,first_name\nann@example.com,Ann\n');
    const orders = await importOrders(tenant, `${header}1,ann@example.com,10,,,\n`);
    expect((await given.undo(customers)).undoReport).toMatchObject({ removed: 0, leftAlone: 1 });
    await given.undo(orders);
    expect(await given.rows(tenant, 'select version from customers')).toEqual([{ version: 1 }]);
  });

  test('that the file brings along again stay as they are with the orders here', async () => {
    const tenant = await tenantWithCustomers();
    await importOrders(tenant, `${header}1,B,9.5,,,2024-01-01\n`);
    const total = await given.import(tenant, 'number,orders_count,total_spent\nB,8,80\n');
    expect(total).toMatchObject({ unchanged: 1 });
    await given.import(tenant, 'number,orders_count,total_spent\nB,3,30\n');
    await importOrders(tenant, `${header}2,B,1,,,2024-01-02\n`);
    expect((await statisticsOf(tenant))[1]).toMatchObject({ orders: 4, spent: '31.0000' });
  });

  test('hold at the most that a column holds', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,orders_count\nann@example.com,Ann,2147483647\n');
    const most = '999999999999999.9999';
    const run = await importOrders(
      tenant,
      `${header}1,ann@example.com,${most},,,\n2,ann@example.com,${most},,,\n3,ann@example.com,${most},,,\n`,
    );
    expect(run).toMatchObject({ state: 'done', created: 3 });
    expect((await statisticsOf(tenant))[0]).toMatchObject({ orders: 2_147_483_647, spent: most });
    await given.undo(run);
    expect((await statisticsOf(tenant))[0]).toMatchObject({ orders: 2_147_483_647, spent: '0.0000' });
  });
});

const orderRow = fc.record({
  number: fc.integer({ min: 1, max: 6 }),
  customer: fc.constantFrom('A', 'B', 'b@example.com', 'C', ''),
  total: fc.integer({ min: -500, max: 5000 }),
  status: fc.constantFrom('paid', 'cancelled', 'refunded', 'pending', ''),
  currency: fc.constantFrom('', 'USD', 'EUR'),
  day: fc.integer({ min: 1, max: 9 }),
});

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ rows: fc.array(orderRow, { minLength: 1, maxLength: 6 }), clear: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ undo: fc.nat() }) },
);

/** The orders added up by hand, on top of what B has brought along. */
async function recomputed(tenant: string): Promise<unknown[]> {
  const orders = await given.rows(
    tenant,
    `select c.number, o.total, o.status, o.currency, o.created_at as at from orders o join customers c on c.id = o.customer_id`,
  );
  return ['A', 'B', 'C'].map((number) => {
    const own = orders.filter((order) => order.number === number);
    const opening =
      number === 'B'
        ? { orders: 7, cents: 7050, days: ['2024-01-03', '2024-01-04'] }
        : { orders: 0, cents: 0, days: [] };
    const money = own.filter(
      ({ status, currency }) =>
        status !== 'cancelled' && status !== 'refunded' && (currency === null || currency === 'USD'),
    );
    const days = [...own.map(({ at }) => dayOf(at)), ...opening.days].sort();
    return {
      number,
      orders: opening.orders + own.length,
      cents: money.reduce((sum, { total }) => sum + Math.round(Number(total) * 100), opening.cents),
      first: days[0] ?? null,
      last: days.at(-1) ?? null,
    };
  });
}

function dayOf(at: unknown): string | null {
  return at === null ? null : new Date(String(at)).toISOString().slice(0, 10);
}

test('the statistics are those of the orders after any series of imports and undos', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
      const tenant = await tenantWithCustomers();
      const before = await given.digestOf(tenant);
      const runs: ImportRun[] = [];
      for (const one of steps) {
        if ('rows' in one) {
          const rows = one.rows.map(
            ({ number, customer, total, status, currency, day }) =>
              `${number},${customer},${(total / 100).toFixed(2)},${status},${currency},2024-01-0${day}T00:00:00Z\n`,
          );
          runs.push(await importOrders(tenant, header + rows.join(''), one.clear ? 'clear' : 'keep'));
        } else {
          const [run] = runs.splice(one.undo % Math.max(1, runs.length), 1);
          if (run !== undefined) await given.undo(run);
        }
        const shown = (await statisticsOf(tenant)).map(({ first, last, spent, ...rest }) => ({
          ...rest,
          cents: Math.round(Number(spent) * 100),
          first: dayOf(first),
          last: dayOf(last),
        }));
        expect(shown).toEqual(await recomputed(tenant));
      }
      if (steps.some((one) => 'undo' in one)) return;
      for (const run of runs.reverse()) await given.undo(run);
      expect(await given.digestOf(tenant)).toBe(before);
    }),
    { numRuns: 15 },
  );
}, 300_000);
