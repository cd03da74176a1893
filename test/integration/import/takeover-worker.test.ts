/** Who brings on runs whose process died: workers, and imports that would wait for them. And what keeps nobody waiting. */
import { describe, expect, test } from 'vitest';
import { fileStore } from '../../../src/file-store/file-store.ts';
import { driveRun, workOn } from '../../../src/import/drive.ts';
import { whileLeased } from '../../../src/import/lease.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import * as steps from '../../../src/import/steps.ts';
import { neverStops } from '../../../src/import/stopping.ts';
import { work } from '../../../src/import/worker/worker.ts';
import { useImports } from '../../support/import.ts';
import { endOtherSessions } from '../../support/sessions.ts';
import { Takeovers, until } from './takeover-support.ts';

const given = useImports({ chunkRows: 5 });
const process = new Takeovers(given);

const file = (name: string, rows = 12): string =>
  `email,first_name\n${Array.from({ length: rows }, (_, i) => `${name}${i}@example.com,${name}\n`).join('')}`;

const stateOf = async (tenant: string, importId: string): Promise<string> =>
  (await process.load(tenant, importId)).state;

async function made(content = file('a')): Promise<{ tenant: string; importId: string }> {
  const tenant = await given.tenant();
  return { tenant, importId: await given.take(tenant, content) };
}

function sum({ created, updated, unchanged, skipped, failed }: ImportRun): number {
  return created + updated + unchanged + skipped + failed;
}

describe('a lease', () => {
  test('is renewed while the work goes on, and given back when it ended', async () => {
    const { tenant, importId } = await made();
    const lease = await process.lease(tenant, importId);
    const ends = async (): Promise<unknown> =>
      (await given.rows(tenant, 'select lease_until from imports where id = $1', [importId]))[0]?.lease_until;
    const first = await ends();
    await whileLeased(given.database, lease, () => until(async () => (await ends()) !== first));
    expect(await ends()).toBeNull();
    await given.drive(tenant, importId);
  });

  test('ends with the run, so that what was written can be undone even if that process died then', async () => {
    const { tenant, importId } = await made();
    const lease = await process.leaveAt('checked', tenant, importId);
    await steps.beginCommit(await process.step(lease));
    await steps.commit(await process.step(lease));
    const run = await process.load(tenant, importId);
    expect(await given.undo(run)).toMatchObject({ state: 'undone' });
  });

  test('is given back after the connections were lost, so that the same process goes on at once', async () => {
    const { tenant, importId } = await made();
    let cuts = 0;
    const run = await driveRun(given.database, { tenantId: tenant, importId }, ({ doing }) => {
      if (doing !== 'writing' || cuts > 0) return;
      cuts += 1;
      void given.database.app.query(endOtherSessions);
    });
    expect(cuts).toBe(1);
    expect(run).toMatchObject({ state: 'done', created: 12 });
  });
});

describe('a worker', () => {
  const untilIdle = () => work(given.database, { stop: new AbortController().signal, untilIdle: true });

  test('brings the runs of every tenant to their end', async () => {
    const runs = [await made(), await made(), await made(), await made(), await made(), await made()];
    await process.abandonAt('committing', runs[0]?.tenant ?? '', runs[0]?.importId ?? '');
    await process.abandonAt('checking', runs[1]?.tenant ?? '', runs[1]?.importId ?? '');
    expect(await untilIdle()).toBe(runs.length);
    for (const { tenant, importId } of runs) expect(await stateOf(tenant, importId)).toBe('done');
  });

  test('does not wait with a run for another of its tenant, while others have nobody', async () => {
    const busy = await made();
    await process.leaveAt('committing', busy.tenant, busy.importId);
    const waiting = await given.take(busy.tenant, file('b'));
    const other = await made();
    const stop = new AbortController();
    const ends = work(given.database, { stop: stop.signal });
    await until(async () => (await stateOf(other.tenant, other.importId)) === 'done');
    await until(async () => (await stateOf(busy.tenant, waiting)) === 'checked');
    // The process that writes dies only now.
    await process.expire(busy.tenant, busy.importId);
    await until(async () => (await stateOf(busy.tenant, waiting)) === 'done');
    stop.abort();
    await ends;
    expect(await stateOf(busy.tenant, busy.importId)).toBe('done');
  });

  test('removes staged rows whose run needs them no more, and no others', async () => {
    const done = await made();
    await given.drive(done.tenant, done.importId);
    const leave = (importId: string) =>
      given.rows(
        done.tenant,
        `insert into staging.customers (tenant_id, import_id, chunk, row, new_id, email)
         select id, $1, 0, 1, gen_random_uuid(), 'left@example.com' from tenants where id = $2`,
        [importId, done.tenant],
      );
    await leave(done.importId);
    const living = await given.take(done.tenant, file('b'));
    await process.leaveAt('checked', done.tenant, living);
    const stop = new AbortController();
    const ends = work(given.database, { stop: stop.signal });
    const staged = async (): Promise<unknown[]> =>
      given.rows(done.tenant, 'select import_id, count(*)::int as rows from staging.customers group by 1');
    await until(async () => (await staged()).length === 1);
    stop.abort();
    await ends;
    expect(await staged()).toEqual([{ import_id: living, rows: 12 }]);
  });
});

describe('an import that waits for another of its tenant', () => {
  test('brings that one to its end when its process died, for there need not be a worker', async () => {
    const { tenant, importId } = await made();
    await process.abandonAt('committing', tenant, importId);
    const waiting = await given.import(tenant, file('a'));
    expect(waiting).toMatchObject({ state: 'done', created: 0, unchanged: 12 });
    expect(await process.load(tenant, importId)).toMatchObject({ state: 'done', created: 12 });
  });

  test('brings an undoing to its end as well', async () => {
    const { tenant, importId } = await made();
    await process.abandonAt('undoing', tenant, importId);
    expect(await given.import(tenant, file('a'))).toMatchObject({ state: 'done', created: 12 });
    expect(await stateOf(tenant, importId)).toBe('undone');
  });

  test('is left for the time being by whoever does not want to wait', async () => {
    const { tenant, importId } = await made();
    await process.leaveAt('committing', tenant, importId);
    const waiting = await given.take(tenant, file('b'));
    const standing = await workOn(given.database, { tenantId: tenant, importId: waiting }, neverStops);
    expect(standing).toMatchObject({ run: { state: 'checked' }, left: 'behind' });
    const [row] = await given.rows(tenant, 'select lease_token from imports where id = $1', [waiting]);
    expect(row?.lease_token).toBeNull();
  });
});

describe('a run at which the program fails', () => {
  /** A bug, as the database sees it: the run's second chunk cannot be recorded. */
  async function withBug(phase: 'commit' | 'undo', during: () => Promise<unknown>): Promise<void> {
    const constraint = `check (phase not like '${phase}%' or chunk <> 1) not valid`;
    const alter = (what: string) =>
      given.database.asOwner((owner) => owner.query(`alter table import_chunks ${what}`));
    await alter(`add constraint bug ${constraint}`);
    await during().finally(() => alter('drop constraint bug'));
  }

  const isBug = { code: '23514' };

  test('has failed, is in nobody’s way, and what it wrote can be undone', async () => {
    const { tenant, importId } = await made();
    await withBug('commit', async () => {
      await expect(given.drive(tenant, importId)).rejects.toMatchObject(isBug);
    });
    const run = await process.load(tenant, importId);
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'import.failed' } });
    expect(sum(run)).toBe(12);
    expect(run.created).toBeGreaterThan(0);
    expect(await given.import(tenant, file('b'))).toMatchObject({ state: 'done', created: 12 });
    expect(await given.rows(tenant, 'select from staging.customers')).toEqual([]);
    await given.undo(run);
    expect(Object.keys(await given.column(tenant, 'first_name'))).toHaveLength(12);
  });

  test('while it is undone has failed as well, and can be undone again', async () => {
    const { tenant, importId } = await made();
    const before = await given.digestOf(tenant);
    const run = await given.drive(tenant, importId);
    await withBug('undo', async () => {
      await expect(given.undo(run)).rejects.toMatchObject(isBug);
    });
    expect(await process.load(tenant, importId)).toMatchObject({ state: 'failed', created: 12 });
    expect(await given.undo(run)).toMatchObject({ state: 'undone' });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('does not end the worker', async () => {
    const [bad, good] = [await made(), await made(file('b', 4))];
    const stop = new AbortController();
    await withBug('commit', async () => {
      const ends = work(given.database, { stop: stop.signal });
      await until(async () => (await stateOf(bad.tenant, bad.importId)) === 'failed');
      await until(async () => (await stateOf(good.tenant, good.importId)) === 'done');
      const later = await made(file('c', 4));
      await until(async () => (await stateOf(later.tenant, later.importId)) === 'done');
      stop.abort();
      await ends;
    });
  });

  test('whose file is gone has failed, too', async () => {
    const { tenant, importId } = await made();
    await fileStore().remove((await process.load(tenant, importId)).source);
    expect(await given.drive(tenant, importId)).toMatchObject({
      state: 'failed',
      failure: { code: 'file.not_found' },
    });
  });
});
