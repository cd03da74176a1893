import { Readable } from 'node:stream';
import { beforeAll, expect, test } from 'vitest';
import { takeStream } from '../../../src/import/intake.ts';
import { defaultOptions } from '../../../src/import/run.ts';
import { createTenant, type Tenant } from '../../../src/tenants/tenants.ts';
import { useServer } from '../../support/http.ts';
import { headOf, rawConnection, statusIn } from '../../support/raw-http.ts';
import { serve } from '../../support/serving.ts';

process.env.CLIENTELE_HEARTBEAT_SECONDS = '1';

const api = useServer();
let tenant: Tenant;
let as: string;

beforeAll(async () => {
  tenant = await createTenant(api.database, { name: 'Watching' });
  as = await api.newKey(tenant);
});

interface Event {
  readonly id: number | null;
  /** Null for a message without a name. */
  readonly name: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a stream of events says (HTML Standard, 9.2.6), without its comments. */
function eventsIn(text: string): Event[] {
  return text
    .split('\n\n')
    .filter((block) => /^(id|event|data):/m.test(block))
    .map((block) => {
      const lines = Object.fromEntries(block.split('\n').map((line) => line.split(/: ?(.*)/s).slice(0, 2)));
      return {
        id: lines.id === undefined ? null : Number(lines.id),
        name: lines.event ?? null,
        data: JSON.parse(lines.data ?? 'null'),
      };
    });
}

/** The whole stream, until the server ends it. */
async function follow(id: string, lastEventId?: number): Promise<Event[]> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) };
  const { status, headers: told, text } = await api.call('GET', `/api/imports/${id}/events`, { as, headers });
  expect([status, told.get('content-type')]).toEqual([200, 'text/event-stream']);
  return eventsIn(text);
}

/** A run that nobody works on until somebody is woken. */
function newRun(rows: number): Promise<string> {
  const lines = Array.from({ length: rows }, (_, i) => `Ada,person-${i}@example.com\n`);
  const text = `First Name,Email\n${lines.join('')}`;
  const options = { ...defaultOptions, commit: true };
  const arrival = { tenantId: tenant.id, dataset: 'customers', options, by: null };
  return takeStream(api.database, 'people.csv', Readable.from([text]), arrival);
}

const wake = (importId: string) => api.services.wake({ tenantId: tenant.id, importId });

test('events come in order and end when the run rests', async () => {
  const id = await newRun(20_000);
  const following = follow(id);
  await wake(id);
  const events = await following;
  const numbered = events.slice(0, -1);
  expect(events.at(-1)).toEqual({ id: null, name: 'end', data: {} });
  const ids = numbered.map((event) => event.id as number);
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  expect(numbered.map(({ data }) => data.seq)).toEqual(ids);
  expect(numbered.length).toBeGreaterThan(2);
  expect(numbered.slice(0, -1).filter(({ data }) => data.resting === true)).toEqual([]);
  expect(numbered.at(-1)?.data).toMatchObject({ state: 'done', resting: true, created: 20_000 });
});

test('whoever lost the line goes on behind the last event that he saw', async () => {
  const id = await newRun(20_000);
  const controller = new AbortController();
  const response = await fetch(`${api.url}/api/imports/${id}/events`, {
    headers: { authorization: as },
    signal: controller.signal,
  });
  await wake(id);
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body as ReadableStream<Uint8Array>) {
    text += decoder.decode(piece, { stream: true });
    if (eventsIn(text.slice(0, text.lastIndexOf('\n\n') + 2)).length >= 2) break;
  }
  controller.abort();
  const seen = eventsIn(text.slice(0, text.lastIndexOf('\n\n') + 2));
  const last = seen.at(-1)?.id as number;
  const rest = (await follow(id, last)).slice(0, -1);
  expect(rest.filter((event) => (event.id as number) <= last)).toEqual([]);
  expect(rest.at(-1)?.data).toMatchObject({ state: 'done', resting: true });
  // Who has seen everything is told nothing twice.
  expect(await follow(id, rest.at(-1)?.id as number)).toEqual([{ id: null, name: 'end', data: {} }]);
});

test('of a run that rests there is one event', async () => {
  const id = await newRun(1);
  await wake(id);
  await api.rested(as, `/api/imports/${id}`);
  for (const lastEventId of [undefined, 0]) {
    const events = await follow(id, lastEventId);
    expect(events.map(({ name }) => name)).toEqual([null, 'end']);
    expect(events[0]?.data).toMatchObject({ state: 'done', resting: true });
  }
});

test('a stream with nothing to tell says that it is alive', async () => {
  const id = await newRun(1);
  const connection = await rawConnection(api.url);
  connection.write(headOf('GET', `/api/imports/${id}/events`, { authorization: as, connection: 'close' }));
  await connection.until(/^: waiting$/m);
  expect(eventsIn(connection.received).map(({ data }) => data.doing ?? data.state)).not.toEqual([]);
  await wake(id);
  const whole = await connection.closed();
  expect(whole).toContain('event: end');
});

test('a server that is stopped lets an upload end, and cuts streams of events without saying that the run rests', async () => {
  const id = await newRun(1);
  const server = await serve('serve', { ...api.environment });
  const stream = await rawConnection(server.url);
  stream.write(headOf('GET', `/api/imports/${id}/events`, { authorization: as }));
  await stream.until(/data:/);
  const upload = await rawConnection(server.url);
  const [half, rest] = ['Email\nhalf@example.com\n', 'rest@example.com\n'];
  const length = half.length + rest.length;
  upload.write(
    headOf('POST', '/api/imports', {
      authorization: as,
      'content-type': 'text/csv',
      'content-length': length,
    }),
  );
  upload.write(half);
  // It is at work when the other call, sent after it, is answered.
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  const ended = server.end('SIGTERM');
  const streamed = await stream.closed();
  expect(streamed).not.toContain('event: end');
  await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  upload.write(rest);
  const answer = await upload.closed();
  expect(statusIn(answer)).toBe(201);
  expect(await ended).toBe(0);
  const { json } = await api.call('GET', '/api/imports?limit=1', { as });
  expect(json.imports[0]).toMatchObject({ state: 'uploaded', file_bytes: length });
});
