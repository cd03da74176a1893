/** Workers of exports as processes of their own: killed in the middle, and beside a server that has none. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKey } from '../../../src/tenants/keys.ts';
import { findTenant } from '../../../src/tenants/tenants.ts';
import { killAll, type Running, start } from '../../crash/program.ts';
import { useImports } from '../../support/import.ts';
import { type Serving, serve } from '../../support/serving.ts';

const settings = {
  CLIENTELE_LEASE_SECONDS: '3',
  CLIENTELE_WORKER_LOOK_SECONDS: '1',
  CLIENTELE_LOG: 'silent',
};
const given = useImports();
let server: Serving;

beforeAll(async () => {
  server = await serve('serve', { ...given.environment, ...settings });
});

afterAll(async () => {
  killAll();
  await server.end('SIGKILL');
});

function worker(): Running {
  return start(['work'], { ...process.env, ...given.environment, ...settings });
}

/** Texts that hardly compress, so that a compressed file of them takes seconds. */
async function fill(tenantId: string, records: number): Promise<void> {
  await given.rows(
    tenantId,
    `insert into leads (tenant_id, id, version, email, utm_campaign, created_at, updated_at)
     select $1, gen_random_uuid(), 1, 'lead' || n || '@example.com',
       (select string_agg(md5(n || ' ' || i), '') from generate_series(1, 30) i), now(), now()
     from generate_series(1, $2::int) n`,
    [tenantId, records],
  );
}

interface Client {
  get(path: string): Promise<Response>;
  post(path: string, json?: object): Promise<Response>;
}

async function clientOf(tenantId: string): Promise<Client> {
  const wanted = { name: 'test', permissions: ['leads:export'] };
  const { token } = await createKey(given.database, tenantId, wanted, null);
  const { slug } = await findTenant(given.database, tenantId);
  const call = (method: string, path: string, json?: object): Promise<Response> =>
    fetch(`${server.url}/api/tenants/${slug}/exports${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
  return { get: (path) => call('GET', path), post: (path, json) => call('POST', path, json) };
}

interface Told {
  readonly state: string;
}

/** Events of an export as they come, until it rests. */
async function* told(client: Client, id: string): AsyncGenerator<Told> {
  const { body } = await client.get(`/${id}/events`);
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    const ends = text.lastIndexOf('\n\n') + 2;
    for (const [, data = ''] of text.slice(0, ends).matchAll(/^id: .*\ndata: (.*)$/gm))
      yield JSON.parse(data);
    text = text.slice(ends);
  }
}

interface Kept {
  readonly name: string;
  readonly bytes: number;
}

/** What lies in the store, whole or not. */
function kept(tenantId: string): Kept[] {
  const folder = join(given.folder, 'files', tenantId, 'exports');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({ name, bytes: sizeOf(join(parentPath, name)) }));
}

/** One that goes just now has none. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Waits until some of the file is written, and not all of it. */
async function inTheMiddle(tenantId: string): Promise<void> {
  while (!kept(tenantId).some(({ bytes }) => bytes > 0)) await pause(5);
  expect(kept(tenantId)).toMatchObject([{ name: expect.stringMatching(/\.partial$/) }]);
}

const records = 40_000;

test('a worker that is killed in the middle leaves its file to another, who makes it anew and whole', async () => {
  const tenantId = await given.tenant();
  await fill(tenantId, records);
  const client = await clientOf(tenantId);
  const wanted = {
    dataset: 'leads',
    columns: ['email', 'utm_campaign'],
    profile: 'data',
    gzip: true,
    as: 'file',
  };
  const asked = await client.post('', wanted);
  const { id, state } = (await asked.json()) as { id: string; state: string };
  expect([asked.status, state]).toEqual([202, 'waiting']);
  const first = worker();
  await inTheMiddle(tenantId);
  first.signal('SIGKILL');
  await first.ended;
  expect((await client.get(`/${id}/file`)).status).toBe(409);
  expect(kept(tenantId)).toHaveLength(1);
  const second = worker();
  const events: Told[] = [];
  for await (const event of told(client, id)) events.push(event);
  const [row] = await given.rows(tenantId, 'select state, attempts, records from exports');
  expect(row).toEqual({ state: 'done', attempts: 2, records });
  const file = Buffer.from(await (await client.get(`/${id}/file`)).arrayBuffer());
  const document = (await (await client.get(`/${id}`)).json()) as { sha256: string; bytes: number };
  expect(document).toMatchObject({
    bytes: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
  });
  const lines = gunzipSync(file).toString().trimEnd().split('\r\n');
  expect(new Set(lines).size).toBe(records + 1);
  expect(events.at(-1)).toMatchObject({ state: 'done', records_done: records, bytes_done: file.length });
  second.signal('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0, output: 'Brought 1 run to an end.\n' });
});

test('a worker that is told to stop in the middle leaves nothing of the file, and ends at once', async () => {
  const tenantId = await given.tenant();
  await fill(tenantId, records);
  const client = await clientOf(tenantId);
  const asked = await client.post('', { dataset: 'leads', columns: 'all', gzip: true, as: 'file' });
  const { id } = (await asked.json()) as { id: string };
  const first = worker();
  await inTheMiddle(tenantId);
  first.signal('SIGTERM');
  expect(await first.ended).toMatchObject({ code: 0, errors: '' });
  expect(kept(tenantId)).toEqual([]);
  expect(await given.rows(tenantId, 'select state, attempts from exports')).toEqual([
    { state: 'waiting', attempts: 0 },
  ]);
  await client.post(`/${id}/cancel`);
  expect(await given.rows(tenantId, 'select state from exports')).toEqual([{ state: 'cancelled' }]);
});

test('one that is cancelled while it is made ends within moments, and its worker is free for the next', async () => {
  const tenantId = await given.tenant();
  await fill(tenantId, records);
  const client = await clientOf(tenantId);
  const asked = await client.post('', { dataset: 'leads', columns: 'all', gzip: true, as: 'file' });
  const { id } = (await asked.json()) as { id: string };
  const only = worker();
  await inTheMiddle(tenantId);
  await client.post(`/${id}/cancel`);
  const states: string[] = [];
  for await (const event of told(client, id)) states.push(event.state);
  expect(states.at(-1)).toBe('cancelled');
  const next = await client.post('', { dataset: 'leads', limit: 1, as: 'file' });
  const { id: nextId } = (await next.json()) as { id: string };
  for await (const event of told(client, nextId)) states.push(event.state);
  expect(states.at(-1)).toBe('done');
  expect(kept(tenantId)).toHaveLength(1);
  only.signal('SIGTERM');
  await only.ended;
});
