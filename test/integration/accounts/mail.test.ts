/** The whole way of a mail: asked for over HTTP, sent by SMTP, its link followed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAccounts } from '../../../src/accounts/accounts.ts';
import { noEvents } from '../../../src/accounts/events.ts';
import { openMail } from '../../../src/mail/mail.ts';
import { useDatabase } from '../../support/database.ts';
import { receiveMail, type SmtpReceiver, textOf } from '../mail/smtp-receiver.ts';
import { Browser, baseUrl, linkIn, password } from './account-support.ts';

const given = useDatabase();
let server: SmtpReceiver;

beforeAll(async () => {
  server = await receiveMail();
});

afterAll(() => server.close());

async function openWithMail() {
  server.received.length = 0;
  const mail = openMail({ smtp: server.config, retryPauseMs: 1 });
  return openAccounts(given.database, { mail, baseUrl, events: noEvents, signUp: 'open' });
}

const lastLink = (): string => linkIn({ text: textOf(server.received.at(-1)?.source ?? '') });

test('who signs up gets a mail whose link verifies the address, and then signs in', async () => {
  const accounts = await openWithMail();
  const browser = new Browser(accounts);
  const email = 'signup@example.com';
  await browser.post('/sign-up/email', { name: 'Sign <Up>', email, password, callbackURL: '/welcome' });
  await accounts.close();
  expect(server.received.map(({ to }) => to)).toEqual([[email]]);
  expect((await browser.signIn(email)).status).toBe(403);
  await accounts.close();
  expect(server.received).toHaveLength(2);
  const followed = await browser.get(lastLink());
  expect(followed).toMatchObject({ status: 302 });
  expect((await browser.signIn(email)).status).toBe(200);
  const spoilt = await browser.get(`${lastLink().replace('token=', 'token=x')}`);
  expect(spoilt.headers.get('location')).toContain('error=INVALID_TOKEN');
});

test('who forgot the password gets a mail whose token sets another, and has shown that the address is his', async () => {
  const accounts = await openWithMail();
  const email = 'forgot@example.com';
  await accounts.createUser({ email, name: 'F', password });
  const browser = new Browser(accounts);
  await browser.post('/request-password-reset', { email });
  await accounts.close();
  const token = new URL(lastLink()).searchParams.get('token');
  const newPassword = 'something else entirely';
  expect((await browser.post('/reset-password', { token, newPassword })).status).toBe(200);
  expect((await browser.signIn(email, newPassword)).status).toBe(200);
});

test('a mail server that refuses does not show in the answer', async () => {
  const accounts = await openWithMail();
  await accounts.createUser({ email: 'refused@example.com', name: 'R', password });
  server.replies.push({ code: 550, text: 'no' });
  const answer = await new Browser(accounts).post('/request-password-reset', {
    email: 'refused@example.com',
  });
  expect(answer.status).toBe(200);
  await accounts.close();
  expect(server.received).toEqual([]);
});
