/** The queue that wakes workers, on the tables that the migrations made and as the login that owns nothing. */
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { progressOf } from '../../../src/import/progress.ts';
import { type Jobs, openJobs } from '../../../src/jobs/jobs.ts';
import { useImports } from '../../support/import.ts';
import { until } from '../import/takeover-support.ts';

// So rarely that nothing which these tests wait for was found by looking.
process.env.CLIENTELE_WORKER_LOOK_SECONDS = '60';
const given = useImports();

const content = 'email,first_name\na@example.com,Ann\nb@example.com,Bob\n';

let jobs: Jobs;
beforeAll(async () => {
  jobs = await openJobs(given.database);
});
afterAll(() => jobs.stop());

async function asBoss<T>(work: (boss: PgBoss) => Promise<T>): Promise<T> {
  const boss = new PgBoss({
    schema: 'jobs',
    db: { executeSql: (text, values) => given.database.app.query(text, values as unknown[]) },
    migrate: false,
    supervise: false,
    schedule: false,
  });
  await boss.start();
  return work(boss).finally(() => boss.stop({ graceful: false, close: false }));
}

const queued = async (): Promise<number> =>
  (await given.database.app.query(`select from jobs.job where state = 'created'`)).rowCount ?? 0;

const stateOf = async (tenantId: string, importId: string): Promise<string> =>
  (await progressOf(given.database, { tenantId, importId })).state;

describe('the tables of the queue', () => {
  test('are those of the pg-boss that is installed', async () => {
    const report = await asBoss((boss) => boss.detectSchemaDrift());
    expect(report).toMatchObject({ ok: true });
  });

  test('can be kept in order by the login that works', async () => {
    const errors: unknown[] = [];
    await asBoss(async (boss) => {
      boss.on('error', (error) => errors.push(error));
      await boss.supervise('import', { reindex: false });
    });
    expect(errors).toEqual([]);
  });
});

describe('a run', () => {
  test('that is woken several times waits in the queue once', async () => {
    const tenantId = await given.tenant();
    const importId = await given.take(tenantId, content);
    for (let i = 0; i < 5; i += 1) await jobs.wake({ tenantId, importId });
    expect(await queued()).toBe(1);
    await jobs.wake({ tenantId, importId: await given.take(tenantId, content) });
    expect(await queued()).toBe(2);
    expect(await jobs.work({ untilIdle: true })).toBe(2);
    await asBoss((boss) => boss.deleteAllJobs('import'));
  });

  test('is begun by a worker that is woken, and those that waited behind it are woken after it', async () => {
    const working = openJobs(given.database);
    const ends = (await working).work();
    // The worker has looked by itself once, and does not for a minute.
    const [tenantId, first] = [await given.tenant(), await given.tenant()];
    const seen = await given.take(first, content);
    await jobs.wake({ tenantId: first, importId: seen });
    await until(async () => (await stateOf(first, seen)) === 'done');
    const runs: string[] = [];
    for (let i = 0; i < 6; i += 1) runs.push(await given.take(tenantId, content));
    await jobs.wake({ tenantId, importId: runs[0] ?? '' });
    for (const importId of runs) await until(async () => (await stateOf(tenantId, importId)) === 'done');
    await (await working).stop();
    expect(await ends).toBe(7);
  });

  test('that is woken and not there, or at rest, is nobody’s trouble', async () => {
    const tenantId = await given.tenant();
    const { id } = await given.import(tenantId, content);
    const other = await openJobs(given.database);
    const ends = other.work();
    await jobs.wake({ tenantId, importId: id });
    await jobs.wake({ tenantId, importId: tenantId });
    await until(async () => (await queued()) === 0);
    const importId = await given.take(tenantId, content);
    await jobs.wake({ tenantId, importId });
    await until(async () => (await stateOf(tenantId, importId)) === 'done');
    await other.stop();
    expect(await ends).toBe(1);
  });
});
