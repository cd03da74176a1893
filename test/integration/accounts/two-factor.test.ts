import { describe, expect, test } from 'vitest';
import { useDatabase } from '../../support/database.ts';
import { Browser, open, password, totp } from './account-support.ts';

const given = useDatabase();

/** Somebody who has begun to use a second factor. */
async function withSecondFactor(email: string) {
  const opened = await open(given.database);
  const { accounts } = opened;
  const { userId } = await accounts.createUser({ email, name: 'T', password, emailVerified: true });
  const browser = new Browser(accounts);
  await browser.signIn(email);
  const { body: begun } = await browser.post('/two-factor/enable', { password });
  const confirmed = await browser.post('/two-factor/verify-totp', { code: totp(begun.totpURI) });
  expect(confirmed.status).toBe(200);
  return { ...opened, userId, email, browser, begun };
}

describe('a second factor', () => {
  test('is asked for after the password, and only then is there a session', async () => {
    const { accounts, told, userId, email, begun } = await withSecondFactor('whole@example.com');
    expect(begun.totpURI).toMatch(/^otpauth:\/\/totp\/Clientele/);
    expect(begun.backupCodes).toHaveLength(10);
    expect(told.at(-1)).toEqual({ what: 'twoFactorChanged', userId, how: 'true' });

    told.length = 0;
    const browser = new Browser(accounts);
    const first = await browser.signIn(email);
    expect(first.body).toEqual({ twoFactorRedirect: true, twoFactorMethods: ['totp'] });
    expect(first.headers.get('set-auth-token')).toBeNull();
    expect(await accounts.sessionOf(browser.headers)).toBeNull();
    expect(told).toEqual([]);
    const wrong = await browser.post('/two-factor/verify-totp', { code: '000000' });
    expect(wrong).toMatchObject({ status: 401, body: { code: 'INVALID_CODE' } });
    const right = await browser.post('/two-factor/verify-totp', { code: totp(begun.totpURI) });
    expect(right.body).toMatchObject({
      token: expect.any(String),
      user: { id: userId, twoFactorEnabled: true },
    });
    expect(await accounts.sessionOf(browser.headers)).toMatchObject({ userId });
    expect(told).toEqual([{ what: 'signedIn', userId, how: 'two_factor' }]);
    const bearer = new Headers({ authorization: `Bearer ${right.body.token}` });
    expect(await accounts.sessionOf(bearer)).toMatchObject({ userId });
  });

  test('keeps out whoever has the password only, on the command line too', async () => {
    const { accounts, email } = await withSecondFactor('only@example.com');
    await expect(accounts.signIn(email, password)).rejects.toMatchObject({ code: 'account.refused' });
    const codes = new Browser(accounts);
    expect((await codes.post('/two-factor/verify-totp', { code: '123456' })).status).toBe(401);
  });

  test('signs somebody in once with each code, so that an onlooker cannot use it behind him', async () => {
    const { accounts, email, begun } = await withSecondFactor('seen@example.com');
    const code = totp(begun.totpURI);
    const [himself, onlooker] = [new Browser(accounts), new Browser(accounts)];
    for (const browser of [himself, onlooker]) await browser.signIn(email);
    expect((await himself.post('/two-factor/verify-totp', { code })).status).toBe(200);
    expect(await onlooker.post('/two-factor/verify-totp', { code })).toMatchObject({
      status: 401,
      body: { code: 'INVALID_CODE' },
    });
    expect(await accounts.sessionOf(onlooker.headers)).toBeNull();
    const backup = { code: begun.backupCodes[0] };
    expect((await onlooker.post('/two-factor/verify-backup-code', backup)).status).toBe(200);
  });

  test('can be a backup code, each once', async () => {
    const { accounts, told, userId, email, begun } = await withSecondFactor('backup@example.com');
    const [code] = begun.backupCodes;
    told.length = 0;
    const browser = new Browser(accounts);
    await browser.signIn(email);
    expect((await browser.post('/two-factor/verify-backup-code', { code })).status).toBe(200);
    expect(await accounts.sessionOf(browser.headers)).toMatchObject({ userId });
    expect(told).toEqual([{ what: 'signedIn', userId, how: 'backup_code' }]);
    const again = new Browser(accounts);
    await again.signIn(email);
    expect(await again.post('/two-factor/verify-backup-code', { code })).toMatchObject({
      status: 401,
      body: { code: 'INVALID_BACKUP_CODE' },
    });
    expect(await accounts.sessionOf(again.headers)).toBeNull();
  });

  test('is locked for a while after ten wrong codes', async () => {
    const { accounts, email, begun } = await withSecondFactor('locked@example.com');
    let last = 0;
    for (let challenge = 0; challenge < 3; challenge += 1) {
      const browser = new Browser(accounts);
      await browser.signIn(email);
      for (let guess = 0; guess < 5; guess += 1) {
        last = (await browser.post('/two-factor/verify-totp', { code: '000000' })).status;
      }
    }
    expect(last).toBe(429);
    const browser = new Browser(accounts);
    await browser.signIn(email);
    const right = await browser.post('/two-factor/verify-totp', { code: totp(begun.totpURI) });
    expect(right).toMatchObject({ status: 429, body: { code: 'ACCOUNT_TEMPORARILY_LOCKED' } });
  });

  test('goes with the password', async () => {
    const { accounts, told, userId, email, browser } = await withSecondFactor('goes@example.com');
    expect((await browser.post('/two-factor/disable', { password: 'not this one' })).status).toBe(400);
    expect((await browser.post('/two-factor/disable', { password })).body).toEqual({ status: true });
    expect(told.at(-1)).toEqual({ what: 'twoFactorChanged', userId, how: 'false' });
    const another = new Browser(accounts);
    expect((await another.signIn(email)).body).toMatchObject({ user: { id: userId } });
  });

  test('lies in the database encrypted', async () => {
    const { userId, begun } = await withSecondFactor('secret@example.com');
    const { rows } = await given.database.app.query(
      'select t::text as line from auth.two_factor t where user_id = $1',
      [userId],
    );
    expect(rows).toHaveLength(1);
    for (const secret of [new URL(begun.totpURI).searchParams.get('secret'), ...begun.backupCodes])
      expect(rows[0].line).not.toContain(secret);
  });
});
