/** The database: does it answer, do its logins stand as they should, is it migrated, is any work left lying. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type Database, isUnprepared, unreachable } from '../../database/connect.ts';
import { type Finding, inspectEmbedded } from '../../database/embedded/inspect.ts';
import { isConnectionLost } from '../../database/failures.ts';
import { appLogin, loaderLogin, searchRole } from '../../database/logins.ts';
import { migrationState, serverMajorMin } from '../../database/migrate.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { workingStates } from '../../import/states.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { listTenants } from '../../tenants/tenants.ts';

/** What one examination needs must have been found well by those before it: the first bad finding is the last. */
const examinations = [examineVersion, examineLogins, examineMigrations, examineRuns];

export async function examineDatabase(): Promise<Finding[]> {
  const { databaseUrl, dataFolder, postgresBin } = configuration();
  if (databaseUrl !== undefined) return examineInside();
  const chosen = postgresBin === undefined ? {} : { binFolder: postgresBin };
  const outside = await inspectEmbedded({ dataFolder, ...chosen });
  const made = existsSync(join(dataFolder, 'postgres', 'cluster'));
  return made && outside.every(({ ok }) => ok) ? [...outside, ...(await examineInside())] : outside;
}

async function examineInside(): Promise<Finding[]> {
  let database: Database;
  try {
    database = await connect();
  } catch (error) {
    return [refusalOf(error)];
  }
  try {
    return await examineInOrder(database);
  } finally {
    await database.close();
  }
}

async function examineInOrder(database: Database): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const examine of examinations) {
    const finding = await examine(database).catch(refusalOf);
    findings.push(finding);
    if (!finding.ok) break;
  }
  return findings;
}

/** @throws whatever is no refusal. */
function refusalOf(error: unknown): Finding {
  const refusal = isConnectionLost(error) ? unreachable(error) : error;
  if (!(refusal instanceof AppError)) throw refusal;
  return { check: 'database', ok: false, says: 'There is no way in.', mend: refusal.message };
}

async function examineVersion(database: Database): Promise<Finding> {
  const { rows } = await database.asOwner((owner) =>
    owner.query<{ version: string; major: number }>(
      `select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major`,
    ),
  );
  const { version = 'unknown', major = 0 } = rows[0] ?? {};
  const says = `PostgreSQL ${version} answers.`;
  if (major >= serverMajorMin) return { check: 'database', ok: true, says };
  return { check: 'database', ok: false, says, mend: `Upgrade it: ${serverMajorMin} or newer is needed.` };
}

async function examineLogins({ app, loader, asOwner }: Database): Promise<Finding> {
  const check = 'logins';
  try {
    await Promise.all([app.query('select'), loader.query('select')]);
  } catch (error) {
    if (!isUnprepared(error)) throw error;
    const mend =
      'Run "clientele migrate". Every process of an installation needs the same CLIENTELE_SECRET or data folder.';
    const says = `${appLogin} or ${loaderLogin} is missing, or has another password.`;
    return { check, ok: false, says, mend };
  }
  const { rows } = await asOwner((owner) =>
    owner.query<{ name: string }>(
      `select rolname as name from pg_roles where rolname = any($1) and (rolsuper or rolbypassrls or rolcreaterole)`,
      [[appLogin, loaderLogin, searchRole]],
    ),
  );
  if (rows.length === 0) return { check, ok: true, says: 'Each may do its own work and no more.' };
  const names = rows.map(({ name }) => name).join(' and ');
  const says = `${names} may pass by row security, which keeps tenants apart.`;
  return {
    check,
    ok: false,
    says,
    mend: 'As a superuser: alter role … nosuperuser nobypassrls nocreaterole.',
  };
}

async function examineMigrations(database: Database): Promise<Finding> {
  const check = 'migrations';
  const { pending, unknown, changed } = await migrationState(database);
  if (unknown.length > 0) {
    const says = `The database is ahead of this program: ${unknown.join(', ')}.`;
    return { check, ok: false, says, mend: 'Run a newer version.' };
  }
  if (changed.length > 0) {
    const says = `Edited after they were applied: ${changed.join(', ')}.`;
    return { check, ok: false, says, mend: 'Put the files back.' };
  }
  if (pending.length > 0) {
    return {
      check,
      ok: false,
      says: `To be applied: ${pending.join(', ')}.`,
      mend: 'Run "clientele migrate".',
    };
  }
  return { check, ok: true, says: 'All are applied.' };
}

/** Runs that a worker should be bringing further, and whose lease has run out. */
async function examineRuns(database: Database): Promise<Finding> {
  const check = 'imports';
  const abandoned: string[] = [];
  for (const { id, slug } of await listTenants(database)) {
    const { rows } = await withTenant(database, id, (tx) =>
      tx.query<{ id: string }>(
        `select id from imports where tenant_id = $1 and state = any($2) and lease_until < clock_timestamp()`,
        [id, workingStates],
      ),
    );
    abandoned.push(...rows.map((row) => `${row.id} of ${slug}`));
  }
  if (abandoned.length === 0) return { check, ok: true, says: 'None was left lying.' };
  const says = `Nobody works on ${abandoned.join(', ')}.`;
  return { check, ok: false, says, mend: 'Run "clientele work", which takes them up.' };
}
