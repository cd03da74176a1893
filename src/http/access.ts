/**
 * Who calls, in which tenant, and whether they may. Every route passes here before a byte of its body is read.
 *
 * A tenant that a caller does not reach is not there for him: whether it exists is nobody's business.
 */
import type { FastifyRequest } from 'fastify';
import type { AccountSession } from '../accounts/accounts.ts';
import { trustedOrigins } from '../accounts/origins.ts';
import { AppError } from '../platform/errors.ts';
import { isId } from '../platform/ids.ts';
import type { Caller } from '../tenants/caller.ts';
import { type ApiKey, keyOf } from '../tenants/keys.ts';
import { memberOf, membershipsOf } from '../tenants/members.ts';
import { datasetActions, permissionsOf, withImplied } from '../tenants/permissions.ts';
import { findTenant, type Tenant } from '../tenants/tenants.ts';
import type { Needed } from './define-route.ts';
import type { Services } from './services.ts';

/** What a request proves of who sent it. */
export interface Identity {
  readonly session: AccountSession | null;
  readonly key: ApiKey | null;
}

/** @throws AppError `account.required` when nothing, or nothing valid, says who calls. */
export async function identify(services: Services, request: FastifyRequest): Promise<Identity> {
  const token = keyIn(request);
  if (token !== null) {
    const key = await keyOf(services.database, token);
    if (key === null) throw unknownCaller();
    return { session: null, key };
  }
  const session = await services.accounts.sessionOf(headersOf(request));
  if (session === null) throw unknownCaller();
  if (session.by === 'cookie') assertOwnOrigin(services, request);
  return { session, key: null };
}

function unknownCaller(): AppError {
  return new AppError('account.required', 'Sign in, or send an API key: "Authorization: Bearer clk_…".');
}

/** A key comes as a bearer token, or in the header that older clients use. */
function keyIn({ headers }: FastifyRequest): string | null {
  const bearer = /^Bearer (clk_\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const given = bearer ?? headers['x-api-key'];
  return typeof given === 'string' && given !== '' ? given : null;
}

export function headersOf({ headers }: FastifyRequest): Headers {
  const copy = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string') copy.append(name, value);
    else for (const each of value ?? []) copy.append(name, each);
  }
  return copy;
}

/** A browser sends its cookie along with whatever page asks: only our own pages may change something with it. */
function assertOwnOrigin({ baseUrl }: Services, { method, headers }: FastifyRequest): void {
  if (method === 'GET' || method === 'HEAD') return;
  const site = headers['sec-fetch-site'];
  const origin = headers.origin;
  const own =
    origin === undefined
      ? site === undefined || site === 'same-origin'
      : trustedOrigins(baseUrl).includes(origin);
  if (!own) throw new AppError('account.foreign_origin', 'The call comes from another site.');
}

export interface Reached {
  readonly tenant: Tenant;
  readonly caller: Caller;
}

/**
 * @param named the tenant in the path, a slug or an id; undefined in the short form, which means the key's tenant or
 *   the one that is active in the session.
 * @throws AppError `tenant.not_found`, `tenant.unchosen`
 */
export async function reachTenant(
  services: Services,
  { session, key }: Identity,
  named: string | undefined,
): Promise<Reached> {
  const { database } = services;
  if (key !== null) {
    const tenant = await findTenant(database, key.tenantId);
    if (named !== undefined && !isNamed(tenant, named)) throw notThere();
    return {
      tenant,
      caller: {
        kind: 'key',
        id: key.id,
        userId: null,
        role: null,
        permissions: withImplied(key.permissions, tenant.settings.permissions),
      },
    };
  }
  if (session === null) throw unknownCaller();
  const tenant = await findTenant(database, named ?? (await activeTenant(services, session))).catch(
    (error: unknown) => {
      throw error instanceof AppError ? notThere() : error;
    },
  );
  const member = await memberOf(database, tenant.id, session.userId);
  if (member === null) throw notThere();
  return {
    tenant,
    caller: {
      kind: 'member',
      id: member.id,
      userId: session.userId,
      role: member.role,
      permissions: permissionsOf(member.role, tenant.settings.permissions),
    },
  };
}

function isNamed(tenant: Tenant, named: string): boolean {
  return isId(named) ? tenant.id === named.toLowerCase() : tenant.slug === named.toLowerCase();
}

/** Who is in one tenant only need not choose it. */
async function activeTenant({ database }: Services, session: AccountSession): Promise<string> {
  if (session.activeTenantId !== null) return session.activeTenantId;
  const reached = await membershipsOf(database, session.userId);
  const [only] = reached;
  if (reached.length === 1 && only !== undefined) return only.tenantId;
  throw new AppError(
    'tenant.unchosen',
    'Name the tenant: /api/tenants/{tenant}/…, or make one active with PUT /api/session/tenant.',
  );
}

function notThere(): AppError {
  return new AppError('tenant.not_found', 'There is no such tenant, or you are no member of it.');
}

const orOwnRecord = / or own record$/;

/** @throws AppError `permission.missing` */
export function assertMay({ permissions, role }: Caller, needed: Needed): void {
  if (needed === 'member' || (role === 'customer' && orOwnRecord.test(needed))) return;
  const permission = needed.replace(orOwnRecord, '');
  if (!holds(permissions, permission))
    throw new AppError('permission.missing', `This needs the permission ${permission}.`);
}

function holds(permissions: Caller['permissions'], needed: string): boolean {
  const action = datasetActions.find((candidate) => needed === `${candidate} on any dataset`);
  if (action === undefined) return (permissions as ReadonlySet<string>).has(needed);
  return [...permissions].some((permission) => permission.endsWith(`:${action}`));
}
