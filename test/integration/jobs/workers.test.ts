/** Workers as processes of their own: fair between tenants, killed, and stopped. */
import { afterAll, describe, expect, test } from 'vitest';
import { takeLease } from '../../../src/import/lease.ts';
import { type ImportRun, loadRun } from '../../../src/import/run.ts';
import { killAll, type Running, start } from '../../crash/program.ts';
import { useImports } from '../../support/import.ts';
import { until } from '../import/takeover-support.ts';

process.env.CLIENTELE_LEASE_SECONDS = '3';
process.env.CLIENTELE_LEASE_RENEW_SECONDS = '1';
process.env.CLIENTELE_WORKER_LOOK_SECONDS = '1';
process.env.CLIENTELE_LOG = 'silent';
const given = useImports({ chunkRows: 100 });

afterAll(killAll);

function worker(): Running {
  return start(['work'], { ...process.env, ...given.environment });
}

const file = (rows: number): string =>
  `email,first_name\n${Array.from({ length: rows }, (_, i) => `c${i}@example.com,Name\n`).join('')}`;

interface Taken {
  readonly tenant: string;
  readonly importId: string;
}

const load = ({ tenant, importId }: Taken): Promise<ImportRun> =>
  given.within(tenant, (tx) => loadRun(tx, importId));

const isDone = async (run: Taken): Promise<boolean> => (await load(run)).state === 'done';

async function take(tenant: string, rows: number): Promise<Taken> {
  return { tenant, importId: await given.take(tenant, file(rows)) };
}

async function chunksOf({ tenant, importId }: Taken): Promise<number> {
  const rows = await given.rows(tenant, 'select from import_chunks where import_id = $1', [importId]);
  return rows.length;
}

/** How many of a tenant's runs somebody holds now. */
async function heldBy(tenant: string): Promise<number> {
  const rows = await given.rows(tenant, 'select from imports where lease_until > clock_timestamp()');
  return rows.length;
}

async function customersOf(tenant: string): Promise<number> {
  return (await given.rows(tenant, 'select from customers')).length;
}

describe('a tenant', () => {
  test('has two runs worked on at once, however many ask for one at the same moment', async () => {
    const tenant = await given.tenant();
    const runs: string[] = [];
    for (let i = 0; i < 8; i += 1) runs.push(await given.take(tenant, file(1)));
    const taken = await Promise.all(runs.map((id) => takeLease(given.database, tenant, id)));
    const leases = taken.filter((lease) => lease !== null);
    expect(leases).toHaveLength(2);
    const other = await given.tenant();
    const foreign = await given.take(other, file(1));
    expect(await takeLease(given.database, other, foreign)).not.toBeNull();
    await given.rows(tenant, 'update imports set lease_until = null where id = $1', [leases[0]?.importId]);
    const free = runs.filter((id) => leases.every((lease) => lease.importId !== id));
    expect(await takeLease(given.database, tenant, free[0] ?? '')).not.toBeNull();
    expect(await takeLease(given.database, tenant, free[1] ?? '')).toBeNull();
    // Those whose processes die are not counted for ever.
    for (const id of runs) expect(await given.drive(tenant, id)).toMatchObject({ state: 'done' });
    expect(await given.drive(other, foreign)).toMatchObject({ state: 'done' });
  });
});

describe('workers', () => {
  test('bring twelve runs of five tenants to their end, never more than two of one at once', async () => {
    const tenants: string[] = [];
    for (let i = 0; i < 5; i += 1) tenants.push(await given.tenant());
    const runs: Taken[] = [];
    for (const place of [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 4])
      runs.push(await take(tenants[place] ?? '', 1500));
    const workers = [worker(), worker()];
    let most = 0;
    await until(async () => {
      for (const tenant of tenants) most = Math.max(most, await heldBy(tenant));
      return (await Promise.all(runs.map(isDone))).every((done) => done);
    });
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(2);
    for (const tenant of tenants) expect(await customersOf(tenant)).toBe(1500);
    for (const one of workers) one.signal('SIGTERM');
    const endings = await Promise.all(workers.map(({ ended }) => ended));
    expect(endings.map(({ code }) => code)).toEqual([0, 0]);
    const brought = endings.map(({ output }) => Number(/Brought (\d+)/.exec(output)?.[1]));
    expect(brought.reduce((total, count) => total + count, 0)).toBe(12);
  });

  test('end a run whose worker was killed in the middle, and write nothing twice', async () => {
    const run = await take(await given.tenant(), 10_000);
    const first = worker();
    await until(async () => (await chunksOf(run)) > 3);
    first.signal('SIGKILL');
    await first.ended;
    expect((await load(run)).state).toBe('committing');
    const second = worker();
    await until(() => isDone(run));
    expect(await load(run)).toMatchObject({ created: 10_000, updated: 0, unchanged: 0, failed: 0 });
    expect(await customersOf(run.tenant)).toBe(10_000);
    second.signal('SIGTERM');
    await second.ended;
  });

  test('that are stopped leave their run to another at once', async () => {
    const run = await take(await given.tenant(), 10_000);
    const first = worker();
    await until(async () => (await chunksOf(run)) > 3);
    first.signal('SIGTERM');
    expect(await first.ended).toMatchObject({ code: 0, errors: '' });
    expect((await load(run)).state).toBe('committing');
    expect(await heldBy(run.tenant)).toBe(0);
    const second = worker();
    await until(() => isDone(run));
    expect(await load(run)).toMatchObject({ created: 10_000 });
    second.signal('SIGTERM');
    await second.ended;
  });
});
