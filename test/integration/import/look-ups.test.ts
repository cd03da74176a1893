/**
 * Whatever is written to a few customers reads those, by the index of what they are named by, however many others the
 * tenant has, there or deleted.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { archiveCustomers, unarchiveCustomers } from '../../../src/customers/archive.ts';
import { deleteCustomers, restoreCustomers } from '../../../src/customers/delete.ts';
import { importBatch, updateBatch } from '../../../src/import/batch/batch.ts';
import { newId } from '../../../src/platform/ids.ts';
import { useImports } from '../../support/import.ts';
import { fillTables } from '../database/filled-tables.ts';

const given = useImports();

const there = 4000;
const deleted = 4000;
/** Of one relation, by a call of one row. Going through the tenant's customers would be 4,000 or more. */
const readByOneMax = 1000;
/** The same by one of a hundred rows; going through them for each row would be 400,000. */
const readByHundredMax = 20_000;
let tenant = '';

const number = (i: number): string => `CUST-${String(i).padStart(6, '0')}`;

beforeAll(async () => {
  const other = await given.tenant();
  tenant = await given.tenant();
  await given.database.asOwner(async (owner) => {
    await fillTables(owner, { tenantId: other, rows: 1000, mark: 'other' });
    // Of the members of groups the statistics know those of the other tenant only.
    await owner.query(`begin; set local app.tenant_id = '${other}'`);
    await owner.query(
      `with g as (insert into customer_groups (tenant_id, id, name, created_at) values ($1, gen_random_uuid(), 'Gold', now()) returning id)
       insert into customer_group_members (tenant_id, customer_id, group_id) select $1, c.id, g.id from customers c, g where c.tenant_id = $1`,
      [other],
    );
    await owner.query('commit');
    await fillTables(owner, { tenantId: tenant, rows: there + deleted, mark: 'large' });
    await owner.query(`begin; set local app.tenant_id = '${tenant}'`);
    await owner.query(
      'update customers set deleted_at = now() where tenant_id = $1 and deleted_at is null and number > $2',
      [tenant, number(there)],
    );
    await owner.query(
      `insert into tenant_counters (tenant_id, name, value) values ($1, 'customer_number', $2)`,
      [tenant, there + deleted],
    );
    await owner.query('commit');
    await owner.query('vacuum analyze');
  });
}, 120_000);

/** Rows of each table, and entries of each index, that were read so far. */
async function readSoFar(): Promise<Map<string, number>> {
  const { app } = given.database;
  const clients = await Promise.all(Array.from({ length: app.totalCount }, () => app.connect()));
  for (const client of clients) {
    await client.query('select pg_stat_force_next_flush()');
    client.release();
  }
  const { rows } = await app.query<{ name: string; read: string }>(
    `select relname as name, seq_tup_read as read from pg_stat_all_tables where schemaname = 'public'
     union all select indexrelname, idx_tup_read from pg_stat_all_indexes where schemaname = 'public'`,
  );
  return new Map(rows.map(({ name, read }) => [name, Number(read)]));
}

/** @returns the relations of which more was read, each with how much. */
async function readMuchBy(most: number, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await readSoFar();
  await work();
  const read = [...(await readSoFar())].map(
    ([name, count]) => [name, count - (before.get(name) ?? 0)] as const,
  );
  return Object.fromEntries(read.filter(([, count]) => count > most));
}

const of = () => ({ tenantId: tenant, by: null, source: 'bulk' });
const batch =
  (rows: object[], options: object = {}) =>
  () =>
    importBatch(given.database, { ...of(), dataset: 'customers', rows, ...options });

describe('one customer', () => {
  test.each<[string, () => Promise<unknown>]>([
    [
      'is edited',
      () => updateBatch(given.database, { ...of(), updates: [{ customer_id: number(7), city: 'Bath' }] }),
    ],
    ['is changed by e-mail', batch([{ email: 'user9@large.example', job_title: 'Head' }])],
    ['is changed by phone', batch([{ phone: '+442070000011', job_title: 'Head' }], { match: ['phone'] })],
    ['is created', batch([{ email: 'new@example.com', external_id: 'new', first_name: 'Ann' }])],
    ['is brought back by e-mail', batch([{ email: `user${there + 7}@large.example`, first_name: 'Ann' }])],
    ['gets a group', batch([{ email: 'user13@large.example', groups: 'Gold' }])],
    [
      'gets an order',
      () =>
        importBatch(given.database, {
          ...of(),
          dataset: 'orders',
          rows: [{ number: `O-${newId()}`, customer_email: `user${there - 1}@large.example`, total: '5' }],
        }),
    ],
  ])('%s', async (_, work) => {
    await work();
    expect(await readMuchBy(readByOneMax, work)).toEqual({});
  });
});

describe('a hundred customers', () => {
  const names = Array.from({ length: 100 }, (_, i) => number(100 + i));
  const named =
    (doIt: typeof archiveCustomers, some: readonly string[] = names) =>
    () =>
      doIt(given.database, { tenantId: tenant, by: null, names: some });

  test.each<[string, () => Promise<unknown>]>([
    ['are archived', named(archiveCustomers)],
    ['are taken back from the archive', named(unarchiveCustomers)],
    ['are deleted', named(deleteCustomers)],
    ['are restored', named(restoreCustomers)],
    [
      'are restored by external id',
      named(
        restoreCustomers,
        Array.from({ length: 100 }, (_, i) => `X-${there + 100 + i}`),
      ),
    ],
    [
      'are not found among the deleted',
      named(
        restoreCustomers,
        names.map((name) => `no ${name}`),
      ),
    ],
  ])('%s', async (_, work) => {
    expect(await readMuchBy(readByHundredMax, work)).toEqual({});
  });

  test('are imported with groups, and taken out by undo', async () => {
    const file = (from: number): string =>
      [
        'email,first_name,groups,city',
        ...names.map((_, i) => `fresh${from + i}@example.com,Ann,Everybody,York`),
        '',
      ].join('\n');
    for (let from = 100; from < 1000; from += 100) await given.import(tenant, file(from));
    const run = await given.import(tenant, file(0));
    expect(run).toMatchObject({ state: 'done', created: names.length });
    expect(await readMuchBy(readByHundredMax, () => given.undo(run))).toEqual({});
  });
});
