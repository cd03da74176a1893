import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../../support/database.ts';
import { type Answer, Browser, open, password } from './account-support.ts';
import { type RunningProvider, signInAt, startProvider } from './oidc-provider.ts';

const given = useDatabase();
let provider: RunningProvider;

beforeAll(async () => {
  provider = await startProvider();
});

afterAll(() => provider.stop());

const openWithProvider = () => open(given.database, { oidc: provider.config });

async function begin(browser: Browser): Promise<string> {
  const begun = await browser.post('/sign-in/social', { provider: 'oidc', callbackURL: '/customers' });
  expect(begun).toMatchObject({ status: 200, body: { redirect: true } });
  return begun.body.url;
}

/** The whole way, from the button to the page behind it. */
async function signInThroughProvider(browser: Browser, login: string): Promise<Answer> {
  return browser.get(await signInAt(await begin(browser), login));
}

describe('sign-in through a provider', () => {
  test('makes an account in no tenant for somebody new, and finds it again', async () => {
    const { accounts, told } = await openWithProvider();
    provider.people.set('grace', { email: 'Grace@Example.com', email_verified: true, name: 'Grace' });
    const browser = new Browser(accounts);
    expect((await browser.get('/sign-in-methods')).body).toMatchObject({ oidc: { name: 'Example ID' } });
    const answer = await signInThroughProvider(browser, 'grace');
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('/customers');
    const session = await accounts.sessionOf(browser.headers);
    expect(session).toMatchObject({ email: 'grace@example.com', name: 'Grace', emailVerified: true });
    const userId = session?.userId as string;
    expect(told).toEqual([{ what: 'signedIn', userId, how: 'oidc' }]);
    const { rows } = await given.database.app.query('select from auth.memberships where user_id = $1', [
      userId,
    ]);
    expect(rows).toEqual([]);

    const again = new Browser(accounts);
    await signInThroughProvider(again, 'grace');
    expect(await accounts.sessionOf(again.headers)).toMatchObject({ userId });
    expect((await again.signIn('grace@example.com')).status).toBe(401);
  });

  test('keeps the tokens of the provider encrypted', async () => {
    const { rows } = await given.database.app.query(
      `select access_token, refresh_token from auth.account where provider_id = 'oidc'`,
    );
    expect(rows.length).toBeGreaterThan(0);
    // The provider's own are 43 characters of base64url.
    for (const { access_token: token } of rows) expect(token).not.toMatch(/^[\w-]{43}$/);
  });

  test('finds the account that has the same address, when both sides have verified it', async () => {
    const { accounts } = await openWithProvider();
    const { userId } = await accounts.createUser({
      email: 'both@example.com',
      name: 'Both',
      password,
      emailVerified: true,
    });
    provider.people.set('both', { email: 'both@example.com', email_verified: true });
    const browser = new Browser(accounts);
    await signInThroughProvider(browser, 'both');
    expect(await accounts.sessionOf(browser.headers)).toMatchObject({ userId, name: 'Both' });
    expect((await new Browser(accounts).signIn('both@example.com')).status).toBe(200);
  });

  test.each([
    ['the provider has not verified the address of an account', true, false],
    ['the account has not verified its address', false, true],
    ['nobody has', false, false],
  ])('is refused when %s', async (what, here, there) => {
    const { accounts } = await openWithProvider();
    const name = what.replaceAll(' ', '-');
    const email = `${name}@example.com`;
    const { userId } = await accounts.createUser({ email, name, password, emailVerified: here });
    provider.people.set(name, { email, email_verified: there });
    const browser = new Browser(accounts);
    const answer = await signInThroughProvider(browser, name);
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toMatch(/^http:\/\/localhost:3000\/sign-in\?error=/);
    expect(await accounts.sessionOf(browser.headers)).toBeNull();
    const { rows } = await given.database.app.query(
      'select provider_id from auth.account where user_id = $1',
      [userId],
    );
    expect(rows).toEqual([{ provider_id: 'credential' }]);
  });

  test('makes no account for an address that the provider has not verified', async () => {
    const { accounts } = await openWithProvider();
    provider.people.set('claims', { email: 'claims@example.com', email_verified: false });
    const answer = await signInThroughProvider(new Browser(accounts), 'claims');
    expect(answer.headers.get('location')).toContain('error=email_not_verified');
    expect(await accounts.userByEmail('claims@example.com')).toBeNull();
  });

  test('ends in the browser that began it, and once', async () => {
    const { accounts } = await openWithProvider();
    provider.people.set('mine', { email: 'mine@example.com', email_verified: true });
    const victim = new Browser(accounts);
    const attacker = new Browser(accounts);
    const callback = await signInAt(await begin(attacker), 'mine');
    const stolen = await victim.get(callback);
    expect(stolen.headers.get('location')).toContain('error=');
    expect(await accounts.sessionOf(victim.headers)).toBeNull();
    await attacker.get(callback);
    const replayed = new Browser(accounts);
    for (const [name, value] of attacker.cookies)
      if (!name.endsWith('session_token')) replayed.cookies.set(name, value);
    expect((await replayed.get(callback)).headers.get('location')).toContain('error=');
    expect(await accounts.sessionOf(replayed.headers)).toBeNull();
  });
});

test('a provider that does not answer keeps nobody from signing in with a password, and is found once it does', async () => {
  await provider.stop();
  const { accounts } = await openWithProvider();
  await accounts.createUser({ email: 'still@example.com', name: 'S', password, emailVerified: true });
  expect((await new Browser(accounts).signIn('still@example.com')).status).toBe(200);
  await expect(begin(new Browser(accounts))).rejects.toMatchObject({ code: 'account.provider', status: 502 });
  await provider.start();
  provider.people.set('late', { email: 'late@example.com', email_verified: true });
  const browser = new Browser(accounts);
  await signInThroughProvider(browser, 'late');
  expect(await accounts.sessionOf(browser.headers)).toMatchObject({
    email: 'late@example.com',
    name: 'late@example.com',
  });
});

test('without a provider in the configuration there is none', async () => {
  const { accounts } = await open(given.database);
  const answer = await new Browser(accounts).post('/sign-in/social', { provider: 'oidc' });
  expect(answer).toMatchObject({ status: 404, body: { code: 'PROVIDER_NOT_FOUND' } });
});
