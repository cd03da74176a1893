/** How many exports leave at once: each holds a connection to the database for as long as its reader takes. */
import { type IncomingMessage, request } from 'node:http';
import { beforeAll, expect, test } from 'vitest';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { type TestTenant, useServer } from '../../support/http.ts';

process.env.CLIENTELE_EXPORT_ANSWERS_MAX = '3';
process.env.CLIENTELE_TENANT_EXPORT_ANSWERS_MAX = '2';
process.env.CLIENTELE_ANSWER_GRACE_SECONDS = '6';

const api = useServer();
let own: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  [own, other] = [await api.newTenant(), await api.newTenant()];
  for (const { tenant } of [own, other]) await fill(tenant.id);
});

/** More than fits into the buffers between the database and a reader who takes nothing. */
async function fill(tenantId: string): Promise<void> {
  await withTenant(api.database, tenantId, (tx) =>
    tx.query(
      `insert into leads (tenant_id, id, version, email, utm_campaign, created_at, updated_at)
       select $1, gen_random_uuid(), 1, 'lead' || n || '@example.com', repeat('x', 1900), now(), now()
       from generate_series(1, 12000) n`,
      [tenantId],
    ),
  );
}

/** Begins an export and takes nothing of it but its head. */
function begin({ tenant, people }: TestTenant): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = request(`${api.url}/api/tenants/${tenant.slug}/exports`, {
      method: 'POST',
      headers: { authorization: people.owner, 'content-type': 'application/json' },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      response.pause();
      response.on('error', () => {});
      resolve(response);
    });
    call.end(JSON.stringify({ dataset: 'leads', columns: 'all' }));
  });
}

async function settled(tenant: TestTenant): Promise<IncomingMessage> {
  for (;;) {
    const response = await begin(tenant);
    if (response.statusCode !== 429) return response;
    response.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What breaks off is written into the history before the database is closed. */
async function allEnded(): Promise<void> {
  const running = `select from exports where state = 'running'`;
  for (const { tenant } of [own, other])
    while ((await withTenant(api.database, tenant.id, (tx) => tx.query(running))).rowCount !== 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a tenant has so many, a server so many in all; whoever is beyond that is told when to come back', async () => {
  const first = await begin(own);
  const second = await begin(own);
  const beyond = await begin(own);
  expect([first, second, beyond].map(({ statusCode }) => statusCode)).toEqual([200, 200, 429]);
  expect(beyond.headers['retry-after']).toBe('5');
  const third = await begin(other);
  const full = await begin(other);
  expect([third.statusCode, full.statusCode]).toEqual([200, 429]);
  // Everything else goes on.
  expect(
    (await api.call('GET', `/api/tenants/${own.tenant.slug}/exports`, { as: own.people.owner })).status,
  ).toBe(200);
  // One who goes away makes room, and so does one who has taken all of it.
  first.destroy();
  const fourth = await settled(own);
  expect(fourth.statusCode).toBe(200);
  for (const response of [second, third, fourth]) response.resume();
  await Promise.all(
    [second, third, fourth].map((response) => new Promise((resolve) => response.once('end', resolve))),
  );
  const last = [await settled(own), await settled(own), await settled(other)];
  expect(last.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  for (const response of last) response.destroy();
  await allEnded();
});

test('who takes nothing is cut off, and makes room; the history says that it broke off', async () => {
  const response = await begin(own);
  const reason = new Promise<unknown>((resolve) => response.once('error', resolve));
  await allEnded();
  response.resume();
  expect(await reason).toMatchObject({ code: 'ECONNRESET' });
  const { json } = await api.call('GET', `/api/tenants/${own.tenant.slug}/exports?limit=1`, {
    as: own.people.owner,
  });
  expect(json.exports[0].state).toBe('broken_off');
}, 60_000);
