/** Files of exports: who makes them, what is left of those that come to nothing, and how long they are kept. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, type Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { readAudit } from '../../../src/audit/read.ts';
import { dataset } from '../../../src/datasets/registry.ts';
import type { ExportAsked } from '../../../src/export/asked.ts';
import { type ExportEntry, loadExport } from '../../../src/export/history.ts';
import { createLink, followLink } from '../../../src/export/links.ts';
import { askForFile } from '../../../src/export/stored/ask.ts';
import { bringOn } from '../../../src/export/stored/bring-on.ts';
import { cancelExport } from '../../../src/export/stored/cancel.ts';
import { followExport } from '../../../src/export/stored/follow-export.ts';
import { takeNext } from '../../../src/export/stored/lease.ts';
import { workOnExports } from '../../../src/export/stored/worker.ts';
import { storeExport } from '../../../src/export/stored-export.ts';
import { endForgottenExports, removeOldFiles } from '../../../src/export/sweep.ts';
import { type ExportWanted, wantedSchema } from '../../../src/export/wanted.ts';
import { type FileStore, fileStore } from '../../../src/file-store/file-store.ts';
import { AppError } from '../../../src/platform/errors.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createKey } from '../../../src/tenants/keys.ts';
import { permissions } from '../../../src/tenants/permissions.ts';
import { changeTenant } from '../../../src/tenants/settings.ts';
import { findTenant } from '../../../src/tenants/tenants.ts';
import { useImports } from '../../support/import.ts';
import { endOtherSessions } from '../../support/sessions.ts';
import { asleep, makeFiles } from '../../support/stored-exports.ts';

process.env.CLIENTELE_LEASE_SECONDS = '120';
process.env.CLIENTELE_EXPORT_RETRY_SECONDS = '1';
process.env.CLIENTELE_EXPORT_ATTEMPTS_MAX = '3';
process.env.CLIENTELE_LOG = 'silent';

const given = useImports();
const never = new AbortController().signal;

async function filledTenant(): Promise<string> {
  const tenant = await given.tenant();
  await given.import(tenant, 'email,first_name\na@example.com,Ann\nb@example.com,Bob\n');
  return tenant;
}

/** @returns the id of an export that waits for a worker. */
async function asked(tenantId: string, more: Partial<ExportWanted> = {}): Promise<string> {
  const { key } = await createKey(given.database, tenantId, { name: 'test', permissions }, null);
  const { id } = await askForFile(given.database, {
    tenant: await findTenant(given.database, tenantId),
    wanted: wantedSchema.parse({ dataset: 'customers', columns: ['email'], profile: 'data', ...more }),
    permissions: new Set(permissions),
    asker: { kind: 'key', id: key.id, userId: null },
    source: 'test',
  });
  return id;
}

const load = (tenantId: string, id: string): Promise<ExportEntry> =>
  given.within(tenantId, (tx) => loadExport(tx, id));

async function direct(tenantId: string): Promise<ExportAsked> {
  return {
    tenant: await findTenant(given.database, tenantId),
    dataset: dataset('customers'),
    columns: [{ field: 'email' }],
    format: 'csv',
    profile: 'data',
    sort: [{ field: 'email' }],
    permissions: 'everything',
    by: null,
    source: 'test',
  };
}

/** Names of everything that the file store has of a tenant's exports. */
function kept(tenantId: string): string[] {
  const folder = join(given.folder, 'files', tenantId, 'exports');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A store that takes no byte of a file before it is let to, so that a test can come in between. */
class SlowStore {
  readonly begun: string[] = [];
  private readonly gate = Promise.withResolvers<void>();
  readonly store: FileStore = Object.assign(Object.create(fileStore()) as FileStore, {
    put: async (key: string, source: Readable) => {
      this.begun.push(key);
      await Promise.race([this.gate.promise, new Promise((resolve) => source.once('close', resolve))]);
      return fileStore().put(key, source);
    },
  });

  letEnd(): void {
    this.gate.resolve();
  }
}

describe('storeExport', () => {
  test('leaves a whole file under the name and for the time that was asked for', async () => {
    const tenant = await filledTenant();
    const stored = await storeExport(given.database, fileStore(), {
      ...(await direct(tenant)),
      fileName: 'Unsere Kunden.csv',
      keepSeconds: 3600,
    });
    expect(stored).toMatchObject({ records: 2, fileName: 'Unsere Kunden.csv', leftOut: [] });
    const file = await buffer(await fileStore().read(stored.fileKey));
    expect(file.toString()).toBe('email\r\na@example.com\r\nb@example.com\r\n');
    expect(stored.bytes).toBe(file.length);
    const entry = await load(tenant, stored.id);
    expect(entry).toMatchObject({ state: 'done', madeAs: 'file', records: 2, sha256: stored.sha256 });
    expect(Date.parse(stored.expiresAt ?? '') - Date.now()).toBeGreaterThan(3_590_000);
    expect(Date.parse(stored.expiresAt ?? '') - Date.now()).toBeLessThanOrEqual(3_600_000);
    const trail = await given.within(tenant, (tx) => readAudit(tx, { subjectId: stored.id }));
    expect(trail).toMatchObject([{ action: 'export.store', detail: { complete: true, records: 2 } }]);
  });

  test('keeps it for as long as the tenant has set', async () => {
    const tenant = await filledTenant();
    await changeTenant(given.database, tenant, { settings: { retention: { exportDays: 2 } } }, null);
    const { expiresAt } = await storeExport(given.database, fileStore(), await direct(tenant));
    expect((Date.parse(expiresAt ?? '') - Date.now()) / 86_400_000).toBeCloseTo(2, 3);
  });

  test('that is broken off leaves nothing but a line in the history', async () => {
    const tenant = await filledTenant();
    const slow = new SlowStore();
    const stop = new AbortController();
    const storing = storeExport(given.database, slow.store, await direct(tenant), stop.signal);
    await until(() => slow.begun.length === 1);
    stop.abort(new Error('The schedule was paused.'));
    await expect(storing).rejects.toThrow('The schedule was paused.');
    expect(kept(tenant)).toEqual([]);
    const [row] = await given.rows(tenant, 'select state, file_key, lease_token from exports');
    expect(row).toEqual({ state: 'broken_off', file_key: null, lease_token: null });
  });

  test('whose store fails says so, and has broken off', async () => {
    const tenant = await filledTenant();
    const away = new AppError('file.store_unreachable', 'Away.');
    const broken = Object.assign(Object.create(fileStore()) as FileStore, {
      put: () => Promise.reject(away),
    });
    await expect(storeExport(given.database, broken, await direct(tenant))).rejects.toBe(away);
    expect(await given.rows(tenant, 'select state from exports')).toEqual([{ state: 'broken_off' }]);
  });

  test('whose process died has broken off when its lease is over', async () => {
    const tenant = await filledTenant();
    const slow = new SlowStore();
    const stop = new AbortController();
    const storing = storeExport(given.database, slow.store, await direct(tenant), stop.signal);
    await until(() => slow.begun.length === 1);
    await endForgottenExports(given.database);
    expect(await given.rows(tenant, 'select state from exports')).toEqual([{ state: 'running' }]);
    await expire(tenant);
    await endForgottenExports(given.database);
    expect(await given.rows(tenant, 'select state from exports')).toEqual([{ state: 'broken_off' }]);
    slow.letEnd();
    await expect(storing).rejects.toMatchObject({ code: 'export.lost' });
    expect(kept(tenant)).toEqual([]);
  });
});

/** What the clock does when the process that holds the lease has been silent for long enough. */
async function expire(tenantId: string): Promise<void> {
  await given.rows(
    tenantId,
    `update exports set lease_until = clock_timestamp() - interval '1 s', lease_token = gen_random_uuid() where state = 'running'`,
  );
}

describe('a file that a worker makes', () => {
  test('is made once, by whichever of two workers', async () => {
    const tenant = await filledTenant();
    const ids = [await asked(tenant), await asked(tenant), await asked(tenant)];
    const brought = await Promise.all([makeFiles(given.database), makeFiles(given.database)]);
    expect(brought[0] + brought[1]).toBe(3);
    for (const id of ids) expect(await load(tenant, id)).toMatchObject({ state: 'done', records: 2 });
    expect(await given.rows(tenant, 'select attempts from exports')).toEqual(
      ids.map(() => ({ attempts: 1 })),
    );
    expect(kept(tenant)).toHaveLength(3);
  });

  test('is of the moment at which it is made, and of what was asked', async () => {
    const tenant = await filledTenant();
    const id = await asked(tenant, {
      filter: { where: { field: 'first_name', operator: 'is', value: 'Bob' } },
      format: 'ndjson',
    });
    await given.import(tenant, 'email,first_name\nc@example.com,Bob\n');
    await makeFiles(given.database);
    const { file, records } = await load(tenant, id);
    expect(records).toBe(2);
    const text = (await buffer(await fileStore().read(file?.key ?? ''))).toString();
    expect(text.split('\n').sort()).toEqual([
      '',
      '{"email" : "b@example.com"}',
      '{"email" : "c@example.com"}',
    ]);
  });

  test('of a process that died is made anew, and the late one leaves nothing', async () => {
    const tenant = await filledTenant();
    const id = await asked(tenant);
    const slow = new SlowStore();
    const taken = await takeNext(given.database, tenant);
    if (taken === null) throw new Error('It could not be taken.');
    const asleepLong = bringOn(given.database, slow.store, taken, never);
    await until(() => slow.begun.length === 1);
    await expire(tenant);
    await makeFiles(given.database);
    const made = await load(tenant, id);
    expect(made).toMatchObject({ state: 'done', records: 2 });
    slow.letEnd();
    expect(await asleepLong).toBe(false);
    expect(await load(tenant, id)).toEqual(made);
    expect(kept(tenant)).toEqual([made.file?.key.split('/').at(-1)]);
    expect(made.file?.key).not.toBe(slow.begun[0]);
  });

  test('whose every process dies fails in the end', async () => {
    const tenant = await filledTenant();
    const id = await asked(tenant);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(await takeNext(given.database, tenant)).toMatchObject({ attempts: attempt });
      await expire(tenant);
    }
    await makeFiles(given.database);
    expect(await load(tenant, id)).toMatchObject({ state: 'failed', failure: { code: 'export.failed' } });
  });

  test('is left to another by a worker that is stopped, and this time does not count', async () => {
    const tenant = await filledTenant();
    const id = await asked(tenant);
    const slow = new SlowStore();
    const stop = new AbortController();
    const working = workOnExports(given.database, slow.store, { stop: stop.signal, wakes: asleep });
    await until(() => slow.begun.length === 1);
    stop.abort();
    expect(await working).toBe(0);
    expect(await given.rows(tenant, 'select state, attempts, lease_token from exports')).toEqual([
      { state: 'waiting', attempts: 0, lease_token: null },
    ]);
    expect(kept(tenant)).toEqual([]);
    await makeFiles(given.database);
    expect(await load(tenant, id)).toMatchObject({ state: 'done' });
  });

  test('is tried again while the store does not answer, and later, and not for ever', async () => {
    const tenant = await filledTenant();
    const [first, second] = [await asked(tenant), await asked(tenant)];
    let calls = 0;
    const flaky = Object.assign(Object.create(fileStore()) as FileStore, {
      put: (key: string, source: Readable) => {
        calls += 1;
        if (key.includes(first) && calls > 2) return fileStore().put(key, source);
        source.destroy();
        return Promise.reject(new AppError('file.store_unreachable', 'The file store does not answer.'));
      },
    });
    await makeFiles(given.database, flaky);
    expect(await load(tenant, first)).toMatchObject({ state: 'done' });
    expect(await load(tenant, second)).toMatchObject({
      state: 'failed',
      failure: { code: 'file.store_unreachable' },
    });
  });

  test('goes on when the connections were lost', async () => {
    const tenant = await filledTenant();
    const id = await asked(tenant);
    const slow = new SlowStore();
    const working = makeFiles(given.database, slow.store);
    await until(() => slow.begun.length === 1);
    await given.database.app.query(endOtherSessions);
    slow.letEnd();
    await working;
    expect(await load(tenant, id)).toMatchObject({ state: 'done', records: 2 });
    expect(kept(tenant)).toHaveLength(1);
  });

  test('that is cancelled while it is made is nowhere, and its worker goes on with others', async () => {
    const tenant = await filledTenant();
    const id = await asked(tenant);
    const slow = new SlowStore();
    const working = makeFiles(given.database, slow.store);
    await until(() => slow.begun.length === 1);
    await cancelExport(given.database, { tenantId: tenant, exportId: id, by: null });
    const next = await asked(tenant);
    await until(() => slow.begun.length === 2);
    slow.letEnd();
    await working;
    expect(await load(tenant, id)).toMatchObject({ state: 'cancelled', file: null });
    expect(await load(tenant, next)).toMatchObject({ state: 'done' });
    expect(kept(tenant)).toHaveLength(1);
  });

  test('waits for room: a tenant has two made at once, and nobody waits for another tenant’s many', async () => {
    const busy = await filledTenant();
    const other = await filledTenant();
    const many: string[] = [];
    for (let i = 0; i < 4; i += 1) many.push(await asked(busy));
    const foreign = await asked(other);
    const [first, second, third] = [
      await takeNext(given.database, busy),
      await takeNext(given.database, busy),
      await takeNext(given.database, busy),
    ];
    expect([first?.lease.exportId, second?.lease.exportId]).toEqual(many.slice(0, 2));
    expect(third).toBeNull();
    expect((await takeNext(given.database, other))?.lease.exportId).toBe(foreign);
    for (const tenant of [busy, other]) await expire(tenant);
    await makeFiles(given.database);
    for (const id of many) expect(await load(busy, id)).toMatchObject({ state: 'done' });
  });

  test('of one tenant’s many lets another tenant’s go first after the first of them', async () => {
    const busy = await filledTenant();
    const other = await filledTenant();
    for (let i = 0; i < 6; i += 1) await asked(busy);
    const foreign = await asked(other);
    await workInOrder([busy, other]);
    const { finishedAt } = await load(other, foreign);
    const later = await given.rows(busy, 'select from exports where finished_at > $1', [finishedAt]);
    expect(later.length).toBeGreaterThanOrEqual(3);
  });
});

describe('how far a file is', () => {
  /** Takes a piece of 64 KiB every 20 ms at most. */
  const slow: FileStore = Object.assign(Object.create(fileStore()) as FileStore, {
    put: (key: string, source: Readable) => {
      const paced = new Transform({
        transform: (piece, _, done) => void setTimeout(() => done(null, piece), 20),
      });
      return fileStore().put(key, source.pipe(paced));
    },
  });

  test('is told in records and bytes, how many a second, and how long it will take', async () => {
    const tenant = await given.tenant();
    const records = 6000;
    await given.rows(
      tenant,
      `insert into leads (tenant_id, id, version, email, utm_campaign, created_at, updated_at)
       select $1, gen_random_uuid(), 1, 'lead' || n || '@example.com', repeat('x', 1000), now(), now()
       from generate_series(1, $2::int) n`,
      [tenant, records],
    );
    const id = await asked(tenant, { dataset: 'leads', columns: ['email', 'utm_campaign'] });
    const making = makeFiles(given.database, slow);
    const events = [];
    for await (const event of followExport(given.database, { tenantId: tenant, exportId: id }))
      events.push(event);
    await making;
    const { bytes } = await load(tenant, id);
    expect(events.at(-1)).toMatchObject({ rests: true, records_done: records, bytes_done: bytes });
    const underWay = events.filter((event) => event.records_done > 0 && event.records_done < records);
    expect(underWay.length).toBeGreaterThan(1);
    const last = underWay.at(-1);
    expect(last?.records_total).toBe(records);
    expect(last?.records_per_second).toBeGreaterThan(0);
    expect(last?.bytes_per_second).toBeGreaterThan(0);
    expect(last?.seconds_left).toBeGreaterThanOrEqual(0);
    for (const [place, event] of underWay.entries()) {
      expect(event.bytes_done).toBeLessThan(bytes ?? 0);
      expect(event.records_done).toBeGreaterThanOrEqual(underWay[place - 1]?.records_done ?? 0);
    }
  });
});

/** A worker and a queue that is a list: whoever is woken comes after all who were before. */
async function workInOrder(tenants: readonly string[]): Promise<void> {
  const queue = [...tenants];
  const wakes = {
    wake: async (tenantId: string) => {
      if (!queue.includes(tenantId)) queue.push(tenantId);
    },
    take: async (most: number) => queue.splice(0, most),
  };
  await workOnExports(given.database, fileStore(), { stop: never, untilIdle: true, wakes });
}

describe('the sweep', () => {
  test('removes a file whose time is over; the history and its links stay', async () => {
    const tenant = await filledTenant();
    const stored = await storeExport(given.database, fileStore(), await direct(tenant));
    const young = await storeExport(given.database, fileStore(), await direct(tenant));
    const link = await given.within(tenant, (tx) =>
      createLink(tx, { exportId: stored.id, expiresAt: '2200-01-01', by: null }),
    );
    await given.rows(tenant, `update exports set expires_at = now() - interval '1 s' where id = $1`, [
      stored.id,
    ]);
    for (let i = 0; i < 2; i += 1) await removeOldFiles(given.database, fileStore());
    expect(await fileStore().exists(stored.fileKey)).toBe(false);
    expect(await fileStore().exists(young.fileKey)).toBe(true);
    expect(await load(tenant, stored.id)).toMatchObject({
      state: 'done',
      sha256: stored.sha256,
      file: { isRemoved: true },
    });
    await given.rows(tenant, `update export_links set expires_at = now() + interval '1 day'`);
    const followed = await followLink(given.database, link.token);
    expect(followed.entry.file?.isRemoved).toBe(true);
  });

  test('removes what a killed process has left, whole or not', async () => {
    const tenant = await filledTenant();
    const id = await asked(tenant);
    const taken = await takeNext(given.database, tenant);
    const token = taken?.lease.token ?? '';
    const key = `${tenant}/exports/${id}/${token}`;
    const hanging = new PassThrough();
    hanging.write('half of it');
    const putting = fileStore().put(key, hanging);
    await until(() => kept(tenant).length === 1);
    await expire(tenant);
    await makeFiles(given.database);
    expect(kept(tenant)).toHaveLength(2);
    await given.rows(tenant, 'update exports set expires_at = now()');
    await removeOldFiles(given.database, fileStore());
    expect(kept(tenant)).toEqual([]);
    hanging.end();
    await expect(putting).rejects.toThrow();
  });
});

test('a link to what is no file is refused', async () => {
  const tenant = await filledTenant();
  const id = await asked(tenant);
  const linkTo = (exportId: string) =>
    given.within(tenant, (tx) => createLink(tx, { exportId, expiresAt: '2200-01-01', by: null }));
  await expect(linkTo(id)).rejects.toMatchObject({ code: 'export.move' });
  await expect(linkTo(newId())).rejects.toMatchObject({ code: 'export.not_found' });
  await makeFiles(given.database);
});
