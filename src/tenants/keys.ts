/**
 * API keys: a program's way in. A key belongs to one tenant and holds permissions of its own, whoever made it; when he
 * is removed, his keys end with him unless somebody says otherwise, since he has seen their tokens. The
 * table lies outside row security, since a key is looked up before its tenant is known; so each statement here names
 * the tenant itself.
 */
import { appendAudit } from '../audit/append.ts';
import type { Database } from '../database/connect.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { isId, newId } from '../platform/ids.ts';
import { hashOfToken, newToken } from '../platform/tokens.ts';
import { isPermission, permissions as knownPermissions, type Permission } from './permissions.ts';
import type { Actor } from './role-order.ts';
import { findTenant } from './tenants.ts';

/** What a valid token says. */
export interface ApiKey {
  readonly id: string;
  readonly tenantId: string;
  readonly permissions: readonly Permission[];
}

/** A key as its tenant sees it. */
export interface ListedKey {
  readonly id: string;
  readonly name: string;
  /** How the token begins, to tell keys apart. */
  readonly prefix: string;
  readonly permissions: readonly Permission[];
  /** Null: it has no end. */
  readonly expiresAt: string | null;
  /** A member's id; null when it was made at the command line. */
  readonly createdBy: string | null;
  readonly createdAt: string;
  /** To a minute. */
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface NewKey {
  readonly name: string;
  readonly permissions: readonly string[];
  /** Null: without an end, where the tenant's settings allow it. Unless said: as long as they allow. */
  readonly days?: number | null;
}

const nameCharactersMax = 100;
const prefixCharacters = 10;
const dayMs = 86_400_000;

const keyColumns = `id, name, prefix, permissions, expires_at as "expiresAt", created_by as "createdBy",
  created_at as "createdAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt"`;

/**
 * @returns the key, and its token, which cannot be had again.
 * @throws AppError key.invalid for a name, a permission or a life that cannot be, permission.missing for a permission
 *   that who asks has not himself.
 */
export async function createKey(
  database: Database,
  tenantId: string,
  wanted: NewKey,
  by: Actor | null,
): Promise<{ key: ListedKey; token: string }> {
  const { settings } = await findTenant(database, tenantId);
  const at = now();
  const name = checkedName(wanted.name);
  const permissions = checkedPermissions(wanted.permissions, by);
  const expiresAt = endOf(at, wanted.days, settings.keys.daysMax);
  const token = newToken('clk_');
  return withTenant(database, tenantId, async (tx) => {
    const { rows } = await tx.query<ListedKey>(
      `insert into auth.api_keys (id, tenant_id, name, prefix, hash, permissions, expires_at, created_by, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${keyColumns}`,
      [
        newId(),
        tenantId,
        name,
        token.slice(0, prefixCharacters),
        hashOfToken(token),
        permissions,
        expiresAt,
        by?.id ?? null,
        at,
      ],
    );
    const key = rows[0] as ListedKey;
    await noteKey(tx, 'key.create', key.id, by?.id ?? null, { permissions, expires_at: expiresAt });
    return { key, token };
  });
}

function checkedName(text: string): string {
  const name = text.trim();
  if (name === '' || [...name].length > nameCharactersMax || /\p{Cc}/u.test(name))
    throw invalid(`The name of a key has 1 to ${nameCharactersMax} characters, on one line.`);
  return name;
}

function checkedPermissions(given: readonly string[], by: Actor | null): Permission[] {
  const unknown = given.filter((permission) => !isPermission(permission));
  if (unknown.length > 0)
    throw invalid(`There is no permission ${unknown.map((one) => `"${one}"`).join(', ')}.`);
  if (given.length === 0) throw invalid('A key needs a permission.');
  const wanted = knownPermissions.filter((permission) => given.includes(permission));
  const lacking = wanted.filter((permission) => by !== null && !by.permissions.has(permission));
  if (lacking.length === 0) return wanted;
  throw new AppError(
    'permission.missing',
    `You cannot give a key what you have not yourself: ${lacking.join(', ')}.`,
    { permissions: lacking },
  );
}

function endOf(at: string, days: number | null | undefined, daysMax: number | null): string | null {
  const life = days === undefined ? daysMax : days;
  if (life === null) {
    if (daysMax === null) return null;
    throw invalid(`A key of this tenant has an end, in at most ${daysMax} days.`);
  }
  const most = daysMax ?? 3650;
  if (!Number.isInteger(life) || life < 1 || life > most)
    throw invalid(`A key lives for a whole number of days, from 1 to ${most}.`);
  return new Date(Date.parse(at) + life * dayMs).toISOString();
}

function invalid(reason: string): AppError {
  return new AppError('key.invalid', reason);
}

/** @returns the tenant's keys, newest first, with those that were revoked or have expired. */
export async function listKeys(database: Database, tenantId: string): Promise<ListedKey[]> {
  const { rows } = await database.app.query<ListedKey>(
    `select ${keyColumns} from auth.api_keys where tenant_id = $1 order by id desc`,
    [tenantId],
  );
  return rows;
}

/**
 * Ends a key: within five seconds everywhere, in this process as a rule at once.
 *
 * @throws AppError key.not_found for a key of another tenant, and one that was revoked before.
 */
export async function revokeKey(
  database: Database,
  tenantId: string,
  keyId: string,
  by: Actor | null,
): Promise<void> {
  await withTenant(database, tenantId, async (tx) => {
    const { rowCount } = isId(keyId)
      ? await tx.query(
          'update auth.api_keys set revoked_at = $3 where tenant_id = $1 and id = $2 and revoked_at is null',
          [tenantId, keyId, now()],
        )
      : { rowCount: 0 };
    if (rowCount === 0)
      throw new AppError('key.not_found', 'There is no such key, or it was revoked before.');
    await noteKey(tx, 'key.revoke', keyId, by?.id ?? null, {});
  });
  forgetKeys([keyId]);
}

/**
 * Ends the keys that somebody made, and those that were made with them, as `revokeKey` does each.
 *
 * @returns their ids: `forgetKeys` them when the transaction is over.
 */
export async function revokeKeysOf(
  tx: TenantTransaction,
  makerId: string,
  by: Actor | null,
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `with recursive made (id) as (
       select id from auth.api_keys where tenant_id = $1 and created_by = $2
       union select k.id from auth.api_keys k join made on k.tenant_id = $1 and k.created_by = made.id
     )
     update auth.api_keys k set revoked_at = $3 from made
     where k.tenant_id = $1 and k.id = made.id and k.revoked_at is null returning k.id`,
    [tx.tenantId, makerId, now()],
  );
  const ids = rows.map(({ id }) => id);
  for (const id of ids) await noteKey(tx, 'key.revoke', id, by?.id ?? null, { with_maker: makerId });
  return ids;
}

/** @returns the tenants, beside one, in which somebody's own keys are still good: the sites that an agent reaches. */
export async function tenantsWithKeysOf(
  database: Database,
  makerId: string,
  besideTenantId: string,
): Promise<readonly string[]> {
  const { rows } = await database.app.query<{ tenantId: string }>(
    `select distinct tenant_id as "tenantId" from auth.api_keys
     where created_by = $1 and tenant_id <> $2 and revoked_at is null`,
    [makerId, besideTenantId],
  );
  return rows.map(({ tenantId }) => tenantId);
}

interface Remembered extends ApiKey {
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Valid keys by the hash of their token. For five seconds at most, so that a key which another process revoked is
 * worth nothing after that; a busy key costs a look-up every five seconds instead of one a call.
 */
const remembered = new Map<string, Remembered>();
const rememberedMs = 5000;
const rememberedMax = 10_000;

/** In this process, keys that were revoked are worth nothing from now on. */
export function forgetKeys(keyIds: readonly string[]): void {
  for (const [hash, { id }] of remembered) if (keyIds.includes(id)) remembered.delete(hash);
}

function remember(hash: string, key: Remembered): void {
  if (remembered.size >= rememberedMax) remembered.clear();
  remembered.set(hash, key);
}

interface KeyRow extends ApiKey {
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}

/** @returns the key of a token, or null when it is none, was revoked or has expired. */
export async function keyOf(database: Database, token: string): Promise<ApiKey | null> {
  if (!/^clk_[A-Za-z0-9_-]{43}$/.test(token)) return null;
  const bytes = hashOfToken(token);
  const hash = bytes.toString('base64');
  const known = remembered.get(hash);
  if (known !== undefined && known.until > Date.now()) return known;
  remembered.delete(hash);
  const at = now();
  const { rows } = await database.app.query<KeyRow>(
    `select id, tenant_id as "tenantId", permissions, expires_at as "expiresAt", last_used_at as "lastUsedAt"
     from auth.api_keys where hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2)`,
    [bytes, at],
  );
  const [row] = rows;
  if (row === undefined) return null;
  await noteUse(database, row, at);
  const { id, tenantId, expiresAt } = row;
  const until = Math.min(
    Date.parse(at) + rememberedMs,
    expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt),
  );
  // A permission that the program does not know any more gives nothing.
  const key = { id, tenantId, permissions: row.permissions.filter(isPermission), until };
  remember(hash, key);
  return key;
}

/** @returns what a key holds that is known by its id; nothing when it was revoked or has expired. */
export async function permissionsOfKey(
  database: Database,
  tenantId: string,
  keyId: string,
): Promise<readonly Permission[]> {
  const { rows } = await database.app.query<{ permissions: string[] }>(
    `select permissions from auth.api_keys
     where tenant_id = $1 and id = $2 and revoked_at is null and (expires_at is null or expires_at > $3)`,
    [tenantId, keyId, now()],
  );
  return (rows[0]?.permissions ?? []).filter(isPermission);
}

/**
 * When it was used, once a minute; and an entry in the trail with the first use in each hour of the clock. The time
 * is only moved from what was read, so that of many processes one writes it, and the entry with it.
 */
async function noteUse(database: Database, { id, tenantId, lastUsedAt }: KeyRow, at: string): Promise<void> {
  const last = lastUsedAt === null ? Number.NEGATIVE_INFINITY : Date.parse(lastUsedAt);
  const present = Date.parse(at);
  if (present - last < 60_000) return;
  const move = `update auth.api_keys set last_used_at = $3
     where id = $1 and last_used_at is not distinct from $2::timestamptz and revoked_at is null`;
  const values = [id, lastUsedAt, at];
  if (hourOf(last) === hourOf(present)) {
    await database.app.query(move, values);
    return;
  }
  await withTenant(database, tenantId, async (tx) => {
    const { rowCount } = await tx.query(move, values);
    if (rowCount === 1) await noteKey(tx, 'key.use', id, id, {});
  });
}

function hourOf(milliseconds: number): number {
  return Math.floor(milliseconds / 3_600_000);
}

async function noteKey(
  tx: TenantTransaction,
  action: 'key.create' | 'key.revoke' | 'key.use',
  keyId: string,
  actor: string | null,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  await appendAudit(tx, {
    action,
    subjectType: 'key',
    subjectId: keyId,
    detail,
    digest: null,
    actor,
    at: now(),
  });
}
