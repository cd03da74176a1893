import { describe, expect, test } from 'vitest';
import { accountCalls } from '../../../src/accounts/calls.ts';
import { removeExpired } from '../../../src/accounts/expired.ts';
import { newId } from '../../../src/platform/ids.ts';
import { useDatabase } from '../../support/database.ts';
import { Browser, open, password } from './account-support.ts';

const given = useDatabase();

let people = 0;

async function person(signedInDevices: number) {
  const opened = await open(given.database);
  people += 1;
  const email = `person${people}@example.com`;
  const { userId } = await opened.accounts.createUser({ email, name: 'P', password, emailVerified: true });
  const devices = Array.from({ length: signedInDevices }, () => new Browser(opened.accounts));
  for (const device of devices) expect((await device.signIn(email)).status).toBe(200);
  opened.told.length = 0;
  return { ...opened, email, userId, devices };
}

describe('sessions', () => {
  test('are listed without their tokens, the present one marked', async () => {
    const { devices, email } = await person(2);
    const [here] = devices as [Browser];
    const { status, body, text } = await here.get('/list-sessions');
    expect(status).toBe(200);
    expect(body).toHaveLength(2);
    expect(body.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    expect(Object.keys(body[0]).sort()).toEqual([
      'createdAt',
      'current',
      'expiresAt',
      'id',
      'ipAddress',
      'updatedAt',
      'userAgent',
    ]);
    expect(body[0]).toMatchObject({ userAgent: 'Test', ipAddress: expect.stringMatching(/^198\.51\.100\./) });
    const { rows } = await given.database.app.query(
      `select token from auth.session s join auth."user" u on u.id = user_id where email = $1`,
      [email],
    );
    for (const { token } of rows) expect(text).not.toContain(token);
  });

  test('that are revoked are over at once, one by its id or all the others', async () => {
    const { accounts, devices, told, userId } = await person(4);
    const [here, there, elsewhere, anywhere] = devices as [Browser, Browser, Browser, Browser];
    const { sessionId } = (await accounts.sessionOf(there.headers)) ?? {};
    expect((await here.post('/revoke-session', { id: sessionId })).body).toEqual({ status: true });
    expect(await accounts.sessionOf(there.headers)).toBeNull();
    expect((await there.get('/get-session')).body).toBeNull();
    expect(await accounts.sessionOf(elsewhere.headers)).not.toBeNull();
    expect((await here.post('/revoke-other-sessions')).body).toEqual({ status: true });
    expect(await accounts.sessionOf(elsewhere.headers)).toBeNull();
    expect(await accounts.sessionOf(anywhere.headers)).toBeNull();
    expect(await accounts.sessionOf(here.headers)).not.toBeNull();
    expect(told).toEqual(Array.from({ length: 3 }, () => ({ what: 'signedOut', userId })));
  });

  test('of somebody else are not revoked, and nothing tells whether they are there', async () => {
    const mine = await person(1);
    const theirs = await person(1);
    const session = await theirs.accounts.sessionOf((theirs.devices[0] as Browser).headers);
    for (const id of [session?.sessionId, newId()]) {
      const answer = await (mine.devices[0] as Browser).post('/revoke-session', { id });
      expect(answer).toMatchObject({ status: 200, body: { status: true } });
    }
    expect(await theirs.accounts.sessionOf((theirs.devices[0] as Browser).headers)).not.toBeNull();
  });

  test('end by signing out, here and nowhere else', async () => {
    const { accounts, devices, told, userId } = await person(2);
    const [here, there] = devices as [Browser, Browser];
    const before = here.headers;
    expect((await here.post('/sign-out')).body).toMatchObject({ success: true });
    expect(here.cookies.size).toBe(0);
    expect(await accounts.sessionOf(before)).toBeNull();
    expect(await accounts.sessionOf(there.headers)).not.toBeNull();
    expect(told).toEqual([{ what: 'signedOut', userId }]);
  });

  test('are over when their time is, and then removed', async () => {
    const { accounts, devices, userId } = await person(1);
    const [here] = devices as [Browser];
    await given.database.app.query(
      `update auth.session set expires_at = now() - interval '1 s' where user_id = $1`,
      [userId],
    );
    expect(await accounts.sessionOf(here.headers)).toBeNull();
    await removeExpired(given.database);
    const { rows } = await given.database.app.query('select from auth.session where user_id = $1', [userId]);
    expect(rows).toEqual([]);
  });

  test('are prolonged by reading them a day later', async () => {
    const { devices, userId } = await person(1);
    const [here] = devices as [Browser];
    await given.database.app.query(
      `update auth.session set expires_at = expires_at - interval '2 days', updated_at = updated_at - interval '2 days' where user_id = $1`,
      [userId],
    );
    const { body } = await here.get('/get-session');
    expect(new Date(body.session.expiresAt).getTime()).toBeGreaterThan(Date.now() + 6.9 * 24 * 3600_000);
  });

  test('tell who is signed in, without a token', async () => {
    const { devices, userId, email } = await person(1);
    const { body } = await (devices[0] as Browser).get('/get-session');
    expect(body).toMatchObject({ user: { id: userId, email }, session: { userId, activeTenantId: null } });
    expect(body.session).not.toHaveProperty('token');
    expect(body.user).not.toHaveProperty('password');
  });
});

describe('a bearer token', () => {
  test('is what signing in answers, and the only thing that works as one', async () => {
    const { accounts, email, userId } = await person(0);
    const answer = await new Browser(accounts).signIn(email);
    const { token } = answer.body;
    expect(token).toBe(answer.headers.get('set-auth-token'));
    const as = (bearer: string): Headers => new Headers({ authorization: `Bearer ${bearer}` });
    expect(await accounts.sessionOf(as(token))).toMatchObject({ userId, by: 'bearer' });
    expect(await accounts.sessionOf(as(decodeURIComponent(token)))).toMatchObject({ userId, by: 'bearer' });
    const { rows } = await given.database.app.query('select token from auth.session where user_id = $1', [
      userId,
    ]);
    const bare = rows[0].token;
    const forged = [
      bare,
      `${bare}.`,
      `${bare}.AAAA`,
      `${bare}.${'A'.repeat(43)}=`,
      `.${token}`,
      '',
      '.',
      `${token}x.y`,
      '%E0%A4%A',
    ];
    for (const each of forged) expect(await accounts.sessionOf(as(each)), each).toBeNull();
    const asked = await new Browser(accounts).send('GET', '/get-session', undefined, {
      authorization: `Bearer ${bare}`,
    });
    expect(asked.body).toBeNull();
  });

  test('works for the calls below /api/auth too, without a cookie or an origin', async () => {
    const { accounts, email, userId } = await person(0);
    const { token } = await accounts.signIn(email, password);
    const authorization = `Bearer ${token}`;
    const browser = new Browser(accounts);
    const session = await browser.send('GET', '/get-session', undefined, { authorization });
    expect(session.body.user.id).toBe(userId);
    const out = await browser.send('POST', '/sign-out', undefined, { authorization });
    expect(out.status).toBe(200);
    expect(await accounts.sessionOf(new Headers({ authorization }))).toBeNull();
  });
});

describe('the active tenant', () => {
  test('is kept with the session, and set by the program only', async () => {
    const { accounts, devices } = await person(2);
    const [here, there] = devices as [Browser, Browser];
    const { sessionId = '' } = (await accounts.sessionOf(here.headers)) ?? {};
    const tenantId = newId();
    await accounts.setActiveTenant(sessionId, tenantId);
    expect(await accounts.sessionOf(here.headers)).toMatchObject({ activeTenantId: tenantId });
    expect(await accounts.sessionOf(there.headers)).toMatchObject({ activeTenantId: null });
    const other = newId();
    for (const path of ['/update-session', '/update-user']) {
      const answer = await here.post(path, { activeTenantId: other }).catch((error: unknown) => error);
      expect(answer).toMatchObject({ code: expect.stringMatching(/^(route\.not_found|request\.invalid)$/) });
    }
    expect(await accounts.sessionOf(here.headers)).toMatchObject({ activeTenantId: tenantId });
  });
});

describe('a call', () => {
  test('that needs a session answers 401 without one', async () => {
    const { accounts } = await open(given.database);
    const bodies: Readonly<Record<string, unknown>> = {
      '/change-password': { currentPassword: password, newPassword: password },
      '/update-user': { name: 'X' },
      '/revoke-session': { id: newId() },
      '/two-factor/enable': { password },
      '/two-factor/disable': { password },
      '/two-factor/get-totp-uri': { password },
      '/two-factor/generate-backup-codes': { password },
    };
    for (const { method, path } of accountCalls.filter(({ signedIn }) => signedIn)) {
      const browser = new Browser(accounts);
      const answer = await (method === 'GET' ? browser.get(path) : browser.post(path, bodies[path]));
      expect(answer, path).toMatchObject({ status: 401, body: { status: 401, code: 'UNAUTHORIZED' } });
    }
  });

  test('from a page of another site is refused, with the cookie or without', async () => {
    const { accounts, devices, email } = await person(1);
    const [here] = devices as [Browser];
    const foreign = { origin: 'https://evil.example', 'content-type': 'application/json' };
    expect((await here.send('POST', '/sign-out', '{}', foreign)).status).toBe(403);
    expect(await accounts.sessionOf(here.headers)).not.toBeNull();
    const signIn = JSON.stringify({ email, password });
    expect((await new Browser(accounts).send('POST', '/sign-in/email', signIn, foreign)).status).toBe(403);
  });

  test.each([
    [
      'a field that it does not know',
      '{"email":"a@example.com","password":"x","admin":true}',
      'request.invalid',
    ],
    ['a field that is missing', '{"email":"a@example.com"}', 'request.invalid'],
    ['a list', '[]', 'request.invalid'],
    ['an address that is none', '{"email":"a","password":"x"}', 'request.invalid'],
    ['JSON that breaks off', '{"email":', 'request.malformed'],
  ])('with %s is refused', async (_, body, code) => {
    const { accounts } = await open(given.database);
    const sent = new Browser(accounts).send('POST', '/sign-in/email', body, {
      'content-type': 'application/json',
    });
    await expect(sent).rejects.toMatchObject({ code });
  });

  test('with a form, or to a path that only the library knows, is refused', async () => {
    const { accounts } = await open(given.database);
    const browser = new Browser(accounts);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await expect(browser.send('POST', '/sign-in/email', 'email=a', form)).rejects.toMatchObject({
      code: 'request.media_type',
    });
    for (const path of [
      '/delete-user',
      '/change-email',
      '/error',
      '/ok',
      '/list-accounts',
      '/update-session',
      '/link-social',
    ]) {
      for (const method of ['GET', 'POST'])
        await expect(browser.send(method, path)).rejects.toMatchObject({ code: 'route.not_found' });
    }
  });

  test('sends nobody to another site', async () => {
    const { accounts } = await open(given.database, { signUp: 'open' });
    for (const callbackURL of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
    ]) {
      const sent = await new Browser(accounts).post('/sign-up/email', {
        name: 'X',
        email: 'x@example.com',
        password,
        callbackURL,
      });
      expect(sent, callbackURL).toMatchObject({ status: 403, body: { code: 'INVALID_CALLBACK_URL' } });
    }
  });
});

describe('behind https', () => {
  test('the cookie is Secure', async () => {
    const { accounts } = await open(given.database, { baseUrl: 'https://crm.example.com' });
    await accounts.createUser({ email: 'https@example.com', name: 'S', password, emailVerified: true });
    const request = new Request('https://crm.example.com/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'https@example.com', password }),
    });
    const response = await accounts.handle(request);
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^__Secure-clientele\.session_token=.*; HttpOnly; Secure/);
    const headers = new Headers({ cookie: cookie.split(';')[0] ?? '' });
    expect(await accounts.sessionOf(headers)).toMatchObject({ email: 'https@example.com', by: 'cookie' });
  });
});

describe('guessing', () => {
  test('is slowed down by all processes together, for the address it comes from', async () => {
    const processes = [await open(given.database), await open(given.database)];
    const address = '203.0.113.9';
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 22; attempt += 1) {
      const { accounts } = processes[attempt % 2] as { accounts: (typeof processes)[0]['accounts'] };
      // Refused before a password is looked at, so that this takes no time.
      const answer = await new Browser(accounts, address).post('/two-factor/verify-totp', { code: '000000' });
      statuses.push(answer.status);
      if (answer.status === 429) {
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(answer.body).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' });
      }
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429, 429]);
    const { accounts } = processes[0] as (typeof processes)[0];
    const elsewhere = await new Browser(accounts, '203.0.113.10').post('/two-factor/verify-totp', {
      code: '000000',
    });
    expect(elsewhere.status).toBe(401);
  });
});
