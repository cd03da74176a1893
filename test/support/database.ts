/** A migrated database for one test file, cloned from the run's template and dropped after the file's last test. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import { type Database, openDatabase } from '../../src/database/connect.ts';
import type { Login } from '../../src/database/logins.ts';
import { createTenant } from '../../src/tenants/tenants.ts';
import { asAdmin, standingServer, testSecret } from './server.ts';

export interface TestDatabase {
  /** Works as the unprivileged logins of the program. There from the first `beforeAll` on. */
  readonly database: Database;
  /** The three logins, to connect by hand. */
  readonly logins: { readonly owner: Login; readonly app: Login; readonly loader: Login };
  /** With which a process of the program works on this database. */
  readonly environment: {
    readonly DATABASE_URL: string;
    readonly CLIENTELE_SECRET: string;
    readonly CLIENTELE_DATA: string;
  };
  /** The data folder: of this process too, so that whatever a test has stored is gone with the file. */
  readonly folder: string;
  /** Makes a tenant of its own for a test. @returns its id. */
  tenant(): Promise<string>;
}

/**
 * Call it at the top of a test file or of a describe.
 *
 * @param options.empty a database that was never migrated, instead of a clone of the template.
 */
export function useDatabase({ empty = false }: { readonly empty?: boolean } = {}): TestDatabase {
  const { admin, logins: templateLogins, template } = inject('testServer');
  const name = `clientele_test_${randomBytes(6).toString('hex')}`;
  const logins = {
    owner: { ...templateLogins.owner, database: name },
    app: { ...templateLogins.app, database: name },
    loader: { ...templateLogins.loader, database: name },
  };
  const folder = join(tmpdir(), name);
  process.env.CLIENTELE_DATA = folder;
  let opened: Database | undefined;
  let tenants = 0;

  beforeAll(async () => {
    await mkdir(folder);
    const source = empty ? '' : `template ${template}`;
    await asAdmin(admin, (client) =>
      client.query(`create database ${name} ${source} owner ${logins.owner.user}`),
    );
    opened = openDatabase('external', logins, standingServer);
  });

  afterAll(async () => {
    await opened?.close();
    await asAdmin(admin, (client) => client.query(`drop database if exists ${name} with (force)`));
    await rm(folder, { recursive: true });
  });

  const database = (): Database => {
    if (opened === undefined)
      throw new Error('The test database is made in beforeAll; use it in tests and later hooks.');
    return opened;
  };
  return {
    get database() {
      return database();
    },
    logins,
    environment: {
      DATABASE_URL: urlOf(logins.owner),
      CLIENTELE_SECRET: testSecret,
      CLIENTELE_DATA: folder,
    },
    folder,
    tenant: async () => {
      tenants += 1;
      return (await createTenant(database(), { name: `Tenant ${tenants}` })).id;
    },
  };
}

/** A login as an address; a host that is a folder is that of a socket. */
function urlOf({ user = '', password, host = '', port = 5432, database = '' }: Login): string {
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : '';
  const place = host.startsWith('/') ? '' : `${host}:${port}`;
  const socket = host.startsWith('/') ? `?host=${encodeURIComponent(host)}&port=${port}` : '';
  return `postgres://${encodeURIComponent(user)}${secret}@${place}/${encodeURIComponent(database)}${socket}`;
}
