import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { buildServer } from '../../../src/http/server.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createTenant, type Tenant } from '../../../src/tenants/tenants.ts';
import { useServer } from '../../support/http.ts';

const api = useServer();
let tenant: Tenant;
let as: string;

beforeAll(async () => {
  tenant = await createTenant(api.database, { name: 'Repeated' });
  as = await api.newKey(tenant);
});

const wanted = (name: string) => ({ name, permissions: ['audit:read'] });

function make(name: string, key: string, caller = as, path = '/api/keys') {
  return api.call('POST', path, { as: caller, json: wanted(name), headers: { 'idempotency-key': key } });
}

async function madeUnder(name: string, caller = as): Promise<number> {
  const { json } = await api.call('GET', '/api/keys', { as: caller });
  return json.keys.filter((key: { name: string }) => key.name === name).length;
}

test('a call that comes again with its key gets the first answer, and nothing is done twice', async () => {
  const key = newId();
  const first = await make('twice', key);
  expect(first.status).toBe(201);
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  for (let i = 0; i < 2; i++) {
    const again = await make('twice', key);
    expect([again.status, again.json]).toEqual([first.status, first.json]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  }
  expect(await madeUnder('twice')).toBe(1);
});

test('an answer without a body comes again too', async () => {
  const { json } = await make('to revoke', newId());
  const headers = { 'idempotency-key': newId() };
  for (const replayed of [null, 'true']) {
    const revoked = await api.call('DELETE', `/api/keys/${json.id}`, { as, headers });
    expect([revoked.status, revoked.text, revoked.headers.get('idempotent-replayed')]).toEqual([
      204,
      '',
      replayed,
    ]);
  }
});

test('what the database keeps of an answer does not give a secret in it away', async () => {
  const { json } = await make('secret', newId());
  const { rows } = await withTenant(api.database, tenant.id, (tx) =>
    tx.query<{ row: string }>('select k::text as row from idempotency_keys k where tenant_id = $1', [
      tenant.id,
    ]),
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ row }) => row.includes(json.token.slice(12)))).toEqual([]);
});

test('another call under the same key is refused', async () => {
  const key = newId();
  await make('one', key);
  expect(await make('another', key)).toMatchObject({ status: 422, json: { code: 'idempotency.reused' } });
  const elsewhere = await api.call('DELETE', `/api/keys/${newId()}`, {
    as,
    headers: { 'idempotency-key': key },
  });
  expect(elsewhere).toMatchObject({ status: 422, json: { code: 'idempotency.reused' } });
  expect(await madeUnder('another')).toBe(0);
});

test('while the first call is at work, a second one is told so', async () => {
  const key = newId();
  const lock = await lockTrail();
  const first = make('slow', key);
  await expect.poll(callsAtWork).toBe(1);
  const second = await make('slow', key);
  await lock.release();
  expect(second).toMatchObject({ status: 409, json: { code: 'idempotency.running' } });
  const made = await first;
  expect(made.status).toBe(201);
  expect(await make('slow', key)).toMatchObject({ status: 201, json: { id: made.json.id } });
  expect(await madeUnder('slow')).toBe(1);
});

/** Every change writes to the trail, and waits here until it is let go on. */
async function lockTrail(): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client(api.logins.app);
  await client.connect();
  await client.query(`begin; set local app.tenant_id = '${tenant.id}'`);
  await client.query('select from audit_heads where tenant_id = $1 for update', [tenant.id]);
  return { release: () => client.end() };
}

async function callsAtWork(): Promise<number> {
  return withTenant(api.database, tenant.id, async (tx) => {
    const { rows } = await tx.query('select from idempotency_keys where tenant_id = $1 and status is null', [
      tenant.id,
    ]);
    return rows.length;
  });
}

test('of many calls at once with one key, one is done', async () => {
  const key = newId();
  const answers = await Promise.all(Array.from({ length: 8 }, () => make('many', key)));
  const kinds = new Set(answers.map(({ status }) => status));
  expect([...kinds].every((status) => status === 201 || status === 409)).toBe(true);
  expect(new Set(answers.filter(({ status }) => status === 201).map(({ json }) => json.id)).size).toBe(1);
  expect(await madeUnder('many')).toBe(1);
});

test('keys of different callers, and of different tenants, have nothing to do with each other', async () => {
  const other = await createTenant(api.database, { name: 'Repeated elsewhere' });
  const key = newId();
  const callers = [as, await api.newKey(tenant), await api.newKey(other)];
  const ids = new Set<string>();
  for (const caller of callers) {
    const { status, json, headers } = await make('apart', key, caller);
    expect([status, headers.get('idempotent-replayed')]).toEqual([201, null]);
    ids.add(json.id);
  }
  expect(ids.size).toBe(callers.length);
});

test('a call that was refused can be made again, put right', async () => {
  const key = newId();
  const refused = await api.call('POST', '/api/keys', {
    as,
    json: { ...wanted('put right'), permissions: ['no:such'] },
    headers: { 'idempotency-key': key },
  });
  expect(refused.status).toBe(422);
  expect(await make('put right', key)).toMatchObject({ status: 201 });
});

test('both forms of an address are the same call', async () => {
  const key = newId();
  const short = await make('both', key);
  const long = await make('both', key, as, `/api/tenants/${tenant.slug}/keys`);
  expect(long.json).toEqual(short.json);
});

test('a key that is none is refused', async () => {
  for (const key of ['x'.repeat(256), 'with blank', 'ünicode'.slice(0, 3)]) {
    const { status, json } = await make('none', key);
    expect([status, json.code], key).toEqual([400, 'request.invalid']);
  }
  expect(await madeUnder('none')).toBe(0);
});

test('answers are kept when the server starts anew', async () => {
  const key = newId();
  const first = await make('kept', key);
  const next = await buildServer(api.services);
  await next.listen({ host: '127.0.0.1', port: 0 });
  const { port } = next.server.address() as AddressInfo;
  const again = await fetch(`http://127.0.0.1:${port}/api/keys`, {
    method: 'POST',
    headers: { authorization: as, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(wanted('kept')),
  });
  expect(await again.json()).toEqual(first.json);
  await next.close();
});

test.each([
  [
    'POST',
    '/customers/bulk',
    { customers: [{ name: 'Ada B', phone: '+14155550101' }, { name: 'No phone' }] },
  ],
  [
    'POST',
    '/customers/bulk?atomic=true',
    { customers: [{ name: 'Cy D', phone: '+14155550102' }, { name: 'No phone' }] },
  ],
  [
    'POST',
    '/customers/import',
    {
      mode: 'create',
      data: people(5003, (i) => ({ first_name: 'A', last_name: 'B', email: `a${i}@example.com` })),
    },
  ],
  [
    'POST',
    '/customers/import-rows',
    { rows: [{ first_name: 'Eve', email: 'eve@example.com' }, { first_name: 'Nobody' }] },
  ],
])(
  'what was committed before its process died is found again, and not done twice: %s %s',
  async (method, path, json) => {
    const its = await createTenant(api.database, { name: `Its ${newId()}` });
    const own = await api.newKey(its);
    const headers = { 'idempotency-key': 'once' };
    const send = () => api.call(method, `/api${path}`, { as: own, json, headers });
    const kept = async (): Promise<unknown[]> => {
      const { rows } = await withTenant(api.database, its.id, (tx) =>
        tx.query(
          `select id, 'customer' as what from customers where tenant_id = $1
         union all select id, 'import' from imports where tenant_id = $1 order by 1`,
          [its.id],
        ),
      );
      return rows;
    };
    const first = await send();
    const before = await kept();
    // As it stands when the answer was never given, and some minutes have gone by.
    await withTenant(api.database, its.id, (tx) =>
      tx.query(
        `update idempotency_keys set status = null, answer = null, started_at = now() - interval '1 hour' where tenant_id = $1`,
        [its.id],
      ),
    );
    const again = await send();
    expect([again.status, again.json]).toEqual([first.status, first.json]);
    expect(again.headers.get('x-import-id')).toBe(first.headers.get('x-import-id'));
    expect(again.headers.get('idempotent-replayed')).toBeNull();
    expect(await kept()).toEqual(before);
  },
);

function people<T>(count: number, one: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => one(i));
}
