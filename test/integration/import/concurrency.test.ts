/** Several at once: imports of one tenant, imports of several, and people who change records meanwhile. */
import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeOf } from '../../../src/database/failures.ts';
import { retrying } from '../../../src/database/retrying.ts';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { driveRun } from '../../../src/import/drive.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import { beginUndo } from '../../../src/import/undo/undo.ts';
import { start } from '../../crash/program.ts';
import { useImports } from '../../support/import.ts';
import { Takeovers, until } from './takeover-support.ts';

const given = useImports({ chunkRows: 25 });
const process = new Takeovers(given);

const header = 'email,first_name,number\n';
const rows = (from: number, to: number, name: string, number: (i: number) => string = () => ''): string[] =>
  Array.from({ length: to - from }, (_, i) => `c${from + i}@example.com,${name},${number(from + i)}\n`);
const file = (lines: readonly string[]): string => header + lines.join('');
const numbered = (i: number): string => `CUST-${String(i).padStart(6, '0')}`;

function sum({ created, updated, unchanged, skipped, failed }: ImportRun): number {
  return created + updated + unchanged + skipped + failed;
}

/** Nothing twice: neither an e-mail address nor a number. @returns how many customers there are. */
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
  return Number(counts?.customers);
}

/** The highest number that was given out is not above the tenant's counter: nobody gets it again. */
async function assertCounterIsAhead(tenant: string): Promise<void> {
  const [row] = await given.rows(
    tenant,
    `select (select value from tenant_counters where name = 'customer_number')
       >= (select max(right(number, 6)::int) from customers where number ~ '^CUST-[0-9]{6}$') as ahead`,
  );
  expect(row).toEqual({ ahead: true });
}

describe('two imports into one tenant at once', () => {
  test('with the same new customers create each of them once', async () => {
    const tenant = await given.tenant();
    const [one, other] = await Promise.all([
      given.import(tenant, file(rows(0, 200, 'One'))),
      given.import(tenant, file(rows(100, 300, 'Other'))),
    ]);
    expect([one.state, other.state]).toEqual(['done', 'done']);
    expect([sum(one), sum(other)]).toEqual([200, 200]);
    expect(one.created + other.created).toBe(300);
    expect(one.updated + other.updated).toBe(100);
    expect(one.failed + other.failed).toBe(0);
    expect(await countCustomers(tenant)).toBe(300);
    await assertCounterIsAhead(tenant);
  });

  test('that change the same customers change each of them twice, and lose nothing of either', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, file(rows(0, 150, 'Before')));
    const [one, other] = await Promise.all([
      given.import(tenant, file(rows(0, 150, 'After'))),
      given.import(
        tenant,
        `email,last_name\n${rows(0, 150, 'Last')
          .map((line) => line.replace(/,\n/, '\n'))
          .join('')}`,
      ),
    ]);
    expect(one).toMatchObject({ state: 'done', updated: 150, failed: 0 });
    expect(other).toMatchObject({ state: 'done', updated: 150, failed: 0 });
    const names = 'select distinct first_name, last_name, version from customers';
    expect(await given.rows(tenant, names)).toEqual([{ first_name: 'After', last_name: 'Last', version: 3 }]);
  });

  test('of which one brings numbers of its own give no number twice', async () => {
    const tenant = await given.tenant();
    // The other one begins with the very numbers that this one would give out.
    const [one, other] = await Promise.all([
      given.import(tenant, file(rows(0, 100, 'One'))),
      given.import(tenant, file(rows(100, 200, 'Other', (i) => numbered(i - 99)))),
    ]);
    expect([sum(one), sum(other)]).toEqual([100, 100]);
    const taken = 100 - other.created;
    expect(one.created).toBe(100);
    expect(other.failed + other.updated).toBe(taken);
    expect(await countCustomers(tenant)).toBe(100 + other.created);
    await assertCounterIsAhead(tenant);
    expect(await given.import(tenant, file(rows(200, 300, 'Third')))).toMatchObject({
      created: 100,
      failed: 0,
    });
  });

  test('in processes of their own come to the same', async () => {
    const tenant = await given.tenant();
    const environment = { ...globalThis.process.env, ...given.environment };
    const programs = await Promise.all(
      [0, 1, 2].map(async (i) => {
        const path = join(given.folder, `${tenant}-${i}.csv`);
        await writeFile(path, file(rows(100 * i, 100 * i + 200, `From ${i}`)));
        return start(['import', path, '--tenant', tenant, '--json'], environment).ended;
      }),
    );
    const said = programs.map(({ output }) => JSON.parse(output));
    expect(programs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(said.reduce((total, { created }) => total + created, 0)).toBe(400);
    expect(said.reduce((total, { created, updated }) => total + created + updated, 0)).toBe(600);
    expect(await countCustomers(tenant)).toBe(400);
  });
});

test('ten imports at once end well, each row counted once', async () => {
  const tenant = await given.tenant();
  const runs = await Promise.all(
    Array.from({ length: 10 }, (_, i) => given.import(tenant, file(rows(30 * i, 30 * i + 60, `Run ${i}`)))),
  );
  expect(runs.map(({ state }) => state)).toEqual(runs.map(() => 'done'));
  expect(runs.map(sum)).toEqual(runs.map(() => 60));
  expect(runs.reduce((total, { created }) => total + created, 0)).toBe(330);
  expect(runs.reduce((total, { updated }) => total + updated, 0)).toBe(270);
  expect(await countCustomers(tenant)).toBe(330);
  const [{ broken } = {}] = await given.rows(
    tenant,
    `select count(*)::int as broken from (
       select c.created_count + c.updated_count <> coalesce((select sum(k.created_count + k.updated_count) from import_chunks k
         where k.import_id = c.id and k.phase = 'commit'), 0) as broken from imports c) s where broken`,
  );
  expect(broken).toBe(0);
});

describe('an import', () => {
  test('does not wait for one of another tenant', async () => {
    const [busy, other] = [await given.tenant(), await given.tenant()];
    const importId = await given.take(busy, file(rows(0, 60, 'Busy')));
    await process.leaveAt('committing', busy, importId);
    expect(await given.import(other, file(rows(0, 60, 'Other')))).toMatchObject({
      state: 'done',
      created: 60,
    });
    expect((await process.load(busy, importId)).state).toBe('committing');
  });

  test('that waited for another checks again, and finds what that one wrote', async () => {
    const tenant = await given.tenant();
    const writing = await given.take(tenant, file(rows(0, 60, 'Same')));
    await process.leaveAt('committing', tenant, writing);
    const waiting = await given.take(tenant, file([...rows(0, 60, 'Same'), ...rows(60, 80, 'More')]));
    const ends = given.drive(tenant, waiting);
    await until(async () => (await process.load(tenant, waiting)).state === 'checked');
    const planned = await process.load(tenant, waiting);
    expect(planned.report?.create).toBeGreaterThan(20);
    await process.expire(tenant, writing);
    expect(await ends).toMatchObject({ state: 'done', created: 20, unchanged: 60, updated: 0, failed: 0 });
    expect(await countCustomers(tenant)).toBe(80);
  });

  test('that is undone while another is written is told so, and can be undone afterwards', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, file(rows(0, 30, 'First')));
    const writing = await given.take(tenant, file(rows(30, 60, 'Second')));
    await process.leaveAt('committing', tenant, writing);
    await expect(beginUndo(given.database, tenant, run.id)).rejects.toMatchObject({ code: 'import.busy' });
    await process.expire(tenant, writing);
    await given.drive(tenant, writing);
    expect(await given.undo(run)).toMatchObject({ state: 'undone', undoReport: { removed: 30 } });
    expect(await countCustomers(tenant)).toBe(30);
  });
});

describe('people who change records meanwhile', () => {
  const people = 4;

  interface Edits {
    /** How often each customer was changed, by id. */
    readonly times: ReadonlyMap<string, number>;
  }

  /** Several people, until it is told to stop. @param taken gives an address that somebody may take. */
  function edit(tenant: string, stop: AbortSignal, taken: () => string): Promise<Edits[]> {
    return Promise.all(Array.from({ length: people }, () => editAlone(tenant, stop, taken)));
  }

  /** Gives random customers another job title, as a form does, and now and then one an address. */
  async function editAlone(tenant: string, stop: AbortSignal, taken: () => string): Promise<Edits> {
    const times = new Map<string, number>();
    const ids = (await given.rows(tenant, 'select id from customers order by id')).map(({ id }) =>
      String(id),
    );
    while (!stop.aborted) {
      const id = ids[randomInt(ids.length)] ?? '';
      const changed = await changeByHand(tenant, id, randomInt(4) === 0 ? taken() : null);
      if (changed) times.set(id, (times.get(id) ?? 0) + 1);
    }
    return { times };
  }

  /** @returns false when the customer is gone, or somebody else has the address. */
  async function changeByHand(tenant: string, id: string, email: string | null): Promise<boolean> {
    const sql = `update customers set job_title = (coalesce(job_title, '0')::int + 1)::text, email = coalesce($2, email),
      version = version + 1 where id = $1`;
    const change = () => withTenant(given.database, tenant, (tx) => tx.query(sql, [id, email]));
    try {
      return (await retrying(change)).rowCount === 1;
    } catch (error) {
      if (codeOf(error) === '23505') return false;
      throw error;
    }
  }

  const byHand = (edits: readonly Edits[], id: unknown): number =>
    edits.reduce((total, { times }) => total + (times.get(String(id)) ?? 0), 0);

  test('lose nothing to an import, which says what it left to them', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, file(rows(0, 400, 'Before')));
    const importId = await given.take(tenant, file(rows(0, 800, 'Imported')));
    const stop = new AbortController();
    let writing: Promise<Edits[]> | undefined;
    const run = await driveRun(given.database, { tenantId: tenant, importId }, () => {
      // From before the plan is made until everything is written.
      writing ??= edit(tenant, stop.signal, () => `c${400 + randomInt(400)}@example.com`);
    }).finally(() => stop.abort());
    const edits = (await writing) ?? [];
    expect(run.state).toBe('done');
    expect(sum(run)).toBe(800);
    const results = await given.results(run);
    const reasons = new Set(results.flatMap(({ outcome, reason }) => (outcome === 'failed' ? [reason] : [])));
    expect(
      [...reasons].filter((reason) => reason !== 'changed_since_check' && reason !== 'unique.taken'),
    ).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === 'failed')).toHaveLength(run.failed);
    const updated = new Set(results.flatMap(({ outcome, id }) => (outcome === 'updated' ? [id] : [])));
    const customers = await given.rows(tenant, 'select id, version, job_title, first_name from customers');
    for (const { id, version, job_title, first_name } of customers) {
      expect(Number(job_title ?? 0)).toBe(byHand(edits, id));
      expect(version).toBe(1 + byHand(edits, id) + (updated.has(String(id)) ? 1 : 0));
      if (updated.has(String(id))) expect(first_name).toBe('Imported');
    }
    expect(edits.some(({ times }) => times.size > 0)).toBe(true);
    expect(await countCustomers(tenant)).toBe(400 + run.created);
  });

  test('lose nothing to an undo, which leaves to them what they changed or took', async () => {
    const tenant = await given.tenant();
    const named = (name: string, to: number): string =>
      `external_id,email,first_name\n${Array.from({ length: to }, (_, i) => `X-${i},${name}${i}@example.com,${name}\n`).join('')}`;
    await given.import(tenant, named('before', 300));
    const run = await given.import(tenant, named('after', 500));
    const stop = new AbortController();
    const writing = edit(tenant, stop.signal, () => `before${randomInt(300)}@example.com`);
    const undone = await given.undo(run).finally(() => stop.abort());
    const edits = await writing;
    expect(undone.state).toBe('undone');
    const customers = await given.rows(tenant, 'select id, job_title from customers');
    for (const { id, job_title } of customers) expect(Number(job_title ?? 0)).toBe(byHand(edits, id));
    const there = new Set(customers.map(({ id }) => String(id)));
    expect(edits.flatMap(({ times }) => [...times.keys()]).filter((id) => !there.has(id))).toEqual([]);
    expect(await countCustomers(tenant)).toBe(500 - (undone.undoReport?.removed ?? 0));
  });
});
