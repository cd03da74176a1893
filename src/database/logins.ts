/**
 * The three logins of an installation. None is a member of another:
 *
 * - owner owns the schema and migrates it; nothing else is done with it;
 * - app does the work; row security applies to it, and it owns nothing;
 * - loader brings rows in by COPY; it owns the tables of the schema `staging` and sees nothing else.
 *
 * Their names are part of the migrations, which grant to them, and so are the same in every installation. A cluster
 * that serves several installations gives each its own database and all of them one CLIENTELE_SECRET.
 */
import type pg from 'pg';
import { passwordOf, scramVerifier } from './secret.ts';

export const ownerLogin = 'clientele_owner';
export const appLogin = 'clientele_app';
export const loaderLogin = 'clientele_loader';
/** Nobody enters as it and nobody is a member of it: it owns the functions that search past row security, tenant by tenant. */
export const searchRole = 'clientele_search';
export const databaseName = 'clientele';

/** Where a server is and as whom to enter; what pg takes. */
export type Login = pg.ClientConfig;

export interface Logins {
  readonly owner: Login;
  readonly app: Login;
  readonly loader: Login;
}

/** @param server as whom nobody enters yet; its database is the one meant. */
export function loginsOf(server: Login, secret: string, owner?: Login): Logins {
  const as = (user: string): Login => ({ ...server, user, password: passwordOf(secret, user) });
  return { owner: owner ?? as(ownerLogin), app: as(appLogin), loader: as(loaderLogin) };
}

/**
 * Makes a login where it is missing and gives it its password. It may enter, and nothing more.
 *
 * @param client a superuser, or a role with CREATEROLE.
 */
export async function makeLogin(client: pg.ClientBase, name: string, secret: string): Promise<void> {
  const verifier = scramVerifier(passwordOf(secret, name));
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
  const verb = rowCount === 0 ? 'create' : 'alter';
  const attributes = `login nocreatedb nocreaterole password '${verifier}'`;
  await client.query(`${verb} role ${name} with ${attributes}`);
}

/**
 * Makes the role that owns the search where it is missing. The owner may hand it out, as whoever makes a role may, and
 * is no member of it.
 *
 * @param client a superuser, or a role with CREATEROLE, which may hand out what it made by that alone.
 * @param owner who migrates, where it is somebody else.
 */
export async function makeSearchRole(client: pg.ClientBase, owner?: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [searchRole]);
  if (rowCount === 0)
    await client.query(`create role ${searchRole} with nologin nocreatedb nocreaterole noinherit`);
  if (owner !== undefined)
    await client.query(`grant ${searchRole} to ${owner} with admin true, inherit false, set false`);
}

/**
 * Prepares a private server: its three logins, the role of the search, and the database that belongs to the owner. What is there already
 * stays as it is, but for the passwords.
 *
 * @param superuser connected to the database `postgres`.
 */
export async function prepareServer(
  superuser: pg.ClientBase,
  secret: string,
  database = databaseName,
): Promise<void> {
  await superuser.query(`select pg_advisory_lock(hashtext('clientele: prepare the server'))`);
  for (const name of [ownerLogin, appLogin, loaderLogin]) await makeLogin(superuser, name, secret);
  await makeSearchRole(superuser, ownerLogin);
  const { rowCount } = await superuser.query('select from pg_database where datname = $1', [database]);
  if (rowCount === 0) await superuser.query(`create database ${database} owner ${ownerLogin}`);
  await superuser.query(`revoke all on database ${database} from public`);
  await superuser.query(`grant connect on database ${database} to ${appLogin}, ${loaderLogin}`);
  await superuser.query(`select pg_advisory_unlock(hashtext('clientele: prepare the server'))`);
}
