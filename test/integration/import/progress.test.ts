/** Following a run from elsewhere: how far it is stands in the database, and whoever asks is told of each change. */
import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/connect.ts';
import { driveRun } from '../../../src/import/drive.ts';
import { whileKept } from '../../../src/import/keep-progress.ts';
import {
  nobodyWatches,
  type ProgressEvent,
  progressOf,
  type Watch,
  watchRun,
} from '../../../src/import/progress.ts';
import { useImports } from '../../support/import.ts';
import { Takeovers, until } from './takeover-support.ts';

const given = useImports({ chunkRows: 5 });
const process = new Takeovers(given);

const file = (rows = 12): string =>
  `email,first_name\n${Array.from({ length: rows }, (_, i) => `c${i}@example.com,Name\n`).join('')}`;

async function collect(events: AsyncIterable<ProgressEvent>): Promise<ProgressEvent[]> {
  const all: ProgressEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const order = ['uploaded', 'inspected', 'mapped', 'checking', 'checked', 'committing', 'done'];

describe('whoever watches a run', () => {
  test('hears of it in its order, and last that it rests, with its counts', async () => {
    const tenantId = await given.tenant();
    const importId = await given.take(tenantId, file());
    const watching = collect(watchRun(given.database, { tenantId, importId }));
    await given.drive(tenantId, importId);
    const events = await watching;
    const seqs = events.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    const places = events.map(({ state }) => order.indexOf(state));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(events.map(({ rests }) => rests)).toEqual([...events.slice(1).map(() => false), true]);
    expect(events.at(-1)).toMatchObject({
      state: 'done',
      doing: null,
      counts: { created: 12, updated: 0, unchanged: 0, skipped: 0, failed: 0 },
    });
  });

  test('who has seen some of it hears the rest', async () => {
    const tenantId = await given.tenant();
    const importId = await given.take(tenantId, file());
    const run = { tenantId, importId };
    const first = (await watchRun(given.database, run).next()).value as ProgressEvent;
    expect(first).toMatchObject({ state: 'uploaded', doing: 'waiting', rowsDone: 0, rests: false });
    await given.drive(tenantId, importId);
    const later = await collect(watchRun(given.database, run, { afterSeq: first.seq }));
    expect(later).toHaveLength(1);
    expect(later[0]).toMatchObject({ state: 'done' });
    const last = later[0]?.seq ?? 0;
    expect(last).toBeGreaterThan(first.seq);
    expect(await collect(watchRun(given.database, run, { afterSeq: last }))).toEqual([]);
  });

  test('hears of an undo that was asked for after the end', async () => {
    const tenantId = await given.tenant();
    const run = await given.import(tenantId, file());
    const name = { tenantId, importId: run.id };
    const { seq } = await progressOf(given.database, name);
    await process.leaveAt('undoing', tenantId, run.id);
    const watching = collect(watchRun(given.database, name, { afterSeq: seq }));
    await process.expire(tenantId, run.id);
    await given.drive(tenantId, run.id);
    const events = await watching;
    expect(events[0]).toMatchObject({ state: 'undoing' });
    expect(events.at(-1)).toMatchObject({ state: 'undone', rests: true });
  });

  test('hears nothing after asking to hear no more', async () => {
    const tenantId = await given.tenant();
    const importId = await given.take(tenantId, file());
    const leaving = new AbortController();
    const events = watchRun(given.database, { tenantId, importId }, { signal: leaving.signal });
    expect((await events.next()).done).toBe(false);
    const next = events.next();
    leaving.abort();
    expect((await next).done).toBe(true);
  });

  test('is told that there is no such run, nor one of another tenant', async () => {
    const [tenantId, other] = [await given.tenant(), await given.tenant()];
    const importId = await given.take(other, file());
    const watching = collect(watchRun(given.database, { tenantId, importId }));
    await expect(watching).rejects.toMatchObject({ code: 'import.not_found' });
  });

  test('costs no more with many others than alone', async () => {
    const tenantId = await given.tenant();
    const importId = await given.take(tenantId, file());
    let asked = 0;
    const { app } = given.database;
    const connect = () => {
      asked += 1;
      return app.connect();
    };
    const counting: Database = Object.create(given.database, {
      app: { value: Object.create(app, { connect: { value: connect } }) },
    });
    const watchers = Array.from({ length: 50 }, () => collect(watchRun(counting, { tenantId, importId })));
    await until(async () => asked > 52);
    await given.drive(tenantId, importId);
    const ends = (await Promise.all(watchers)).map((events) => events.at(-1)?.state);
    expect(ends).toEqual(watchers.map(() => 'done'));
    expect(asked).toBeLessThan(50 + 50);
  });
});

describe('how far a run has come', () => {
  async function keeping(work: (watch: Watch, run: { tenantId: string; importId: string }) => Promise<void>) {
    const tenantId = await given.tenant();
    const importId = await given.take(tenantId, file());
    const lease = await process.leaveAt('checking', tenantId, importId);
    await whileKept(given.database, lease, nobodyWatches, (watch) => work(watch, { tenantId, importId }));
    await process.expire(tenantId, importId);
    expect(await given.drive(tenantId, importId)).toMatchObject({ state: 'done' });
  }

  test('stands in the database soon, with how fast it goes and what is left', async () => {
    await keeping(async (watch, run) => {
      const before = await progressOf(given.database, run);
      watch({ state: 'checking', doing: 'reading', rowsDone: 0, rowsTotal: 100 });
      await new Promise((resolve) => setTimeout(resolve, 300));
      watch({ state: 'checking', doing: 'reading', rowsDone: 20, rowsTotal: 100 });
      await until(async () => (await progressOf(given.database, run)).rowsDone === 20);
      const after = await progressOf(given.database, run);
      expect(after).toMatchObject({ state: 'checking', doing: 'reading', rowsTotal: 100 });
      expect(after.rowsPerSecond).toBeGreaterThan(0);
      expect(after.secondsLeft).toBeGreaterThan(0);
      expect(after.seq).toBeGreaterThan(before.seq);
    });
  });

  test('is kept by nobody who has lost the run', async () => {
    await keeping(async (watch, { tenantId, importId }) => {
      await given.rows(tenantId, 'update imports set lease_token = gen_random_uuid() where id = $1', [
        importId,
      ]);
      watch({ state: 'checking', doing: 'reading', rowsDone: 20, rowsTotal: 100 });
      await new Promise((resolve) => setTimeout(resolve, 1200));
      expect((await progressOf(given.database, { tenantId, importId })).rowsDone).toBe(0);
    });
  });

  test('is told to whoever drives a run that another process works on', async () => {
    const tenantId = await given.tenant();
    const importId = await given.take(tenantId, file());
    const lease = await process.leaveAt('committing', tenantId, importId);
    const heard: number[] = [];
    const driving = driveRun(given.database, { tenantId, importId }, ({ doing, rowsDone }) => {
      if (doing === 'writing') heard.push(rowsDone);
    });
    await whileKept(given.database, lease, nobodyWatches, async (watch) => {
      watch({ state: 'committing', doing: 'writing', rowsDone: 7, rowsTotal: 12 });
      await until(async () => heard.includes(7));
    });
    await process.expire(tenantId, importId);
    expect(await driving).toMatchObject({ state: 'done', created: 12 });
    // Those that the other process has written are counted in.
    expect(heard.at(-1)).toBe(12);
  });
});
