import { afterEach, describe, expect, test } from 'vitest';
import { createKey } from '../../../src/tenants/keys.ts';
import { useDatabase } from '../../support/database.ts';
import { runProgram } from '../../support/program.ts';
import { rawConnection } from '../../support/raw-http.ts';
import { type Serving, serve } from '../../support/serving.ts';

const given = useDatabase();
const running: Serving[] = [];

afterEach(async () => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
});

async function started(command: 'start' | 'serve', more: Record<string, string> = {}): Promise<Serving> {
  const serving = await serve(command, { ...given.environment, ...more });
  running.push(serving);
  return serving;
}

async function clientOf(tenantId: string): Promise<Record<string, string>> {
  const wanted = { name: 'test', permissions: ['customers:import'] };
  const { token } = await createKey(given.database, tenantId, wanted, null);
  return { authorization: `Bearer ${token}`, 'content-type': 'text/csv' };
}

const people = (from: number, count: number): string =>
  `first_name,email\n${Array.from({ length: count }, (_, i) => `P${from + i},p${from + i}@example.com\n`).join('')}`;

async function upload(url: string, headers: Record<string, string>, body: string): Promise<string> {
  const response = await fetch(`${url}/api/imports?until=committed`, { method: 'POST', headers, body });
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

async function rested(url: string, headers: Record<string, string>, id: string) {
  for (;;) {
    const response = await fetch(`${url}/api/imports/${id}`, { headers });
    const run = (await response.json()) as { resting: boolean; state: string; created: number };
    if (run.resting) return run;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('clientele start', () => {
  test('serves, prints the link of the first account, brings imports on, and ends at SIGTERM', async () => {
    const serving = await started('start');
    expect(serving.lines.join('\n')).toMatch(/\/setup#\S{43}/);
    const headers = await clientOf(await given.tenant());
    const id = await upload(serving.url, headers, people(0, 20));
    expect(await rested(serving.url, headers, id)).toMatchObject({ state: 'done', created: 20 });
    expect(await serving.end('SIGTERM')).toBe(0);
  });

  test('killed while ten imports run, ends all of them after a restart, each row once', async () => {
    const environment = {
      CLIENTELE_LEASE_SECONDS: '3',
      CLIENTELE_LEASE_RENEW_SECONDS: '1',
      CLIENTELE_CHUNK_ROWS: '200',
    };
    const tenants = await Promise.all(Array.from({ length: 5 }, () => given.tenant()));
    const clients = await Promise.all(tenants.map(clientOf));
    const first = await started('start', environment);
    const runs = await Promise.all(
      clients.flatMap((headers) =>
        [0, 1].map(async (half) => ({
          headers,
          id: await upload(first.url, headers, people(half * 2000, 2000)),
        })),
      ),
    );
    await first.end('SIGKILL');
    const second = await started('start', { ...environment, CLIENTELE_WORKER_LOOK_SECONDS: '1' });
    for (const { headers, id } of runs)
      expect(await rested(second.url, headers, id)).toMatchObject({ state: 'done', created: 2000 });
    expect(await second.end('SIGTERM')).toBe(0);
  }, 120_000);

  test('says which port is taken, and how to name another', async () => {
    const first = await started('serve');
    const { port } = new URL(first.url);
    const environment = { ...given.environment, CLIENTELE_PORT: port };
    const outcome = await runProgram(['serve'], { environment });
    expect(outcome).toMatchObject({
      code: 1,
      errors: expect.stringContaining('another program listens there'),
    });
    expect(outcome.errors).toContain('CLIENTELE_PORT');
  });
});

describe('a server that is told to stop', () => {
  test('waits for no connection on which nothing was asked, nor on which only half a head came', async () => {
    const serving = await started('serve');
    const [silent, slow] = [await rawConnection(serving.url), await rawConnection(serving.url)];
    slow.write('GET /api/session HTTP/1.1\r\nhost: ');
    // A call on another connection shows that the server has taken those before it.
    await fetch(`${serving.url}/api/session`);
    expect(await serving.end('SIGTERM')).toBe(0);
    expect(await Promise.all([silent.closed(), slow.closed()])).toEqual(['', '']);
  });
});

describe('clientele serve and clientele work', () => {
  test('split the two: a run waits at the server until a worker comes', async () => {
    const serving = await started('serve');
    const headers = await clientOf(await given.tenant());
    const id = await upload(serving.url, headers, people(0, 10));
    const waiting = (await (await fetch(`${serving.url}/api/imports/${id}`, { headers })).json()) as {
      state: string;
    };
    expect(waiting.state).toBe('uploaded');
    const worker = await runProgram(['work', '--until-idle'], { environment: given.environment });
    expect(worker).toMatchObject({ code: 0 });
    expect(await rested(serving.url, headers, id)).toMatchObject({ state: 'done', created: 10 });
    expect(await serving.end('SIGTERM')).toBe(0);
  });
});
