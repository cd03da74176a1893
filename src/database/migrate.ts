/**
 * Migrations: plain SQL files in migrations/, forward only, each applied once in a transaction of its own, in the
 * order of their names.
 *
 *     0001-customers.sql        runs as the owner
 *     0006-staging.loader.sql   runs as the loader, since what it makes must be the loader's
 *
 * What was applied is recorded with its checksum in the table `migrations`, in the same transaction. A file that was
 * applied is never edited; a mistake is mended by the next file.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { now } from '../platform/clock.ts';
import { installationFolder } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { type Database, isUnprepared, unreachable } from './connect.ts';
import { codeOf, isConnectionLost } from './failures.ts';
import { appLogin, loaderLogin, searchRole } from './logins.ts';

export interface Migration {
  /** `0001-customers` or `0006-staging.loader`. */
  readonly name: string;
  readonly runsAs: 'owner' | 'loader';
  readonly sql: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly checksum: string;
}

/** How a database stands to this program's migrations; all empty when they agree. */
export interface MigrationState {
  /** Of this program, not yet in the database. */
  readonly pending: readonly string[];
  /** In the database, unknown to this program: it is older than the database. */
  readonly unknown: readonly string[];
  /** Applied once, and edited since. */
  readonly changed: readonly string[];
}

/** The oldest PostgreSQL that will do. */
export const serverMajorMin = 16;

const migrationsFolder = join(installationFolder, 'migrations');

/** @returns the migrations of a folder in the order in which they apply. */
export async function readMigrations(folder = migrationsFolder): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file) => {
      const sql = await readFile(join(folder, file), 'utf8');
      const name = file.slice(0, -'.sql'.length);
      const checksum = createHash('sha256').update(sql).digest('hex');
      return { name, runsAs: name.endsWith('.loader') ? 'loader' : 'owner', sql, checksum };
    }),
  );
}

/**
 * Brings the database to this program's migrations. Any number of processes may do so at once: one works, the others
 * wait for it and find nothing left to do.
 *
 * @returns the names of those that were applied.
 * @throws AppError database.outdated when the database is ahead of this program, or an applied file was edited.
 */
export async function migrate(
  database: Database,
  folder = migrationsFolder,
  majorMin = serverMajorMin,
): Promise<string[]> {
  const migrations = await readMigrations(folder);
  return await alone(database, async (owner) => {
    await assertNewEnough(owner, majorMin);
    await database.makeLogins();
    await makeLedger(owner);
    const { pending } = refuseIfForeign(compare(migrations, await ledgerOf(owner)));
    for (const migration of migrations.filter(({ name }) => pending.includes(name))) {
      await apply(database, owner, migration);
    }
    return [...pending];
  });
}

/** Before anything is made: half of the migrations would work on an older server, and stay. */
async function assertNewEnough(owner: pg.Client, majorMin: number): Promise<void> {
  const { rows } = await owner.query<{ version: string; major: number }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major`,
  );
  const { version = 'unknown', major = 0 } = rows[0] ?? {};
  if (major >= majorMin) return;
  const message = `The database is PostgreSQL ${version}; ${majorMin} or newer is needed.`;
  throw new AppError('database.outdated', message);
}

/** How the database stands, seen by the login that works. */
export async function migrationState(database: Database, folder = migrationsFolder): Promise<MigrationState> {
  const [migrations, ledger] = await Promise.all([readMigrations(folder), appLedger(database.app)]);
  return compare(migrations, ledger);
}

/** @throws AppError database.outdated unless the database has this program's migrations, and no others. */
export async function assertMigrated(database: Database): Promise<void> {
  const { pending } = refuseIfForeign(await migrationState(database));
  if (pending.length === 0) return;
  await refuseIfShutOut(database);
  throw new AppError(
    'database.outdated',
    `The database lacks ${pending.length === 1 ? 'a migration' : `${pending.length} migrations`}: run "clientele migrate".`,
    { pending },
  );
}

/** Who may not enter sees no migrations either. @throws AppError database.unreachable, saying what is wrong. */
async function refuseIfShutOut(database: Database): Promise<void> {
  const { rows } = await database.asOwner((owner) =>
    owner.query<{ made: boolean }>(`select to_regclass('public.migrations') is not null as made`),
  );
  if (rows[0]?.made !== true) return;
  await database.app.query('select').catch((cause: unknown) => {
    if (!isUnprepared(cause)) throw cause;
    const message = `The database does not let ${appLogin} in: this process has another secret than the one that ran "clientele migrate". Give all the same CLIENTELE_SECRET, or data folder; a secret that was changed on purpose takes another "clientele migrate".`;
    throw new AppError('database.unreachable', message, {}, { cause });
  });
}

/**
 * For whatever is about to use the database: the private server is migrated on the way, another one must have been.
 *
 * @throws AppError database.outdated
 */
export async function ensureMigrated(database: Database): Promise<void> {
  if (database.kind === 'external') return assertMigrated(database);
  const { pending } = refuseIfForeign(await migrationState(database));
  if (pending.length > 0) await migrate(database);
}

/** Under a lock of the database, which goes when its connection does. */
async function alone<T>(database: Database, work: (owner: pg.Client) => Promise<T>): Promise<T> {
  try {
    return await database.asOwner(async (owner) => {
      await owner.query(`select pg_advisory_lock(hashtext('clientele: migrate'))`);
      return await work(owner);
    });
  } catch (error) {
    throw isConnectionLost(error) ? unreachable(error) : error;
  }
}

async function makeLedger(owner: pg.ClientBase): Promise<void> {
  await owner.query(`
    create table if not exists migrations (name text primary key, checksum text not null, applied_at timestamptz not null);
    revoke all on migrations from ${loaderLogin};
    grant select on migrations to ${appLogin};
    grant usage on schema public to ${appLogin}, ${loaderLogin};
  `);
}

type Ledger = ReadonlyMap<string, string>;

async function ledgerOf(client: pg.ClientBase | pg.Pool): Promise<Ledger> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from migrations',
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

/** Empty for a database that was never migrated, where the login may not even exist. */
async function appLedger(app: pg.Pool): Promise<Ledger> {
  try {
    return await ledgerOf(app);
  } catch (error) {
    if (codeOf(error) === '42P01' || isUnprepared(error)) return new Map();
    const isAnswer = error instanceof Error && 'severity' in error && !isConnectionLost(error);
    throw isAnswer ? error : unreachable(error);
  }
}

function compare(migrations: readonly Migration[], ledger: Ledger): MigrationState {
  const known = new Set(migrations.map(({ name }) => name));
  return {
    pending: migrations.filter(({ name }) => !ledger.has(name)).map(({ name }) => name),
    unknown: [...ledger.keys()].filter((name) => !known.has(name)).sort(),
    changed: migrations
      .filter(({ name, checksum }) => (ledger.get(name) ?? checksum) !== checksum)
      .map(({ name }) => name),
  };
}

function refuseIfForeign(state: MigrationState): MigrationState {
  const { unknown, changed } = state;
  if (unknown.length > 0) {
    const message = `The database has migrations that this program does not know (${unknown.join(', ')}): run a newer version.`;
    throw new AppError('database.outdated', message, { unknown });
  }
  if (changed.length > 0) {
    const message = `Migrations were edited after they were applied (${changed.join(', ')}): put the files back, and write another.`;
    throw new AppError('database.outdated', message, { changed });
  }
  return state;
}

async function apply(database: Database, owner: pg.ClientBase, migration: Migration): Promise<void> {
  if (migration.runsAs === 'owner') return applyAs(owner, migration);
  // The loader records its own migration, so that it is in the same transaction, and may do so only now.
  await owner.query(`grant insert on migrations to ${loaderLogin}`);
  const loader = await database.loader.connect();
  try {
    await applyAs(loader, migration);
  } finally {
    loader.release();
    await owner.query(`revoke insert on migrations from ${loaderLogin}`);
  }
}

async function applyAs(client: pg.ClientBase, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('insert into migrations (name, checksum, applied_at) values ($1, $2, $3)', [
      name,
      checksum,
      now(),
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw (
      serversRefusal(error) ??
      new Error(`The migration ${name} failed${lineOf(error, sql)}.`, { cause: error })
    );
  }
}

/** What whoever runs the server has to mend. */
function serversRefusal(cause: unknown): AppError | undefined {
  const says = cause instanceof Error ? cause.message : '';
  const code = codeOf(cause) ?? '';
  const refusal = (message: string) => new AppError('database.unreachable', message, {}, { cause });
  if (code === '42501' && says.includes(searchRole))
    return refusal(
      `The login of DATABASE_URL may not hand out the role ${searchRole}, which somebody else made. As a superuser: grant ${searchRole} to LOGIN with admin true, inherit false, set false.`,
    );
  if (/^(?:0A000|58P01|22023)$/.test(code) && says.includes('extension'))
    return refusal(`${says}. Install PostgreSQL's contributed extensions, btree_gin and pg_trgm among them.`);
  return undefined;
}

/** ` at line 12: relation "x" already exists`; the position counts characters from 1. */
function lineOf(error: unknown, sql: string): string {
  if (!(error instanceof Error)) return '';
  const position = 'position' in error ? Number(error.position) : Number.NaN;
  const place = Number.isNaN(position) ? '' : ` at line ${sql.slice(0, position - 1).split('\n').length}`;
  return `${place}: ${error.message}`;
}
