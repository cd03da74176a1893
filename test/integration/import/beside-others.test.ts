/** Commit and undo beside people who write at the same moment: what they wrote before these came to it is seen, and stays. */
import { describe, expect, test } from 'vitest';
import { type TenantTransaction, withTenant } from '../../../src/database/with-tenant.ts';
import { importBatch } from '../../../src/import/batch/batch.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import { useImports } from '../../support/import.ts';
import { until } from './takeover-support.ts';

const given = useImports();

interface Held {
  /** Lets the transaction commit, and waits for it. */
  release(): Promise<void>;
}

/** A transaction that has written, and does not end until it is released. */
async function hold(tenant: string, write: (tx: TenantTransaction) => Promise<unknown>): Promise<Held> {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let ended: Promise<void> = Promise.resolve();
  await new Promise<void>((written, failed) => {
    ended = withTenant(given.database, tenant, async (tx) => {
      await write(tx);
      written();
      await gate;
    });
    ended.catch(failed);
  });
  return {
    release: () => {
      open();
      return ended;
    },
  };
}

/** Somebody waits for a row or a transaction. */
async function isWaiting(tenant: string): Promise<boolean> {
  const [row] = await given.rows(
    tenant,
    `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return Number(row?.waiting) > 0;
}

/** Undoes the run while the transaction is open, which ends once undo waits for it. */
async function undoBeside(run: ImportRun, held: Held): Promise<ImportRun> {
  const undone = given.undo(run);
  undone.catch(() => {});
  await until(() => isWaiting(run.tenantId));
  await held.release();
  return undone;
}

const city = (tenant: string): Promise<unknown> =>
  given.rows(tenant, 'select city, line1 from customer_addresses');

describe('what somebody writes while undo waits for him', () => {
  test('to an address that the import changed stays', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,city\nann@example.com,Ann,Hull\n');
    const run = await given.import(tenant, 'email,city,address_line1\nann@example.com,York,1 High St\n');
    const held = await hold(tenant, async (tx) => {
      await tx.query('update customers set version = version + 1, updated_at = now()');
      await tx.query(`update customer_addresses set version = version + 1, city = 'Leeds'`);
    });
    const undone = await undoBeside(run, held);
    expect(undone.undoReport).toEqual({ removed: 0, restored: 1, leftAlone: 1 });
    expect(await city(tenant)).toEqual([{ city: 'Leeds', line1: null }]);
  });

  test('to that address alone stays too', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,city\nann@example.com,Ann,Hull\n');
    const run = await given.import(tenant, 'email,city\nann@example.com,York\n');
    const held = await hold(tenant, (tx) =>
      tx.query(`update customer_addresses set version = version + 1, city = 'Leeds'`),
    );
    const undone = await undoBeside(run, held);
    expect(undone.undoReport).toEqual({ removed: 0, restored: 0, leftAlone: 1 });
    expect(await city(tenant)).toEqual([{ city: 'Leeds', line1: null }]);
  });

  test('to the profile of a record stays', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,gender\nann@example.com,Ann,other\n');
    const run = await given.import(tenant, 'email,gender\nann@example.com,male\n');
    const held = await hold(tenant, async (tx) => {
      await tx.query('update customers set version = version + 1, updated_at = now()');
      await tx.query(`update individual_profiles set gender = 'female'`);
    });
    const undone = await undoBeside(run, held);
    expect(undone.undoReport).toEqual({ removed: 0, restored: 0, leftAlone: 1 });
    expect(await given.rows(tenant, 'select gender from individual_profiles')).toEqual([
      { gender: 'female' },
    ]);
  });

  test('keeps the new record on which it hangs', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, 'email,first_name\nann@example.com,Ann\nbob@example.com,Bob\n');
    const held = await hold(tenant, (tx) =>
      tx.query(
        `insert into customer_notes (tenant_id, id, customer_id, content, created_at)
         select tenant_id, gen_random_uuid(), id, 'Called', now() from customers where email = 'ann@example.com'`,
      ),
    );
    const undone = await undoBeside(run, held);
    expect(undone).toMatchObject({ state: 'undone', undoReport: { removed: 1, restored: 0, leftAlone: 1 } });
    expect(await given.column(tenant, 'first_name')).toEqual({ 'ann@example.com': 'Ann' });
  });

  test('keeps the group that the import made, and he uses', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\nbob@example.com,Bob\n');
    const run = await given.import(tenant, 'email,first_name,groups\nann@example.com,Ann,Gold\n');
    const held = await hold(tenant, (tx) =>
      tx.query(
        `insert into customer_group_members (tenant_id, customer_id, group_id)
         select c.tenant_id, c.id, g.id from customers c, customer_groups g where c.email = 'bob@example.com'`,
      ),
    );
    expect(await undoBeside(run, held)).toMatchObject({ state: 'undone', undoReport: { removed: 1 } });
    expect((await given.customer(tenant, 'bob@example.com')).groups).toEqual(['Gold']);
  });
});

test('a group that a batch has found is not taken away before the batch is written', async () => {
  const tenant = await given.tenant();
  await given.import(tenant, 'email,first_name\nbob@example.com,Bob\n');
  await given.rows(
    tenant,
    `insert into members (tenant_id, id, email, role, created_at) values ($1, gen_random_uuid(), 'staff@example.com', 'staff', now())`,
    [tenant],
  );
  const run = await given.import(tenant, 'email,first_name,groups\nann@example.com,Ann,Gold\n');
  // The batch waits for the member, when it has found the group and before it puts anybody into it.
  const held = await hold(tenant, (tx) => tx.query(`update members set name = 'Sam' where role = 'staff'`));
  const batch = importBatch(given.database, {
    tenantId: tenant,
    by: null,
    source: 'bulk',
    dataset: 'customers',
    rows: [{ email: 'bob@example.com', groups: 'Gold', assigned_to: 'staff@example.com' }],
  });
  await until(() => isWaiting(tenant));
  const undone = given.undo(run);
  await Promise.race([undone, new Promise((resolve) => setTimeout(resolve, 1000))]);
  await held.release();
  expect((await batch).counts).toMatchObject({ updated: 1 });
  expect((await undone).undoReport).toMatchObject({ removed: 1 });
  expect((await given.customer(tenant, 'bob@example.com')).groups).toEqual(['Gold']);
});

test('an address that somebody writes to meanwhile keeps what its row says nothing of', async () => {
  const tenant = await given.tenant();
  await given.import(
    tenant,
    'email,first_name,city,address_line1\nann@example.com,Ann,Hull,\nbob@example.com,Bob,Hull,1 Low St\n',
  );
  const held = await hold(tenant, (tx) =>
    tx.query(`update customer_addresses set version = version + 1, city = 'Leeds' where line1 is not null`),
  );
  const imported = given.import(
    tenant,
    'email,city,address_line1\nann@example.com,York,\nbob@example.com,,2 High St\n',
  );
  await until(() => isWaiting(tenant));
  await held.release();
  expect(await imported).toMatchObject({ state: 'done', updated: 2 });
  expect(await given.rows(tenant, 'select city, line1 from customer_addresses order by city')).toEqual([
    { city: 'Leeds', line1: '2 High St' },
    { city: 'York', line1: null },
  ]);
});
