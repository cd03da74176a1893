/** Stopping a run: at once while nothing is written, after the running chunk while something is. */
import { AsyncResource } from 'node:async_hooks';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cancelRun } from '../../../src/import/cancel.ts';
import { driveRun } from '../../../src/import/drive.ts';
import type { Progress } from '../../../src/import/progress.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import { start } from '../../crash/program.ts';
import { type Asked, useImports } from '../../support/import.ts';
import { Takeovers, until } from './takeover-support.ts';

const given = useImports({ chunkRows: 10 });
const process = new Takeovers(given);

const file = (rows: number, name = 'Name'): string =>
  `email,first_name\n${Array.from({ length: rows }, (_, i) => `c${i}@example.com,${name}\n`).join('')}`;

/** Five wrong rows among them, and two that mean the same customer. */
const mixed = `${file(200)}${'wrong,Name\n'.repeat(5)}c7@example.com,Again\n`;
const mixedRows = 206;

function sum({ created, updated, unchanged, skipped, failed }: ImportRun): number {
  return created + updated + unchanged + skipped + failed;
}

const cancel = (tenant: string, importId: string) => cancelRun(given.database, tenant, importId, null);

/** Drives a run, and asks for it to stop as soon as its progress is such. */
async function cancelledWhen(
  holds: (progress: Progress) => boolean,
  content: string,
  asked: Asked = {},
): Promise<{ tenant: string; before: string; run: ImportRun }> {
  const tenant = await given.tenant();
  await given.import(tenant, file(100, 'Before'));
  const before = await given.digestOf(tenant);
  const importId = await given.take(tenant, content, asked);
  let asking: Promise<void> | undefined;
  // Progress of a run that is all or nothing is told within its transaction, and somebody else asks.
  const ask = AsyncResource.bind(() => cancel(tenant, importId));
  const run = await driveRun(given.database, { tenantId: tenant, importId }, (progress) => {
    if (asking === undefined && holds(progress)) asking = ask();
  });
  await asking;
  expect(asking).toBeDefined();
  return { tenant, before, run };
}

describe('a run that is cancelled while it writes', () => {
  test('stops after the chunk, with every row counted, and can be undone to how it was', async () => {
    const { tenant, before, run } = await cancelledWhen(({ doing }) => doing === 'writing', mixed);
    expect(run.state).toBe('cancelled');
    expect(sum(run)).toBe(mixedRows);
    expect(run.created + run.updated).toBeGreaterThan(0);
    expect(run.created + run.updated).toBeLessThan(200);
    const written = await given.rows(
      tenant,
      `select count(*)::int as rows from customers where first_name in ('Name', 'Again')`,
    );
    expect(written).toEqual([{ rows: run.created + run.updated }]);
    expect(await given.rows(tenant, 'select from staging.customers')).toEqual([]);
    expect((await given.undo(run)).state).toBe('undone');
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('and is all or nothing takes everything back at once', async () => {
    const { tenant, before, run } = await cancelledWhen(({ doing }) => doing === 'writing', file(200), {
      atomic: true,
    });
    expect(run).toMatchObject({ state: 'cancelled', created: 0, updated: 0, skipped: 200, failed: 0 });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('can be imported again, to the same end as if nothing had been', async () => {
    const { tenant } = await cancelledWhen(({ doing }) => doing === 'writing', mixed);
    const again = await given.import(tenant, mixed);
    expect(again.state).toBe('done');
    expect(again.failed).toBe(5);
    expect(Object.keys(await given.column(tenant, 'number'))).toHaveLength(200);
  });

  test('once more stops only once', async () => {
    const tenant = await given.tenant();
    const importId = await given.take(tenant, mixed);
    await process.abandonAt('committing', tenant, importId);
    await cancel(tenant, importId);
    await cancel(tenant, importId);
    expect((await process.load(tenant, importId)).state).toBe('cancelling');
    const run = await given.drive(tenant, importId);
    expect(run.state).toBe('cancelled');
    expect(sum(run)).toBe(mixedRows);
    await cancel(tenant, importId);
    expect(await process.load(tenant, importId)).toEqual(run);
  });
});

describe('a run that is cancelled before it writes', () => {
  test('does not read the file to its end', async () => {
    const { tenant, before, run } = await cancelledWhen(({ doing }) => doing === 'reading', file(400_000));
    expect(run).toMatchObject({ state: 'cancelled', rowsRead: null, created: 0 });
    expect(await given.digestOf(tenant)).toBe(before);
    expect(await given.rows(tenant, 'select from staging.customers')).toEqual([]);
  });

  test('while it is checked is not written', async () => {
    const { tenant, before, run } = await cancelledWhen(({ doing }) => doing === 'checking', mixed);
    expect(run.state).toBe('cancelled');
    expect(await given.digestOf(tenant)).toBe(before);
    expect(await given.rows(tenant, 'select from staging.customers')).toEqual([]);
  });

  test('while it waits for another counts its rows as skipped', async () => {
    const tenant = await given.tenant();
    const writing = await given.take(tenant, file(30, 'Other'));
    await process.leaveAt('committing', tenant, writing);
    const importId = await given.take(tenant, mixed);
    const ends = given.drive(tenant, importId);
    await until(async () => (await process.load(tenant, importId)).state === 'checked');
    await cancel(tenant, importId);
    const run = await ends;
    expect(run).toMatchObject({ state: 'cancelled', created: 0, updated: 0, failed: 5 });
    expect(sum(run)).toBe(mixedRows);
    await process.expire(tenant, writing);
    expect(await given.drive(tenant, writing)).toMatchObject({ state: 'done', created: 30 });
  });

  test.each(['uploaded', 'inspected', 'mapped', 'checking', 'checked'] as const)(
    'when its process died while it was %s rests at once',
    async (state) => {
      const tenant = await given.tenant();
      const importId = await given.take(tenant, mixed);
      await process.abandonAt(state, tenant, importId);
      await cancel(tenant, importId);
      const run = await given.drive(tenant, importId);
      expect(run.state).toBe('cancelled');
      expect(sum(run)).toBe(run.rowsRead ?? 0);
      expect(await given.column(tenant, 'number')).toEqual({});
    },
  );
});

describe('a run that has ended', () => {
  test('cannot be cancelled', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, mixed);
    await expect(cancel(tenant, run.id)).rejects.toMatchObject({ code: 'import.move' });
    expect(await process.load(tenant, run.id)).toEqual(run);
  });

  test('and is being undone is undone to the end', async () => {
    const tenant = await given.tenant();
    const importId = await given.take(tenant, mixed);
    await process.abandonAt('undoing', tenant, importId);
    await expect(cancel(tenant, importId)).rejects.toMatchObject({ code: 'import.move' });
    expect((await given.drive(tenant, importId)).state).toBe('undone');
    expect(await given.column(tenant, 'number')).toEqual({});
  });
});

describe('Ctrl-C', () => {
  const environment = () => ({ ...globalThis.process.env, ...given.environment });

  async function begun(content: string) {
    const tenant = await given.tenant();
    const path = join(given.folder, `${tenant}.csv`);
    await writeFile(path, content);
    const program = start(['import', path, '--tenant', tenant, '--json'], environment());
    const runs = () => given.rows(tenant, 'select id, state from imports');
    return { tenant, program, runs };
  }

  test('stops an import after the chunk, says how far it came, and ends with 130', async () => {
    const { tenant, program, runs } = await begun(file(6000));
    await until(async () => (await runs())[0]?.state === 'committing');
    program.signal('SIGINT');
    const { code, output } = await program.ended;
    const said = JSON.parse(output);
    expect(code).toBe(130);
    expect(said).toMatchObject({ state: 'cancelled', read: 6000, failed: 0 });
    expect(said.created).toBeLessThan(6000);
    expect(said.created + said.skipped).toBe(6000);
    expect(Object.keys(await given.column(tenant, 'number'))).toHaveLength(said.created);
    expect(await given.rows(tenant, 'select lease_token from imports')).toEqual([{ lease_token: null }]);
  });

  test('before anything is written leaves everything as it was', async () => {
    const { tenant, program, runs } = await begun(file(300_000));
    await until(async () => (await runs())[0]?.state === 'checking');
    program.signal('SIGINT');
    const { code, output } = await program.ended;
    expect(code).toBe(130);
    expect(JSON.parse(output)).toMatchObject({ state: 'cancelled', created: 0 });
    expect(await given.column(tenant, 'number')).toEqual({});
  });
});
