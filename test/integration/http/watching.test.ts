/** What an operator sees: health, figures, and a log that says nothing of people. */
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/database/connect.ts';
import { buildServer } from '../../../src/http/server.ts';
import { newId } from '../../../src/platform/ids.ts';
import { addMember } from '../../../src/tenants/members.ts';
import { createTenant, type Tenant } from '../../../src/tenants/tenants.ts';
import { useServer } from '../../support/http.ts';
import { standingServer } from '../../support/server.ts';
import { serve } from '../../support/serving.ts';

process.env.CLIENTELE_RECONNECT_SECONDS_MAX = '1';

const api = useServer();
let tenant: Tenant;
let as: string;

beforeAll(async () => {
  tenant = await createTenant(api.database, { name: 'Watched', slug: 'watched-tenant' });
  as = await api.newKey(tenant);
});

test('the process is alive, and ready while the database answers and is migrated', async () => {
  expect(await api.call('GET', '/health')).toMatchObject({ status: 200, json: { status: 'ok' } });
  expect(await api.call('GET', '/ready')).toMatchObject({ status: 200, json: { status: 'ready' } });
});

test('without its database the process is alive and not ready, and calls are told to come later', async () => {
  const away = { host: '127.0.0.1', port: 1 };
  const { owner, app, loader } = api.logins;
  const logins = { owner: { ...owner, ...away }, app: { ...app, ...away }, loader: { ...loader, ...away } };
  const database = openDatabase('external', logins, standingServer);
  const server = await buildServer({ ...api.services, database });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  expect((await fetch(`${url}/health`)).status).toBe(200);
  for (const path of ['/ready', '/api/settings']) {
    const answer = await fetch(`${url}${path}`, { headers: { authorization: as } });
    const problem = await answer.json();
    expect(answer.status, path).toBe(503);
    expect(problem, path).toMatchObject({ code: 'database.unreachable' });
    expect(JSON.stringify(problem), path).not.toMatch(/127\.0\.0\.1|ECONN|DATABASE_URL|clientele_app/);
  }
  await server.close();
  await database.close();
});

describe('the figures', () => {
  test('name routes by their pattern, and neither a tenant nor a record', async () => {
    const id = newId();
    await api.call('GET', `/api/tenants/${tenant.slug}/imports/${id}?q=somebody`, { as });
    await api.call('GET', `/api/tenants/${tenant.id}/settings`, { as });
    await api.call('GET', `/nothing/${id}`);
    const { status, text } = await api.call('GET', '/metrics');
    expect(status).toBe(200);
    expect(text).toContain('route="/api/tenants/:tenant/imports/:id"');
    expect(text).toMatch(
      /clientele_http_request_duration_seconds_count\{method="GET",route="\/api\/tenants\/:tenant\/settings",status="200"\} 1/,
    );
    for (const secret of [tenant.slug, tenant.id, id, 'somebody']) expect(text).not.toContain(secret);
  });

  test('are for who is near', async () => {
    const server = await buildServer(api.services);
    const answer = await server.inject({ url: '/metrics', remoteAddress: '203.0.113.7' });
    expect(answer.statusCode).toBe(404);
    await server.close();
  });
});

describe('the log', () => {
  const secrets = {
    email: 'zenobia.quill@example.com',
    name: 'Zenobia Quill',
    password: 'a very long pass phrase',
    query: 'searched-for-somebody',
    cell: 'Zebadiah',
    slug: 'watched-tenant',
  };

  test('has a line for each call, and no address, name, token or text of anybody in it', async () => {
    const key = as.replace('Bearer ', '');
    const account = await api.newAccount(secrets.email);
    await addMember(api.database, tenant.id, { ...account, name: secrets.name }, { role: 'owner' }, null);
    const server = await serve('serve', { ...api.environment, CLIENTELE_LOG: 'trace' });
    const call = (path: string, init: RequestInit = {}) =>
      fetch(`${server.url}${path}`, { ...init, headers: { authorization: as, ...init.headers } }).then(
        (answer) => answer.text(),
      );
    const json = (method: string, body: unknown) => ({
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    await call(`/api/tenants/${tenant.slug}/imports?q=${secrets.query}`);
    await call('/api/members', json('POST', { email: secrets.email, name: secrets.name, role: 'viewer' }));
    await call(
      '/api/members',
      json('POST', { email: `new.${secrets.email}`, name: secrets.name, role: 'viewer' }),
    );
    await call('/api/auth/sign-in/email', json('POST', { email: secrets.email, password: secrets.password }));
    await call('/api/auth/request-password-reset', json('POST', { email: secrets.email }));
    await call('/api/settings', { ...json('PATCH', {}), body: `{"name": "${secrets.cell}` });
    await call('/api/imports', {
      method: 'POST',
      body: `First Name,Email\n${secrets.cell},${secrets.email}\n`,
      headers: { 'content-type': 'text/csv' },
    });
    await call(`/${secrets.query}`);
    await call(`/api/%zz${secrets.query}`);
    expect(await server.end('SIGTERM')).toBe(0);
    const { log } = server;
    const lines = log.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.filter((line) => line.includes('"msg":"call"')).length).toBeGreaterThanOrEqual(8);
    expect(log).toContain('"route":"/api/tenants/:tenant/imports"');
    for (const [what, secret] of Object.entries({
      ...secrets,
      key,
      bearer: account.as.replace('Bearer ', ''),
    }))
      expect(
        lines.filter((line) => line.toLowerCase().includes(secret.toLowerCase())),
        what,
      ).toEqual([]);
  });
});
