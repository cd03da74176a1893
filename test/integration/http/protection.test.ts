/** Who may call from where, what every answer says of itself, and what ends a caller's access. */
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { addMember } from '../../../src/tenants/members.ts';
import { createTenant, type Tenant } from '../../../src/tenants/tenants.ts';
import { useServer } from '../../support/http.ts';

const friend = 'https://app.example';
process.env.CLIENTELE_ORIGINS = `${friend}, https://second.example`;
/** Where the test server says that people reach it. */
const own = 'http://127.0.0.1';

const api = useServer();
let tenant: Tenant;
const email = 'owner@example.com';
let cookie: string;

beforeAll(async () => {
  tenant = await createTenant(api.database, { name: 'Protected' });
  const account = await api.newAccount(email);
  await addMember(api.database, tenant.id, { ...account, name: 'Owner' }, { role: 'owner' }, null);
  cookie = await signIn();
});

async function signIn(): Promise<string> {
  const json = { email, password: 'correct horse battery' };
  const { status, headers, text } = await api.call('POST', '/api/auth/sign-in/email', {
    json,
    headers: { origin: own },
  });
  expect(status, text).toBe(200);
  return headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ');
}

describe('a session by cookie', () => {
  const rename = (headers: Readonly<Record<string, string>>) =>
    api.call('PATCH', '/api/settings', {
      json: { name: `Renamed ${newId()}` },
      headers: { cookie, ...headers },
    });
  const nameNow = async (): Promise<string> => {
    const { status, json, text } = await api.call('GET', '/api/settings', { headers: { cookie } });
    expect(status, text).toBe(200);
    return json.name;
  };

  test('changes something from our own pages, and from the sites that are named', async () => {
    for (const headers of [
      { origin: own },
      { 'sec-fetch-site': 'same-origin' },
      { origin: own, 'sec-fetch-site': 'same-origin' },
      { origin: friend, 'sec-fetch-site': 'cross-site' },
    ]) {
      const { status, json } = await rename(headers);
      expect([status, json.name], JSON.stringify(headers)).toEqual([200, await nameNow()]);
    }
  });

  test('changes nothing from another site', async () => {
    const before = await nameNow();
    const foreign = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${own}.evil.example` },
      { origin: 'https://127.0.0.1' },
      { origin: 'http://127.0.0.1:8080' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      const refused = await rename(headers);
      expect(refused, JSON.stringify(headers)).toMatchObject({
        status: 403,
        json: { code: 'account.foreign_origin' },
      });
    }
    expect(await nameNow()).toBe(before);
  });

  test('reads from wherever it comes, since no other site sees the answer', async () => {
    const { status, headers } = await api.call('GET', '/api/settings', {
      headers: { cookie, origin: 'https://evil.example' },
    });
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('is HttpOnly, and is not sent along from other sites', async () => {
    const json = { email, password: 'correct horse battery' };
    const { headers } = await api.call('POST', '/api/auth/sign-in/email', { json, headers: { origin: own } });
    const [session] = headers.getSetCookie().filter((set) => set.includes('session_token'));
    expect(session).toMatch(/HttpOnly/i);
    expect(session).toMatch(/SameSite=(Lax|Strict)/i);
  });

  test('is worth nothing when it was tampered with', async () => {
    for (const tampered of [
      `${cookie.slice(0, -6)}AAAA%3D`,
      cookie.replace('=', '=x'),
      'clientele.session_token=x.y',
    ])
      expect(
        (await api.call('GET', '/api/session', { headers: { cookie: tampered } })).status,
        tampered,
      ).toBe(401);
  });
});

test('a bearer token is no cookie: no browser sends it along by itself, so it may come from anywhere', async () => {
  const as = await api.newKey(tenant);
  const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  expect((await api.call('PATCH', '/api/settings', { as, json: { name: 'By key' }, headers })).status).toBe(
    200,
  );
});

describe('other sites', () => {
  test('may call from a browser when they are named, and only then', async () => {
    for (const [origin, allowed] of [
      [friend, friend],
      ['https://second.example', 'https://second.example'],
      ['https://evil.example', null],
      [`${friend}.evil.example`, null],
      ['null', null],
    ] as const) {
      const asked = {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization',
      };
      const preflight = await api.call('OPTIONS', '/api/imports', { headers: asked });
      expect(preflight.headers.get('access-control-allow-origin'), `preflight of ${origin}`).toBe(allowed);
      const answered = await api.call('GET', '/health', { headers: { origin } });
      expect(answered.headers.get('access-control-allow-origin'), `call of ${origin}`).toBe(allowed);
    }
  });

  test('see the headers that they need', async () => {
    const { headers } = await api.call('GET', '/health', { headers: { origin: friend } });
    const exposed = headers.get('access-control-expose-headers')?.toLowerCase() ?? '';
    for (const name of [
      'x-request-id',
      'retry-after',
      'location',
      'content-disposition',
      'ratelimit-remaining',
      'idempotent-replayed',
    ])
      expect(exposed, name).toContain(name);
  });
});

describe('access ends', () => {
  test('with a key that is revoked, at once', async () => {
    const as = await api.newKey(tenant);
    const made = await api.call('POST', '/api/keys', {
      as,
      json: { name: 'short', permissions: ['audit:read'] },
    });
    const own = `Bearer ${made.json.token}`;
    expect((await api.call('GET', '/api/permissions', { as: own })).status).toBe(200);
    expect((await api.call('DELETE', `/api/keys/${made.json.id}`, { as })).status).toBe(204);
    expect((await api.call('GET', '/api/permissions', { as: own })).status).toBe(401);
  });

  test('with a session that is revoked, or signed out, at once', async () => {
    const doomed = await signIn();
    const read = (of: string) => api.call('GET', '/api/session', { headers: { cookie: of } });
    expect((await read(doomed)).status).toBe(200);
    const sessions = await api.call('GET', '/api/auth/list-sessions', { headers: { cookie: doomed } });
    const { id } = sessions.json.find(({ current }: { current: boolean }) => current);
    const revoked = await api.call('POST', '/api/auth/revoke-session', {
      json: { id },
      headers: { cookie, origin: own },
    });
    expect(revoked.status, revoked.text).toBe(200);
    expect((await read(doomed)).status).toBe(401);
    const leaving = await signIn();
    await api.call('POST', '/api/auth/sign-out', { json: {}, headers: { cookie: leaving, origin: own } });
    expect((await read(leaving)).status).toBe(401);
    expect((await read(cookie)).status).toBe(200);
  });

  test('with the membership, at once', async () => {
    const account = await api.newAccount();
    const named = { ...account, name: 'Leaver' };
    const member = await addMember(api.database, tenant.id, named, { role: 'staff' }, null);
    const path = `/api/tenants/${tenant.slug}/permissions`;
    expect((await api.call('GET', path, { as: account.as })).status).toBe(200);
    const removed = await api.call('DELETE', `/api/members/${member.id}`, { as: await api.newKey(tenant) });
    expect(removed.status, removed.text).toBe(204);
    expect((await api.call('GET', path, { as: account.as })).status).toBe(404);
  });
});

describe('every answer', () => {
  const paths = ['/health', '/api/session', '/nothing/here', '/api/openapi.json', '/', '/api/imports/%zz'];

  test('has a number of its own, which a problem names', async () => {
    const numbers = new Set<string>();
    for (const path of paths) {
      const { headers, json, status } = await api.call('GET', path, {
        headers: { 'x-request-id': 'chosen-by-the-client' },
      });
      const number = headers.get('x-request-id') ?? '';
      expect(number, path).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      if (status >= 400) expect(json, path).toMatchObject({ request_id: number, status });
      numbers.add(number);
    }
    expect(numbers.size).toBe(paths.length);
  });

  test('keeps browsers from guessing, framing and telling', async () => {
    for (const path of paths.slice(0, -1)) {
      const { headers } = await api.call('GET', path);
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('x-frame-options'), path).toMatch(/^(SAMEORIGIN|DENY)$/);
      expect(headers.get('content-security-policy'), path).toContain("default-src 'self'");
      expect(headers.get('content-security-policy'), path).not.toContain('unsafe-eval');
      expect(headers.get('referrer-policy'), path).toBeTruthy();
      expect(headers.get('x-powered-by'), path).toBeNull();
      expect(headers.get('server'), path).toBeNull();
    }
  });

  test('of the API stays out of caches', async () => {
    const as = await api.newKey(tenant);
    for (const path of ['/api/settings', '/api/members', '/api/keys', `/api/imports/${newId()}`])
      expect((await api.call('GET', path, { as })).headers.get('cache-control'), path).toBe('no-store');
  });
});
