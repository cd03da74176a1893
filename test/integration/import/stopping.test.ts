/** A process that is about to end leaves its runs to others: after the chunk that is being written, else at once. */
import { describe, expect, test } from 'vitest';
import { workOn } from '../../../src/import/drive.ts';
import { progressOf } from '../../../src/import/progress.ts';
import { useImports } from '../../support/import.ts';
import { Takeovers, until } from './takeover-support.ts';

const given = useImports({ chunkRows: 5 });
const process = new Takeovers(given);

const file = (rows = 40): string =>
  `email,first_name\n${Array.from({ length: rows }, (_, i) => `c${i}@example.com,Name\n`).join('')}`;

async function leaseOf(tenant: string, importId: string): Promise<unknown> {
  const rows = await given.rows(tenant, 'select lease_token from imports where id = $1', [importId]);
  return rows[0]?.lease_token;
}

/** Holds what a statement of the run needs, so that it stands still there; lets the work go on around it. */
async function whileHolding<T>(
  lock: string,
  work: (isWaitedFor: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  return given.database.asOwner(async (owner) => {
    await owner.query(`begin; ${lock}`);
    const isWaitedFor = async (): Promise<boolean> => {
      const { rows } = await owner.query(
        `select from pg_stat_activity where datname = current_database() and pg_backend_pid() = any (pg_blocking_pids(pid))`,
      );
      return rows.length > 0;
    };
    const result = await work(isWaitedFor);
    await owner.query('rollback');
    return result;
  });
}

/** A chunk records itself last but one. */
const chunkRecords = 'lock table import_chunks in share row exclusive mode';

describe('a run whose process is to end', () => {
  test('while it makes the plan is left at once, and another makes it', async () => {
    const tenant = await given.tenant();
    const importId = await given.take(tenant, file());
    const stop = new AbortController();
    await whileHolding('lock table import_plan in access exclusive mode', async (isWaitedFor) => {
      const advancing = workOn(given.database, { tenantId: tenant, importId }, stop.signal);
      await until(isWaitedFor);
      stop.abort();
      // Whatever it waits for is still held.
      expect(await advancing).toMatchObject({ left: 'stopped' });
    });
    expect((await process.load(tenant, importId)).state).toBe('checking');
    expect(await leaseOf(tenant, importId)).toBeNull();
    expect(await given.drive(tenant, importId)).toMatchObject({ state: 'done', created: 40 });
  });

  test.each([false, true])(
    'while it writes is left after a chunk, and another writes the others (atomic: %s)',
    async (atomic) => {
      const tenant = await given.tenant();
      const importId = await given.take(tenant, file(), { atomic });
      const lease = await process.leaveAt('checked', tenant, importId);
      await process.expire(tenant, importId);
      expect(lease.importId).toBe(importId);
      const stop = new AbortController();
      const left = await whileHolding(chunkRecords, async (isWaitedFor) => {
        const advancing = workOn(given.database, { tenantId: tenant, importId }, stop.signal);
        await until(isWaitedFor);
        stop.abort();
        return { advancing };
      });
      expect(await left.advancing).toMatchObject({ left: 'stopped' });
      expect(await leaseOf(tenant, importId)).toBeNull();
      expect((await process.load(tenant, importId)).state).toBe('committing');
      const chunks = await given.rows(tenant, `select from import_chunks where import_id = $1`, [importId]);
      // Two connections write at once: each ends what it was at. All or nothing is nothing.
      expect(chunks.length).toBeLessThanOrEqual(atomic ? 0 : 2);
      expect(chunks.length).toBeGreaterThanOrEqual(atomic ? 0 : 1);
      expect(await given.drive(tenant, importId)).toMatchObject({ state: 'done', created: 40 });
    },
  );

  test('while it is undone is left after a chunk, and another undoes the rest', async () => {
    const tenant = await given.tenant();
    const before = await given.digestOf(tenant);
    const run = await given.import(tenant, file());
    await process.abandonAt('undoing', tenant, run.id);
    const stop = new AbortController();
    const advancing = whileHolding(chunkRecords, async (isWaitedFor) => {
      const left = workOn(given.database, { tenantId: tenant, importId: run.id }, stop.signal);
      await until(isWaitedFor);
      stop.abort();
      return { left };
    });
    expect(await (await advancing).left).toMatchObject({ left: 'stopped' });
    expect(await progressOf(given.database, { tenantId: tenant, importId: run.id })).toMatchObject({
      state: 'undoing',
      doing: 'waiting',
    });
    expect(await given.drive(tenant, run.id)).toMatchObject({ state: 'undone' });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('before it was begun is not begun', async () => {
    const tenant = await given.tenant();
    const importId = await given.take(tenant, file());
    const standing = await workOn(given.database, { tenantId: tenant, importId }, AbortSignal.abort());
    expect(standing.left).toBe('stopped');
    expect((await process.load(tenant, importId)).state).toBe('uploaded');
  });
});
