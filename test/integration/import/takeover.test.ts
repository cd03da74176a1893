/** A run whose process died, or was only asleep, goes on in another one: nothing twice, nothing missing. */
import { describe, expect, test } from 'vitest';
import { isConnectionLost } from '../../../src/database/failures.ts';
import type { RowBatch } from '../../../src/file-formats/rows.ts';
import { cancelRun } from '../../../src/import/cancel.ts';
import { workOn } from '../../../src/import/drive.ts';
import { failRun, finishCommit, refuseAtomic } from '../../../src/import/finish.ts';
import { holdLease, type Lease, renewLease, takeLease } from '../../../src/import/lease.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import { stageRows } from '../../../src/import/staging/stage.ts';
import type { Validator } from '../../../src/import/staging/validate.ts';
import * as steps from '../../../src/import/steps.ts';
import { neverStops } from '../../../src/import/stopping.ts';
import { undo } from '../../../src/import/undo/undo.ts';
import { AppError } from '../../../src/platform/errors.ts';
import { useImports } from '../../support/import.ts';
import { locks, statementsThatWait } from '../../support/sessions.ts';
import { Takeovers, until } from './takeover-support.ts';

const given = useImports({ chunkRows: 20 });
const process = new Takeovers(given);

/** Half of the rows change customers of `first`, and the others are new; one is wrong. */
const first = file(60, '');
const second = `${file(120, ' changed')}not an address,Wrong,Somewhere,x\n`;
const counts = { created: 60, updated: 60, unchanged: 0, skipped: 0, failed: 1 };

function file(customers: number, mark: string): string {
  const rows = Array.from(
    { length: customers },
    (_, i) => `c${i}@example.com,Name ${i}${mark},City ${i % 7}${mark},Group ${i % 3}${mark}`,
  );
  return `email,first_name,city,groups\n${rows.join('\n')}\n`;
}

async function prepared(): Promise<{ tenant: string; importId: string }> {
  const tenant = await given.tenant();
  await given.import(tenant, first);
  return { tenant, importId: await given.take(tenant, second) };
}

/** What the customers are, and how often each was written. */
const customers = (tenant: string): Promise<unknown[]> =>
  given.rows(
    tenant,
    `select c.email, c.number, c.first_name, c.version, a.city, (select array_agg(g.name order by g.name) from customer_group_members m
       join customer_groups g on g.id = m.group_id where m.customer_id = c.id) as groups
     from customers c left join customer_addresses a on a.customer_id = c.id order by c.email`,
  );

async function undisturbed(): Promise<unknown[]> {
  const { tenant, importId } = await prepared();
  await given.drive(tenant, importId);
  return customers(tenant);
}

function sum({ created, updated, unchanged, skipped, failed }: ImportRun): number {
  return created + updated + unchanged + skipped + failed;
}

describe('a run whose process died', () => {
  test.each(['uploaded', 'inspected', 'mapped', 'checking', 'checked', 'committing'] as const)(
    'while it was %s goes on in another to the same end',
    async (state) => {
      const { tenant, importId } = await prepared();
      await process.abandonAt(state, tenant, importId);
      const run = await given.drive(tenant, importId);
      expect(run).toMatchObject({ state: 'done', rowsRead: 121, ...counts });
      expect(await customers(tenant)).toEqual(await undisturbed());
      const changes = 'select distinct count(*)::int as changes from changes group by record_id';
      expect(await given.rows(tenant, changes)).toEqual([{ changes: 1 }]);
      expect(await given.problems(run)).toHaveLength(1);
      expect(await given.rows(tenant, 'select from staging.customers')).toEqual([]);
    },
  );

  test('while it was undoing goes on in another, back to how it was', async () => {
    const { tenant, importId } = await prepared();
    const before = await given.digestOf(tenant);
    await process.abandonAt('undoing', tenant, importId);
    expect(await given.drive(tenant, importId)).toMatchObject({
      state: 'undone',
      undoReport: { removed: 60, restored: 60, leftAlone: 0 },
    });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('while it was being cancelled is cancelled by another, with every row counted', async () => {
    const { tenant, importId } = await prepared();
    const before = await given.digestOf(tenant);
    await process.abandonAt('committing', tenant, importId);
    await cancelRun(given.database, tenant, importId, null);
    const run = await given.drive(tenant, importId);
    expect(run.state).toBe('cancelled');
    expect(sum(run)).toBe(121);
    expect(run.skipped).toBeGreaterThan(0);
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('gives nobody the numbers that a written chunk used up for rows it could not write', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, file(1, ''));
    const importId = await given.take(tenant, file(100, ''));
    const lease = await process.leaveAt('checked', tenant, importId);
    await steps.beginCommit(await process.step(lease));
    await given.rows(tenant, `update customers set email = 'c5@example.com'`);
    await process.killIn(steps.commit, lease);
    await process.expire(tenant, importId);
    const run = await given.drive(tenant, importId);
    expect(run).toMatchObject({ state: 'done', created: 98, unchanged: 1, failed: 1 });
    expect(await given.rows(tenant, 'select count(distinct number)::int as numbers from customers')).toEqual([
      { numbers: 99 },
    ]);
  });

  test('stays with that process as long as its lease holds', async () => {
    const { tenant, importId } = await prepared();
    await process.leaveAt('committing', tenant, importId);
    const before = await given.digestOf(tenant);
    expect(await workOn(given.database, { tenantId: tenant, importId }, neverStops)).toMatchObject({
      left: 'elsewhere',
    });
    expect(await given.digestOf(tenant)).toBe(before);
  });
});

describe('a process that was only asleep', () => {
  const lost = { code: 'import.lost' };

  /** Every row of the tenant, and of what is kept about its imports. */
  async function everything(tenant: string): Promise<string> {
    const kept = ['imports', 'import_chunks', 'import_plan', 'import_problems', 'changes', 'audit_entries'];
    const digests = [...kept, 'tenant_counters', 'staging.customers'].map((table) =>
      given.rows(tenant, `select md5(string_agg(t::text, '' order by t::text)) as digest from ${table} t`),
    );
    return JSON.stringify([await given.digestOf(tenant), await Promise.all(digests)]);
  }

  test.each([
    ['uploaded', steps.inspect],
    ['inspected', steps.map],
    ['mapped', steps.beginCheck],
    ['checking', steps.check],
    ['checked', steps.beginCommit],
    ['committing', steps.commit],
    ['undoing', undo],
  ] as const)('writes nothing when it wakes and its run was %s', async (state, wakes) => {
    const { tenant, importId } = await prepared();
    const asleep = await process.step(await process.leaveAt(state, tenant, importId));
    await process.expire(tenant, importId);
    const awake = await process.lease(tenant, importId);
    const before = await everything(tenant);
    await expect(wakes(asleep)).rejects.toMatchObject(lost);
    expect(await everything(tenant)).toBe(before);
    await expect(given.within(tenant, (tx) => holdLease(tx, awake))).resolves.toBeUndefined();
  });

  test('does not end a run that another works on, nor renew its lease', async () => {
    const { tenant, importId } = await prepared();
    const { run, lease } = await process.step(await process.leaveAt('committing', tenant, importId));
    await process.expire(tenant, importId);
    await process.lease(tenant, importId);
    const before = await everything(tenant);
    const refusal = new AppError('file.unreadable', 'It cannot be read.');
    await expect(finishCommit(given.database, lease, run, 'done')).rejects.toMatchObject(lost);
    await expect(refuseAtomic(given.database, lease, run)).rejects.toMatchObject(lost);
    await expect(failRun(given.database, lease, refusal)).rejects.toMatchObject(lost);
    await expect(renewLease(given.database, lease)).rejects.toMatchObject(lost);
    expect(await everything(tenant)).toBe(before);
  });

  test('in the middle of a chunk is waited for', async () => {
    const { tenant, importId } = await prepared();
    const lease = await process.lease(tenant, importId);
    const [held, ends] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const order: string[] = [];
    const writing = given.within(tenant, async (tx) => {
      await holdLease(tx, lease);
      held.resolve();
      await ends.promise;
      order.push('the chunk ended');
    });
    await held.promise;
    await process.expire(tenant, importId);
    const taking = takeLease(given.database, tenant, importId).then(() => order.push('it was taken over'));
    const waiting = statementsThatWait('for update');
    await until(async () => (await given.rows(tenant, waiting)).length > 0);
    ends.resolve();
    await Promise.all([writing, taking]);
    expect(order).toEqual(['the chunk ended', 'it was taken over']);
  });

  test('in the middle of several chunks, of which one waits for another, is ended when it takes too long', async () => {
    const { tenant, importId } = await prepared();
    const lease = await process.lease(tenant, importId);
    const wakes = Promise.withResolvers<void>();
    const chunk = () =>
      given.within(tenant, async (tx) => {
        await holdLease(tx, lease);
        await tx.query('select from audit_heads where tenant_id = $1 for update', [tenant]);
        await wakes.promise;
      });
    const asleep = [chunk(), chunk()].map((ends) => ends.catch((error: unknown) => error));
    const waiting = statementsThatWait('audit_heads');
    await until(async () => (await given.rows(tenant, waiting)).length > 0);
    await process.expire(tenant, importId);
    expect(await given.drive(tenant, importId)).toMatchObject({ state: 'done', ...counts });
    wakes.resolve();
    const failures = await Promise.all(asleep);
    expect(failures.map(isConnectionLost)).toEqual([true, true]);
  });

  test('in the middle of reading the file is cut off, and none of its rows are left', async () => {
    const { tenant, importId } = await prepared();
    const lease = await process.leaveAt('checking', tenant, importId);
    const sleeper = await sleepingStage(lease);
    await process.expire(tenant, importId);
    const run = await given.drive(tenant, importId);
    sleeper.wake();
    await expect(sleeper.ended).rejects.toThrow();
    expect(run).toMatchObject({ state: 'done', ...counts });
    expect(await customers(tenant)).toEqual(await undisturbed());
    expect(await given.rows(tenant, 'select from staging.customers')).toEqual([]);
  });

  /** A stage that falls asleep when its first rows, which are in no file, are on their way to the server. */
  async function sleepingStage(lease: Lease) {
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    async function* batches(): AsyncGenerator<RowBatch> {
      yield { length: 5000 } as RowBatch;
      await woken;
    }
    const validator: Validator = {
      staged: ['email'],
      validate: ({ length }, take) => {
        for (let row = 1; row <= length; row += 1) take(row, [`nobody${row}@example.com`]);
        return { rows: length, problems: [], invalid: 0 };
      },
    };
    const { run } = await process.step(lease);
    const ended = stageRows(given.database, { run, lease, validator, batches: batches(), onRows: () => {} });
    ended.catch(() => {});
    const copying = locks(`relation = 'staging.customers'::regclass and mode = 'RowExclusiveLock'`);
    await until(async () => (await given.rows(run.tenantId, copying)).length > 0);
    return { wake, ended };
  }
});
