/** Figures by the day: imported, or computed from what is here. */
import { describe, expect, test } from 'vitest';
import { dailyMetrics } from '../../../src/datasets/daily-metrics.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

interface Range {
  readonly from?: string;
  readonly to?: string;
}

async function days(tenant: string, { from, to }: Range = {}): Promise<unknown[]> {
  const sql = dailyMetrics({
    tenant: '$1',
    ...(from === undefined ? {} : { from: `'${from}'::date` }),
    ...(to === undefined ? {} : { to: `'${to}'::date` }),
  });
  const rows = await given.rows(
    tenant,
    `select date::text, revenue::float, orders::int, new_customers::int, new_leads::int, quiz_completions::int,
       pin_impressions::int, pin_clicks::int, imported from (${sql}) d order by date`,
    [tenant],
  );
  return rows.map((row) => Object.values(row));
}

async function tenantWithDays(): Promise<string> {
  const tenant = await given.tenant();
  await given.rows(tenant, `update tenants set timezone = 'America/New_York' where id = $1`, [tenant]);
  await given.import(
    tenant,
    'email,first_name,created_at\nann@example.com,Ann,2024-03-09T12:00:00Z\nbob@example.com,Bob,2024-03-11T12:00:00Z\n',
  );
  await given.import(
    tenant,
    'number,total,status,currency,created_at\n' +
      // Late on the 9th by the tenant's clock; the day on which clocks go forward is the 10th.
      '1,10,paid,,2024-03-10T04:59:59Z\n2,20,,USD,2024-03-10T05:00:00Z\n3,5,cancelled,,2024-03-11T03:59:59Z\n4,7,,EUR,2024-03-11T04:00:00Z\n',
    { dataset: 'orders' },
  );
  await given.import(
    tenant,
    'email,quiz_completed,created_at\nlee@example.com,yes,2024-03-10T12:00:00Z\nkim@example.com,,2024-03-10T12:00:00Z\n',
    { dataset: 'leads' },
  );
  return tenant;
}

describe('a day', () => {
  test('is computed from orders, customers and leads, by the clock of the tenant', async () => {
    const tenant = await tenantWithDays();
    expect(await days(tenant)).toEqual([
      ['2024-03-09', 10, 1, 1, 0, 0, null, null, false],
      ['2024-03-10', 20, 2, 0, 2, 1, null, null, false],
      ['2024-03-11', 0, 1, 1, 0, 0, null, null, false],
    ]);
  });

  test('that was imported is what the file said, and computed again once that is undone', async () => {
    const tenant = await tenantWithDays();
    const computed = await days(tenant);
    const run = await given.import(
      tenant,
      'Date,Revenue,Pin Impressions\n2024-03-10,99.5,1000\n2023-01-01,1,\n',
      { dataset: 'analytics' },
    );
    expect(run).toMatchObject({ created: 2 });
    expect(await days(tenant)).toEqual([
      ['2023-01-01', 1, null, null, null, null, null, null, true],
      computed[0],
      ['2024-03-10', 99.5, null, null, null, null, 1000, null, true],
      computed[2],
    ]);
    await given.undo(run);
    expect(await days(tenant)).toEqual(computed);
  });

  test('is asked for by a range, both ends inclusive', async () => {
    const tenant = await tenantWithDays();
    const all = await days(tenant);
    await given.import(tenant, 'date,revenue\n2024-03-08,1\n', { dataset: 'analytics' });
    expect(await days(tenant, { from: '2024-03-09', to: '2024-03-10' })).toEqual(all.slice(0, 2));
    expect(await days(tenant, { from: '2024-03-11' })).toEqual(all.slice(2));
    expect(await days(tenant, { to: '2024-03-08' })).toEqual([
      ['2024-03-08', 1, null, null, null, null, null, null, true],
    ]);
  });

  test('of a customer who was deleted has one customer less', async () => {
    const tenant = await tenantWithDays();
    await given.rows(tenant, `update customers set deleted_at = now() where email = 'ann@example.com'`);
    expect((await days(tenant))[0]).toEqual(['2024-03-09', 10, 1, 0, 0, 0, null, null, false]);
  });
});
