/** Exports over HTTP, as a client meets them. */
import { createHash, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { createKey } from '../../../src/tenants/keys.ts';
import { type TestTenant, useServer } from '../../support/http.ts';
import { asAdmin } from '../../support/server.ts';

const api = useServer();

let own: TestTenant;
let path = '';
const today = (): string => new Date().toISOString().slice(0, 10);

async function bring(tenant: TestTenant, file: string): Promise<void> {
  const base = `/api/tenants/${tenant.tenant.slug}/imports`;
  const { json } = await api.call('POST', `${base}?until=committed&require=`, {
    as: tenant.people.owner,
    body: file,
    type: 'text/csv',
  });
  const ended = await api.rested(tenant.people.owner, `${base}/${json.id}`);
  expect(ended.json.state).toBe('done');
}

beforeAll(async () => {
  own = await api.newTenant();
  path = `/api/tenants/${own.tenant.slug}/exports`;
  await bring(
    own,
    'email,first_name,medical_notes,segment\na@example.com,=1+1,asthma,vip\nb@example.com,Bob,,new\n',
  );
});

const chosen = {
  dataset: 'customers',
  columns: ['email', { field: 'first_name', header: 'Name' }],
  sort: [{ field: 'email' }],
};

describe('a file is answered', () => {
  test('with its name, its type, how many records it holds and where it stands in the history', async () => {
    const { status, headers, text } = await api.call('POST', path, { as: own.people.staff, json: chosen });
    expect([status, text]).toEqual([200, `Email,Name\r\na@example.com,'=1+1\r\nb@example.com,Bob\r\n`]);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toBe(`attachment; filename="customers-${today()}.csv"`);
    expect(headers.get('x-record-count')).toBe('2');
    const { json } = await api.call('GET', path, { as: own.people.staff });
    const bytes = Buffer.from(`\ufeff${text}`);
    expect(json.exports[0]).toMatchObject({
      id: headers.get('x-export-id'),
      state: 'done',
      records: 2,
      fields: ['email', 'first_name'],
      source: 'API',
      created_by: own.memberIds.staff,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  });

  test('filtered, as JSON', async () => {
    const where = { field: 'segment', operator: 'is', value: 'vip' };
    const sent = { ...chosen, format: 'json', filter: { where, archived: 'no' } };
    const { json, headers } = await api.call('POST', path, { as: own.people.owner, json: sent });
    expect(json).toEqual([{ email: 'a@example.com', Name: '=1+1' }]);
    expect(headers.get('content-disposition')).toBe(`attachment; filename="customers-${today()}.json"`);
  });

  test('with the records that are selected, of as many ids as a filter may have', async () => {
    const { json } = await api.call('POST', path, {
      as: own.people.owner,
      json: { dataset: 'customers', columns: ['id', 'email'], format: 'json' },
    });
    const [{ id, email }] = json;
    const ids = [id, ...Array.from({ length: 49_999 }, () => randomUUID())];
    const { text } = await api.call('POST', path, {
      as: own.people.owner,
      json: { ...chosen, columns: ['email'], filter: { ids } },
    });
    expect(text).toBe(`Email\r\n${email}\r\n`);
    const { json: list } = await api.call('GET', `${path}?limit=1`, { as: own.people.owner });
    expect(list.exports[0].filter).toEqual({ ids_count: 50_000 });
    const { json: one } = await api.call('GET', `${path}/${list.exports[0].id}`, { as: own.people.owner });
    expect(one.filter).toEqual({ ids });
  });

  test('without sensitive fields to whoever may not read them, and says which', async () => {
    const key = await api.newKey(own.tenant, ['customers:read']);
    const sent = {
      dataset: 'customers',
      columns: ['email', 'medical_notes'],
      profile: 'data',
      sort: chosen.sort,
    };
    const without = await api.call('POST', path, { as: key, json: sent });
    expect(without.text).toBe('email\r\na@example.com\r\nb@example.com\r\n');
    expect(without.headers.get('x-fields-left-out')).toBe('medical_notes');
    const filter = { where: { field: 'medical_notes', operator: 'not_empty' } };
    const refused = await api.call('POST', path, { as: key, json: { ...sent, filter } });
    expect([refused.status, refused.json.code]).toEqual([403, 'permission.missing']);
    expect(refused.json.detail).toContain('customers:read_sensitive');
  });
});

describe('what is refused', () => {
  test.each([
    [{ dataset: 'customers', columns: ['shoe_size'] }, 422, 'export.invalid'],
    [
      { dataset: 'customers', filter: { where: { field: 'shoe_size', operator: 'empty' } } },
      422,
      'filter.invalid',
    ],
    [
      { dataset: 'customers', filter: { where: { field: 'email', operator: 'resembles', value: 'x' } } },
      400,
      'request.invalid',
    ],
    [{ dataset: 'customers', colour: 'red' }, 400, 'request.invalid'],
    [{ dataset: 'shoes' }, 400, 'request.invalid'],
  ])('%j', async (json, status, code) => {
    const answered = await api.call('POST', path, { as: own.people.owner, json });
    expect([answered.status, answered.json.code]).toEqual([status, code]);
  });

  test('a dataset that the caller may not export, while he may another', async () => {
    const key = await api.newKey(own.tenant, ['addresses:export']);
    const answered = await api.call('POST', path, { as: key, json: { dataset: 'customers' } });
    expect([answered.status, answered.json.code]).toEqual([403, 'permission.missing']);
    expect((await api.call('POST', path, { as: key, json: { dataset: 'addresses' } })).status).toBe(200);
    const { json } = await api.call('GET', path, { as: key });
    expect(json.exports.every(({ dataset }: { dataset: string }) => dataset === 'addresses')).toBe(true);
  });

  test('nothing of another tenant is taken, or stands in its history', async () => {
    const other = await api.newTenant();
    expect((await api.call('POST', path, { as: other.people.owner, json: chosen })).status).toBe(404);
    const there = `/api/tenants/${other.tenant.slug}/exports`;
    const { text } = await api.call('POST', there, {
      as: other.people.owner,
      json: { ...chosen, profile: 'data' },
    });
    expect(text).toBe('email,Name\r\n');
    expect((await api.call('GET', there, { as: other.people.owner })).json.exports).toHaveLength(1);
  });
});

test('a file that breaks off ends the connection, so that nobody takes half of it for the whole', async () => {
  const large = await api.newTenant();
  const rows = Array.from({ length: 6000 }, (_, i) => `m${i}@example.com,Many,${'x'.repeat(1500)}\n`);
  await bring(large, `email,first_name,driver_notes\n${rows.join('')}`);
  const { token } = await createKey(
    api.database,
    large.tenant.id,
    { name: 'test', permissions: ['customers:read'] },
    null,
  );
  const ended = await new Promise<string>((resolve, reject) => {
    const call = request(`${api.url}/api/exports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      expect(response.statusCode).toBe(200);
      // Not a byte more is taken before the database is gone.
      response.pause();
      response.on('error', () => resolve('aborted'));
      response.on('end', () => resolve('whole'));
      const stop = `select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy (%' and datname = $1`;
      asAdmin(inject('testServer').admin, (admin) => admin.query(stop, [api.logins.app.database])).then(
        () => response.resume(),
        reject,
      );
    });
    call.end(JSON.stringify({ dataset: 'customers', columns: ['email', 'driver_notes'] }));
  });
  expect(ended).toBe('aborted');
});
