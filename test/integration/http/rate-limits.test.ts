import { beforeAll, expect, test } from 'vitest';
import { createTenant, type Tenant } from '../../../src/tenants/tenants.ts';
import { useServer } from '../../support/http.ts';

const callsMax = 6;
const strangerCallsMax = 4;
process.env.CLIENTELE_CALLS_PER_MINUTE_MAX = String(callsMax);
process.env.CLIENTELE_STRANGER_CALLS_PER_MINUTE_MAX = String(strangerCallsMax);
process.env.CLIENTELE_TRUST_PROXY = 'true';

const api = useServer();
let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant(api.database, { name: 'Busy' });
});

const from = (address: string) => ({ 'x-forwarded-for': address });

test('each caller has a measure of its own, and is told where it stands', async () => {
  const [busy, quiet] = [await api.newKey(tenant), await api.newKey(tenant)];
  for (let made = 1; made <= callsMax; made++) {
    const { status, headers } = await api.call('GET', '/api/permissions', { as: busy });
    expect(status).toBe(200);
    expect(headers.get('ratelimit-limit')).toBe(String(callsMax));
    expect(headers.get('ratelimit-remaining')).toBe(String(callsMax - made));
  }
  const refused = await api.call('GET', '/api/permissions', { as: busy });
  expect(refused).toMatchObject({ status: 429, json: { code: 'request.too_many' } });
  for (const name of ['retry-after', 'ratelimit-reset']) {
    const seconds = Number(refused.headers.get(name));
    expect(seconds, name).toBeGreaterThan(0);
    expect(seconds, name).toBeLessThanOrEqual(60);
  }
  // Of the same address.
  expect((await api.call('GET', '/api/permissions', { as: quiet })).status).toBe(200);
});

test('a call to a route without permission counts too', async () => {
  const as = await api.newKey(tenant, ['audit:read']);
  for (let made = 0; made < callsMax; made++)
    expect((await api.call('GET', '/api/members', { as })).status).toBe(403);
  expect((await api.call('GET', '/api/members', { as })).status).toBe(429);
});

test('whoever proves nothing counts by his address, so that keys cannot be tried out', async () => {
  const headers = from('192.0.2.1');
  const guess = (i: number) => `Bearer clk_${String(i).padStart(43, 'x')}`;
  for (let i = 0; i < strangerCallsMax; i++)
    expect((await api.call('GET', '/api/permissions', { as: guess(i), headers })).status).toBe(401);
  const refused = await api.call('GET', '/api/permissions', { as: guess(99), headers });
  expect(refused).toMatchObject({ status: 429, json: { code: 'request.too_many' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  const elsewhere = await api.call('GET', '/api/permissions', { as: guess(1), headers: from('192.0.2.2') });
  expect(elsewhere.status).toBe(401);
  const known = await api.call('GET', '/api/permissions', { as: await api.newKey(tenant), headers });
  expect(known.status).toBe(200);
});

test('addresses that a caller makes up beside his own do not take him for somebody else', async () => {
  const call = (i: number) =>
    api.call('GET', '/api/permissions', { headers: from(`198.51.100.${i}, 127.0.0.1, 192.0.2.9`) });
  for (let i = 0; i < strangerCallsMax; i++) expect((await call(i)).status).toBe(401);
  expect((await call(99)).status).toBe(429);
});

test('the figures of the process are for this machine, also behind a proxy that stands on it', async () => {
  expect((await api.call('GET', '/metrics')).status).toBe(200);
  const figures = api.call('GET', '/metrics', { headers: from('127.0.0.1, 192.0.2.10') });
  expect((await figures).status).toBe(404);
});

test('open routes count by the address', async () => {
  const headers = from('192.0.2.3');
  for (let i = 0; i < strangerCallsMax; i++)
    expect((await api.call('POST', '/api/invitation', { json: { token: 'x' }, headers })).status).toBe(404);
  expect((await api.call('POST', '/api/invitation', { json: { token: 'x' }, headers })).status).toBe(429);
});
