/**
 * One PostgreSQL server for a whole test run, with a migrated database that each test file clones.
 *
 * It is the private server in a folder of its own under the system's temporary one, or the server of DATABASE_URL,
 * whose login must be allowed to make roles and databases.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import type { TestProject } from 'vitest/node';
import { openDatabase, type Server } from '../../src/database/connect.ts';
import { acquireEmbeddedServer } from '../../src/database/embedded/server.ts';
import {
  appLogin,
  type Login,
  type Logins,
  loaderLogin,
  loginsOf,
  makeLogin,
  makeSearchRole,
  prepareServer,
} from '../../src/database/logins.ts';
import { migrate } from '../../src/database/migrate.ts';

/** What a test file needs to make a database of its own. Each login's `database` is the template. */
export interface TestServer {
  /** May make databases. */
  readonly admin: Login;
  readonly logins: Logins;
  readonly template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer;
  }
}

const nothing = async (): Promise<void> => {};

/** For `openDatabase`: the server stands, and its logins are there. */
export const standingServer: Server = { makeLogins: nothing, restart: nothing, leave: nothing };

/** Called by vitest before the first integration test. @returns what it calls after the last. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.DATABASE_URL;
  const { server, stop } = url === undefined || url === '' ? await ownServer() : await givenServer(url);
  await migrateTemplate(server);
  project.provide('testServer', server);
  return stop;
}

interface RunningServer {
  readonly server: TestServer;
  stop(): Promise<void>;
}

/** From which the passwords of the tests' logins derive. */
export const testSecret = 'only for the tests';

async function ownServer(): Promise<RunningServer> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'clientele-test-'));
  const running = await acquireEmbeddedServer({ dataFolder });
  const template = 'clientele';
  await asAdmin(running.connection, (client) => prepareServer(client, testSecret, template));
  const logins = loginsOf({ ...running.connection, database: template }, testSecret);
  return {
    server: { admin: running.connection, logins, template },
    stop: async () => {
      await running.release();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

async function givenServer(url: string): Promise<RunningServer> {
  const admin = parseIntoClientConfig(url);
  const template = `clientele_test_${randomBytes(4).toString('hex')}`;
  await asAdmin(admin, async (client) => {
    await client.query(`create database ${template}`);
    for (const name of [appLogin, loaderLogin]) await makeLogin(client, name, testSecret);
    await makeSearchRole(client);
  });
  const owner = { ...admin, database: template };
  return {
    server: { admin, logins: loginsOf(owner, testSecret, owner), template },
    stop: () =>
      asAdmin(admin, async (client) => void (await client.query(`drop database ${template} with (force)`))),
  };
}

async function migrateTemplate({ logins }: TestServer): Promise<void> {
  const database = openDatabase('external', logins, standingServer);
  await migrate(database);
  await database.close();
}

/** Runs the work as the login that may make databases. */
export async function asAdmin<T>(admin: Login, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(admin);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
