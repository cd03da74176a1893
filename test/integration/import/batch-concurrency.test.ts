/** Batches beside each other, beside imports of files, and beside people who change records meanwhile. */
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { verifyAudit } from '../../../src/audit/verify.ts';
import type { Database } from '../../../src/database/connect.ts';
import { type BatchResult, importBatch, updateBatch } from '../../../src/import/batch/batch.ts';
import type { BatchOptions } from '../../../src/import/batch/batch-options.ts';
import { useImports } from '../../support/import.ts';
import { asAdmin } from '../../support/server.ts';

const given = useImports({ chunkRows: 500 });
process.env.CLIENTELE_BATCH_WAIT_SECONDS_MAX = '2';

const people = (from: number, to: number, name: string) =>
  Array.from({ length: to - from }, (_, i) => ({ email: `c${from + i}@example.com`, first_name: name }));

const send = (
  tenantId: string,
  rows: readonly unknown[],
  asked: Partial<BatchOptions> = {},
): Promise<BatchResult> =>
  importBatch(given.database, { tenantId, by: null, dataset: 'customers', source: 'bulk', rows, ...asked });

/** Nothing twice: neither an e-mail nor a number. @returns how many customers there are. */
async function countCustomers(tenant: string): Promise<number> {
  const [counts] = await given.rows(
    tenant,
    `select count(*)::int as customers, count(distinct email)::int as emails, count(distinct number)::int as numbers from customers`,
  );
  expect(counts).toEqual({
    customers: counts?.customers,
    emails: counts?.customers,
    numbers: counts?.customers,
  });
  expect((await given.within(tenant, verifyAudit)).faults).toEqual([]);
  return Number(counts?.customers);
}

/** Works in the tenant on a connection of its own, as another process does, and commits. */
function elsewhere(tenant: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  return asAdmin(given.logins.app, async (client) => {
    await client.query(`begin; set local app.tenant_id = '${tenant}'`);
    await work(client);
    await client.query('commit');
  });
}

const total = (results: readonly BatchResult[], key: keyof BatchResult['counts']): number =>
  results.reduce((sum, { counts }) => sum + counts[key], 0);

async function deadlocks(): Promise<number> {
  const { rows } = await given.database.app.query<{ deadlocks: number }>(
    'select deadlocks::int from pg_stat_database where datname = current_database()',
  );
  return rows[0]?.deadlocks ?? 0;
}

describe('batches of one tenant at once', () => {
  test('with the same e-mails, in whatever order, create each once and never lock each other up', async () => {
    const tenant = await given.tenant();
    const before = await deadlocks();
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, i) => {
        const rows = people(10 * i, 10 * i + 60, `From ${i}`);
        return send(tenant, i % 2 === 0 ? rows : rows.toReversed());
      }),
    );
    expect(total(results, 'created')).toBe(170);
    expect(total(results, 'created') + total(results, 'updated') + total(results, 'unchanged')).toBe(12 * 60);
    expect(await countCustomers(tenant)).toBe(170);
    expect(await deadlocks()).toBe(before);
  });

  test('from processes of their own, which share no queue, come to the same', async () => {
    const tenant = await given.tenant();
    // It holds what a batch of another process would.
    await elsewhere(tenant, async (other) => {
      await other.query(`select pg_advisory_xact_lock(hashtextextended('batch ${tenant}', 0))`);
      await expect(send(tenant, people(0, 5, 'Waits'))).rejects.toMatchObject({ code: 'import.busy' });
    });
    expect((await send(tenant, people(0, 5, 'Waited'))).counts.created).toBe(5);
  });

  test('updates of the same customers in opposite order change each of them every time', async () => {
    const tenant = await given.tenant();
    const made = await send(tenant, people(0, 80, 'Before'));
    const ids = made.outcomes.map(({ id }) => id);
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        updateBatch(given.database, {
          tenantId: tenant,
          by: null,
          source: 'bulk-update',
          updates: (i % 2 === 0 ? ids : ids.toReversed()).map((id) => ({
            customer_id: id,
            first_name: `Name ${i}`,
          })),
        }),
      ),
    );
    expect(total(results, 'updated')).toBe(480);
    expect(await given.rows(tenant, 'select distinct version from customers')).toEqual([{ version: 7 }]);
  });
});

describe('beside the import of a file', () => {
  const file = (from: number, to: number): string =>
    `email,first_name\n${people(from, to, 'File')
      .map(({ email, first_name }) => `${email},${first_name}\n`)
      .join('')}`;

  test('that is being committed, batches of the same e-mails go in while it goes on', async () => {
    const tenant = await given.tenant();
    let done = false;
    const importing = given.import(tenant, file(0, 6000)).finally(() => {
      done = true;
    });
    const results: BatchResult[] = [];
    for (let i = 0; !done; i = (i + 1) % 60)
      results.push(await send(tenant, people(100 * i, 100 * i + 100, `Batch ${i}`)));
    const run = await importing;
    expect(run.state).toBe('done');
    expect(results.length).toBeGreaterThan(1);
    expect(run.created + run.updated + run.unchanged + run.skipped + run.failed).toBe(6000);
    expect(run.created + total(results, 'created')).toBe(6000);
    expect(total(results, 'failed')).toBe(0);
    expect(await countCustomers(tenant)).toBe(6000);
  });

  test('in a writing state, a batch needs no turn', async () => {
    const tenant = await given.tenant();
    const id = await given.take(tenant, file(0, 5));
    await given.rows(tenant, `update imports set state = 'committing' where id = $1`, [id]);
    expect((await send(tenant, people(0, 5, 'Batch'))).counts.created).toBe(5);
  });

  test('that holds the same customers for long, a batch gives up and says so; others go in', async () => {
    const tenant = await given.tenant();
    await send(tenant, people(0, 2, 'Before'));
    await elsewhere(tenant, async (other) => {
      await other.query(`update customers set first_name = 'Held' where email = 'c0@example.com'`);
      await expect(send(tenant, people(0, 1, 'Batch'))).rejects.toMatchObject({ code: 'import.busy' });
      expect((await send(tenant, people(1, 2, 'Batch'))).counts.updated).toBe(1);
    });
    expect((await send(tenant, people(0, 1, 'Batch'))).counts.updated).toBe(1);
  });
});

describe('somebody who writes between the check and the write', () => {
  /** Holds the tenant's counter of numbers, at which a batch that has checked and is to create waits. */
  async function between(tenant: string, rows: readonly unknown[], write: string): Promise<BatchResult> {
    await send(tenant, people(900, 901, 'First'));
    const sent: Promise<BatchResult>[] = [];
    await elsewhere(tenant, async (other) => {
      await other.query(`select from tenant_counters where name = 'customer_number' for update`);
      sent.push(send(tenant, rows));
      await untilWaiting();
      await other.query(write);
    });
    return (await Promise.all(sent))[0] as BatchResult;
  }

  async function untilWaiting(): Promise<void> {
    for (;;) {
      const { rows } = await given.database.app.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      if (rows.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  test('an e-mail of a new row makes the row an update', async () => {
    const tenant = await given.tenant();
    await send(tenant, people(500, 501, 'Old'));
    const rows = people(0, 3, 'Batch');
    const result = await between(
      tenant,
      rows,
      `update customers set email = 'c1@example.com' where email = 'c500@example.com'`,
    );
    expect(result.counts).toMatchObject({ created: 2, updated: 1, failed: 0 });
    expect(await countCustomers(tenant)).toBe(4);
  });

  test('a record that the batch changes has both changes', async () => {
    const tenant = await given.tenant();
    await send(tenant, people(500, 501, 'Old'));
    const rows = [...people(0, 1, 'New'), { email: 'c500@example.com', first_name: 'Batch' }];
    const result = await between(
      tenant,
      rows,
      `update customers set job_title = 'Dean', version = version + 1 where email = 'c500@example.com'`,
    );
    expect(result.counts).toMatchObject({ created: 1, updated: 1, failed: 0 });
    expect(await given.customer(tenant, 'c500@example.com')).toMatchObject({
      first_name: 'Batch',
      job_title: 'Dean',
    });
  });
});

describe('a connection that is lost', () => {
  /** The database as a caller sees it whose connection breaks once, after or before the server takes a commit. */
  function breaking(when: 'after' | 'before'): Database {
    let broken = false;
    const lose = (): never => {
      broken = true;
      throw Object.assign(new Error('The connection was reset.'), { code: 'ECONNRESET' });
    };
    const connect = async (): Promise<pg.PoolClient> => {
      const client = await given.database.app.connect();
      const query = async (text: string, values?: unknown[]): Promise<unknown> => {
        const breaks = text === 'commit' && !broken;
        if (breaks && when === 'before') lose();
        const result = await client.query(text, values);
        return breaks ? lose() : result;
      };
      return Object.assign(Object.create(client), {
        query,
        release: (gone: boolean) => client.release(gone),
      });
    };
    const app = Object.assign(Object.create(given.database.app), {
      connect,
      query: (text: string, values?: unknown[]) => given.database.app.query(text, values),
    });
    return Object.assign(Object.create(given.database), { app });
  }

  test.each(['after', 'before'] as const)(
    '%s the commit went through writes the batch once',
    async (when) => {
      const tenant = await given.tenant();
      const rows = [...people(0, 3, 'Batch'), { email: 'broken' }];
      const result = await importBatch(breaking(when), {
        tenantId: tenant,
        by: null,
        dataset: 'customers',
        source: 'bulk',
        rows,
      });
      expect(result.counts).toEqual({ created: 3, updated: 0, unchanged: 0, skipped: 0, failed: 1 });
      expect(result.outcomes[3]?.problems[0]?.message).toBe('Email: "broken" is not an e-mail address.');
      expect(await countCustomers(tenant)).toBe(3);
      expect(await given.rows(tenant, 'select id from imports')).toEqual([{ id: result.importId }]);
    },
  );
});
