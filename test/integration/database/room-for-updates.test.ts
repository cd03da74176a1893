import { expect, test } from 'vitest';
import { importBatch, updateBatch } from '../../../src/import/batch/batch.ts';
import { useDatabase } from '../../support/database.ts';

const given = useDatabase();

const rows = 400;
const every = 40;

/** Customers that were changed so far, and those of them whose indexes were left alone. */
async function updates(): Promise<{ all: number; hot: number }> {
  const { app } = given.database;
  const clients = await Promise.all(Array.from({ length: app.totalCount }, () => app.connect()));
  for (const client of clients) {
    await client.query('select pg_stat_force_next_flush()');
    client.release();
  }
  const { rows: counted } = await app.query<{ all: number; hot: number }>(
    `select n_tup_upd::int as all, n_tup_hot_upd::int as hot from pg_stat_all_tables where relid = 'public.customers'::regclass`,
  );
  return counted[0] ?? { all: 0, hot: 0 };
}

test('a few customers among many get another title without an entry in any index', async () => {
  const of = { tenantId: await given.tenant(), by: null, source: 'bulk' };
  const { outcomes } = await importBatch(given.database, {
    ...of,
    dataset: 'customers',
    rows: Array.from({ length: rows }, (_, i) => ({ first_name: 'Ada', email: `ada${i}@example.com` })),
  });
  const some = outcomes.filter((_, i) => i % every === 0);
  await updateBatch(given.database, {
    ...of,
    updates: some.map(({ id }) => ({ customer_id: id, job_title: 'Dean' })),
  });
  expect(await updates()).toEqual({ all: rows / every, hot: rows / every });
});
