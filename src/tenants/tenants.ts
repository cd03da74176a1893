/**
 * The directory of tenants: who there is. It is read before a tenant is set, and holds no data of theirs.
 *
 * A tenant may stand below another, its agency, whose members with a role for it reach it. One level: an agency
 * stands below nobody. It is said when the tenant is made, and never changes.
 */
import { appendAudit } from '../audit/append.ts';
import type { Database } from '../database/connect.ts';
import { codeOf } from '../database/failures.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { isId, newId } from '../platform/ids.ts';
import { type Account, joinTenant, noteMember } from './joining.ts';
import { type SettingsPatch, type TenantSettings, withDefaults } from './settings-schema.ts';
import { checkProperties, type TenantProperties } from './tenant-properties.ts';

export interface Tenant extends TenantProperties {
  readonly id: string;
  /** Names the tenant in commands and addresses: small letters, digits and hyphens. */
  readonly slug: string;
  /** The agency, by its id. */
  readonly parentId: string | null;
  readonly settings: TenantSettings;
  /** As PostgreSQL writes a timestamptz. */
  readonly createdAt: string;
}

export interface NewTenant {
  readonly name: string;
  /** Made from the name unless given. */
  readonly slug?: string;
  /** The agency, by its slug or its id. */
  readonly parent?: string;
  readonly country?: string;
  readonly currency?: string;
  readonly timezone?: string;
  readonly language?: string;
}

export interface TenantRow extends Omit<Tenant, 'settings'> {
  readonly settings: SettingsPatch;
}

export const tenantColumns =
  'id, slug, name, parent_id as "parentId", country, currency, timezone, language, settings, created_at as "createdAt"';

export function tenantOf(row: TenantRow): Tenant {
  return { ...row, settings: withDefaults(row.settings) };
}

/**
 * A tenant without members: for the command line, which needs none.
 *
 * @throws AppError tenant.invalid for a property out of bounds, or a parent that has a parent itself, tenant.exists
 *   when the slug is taken, tenant.not_found for a parent that is not there.
 */
export async function createTenant(database: Database, wanted: NewTenant): Promise<Tenant> {
  return insertTenant(database.app, newId(), await settled(database, wanted));
}

/** An account, or what makes one in the transaction of the tenant. */
export type FirstOwner = Account | ((tx: TenantTransaction) => Promise<Account>);

/**
 * A tenant with its first owner, both or neither.
 *
 * @throws AppError as createTenant does, and whatever making the owner throws.
 */
export async function createTenantFor(
  database: Database,
  owner: FirstOwner,
  wanted: NewTenant,
): Promise<{ tenant: Tenant; memberId: string }> {
  const properties = await settled(database, wanted);
  return withTenant(database, newId(), async (tx) => {
    const account = typeof owner === 'function' ? await owner(tx) : owner;
    const tenant = await insertTenant(tx, tx.tenantId, properties);
    const memberId = await joinTenant(tx, account, { role: 'owner' });
    await appendAudit(tx, {
      action: 'tenant.create',
      subjectType: 'tenant',
      subjectId: tenant.id,
      detail: { parent: tenant.parentId },
      digest: null,
      actor: memberId,
      at: tenant.createdAt,
    });
    await noteMember(tx, {
      action: 'member.join',
      memberId,
      detail: { role: 'owner', site_role: null },
      actor: memberId,
    });
    return { tenant, memberId };
  });
}

/** @returns all tenants in the order of their slugs. */
export async function listTenants(database: Database): Promise<Tenant[]> {
  const { rows } = await database.app.query<TenantRow>(
    `select ${tenantColumns} from tenants order by slug collate "C"`,
  );
  return rows.map(tenantOf);
}

/** @returns the tenants below an agency, in the order of their slugs. */
export async function sitesOf(database: Database, agencyId: string): Promise<Tenant[]> {
  const { rows } = await database.app.query<TenantRow>(
    `select ${tenantColumns} from tenants where parent_id = $1 order by slug collate "C"`,
    [agencyId],
  );
  return rows.map(tenantOf);
}

/**
 * @param named a slug, or an id.
 * @throws AppError tenant.not_found
 */
export async function findTenant(database: Database, named: string): Promise<Tenant> {
  const column = isId(named) ? 'id' : 'slug';
  const { rows } = await database.app.query<TenantRow>(
    `select ${tenantColumns} from tenants where ${column} = $1`,
    [named.toLowerCase()],
  );
  const [row] = rows;
  if (row !== undefined) return tenantOf(row);
  throw new AppError(
    'tenant.not_found',
    `There is no tenant "${named}"; "clientele tenant list" shows those there are.`,
    { named },
  );
}

/** "Müller & Söhne GmbH" → "muller-sohne-gmbh"; empty when nothing is left. */
export function slugFrom(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}

interface Settled extends TenantProperties {
  readonly slug: string;
  readonly parentId: string | null;
}

async function settled(database: Database, wanted: NewTenant): Promise<Settled> {
  const { country = null, currency = 'USD', timezone = 'UTC', language = 'en' } = wanted;
  const properties = { name: wanted.name.trim(), country, currency, timezone, language };
  checkProperties(properties);
  const slug = wanted.slug ?? slugFrom(properties.name);
  if (slug === '' && wanted.slug === undefined) {
    throw new AppError(
      'tenant.invalid',
      `No slug can be made from "${properties.name}": say one, of small letters, digits and hyphens (--slug).`,
      { property: 'slug' },
    );
  }
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(slug) || isId(slug)) {
    throw new AppError(
      'tenant.invalid',
      `"${slug}" cannot be a slug: use up to 63 small letters, digits and hyphens (--slug).`,
      { property: 'slug' },
    );
  }
  return { ...properties, slug, parentId: await agencyId(database, wanted.parent) };
}

async function agencyId(database: Database, named: string | undefined): Promise<string | null> {
  if (named === undefined) return null;
  const agency = await findTenant(database, named);
  if (agency.parentId === null) return agency.id;
  throw new AppError(
    'tenant.invalid',
    `The tenant "${agency.slug}" stands below another one: it can have none below itself.`,
    { property: 'parent' },
  );
}

async function insertTenant(
  connection: Pick<TenantTransaction, 'query'>,
  id: string,
  { slug, name, parentId, country, currency, timezone, language }: Settled,
): Promise<Tenant> {
  const values = [id, slug, name, parentId, country, currency, timezone, language, now()];
  try {
    const { rows } = await connection.query<TenantRow>(
      `insert into tenants (id, slug, name, parent_id, country, currency, timezone, language, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${tenantColumns}`,
      values,
    );
    return tenantOf(rows[0] as TenantRow);
  } catch (error) {
    if (codeOf(error) !== '23505') throw error;
    throw new AppError('tenant.exists', `There is a tenant "${slug}" already: choose another slug.`, {
      slug,
    });
  }
}
