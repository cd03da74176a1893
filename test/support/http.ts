/** The server as a client meets it: listening on a port, over a database of its own, with a tenant and its people. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll } from 'vitest';
import { openAccounts } from '../../src/accounts/accounts.ts';
import { noEvents } from '../../src/accounts/events.ts';
import { fileStore } from '../../src/file-store/file-store.ts';
import { buildServer } from '../../src/http/server.ts';
import type { Services } from '../../src/http/services.ts';
import { driveRun } from '../../src/import/drive.ts';
import { type Mail, type Message, openMail } from '../../src/mail/mail.ts';
import { newId } from '../../src/platform/ids.ts';
import { createKey } from '../../src/tenants/keys.ts';
import { addMember } from '../../src/tenants/members.ts';
import { type Permission, permissions, type Role, roles } from '../../src/tenants/permissions.ts';
import { createTenant, type Tenant } from '../../src/tenants/tenants.ts';
import { type TestDatabase, useDatabase } from './database.ts';

/** Who calls: what stands in the header `Authorization`. */
export type Who = string | null;

export interface Sent {
  readonly as?: Who;
  readonly json?: unknown;
  readonly body?: RequestInit['body'];
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of an answer that is JSON; undefined of any other. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape, and fail where one differs
  readonly json: any;
}

/** A tenant with a member in each role. */
export interface TestTenant {
  readonly tenant: Tenant;
  readonly people: Readonly<Record<Role, string>>;
  /** By role. */
  readonly memberIds: Readonly<Record<Role, string>>;
}

export interface TestApi extends TestDatabase {
  readonly services: Services;
  readonly url: string;
  /** Mails that were sent, in order. */
  readonly mails: readonly Message[];
  call(method: string, path: string, sent?: Sent): Promise<Answered>;
  newTenant(properties?: { readonly parent?: string; readonly country?: string }): Promise<TestTenant>;
  newKey(tenant: Tenant, held?: readonly Permission[]): Promise<string>;
  /** An account that is signed in. @returns what it sends, and its id. */
  newAccount(
    email?: string,
  ): Promise<{ readonly as: string; readonly userId: string; readonly email: string }>;
  /** Waits until a run rests. */
  rested(as: string, path: string): Promise<Answered>;
}

const password = 'correct horse battery';

/** Call it at the top of a test file. */
export function useServer(): TestApi {
  process.env.CLIENTELE_CALLS_PER_MINUTE_MAX ??= '1000000';
  process.env.CLIENTELE_STRANGER_CALLS_PER_MINUTE_MAX ??= '1000000';
  const given = useDatabase();
  const mails: Message[] = [];
  let server: FastifyInstance | undefined;
  let services: Services | undefined;
  const stopping = new AbortController();
  let url = '';

  beforeAll(async () => {
    const { database } = given;
    const mail = collecting(mails);
    const accounts = await openAccounts(database, { mail, baseUrl: 'http://127.0.0.1', events: noEvents });
    services = {
      database,
      accounts,
      mail,
      files: fileStore(),
      // The worker within the process.
      wake: async (run) => void driveRun(database, run).catch(() => undefined),
      // Files of exports are made by the workers that a test starts.
      wakeExports: async () => {},
      baseUrl: 'http://127.0.0.1',
      stopping: stopping.signal,
    };
    server = await buildServer(services);
    await server.listen({ host: '127.0.0.1', port: 0 });
    url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    stopping.abort();
    await server?.close();
  });

  const there = (): Services => {
    if (services === undefined) throw new Error('The server is started in beforeAll.');
    return services;
  };
  const newAccount: TestApi['newAccount'] = async (email = `${newId()}@example.com`) => {
    const { accounts } = there();
    const { userId } = await accounts.createUser({
      email,
      name: 'Ada Example',
      password,
      emailVerified: true,
    });
    const { token } = await accounts.signIn(email, password);
    return { as: `Bearer ${token}`, userId, email };
  };
  const call: TestApi['call'] = async (method, path, sent = {}) => {
    const response = await fetch(`${url}${path}`, requestOf(method, sent));
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  };
  const extra = {
    mails,
    call,
    newAccount,
    newTenant: async (properties: { readonly parent?: string; readonly country?: string } = {}) => {
      const tenant = await createTenant(given.database, { name: `Tenant ${newId()}`, ...properties });
      const people = await Promise.all(
        roles.map(async (role) => {
          const account = await newAccount();
          const member = await addMember(given.database, tenant.id, account, { role }, null);
          return { role, as: account.as, id: member.id };
        }),
      );
      return {
        tenant,
        people: Object.fromEntries(people.map(({ role, as }) => [role, as])) as Record<Role, string>,
        memberIds: Object.fromEntries(people.map(({ role, id }) => [role, id])) as Record<Role, string>,
      };
    },
    newKey: async ({ id }: Tenant, held: readonly Permission[] = permissions) => {
      const { token } = await createKey(given.database, id, { name: 'test', permissions: held }, null);
      return `Bearer ${token}`;
    },
    rested: async (as: string, path: string) => {
      for (;;) {
        const answered = await call('GET', path, { as });
        if (answered.status !== 200 || answered.json.resting) return answered;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
  const own = {
    get services() {
      return there();
    },
    get url() {
      return url;
    },
  };
  return Object.defineProperties(
    Object.assign(Object.create(given) as TestDatabase, extra),
    Object.getOwnPropertyDescriptors(own),
  ) as unknown as TestApi;
}

function requestOf(method: string, { as = null, json, body, type, headers = {} }: Sent): RequestInit {
  const sent = json === undefined ? body : JSON.stringify(json);
  const contentType = json === undefined ? type : 'application/json';
  return {
    method,
    headers: {
      ...(as === null ? {} : { authorization: as }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent, duplex: 'half' }),
  } as RequestInit;
}

/** Sends as the program does without a mail server, and keeps what it sent at hand. */
function collecting(mails: Message[]): Mail {
  const mail = openMail({ smtp: null });
  return {
    send: async (message) => {
      await mail.send(message);
      mails.push(message);
    },
    close: () => mail.close(),
  };
}
