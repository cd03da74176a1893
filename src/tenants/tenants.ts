/** The directory of tenants: who there is. It is read before a tenant is set, and holds no data of theirs. */
import type { Database } from '../database/connect.ts';
import { codeOf } from '../database/failures.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { isId, newId } from '../platform/ids.ts';

export interface Tenant {
  readonly id: string;
  /** Names the tenant in commands and addresses: small letters, digits and hyphens. */
  readonly slug: string;
  readonly name: string;
  /** ISO 3166 alpha-2; for phone numbers and addresses without a country. */
  readonly country: string | null;
  /** ISO 4217, of all money kept with customers. */
  readonly currency: string;
  /** IANA. */
  readonly timezone: string;
  /** ISO 639, whose words for yes and no are understood beside English. */
  readonly language: string;
  /** As PostgreSQL writes a timestamptz. */
  readonly createdAt: string;
}

export interface NewTenant {
  readonly name: string;
  /** Made from the name unless given. */
  readonly slug?: string;
  readonly country?: string;
  readonly currency?: string;
  readonly timezone?: string;
  readonly language?: string;
}

const columns = 'id, slug, name, country, currency, timezone, language, created_at as "createdAt"';

/** @throws AppError tenant.invalid for a property out of bounds, tenant.exists when the slug is taken. */
export async function createTenant(database: Database, wanted: NewTenant): Promise<Tenant> {
  const tenant = checked(wanted);
  try {
    const { rows } = await database.app.query<Tenant>(
      `insert into tenants (id, slug, name, country, currency, timezone, language, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
      [
        newId(),
        tenant.slug,
        tenant.name,
        tenant.country,
        tenant.currency,
        tenant.timezone,
        tenant.language,
        now(),
      ],
    );
    return rows[0] as Tenant;
  } catch (error) {
    if (codeOf(error) !== '23505') throw error;
    throw new AppError('tenant.exists', `There is a tenant "${tenant.slug}" already: choose another slug.`, {
      slug: tenant.slug,
    });
  }
}

/** @returns all tenants in the order of their slugs. */
export async function listTenants(database: Database): Promise<Tenant[]> {
  const { rows } = await database.app.query<Tenant>(
    `select ${columns} from tenants order by slug collate "C"`,
  );
  return rows;
}

/**
 * @param named a slug, or an id.
 * @throws AppError tenant.not_found
 */
export async function findTenant(database: Database, named: string): Promise<Tenant> {
  const column = isId(named) ? 'id' : 'slug';
  const { rows } = await database.app.query<Tenant>(`select ${columns} from tenants where ${column} = $1`, [
    named.toLowerCase(),
  ]);
  const [tenant] = rows;
  if (tenant !== undefined) return tenant;
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

function checked(wanted: NewTenant) {
  const name = wanted.name.trim();
  const slug = wanted.slug ?? slugFrom(name);
  const { country = null, currency = 'USD', timezone = 'UTC', language = 'en' } = wanted;
  const refuse = (reason: string): never => {
    throw new AppError('tenant.invalid', reason);
  };
  if (name === '' || [...name].length > 255) refuse('The name of a tenant has 1 to 255 characters.');
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(slug)) {
    refuse(`"${slug}" cannot be a slug: use up to 63 small letters, digits and hyphens (--slug).`);
  }
  if (country !== null && !/^[A-Z]{2}$/.test(country))
    refuse(`"${country}" is not a country: give its two letters, such as GB.`);
  if (!/^[A-Z]{3}$/.test(currency))
    refuse(`"${currency}" is not a currency: give its three letters, such as EUR.`);
  if (!isTimezone(timezone)) refuse(`"${timezone}" is not a time zone: give a name such as Europe/London.`);
  if (!/^[a-z]{2,3}$/.test(language))
    refuse(`"${language}" is not a language: give its two letters, such as en.`);
  return { name, slug, country, currency, timezone, language };
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
