import { describe, expect, test } from 'vitest';
import { useDatabase } from '../../support/database.ts';
import { Browser, baseUrl, linkIn, open, password } from './account-support.ts';

const given = useDatabase();

describe('an account that the program makes', () => {
  test('signs in with its password, in a cookie that scripts do not read and other sites do not send', async () => {
    const { accounts, told } = await open(given.database);
    const { userId } = await accounts.createUser({
      email: 'Ada@Example.com',
      name: 'Ada',
      password,
      emailVerified: true,
    });
    const browser = new Browser(accounts);
    const answer = await browser.signIn('ada@example.COM');
    expect(answer.status).toBe(200);
    expect(answer.body.user).toMatchObject({ id: userId, email: 'ada@example.com', name: 'Ada' });
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^clientele\.session_token=/);
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Lax/i);
    expect(cookie).not.toMatch(/Secure/);
    expect(told).toEqual([{ what: 'signedIn', userId, how: 'password' }]);
    expect(await accounts.sessionOf(browser.headers)).toEqual({
      userId,
      email: 'ada@example.com',
      name: 'Ada',
      emailVerified: true,
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      activeTenantId: null,
      by: 'cookie',
    });
  });

  test('has ids of ours, a hash that scrypt made, and nothing of the password anywhere', async () => {
    const { accounts } = await open(given.database);
    const { userId } = await accounts.createUser({ email: 'hash@example.com', name: 'H', password });
    expect(userId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    const { rows } = await given.database.app.query(
      'select id, password from auth.account where user_id = $1',
      [userId],
    );
    expect(rows).toEqual([
      { id: expect.stringMatching(/-7/), password: expect.stringMatching(/^[0-9a-f]{32}:[0-9a-f]{128}$/) },
    ]);
  });

  test('is made once, also by many at the same time, in whatever letters', async () => {
    const { accounts } = await open(given.database);
    const emails = ['once@example.com', 'ONCE@example.com', 'Once@Example.com', 'once@example.com'];
    const made = await Promise.allSettled(
      emails.map((email) => accounts.createUser({ email, name: 'O', password })),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of made.filter(({ status }) => status === 'rejected'))
      expect(one).toMatchObject({ reason: { code: 'account.exists' } });
  });

  test.each([
    [
      'a password of nine characters',
      { email: 'a@example.com', name: 'A', password: 'x'.repeat(9) },
      '/password',
    ],
    [
      'a password of 129 characters',
      { email: 'a@example.com', name: 'A', password: 'x'.repeat(129) },
      '/password',
    ],
    ['an address that is none', { email: 'a@', name: 'A', password }, '/email'],
    ['a name of two lines', { email: 'a@example.com', name: 'A\nBcc: b@example.com', password }, '/name'],
  ])('is refused with %s', async (_, user, pointer) => {
    const { accounts } = await open(given.database);
    await expect(accounts.createUser(user)).rejects.toMatchObject({
      code: 'account.invalid',
      details: { errors: [{ pointer }] },
    });
    expect(await accounts.userByEmail('a@example.com')).toBeNull();
  });

  test('cannot sign in before its address is verified, and gets a mail to do so', async () => {
    const { accounts, mails } = await open(given.database);
    await accounts.createUser({ email: 'new@example.com', name: 'New', password });
    const browser = new Browser(accounts);
    expect(await browser.signIn('new@example.com')).toMatchObject({
      status: 403,
      body: { code: 'EMAIL_NOT_VERIFIED' },
    });
    await accounts.close();
    expect(mails).toMatchObject([{ to: 'new@example.com', subject: 'Confirm your e-mail address' }]);
    const verified = await browser.get(linkIn(mails[0] as { text: string }));
    expect(verified.status).toBe(302);
    expect((await browser.signIn('new@example.com')).status).toBe(200);
  });
});

describe('a wrong password and an unknown address', () => {
  test('are answered alike, to the letter', async () => {
    const { accounts } = await open(given.database);
    await accounts.createUser({ email: 'known@example.com', name: 'K', password, emailVerified: true });
    const browser = new Browser(accounts);
    const wrong = await browser.signIn('known@example.com', 'wrong password');
    const unknown = await browser.signIn('unknown@example.com', 'wrong password');
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('content-type')).toBe('application/problem+json');
    expect(wrong.body).toEqual({
      type: 'urn:clientele:error:INVALID_EMAIL_OR_PASSWORD',
      title: 'Unauthorized',
      status: 401,
      detail: 'Invalid email or password.',
      error: 'Invalid email or password.',
      code: 'INVALID_EMAIL_OR_PASSWORD',
      errors: [],
      request_id: '',
    });
    expect({ ...unknown, headers: [...unknown.headers] }).toEqual({ ...wrong, headers: [...wrong.headers] });
  });

  test('are told alike to whoever asks for a new password', async () => {
    const { accounts, mails } = await open(given.database);
    await accounts.createUser({ email: 'forgot@example.com', name: 'F', password, emailVerified: true });
    const browser = new Browser(accounts);
    const known = await browser.post('/request-password-reset', { email: 'forgot@example.com' });
    const unknown = await browser.post('/request-password-reset', { email: 'never@example.com' });
    expect(known.status).toBe(200);
    expect(unknown.text).toBe(known.text);
    await accounts.close();
    expect(mails.map(({ to }) => to)).toEqual(['forgot@example.com']);
  });
});

describe('a new password by mail', () => {
  test('replaces the old one, once, and ends every session', async () => {
    const { accounts, mails, told } = await open(given.database);
    const { userId } = await accounts.createUser({
      email: 'reset@example.com',
      name: 'R',
      password,
      emailVerified: true,
    });
    const devices = [new Browser(accounts), new Browser(accounts)];
    for (const device of devices) await device.signIn('reset@example.com');
    const bearer = new Headers({
      authorization: `Bearer ${(await accounts.signIn('reset@example.com', password)).token}`,
    });
    expect(await accounts.sessionOf(bearer)).toMatchObject({ userId });

    const stranger = new Browser(accounts);
    await stranger.post('/request-password-reset', { email: 'reset@example.com' });
    await accounts.close();
    const link = new URL(linkIn(mails[0] as { text: string }));
    expect(link.origin + link.pathname).toBe(`${baseUrl}/reset-password`);
    const token = link.searchParams.get('token');
    const newPassword = 'another good one';
    expect((await stranger.post('/reset-password', { token, newPassword })).body).toEqual({ status: true });

    for (const device of devices) expect(await accounts.sessionOf(device.headers)).toBeNull();
    expect(await accounts.sessionOf(bearer)).toBeNull();
    expect((await stranger.signIn('reset@example.com')).status).toBe(401);
    expect((await stranger.signIn('reset@example.com', newPassword)).status).toBe(200);
    expect(told.filter(({ what }) => what === 'passwordChanged')).toEqual([
      { what: 'passwordChanged', userId },
    ]);
    expect(await stranger.post('/reset-password', { token, newPassword })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_TOKEN' },
    });
  });

  test('makes every other link to choose one worth nothing', async () => {
    const { accounts, mails } = await open(given.database);
    const email = 'twice@example.com';
    await accounts.createUser({ email, name: 'T', password, emailVerified: true });
    const browser = new Browser(accounts);
    const askFor = async (): Promise<string | null> => {
      await browser.post('/request-password-reset', { email });
      await accounts.close();
      return new URL(linkIn(mails.at(-1) as { text: string })).searchParams.get('token');
    };
    const [first, second] = [await askFor(), await askFor()];
    const chosen = 'the one that was chosen';
    expect(await browser.post('/reset-password', { token: second, newPassword: chosen })).toMatchObject({
      status: 200,
    });
    expect(
      await browser.post('/reset-password', { token: first, newPassword: 'another good one' }),
    ).toMatchObject({ status: 400, body: { code: 'INVALID_TOKEN' } });

    const third = await askFor();
    const signedIn = new Browser(accounts);
    await signedIn.signIn(email, chosen);
    const changed = { currentPassword: chosen, newPassword: 'and changed by himself' };
    expect(await signedIn.post('/change-password', changed)).toMatchObject({ status: 200 });
    expect(
      await browser.post('/reset-password', { token: third, newPassword: 'another good one' }),
    ).toMatchObject({ status: 400, body: { code: 'INVALID_TOKEN' } });
  });

  test('is promised by a token that stands nowhere in the database', async () => {
    const { accounts, mails } = await open(given.database);
    await accounts.createUser({ email: 'kept@example.com', name: 'K', password, emailVerified: true });
    await new Browser(accounts).post('/request-password-reset', { email: 'kept@example.com' });
    await accounts.close();
    const token = new URL(linkIn(mails[0] as { text: string })).searchParams.get('token') as string;
    const { rows } = await given.database.app.query('select v::text as line from auth.verification v');
    expect(rows.length).toBeGreaterThan(0);
    for (const { line } of rows) expect(line).not.toContain(token);
  });
});

describe('signing up', () => {
  const wanted = { name: 'Me', email: 'me@example.com', password };

  test('is closed unless the configuration opens it', async () => {
    const { accounts, mails } = await open(given.database);
    const browser = new Browser(accounts);
    expect((await browser.get('/sign-in-methods')).body).toEqual({
      password: true,
      sign_up: false,
      oidc: null,
    });
    const answer = await browser.post('/sign-up/email', wanted);
    expect(answer).toMatchObject({ status: 400, body: { code: 'EMAIL_PASSWORD_SIGN_UP_DISABLED' } });
    expect(await accounts.userByEmail(wanted.email)).toBeNull();
    expect(mails).toEqual([]);
  });

  test('makes an account that must confirm its address; who has one gets a mail, and the caller hears nothing', async () => {
    const { accounts, mails } = await open(given.database, { signUp: 'open' });
    const browser = new Browser(accounts);
    const first = await browser.post('/sign-up/email', wanted);
    expect(first.body).toMatchObject({ token: null, user: { email: wanted.email, emailVerified: false } });
    expect(browser.cookies.size).toBe(0);
    const second = await browser.post('/sign-up/email', { ...wanted, name: 'Somebody else' });
    expect(second.status).toBe(200);
    expect(Object.keys(second.body.user).sort()).toEqual(Object.keys(first.body.user).sort());
    await accounts.close();
    expect(mails.map(({ subject }) => subject)).toEqual([
      'Confirm your e-mail address',
      'You already have an account',
    ]);
    expect(await accounts.userByEmail(wanted.email)).toMatchObject({ name: 'Me', emailVerified: false });
  });
});

test('a changed password ends the other sessions when that is asked for', async () => {
  const { accounts, told } = await open(given.database);
  const { userId } = await accounts.createUser({
    email: 'change@example.com',
    name: 'C',
    password,
    emailVerified: true,
  });
  const [here, there] = [new Browser(accounts), new Browser(accounts)];
  for (const device of [here, there]) await device.signIn('change@example.com');
  const newPassword = 'something else again';
  const wrong = await here.post('/change-password', { currentPassword: 'not this one', newPassword });
  expect(wrong).toMatchObject({ status: 400, body: { code: 'INVALID_PASSWORD' } });
  const right = await here.post('/change-password', {
    currentPassword: password,
    newPassword,
    revokeOtherSessions: true,
  });
  expect(right.status).toBe(200);
  expect(await accounts.sessionOf(here.headers)).toMatchObject({ userId });
  expect(await accounts.sessionOf(there.headers)).toBeNull();
  expect(told.at(-1)).toEqual({ what: 'passwordChanged', userId });
});
