/**
 * The way to the database: the private server in the data folder, or the one that DATABASE_URL names.
 *
 * A `Database` holds a pool for each of the two logins that work, and lets the third, the owner, in for migrations
 * only. Nothing connects before it is needed.
 */
import pg from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { acquireEmbeddedServer } from './embedded/server.ts';
import { codeOf, isConnectionLost } from './failures.ts';
import {
  appLogin,
  databaseName,
  type Login,
  type Logins,
  loaderLogin,
  loginsOf,
  makeLogin,
  makeSearchRole,
  ownerLogin,
  prepareServer,
  searchRole,
} from './logins.ts';
import { secretOf } from './secret.ts';
import { typeParsers } from './type-parsers.ts';

export interface Database {
  /** `embedded`: the private server in the data folder. It is migrated by whoever comes first. */
  readonly kind: 'embedded' | 'external';
  /** For a thread of this process, which opens the database by them. */
  readonly logins: Logins;
  /** Row security applies to it. Use it through `withTenant`, but for what belongs to no tenant. */
  readonly app: pg.Pool;
  /** Brings rows into `staging` by COPY, and does nothing else. */
  readonly loader: pg.Pool;
  /** Lets the owner in for as long as the work takes, on a connection of its own. For migrations. */
  asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T>;
  /** Makes the logins of app and loader, and the role of the search, where they are missing. */
  makeLogins(): Promise<void>;
  /**
   * After a connection was lost: waits until the database answers again; a private server that died is started.
   * Whatever was being committed must then be read again, since it may have gone through.
   *
   * @throws AppError database.unreachable when it does not within reconnectSecondsMax.
   */
  restore(): Promise<void>;
  /**
   * Ends the pools and leaves the private server; the last to leave it stops it. Waits for connections in use,
   * unless they are to be abandoned: then their transactions are rolled back.
   */
  close(options?: { readonly abandon?: boolean }): Promise<void>;
}

export interface ConnectOptions {
  /** Absolute; the configuration's unless said. */
  readonly dataFolder?: string;
  /** The configuration's unless said; `null` means the private server whatever the configuration says. */
  readonly databaseUrl?: string | null;
}

/** @throws AppError database.unreachable when the private server cannot be started or entered. */
export async function connect(options: ConnectOptions = {}): Promise<Database> {
  const { dataFolder = configuration().dataFolder } = options;
  const databaseUrl = options.databaseUrl === undefined ? configuration().databaseUrl : options.databaseUrl;
  return databaseUrl == null ? connectEmbedded(dataFolder) : connectExternal(databaseUrl, dataFolder);
}

async function connectExternal(databaseUrl: string, dataFolder: string): Promise<Database> {
  const secret = configuration().secret ?? (await secretOf(dataFolder));
  const owner = parseUrl(databaseUrl);
  const logins = loginsOf(owner, secret, owner);
  return openDatabase('external', logins, {
    makeLogins: (client) => makeWorkingLogins(client, logins, secret),
    restart: async () => {},
    leave: async () => {},
  });
}

async function connectEmbedded(dataFolder: string): Promise<Database> {
  const server = await acquireEmbeddedServer({ dataFolder });
  try {
    const secret = configuration().secret ?? (await secretOf(dataFolder));
    const logins = loginsOf({ ...server.connection, database: databaseName }, secret);
    const database = openDatabase('embedded', logins, {
      // Its logins were made with it; the role of the search is younger than some servers are.
      makeLogins: () => withClient(server.connection, (client) => makeSearchRole(client, ownerLogin)),
      restart: () => server.ensureRunning(),
      leave: () => server.release(),
    });
    await enterOrPrepare(database.app, server.connection, secret).catch(async (error: unknown) => {
      if (!isConnectionLost(error)) throw error;
      // It died between being acquired and being entered.
      await database.restore();
      await enterOrPrepare(database.app, server.connection, secret);
    });
    return database;
  } catch (error) {
    await server.release();
    throw error;
  }
}

/** A private server that was just made, or whose secret was changed, lets nobody in: it is prepared first. */
async function enterOrPrepare(app: pg.Pool, superuser: Login, secret: string): Promise<void> {
  try {
    await app.query('select');
  } catch (error) {
    if (!isUnprepared(error)) throw error;
    await withClient(superuser, (client) => prepareServer(client, secret));
    await app.query('select');
  }
}

/** No such role, a wrong password, no such database (SQLSTATE 28000, 28P01, 3D000), or no right to enter it (42501). */
export function isUnprepared(error: unknown): boolean {
  return ['28000', '28P01', '3D000', '42501'].includes(codeOf(error) ?? '');
}

/**
 * Only those that cannot enter: on a server of one's own somebody else may have made them, and the owner need not be
 * allowed to.
 */
async function makeWorkingLogins(owner: pg.ClientBase, logins: Logins, secret: string): Promise<void> {
  for (const [name, login] of [
    [appLogin, logins.app],
    [loaderLogin, logins.loader],
  ] as const) {
    if (await mayEnter(login)) continue;
    await makeLogin(owner, name, secret).catch((error: unknown) => {
      throw codeOf(error) === '42501' ? mayNotMakeLogins(error) : error;
    });
    const { rows } = await owner.query(
      `select current_database() as database, has_database_privilege($1, current_database(), 'connect') as may`,
      [name],
    );
    if (!rows[0].may)
      await owner.query(`grant connect on database ${pg.escapeIdentifier(rows[0].database)} to ${name}`);
  }
  await makeSearchRole(owner).catch((error: unknown) => {
    throw codeOf(error) === '42501' ? mayNotMakeLogins(error) : error;
  });
}

async function mayEnter(login: Login): Promise<boolean> {
  try {
    await withClient(login, async () => {});
    return true;
  } catch (error) {
    if (error instanceof AppError && isUnprepared(error.cause)) return false;
    throw error;
  }
}

function mayNotMakeLogins(error: unknown): AppError {
  return new AppError(
    'database.unreachable',
    `The login of DATABASE_URL may not make the roles ${appLogin}, ${loaderLogin} and ${searchRole}, or set their passwords: give it CREATEROLE for the first migration.`,
    {},
    { cause: error },
  );
}

/** What differs between the private server and another. */
export interface Server {
  makeLogins(owner: pg.Client): Promise<void>;
  restart(): Promise<void>;
  leave(): Promise<void>;
}

/** A `Database` over three logins that are known already; `connect` finds them out. */
export function openDatabase(kind: Database['kind'], logins: Logins, server: Server): Database {
  const { appConnectionsMax, loaderConnectionsMax } = configuration().limits;
  const connections = new Set<pg.PoolClient>();
  const app = openPool(logins.app, appConnectionsMax, connections);
  const loader = openPool(logins.loader, loaderConnectionsMax, connections);
  const asOwner = <T>(work: (client: pg.Client) => Promise<T>) => withClient(logins.owner, work);
  return {
    kind,
    logins,
    app,
    loader,
    asOwner,
    makeLogins: () => asOwner((owner) => server.makeLogins(owner)),
    restore: async () => {
      await server.restart();
      await untilAnswering(app);
    },
    close: async ({ abandon = false } = {}) => {
      if (abandon) for (const client of connections) void client.end();
      await Promise.all([app.end(), loader.end()]);
      await server.leave();
    },
  };
}

/** @param connections gets every connection of the pool for as long as it lives. */
function openPool(login: Login, connectionsMax: number, connections: Set<pg.PoolClient>): pg.Pool {
  const pool = new pg.Pool({ ...session(login), max: connectionsMax, onConnect: noticeOurEnd });
  pool.on('error', noteBroken);
  pool.on('connect', (client) => {
    connections.add(client);
    client.on('error', noteBroken);
  });
  pool.on('remove', (client) => connections.delete(client));
  return pool;
}

/**
 * The statement of a process that was killed would run to its end and hold its locks, and whoever takes its work over
 * would wait for it. So the server looks every two seconds whether we are still there; one on Windows cannot.
 */
async function noticeOurEnd(client: pg.ClientBase): Promise<void> {
  await client.query(`set client_connection_check_interval = '2s'`).catch((error: unknown) => {
    if (isConnectionLost(error)) throw error;
  });
}

/** A connection that breaks is noticed by whoever uses it. Unheard, the event would end the process. */
function noteBroken(error: Error): void {
  log().debug({ err: error }, 'a database connection broke');
}

async function withClient<T>(login: Login, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(session(login));
  client.on('error', noteBroken);
  try {
    // Whatever keeps us out, a certificate as much as a password, is the operator's to mend.
    await client.connect().catch((error: unknown) => {
      throw unreachable(error);
    });
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What holds in every session of ours, so that values look the same whatever the server's settings. */
function session(login: Login): Login {
  const settings = '-c timezone=UTC -c datestyle=ISO -c intervalstyle=iso_8601 -c jit=off';
  return {
    ...login,
    application_name: 'clientele',
    keepAlive: true,
    types: typeParsers,
    options: login.options === undefined ? settings : `${login.options} ${settings}`,
    idle_in_transaction_session_timeout: configuration().limits.idleInTransactionSecondsMax * 1000,
  };
}

function parseUrl(databaseUrl: string): Login {
  try {
    return parseIntoClientConfig(databaseUrl);
  } catch (error) {
    throw new AppError('usage.invalid', 'DATABASE_URL is not a PostgreSQL address.', {}, { cause: error });
  }
}

/** Asks again and again, with a pause that doubles up to a second. */
async function untilAnswering(pool: pg.Pool): Promise<void> {
  const deadline = Date.now() + configuration().limits.reconnectSecondsMax * 1000;
  for (let pauseMs = 20; ; pauseMs = Math.min(2 * pauseMs, 1000)) {
    try {
      await pool.query('select');
      return;
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      if (Date.now() > deadline) throw unreachable(error);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** The refusal for a database that lets nobody in. DATABASE_URL is not shown, since it may hold a password. */
export function unreachable(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const reason = codeOf(error) ?? (error instanceof Error ? error.message : String(error));
  const message = isUnprepared(error)
    ? `The database refuses us (${reason}). Are user, password and database name in DATABASE_URL right?`
    : `The database does not answer (${reason}). Is the server running, and DATABASE_URL right?`;
  return new AppError('database.unreachable', message, {}, { cause: error });
}
