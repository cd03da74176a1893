/** A browser's part of signing in: it keeps cookies, says where it comes from, and reads JSON. */
import { createHmac } from 'node:crypto';
import type { AccountsOptions } from '../../../src/accounts/accounts.ts';
import { type AccountEvents, type Accounts, openAccounts } from '../../../src/accounts/accounts.ts';
import { clientAddressHeader } from '../../../src/accounts/authentication.ts';
import type { Database } from '../../../src/database/connect.ts';
import type { Mail, Message } from '../../../src/mail/mail.ts';

export const baseUrl = 'http://localhost:3000';
export const password = 'correct horse battery';

export interface Told {
  readonly what: string;
  readonly userId: string;
  readonly how?: string;
}

/** Accounts whose mails and events a test can look at. */
export interface Opened {
  readonly accounts: Accounts;
  readonly mails: Message[];
  readonly told: Told[];
}

export async function open(
  database: Database,
  options: Partial<Omit<AccountsOptions, 'mail' | 'events'>> = {},
): Promise<Opened> {
  const mails: Message[] = [];
  const told: Told[] = [];
  const mail: Mail = { send: async (message) => void mails.push(message), close: async () => {} };
  const events: AccountEvents = {
    signedIn: async (userId, how) => void told.push({ what: 'signedIn', userId, how }),
    signedOut: async (userId) => void told.push({ what: 'signedOut', userId }),
    passwordChanged: async (userId) => void told.push({ what: 'passwordChanged', userId }),
    twoFactorChanged: async (userId, enabled) =>
      void told.push({ what: 'twoFactorChanged', userId, how: String(enabled) }),
  };
  return { accounts: await openAccounts(database, { baseUrl, mail, events, ...options }), mails, told };
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever JSON came, and says what it expects of it.
  readonly body: any;
  readonly text: string;
  readonly headers: Headers;
}

let addresses = 0;

/** Each has an address of its own, so that what one test does does not use up the limits of another. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #accounts: Accounts;
  readonly #address: string;

  constructor(accounts: Accounts, address?: string) {
    addresses += 1;
    this.#accounts = accounts;
    this.#address = address ?? `198.51.100.${addresses}`;
  }

  get headers(): Headers {
    const headers = new Headers({ [clientAddressHeader]: this.#address, 'user-agent': 'Test' });
    if (this.cookies.size > 0)
      headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    return headers;
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    return this.send('POST', path, JSON.stringify(body), {
      origin: baseUrl,
      'content-type': 'application/json',
    });
  }

  async send(
    method: string,
    path: string,
    body?: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const headers = this.headers;
    for (const [name, value] of Object.entries(more)) headers.set(name, value);
    const url = path.startsWith('http') ? path : `${baseUrl}/api/auth${path}`;
    const request = new Request(url, { method, headers, ...(body === undefined ? {} : { body }) });
    const response = await this.#accounts.handle(request);
    keepCookies(this.cookies, response.headers);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      text,
      body: isJson ? JSON.parse(text) : null,
      headers: response.headers,
    };
  }

  signIn(email: string, secret = password): Promise<Answer> {
    return this.post('/sign-in/email', { email, password: secret });
  }
}

export function keepCookies(jar: Map<string, string>, headers: Headers): void {
  for (const line of headers.getSetCookie()) {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const over = attributes.some((attribute) => /^max-age=0$/i.test(attribute)) || pair.slice(at + 1) === '';
    if (over) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

/** The link in a mail's text. */
export function linkIn({ text }: Pick<Message, 'text'>): string {
  const link = /https?:\/\/\S+/.exec(text)?.[0];
  if (link === undefined) throw new Error('The mail has no link.');
  return link;
}

/** The code of a moment by the key of an otpauth address (RFC 6238 with SHA-1, 30 seconds and six digits). */
export function totp(otpauth: string, at = Date.now()): string {
  const key = base32(new URL(otpauth).searchParams.get('secret') ?? '');
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

function base32(text: string): Buffer {
  const bits = [...text.replace(/=+$/, '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
