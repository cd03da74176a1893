/** Tenants: the first one of an installation, those below an agency, and what is set for them. */
import { z } from 'zod';
import type { AccountSession } from '../../accounts/accounts.ts';
import { useSetupToken } from '../../accounts/setup.ts';
import { createUser, userSchema } from '../../accounts/users.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Account } from '../../tenants/joining.ts';
import { memberOf, membershipsOf } from '../../tenants/members.ts';
import { changeTenant } from '../../tenants/settings.ts';
import { settingsPatchSchema, settingsSchema } from '../../tenants/settings-schema.ts';
import { createTenantFor, type NewTenant, sitesOf, slugFrom, type Tenant } from '../../tenants/tenants.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { instant } from '../instant.ts';
import type { Services } from '../services.ts';

const tenantSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  parent_id: z.string().nullable(),
  country: z.string().nullable(),
  currency: z.string(),
  timezone: z.string(),
  language: z.string(),
  settings: settingsSchema,
  created_at: z.string(),
});

function tenantDocument(tenant: Tenant): z.input<typeof tenantSchema> {
  return {
    id: tenant.id,
    slug: tenant.slug,
    name: tenant.name,
    parent_id: tenant.parentId,
    country: tenant.country,
    currency: tenant.currency,
    timezone: tenant.timezone,
    language: tenant.language,
    settings: tenant.settings,
    created_at: instant(tenant.createdAt),
  };
}

const place = {
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional()
    .describe('ISO 3166; for phone numbers that name none'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional()
    .describe('ISO 4217'),
  timezone: z.string().max(60).optional().describe('IANA'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}$/)
    .optional()
    .describe('ISO 639'),
} as const;

const newTenantSchema = z.strictObject({
  name: z.string().min(1).max(255),
  slug: z.string().max(63).optional(),
  ...place,
});

const setUpSchema = z.strictObject({
  token: z.string().min(1).max(100),
  user: userSchema.strict(),
  tenant: newTenantSchema,
});

const setUp = defineRoute({
  method: 'POST',
  path: '/setup',
  name: 'tenants.setUp',
  summary: 'The first user of an installation and his tenant, by the link that its first start prints',
  scope: 'open',
  body: { json: setUpSchema },
  answers: { 201: tenantSchema },
  handler: async ({ services, json }) => {
    // In one transaction: a name that is taken must not cost the link, nor leave a user without a tenant.
    const owner = (tx: TenantTransaction): Promise<Account> => firstUser(tx, json);
    const { tenant } = await createTenantFor(services.database, owner, newTenantOf(json.tenant));
    return { status: 201, body: tenantDocument(tenant) };
  },
});

/** @throws AppError `account.setup_over` */
async function firstUser(
  tx: TenantTransaction,
  { token, user }: z.output<typeof setUpSchema>,
): Promise<Account> {
  if (!(await useSetupToken(tx, token)))
    throw new AppError(
      'account.setup_over',
      'This link is not valid, or not any more: start the program again for a new one.',
    );
  const { userId } = await createUser(tx, { ...user, emailVerified: true });
  return { userId, email: user.email, name: user.name };
}

/** A property is absent instead of undefined. A form asks for no slug, and a name in other letters gives none. */
function newTenantOf(said: z.output<typeof newTenantSchema>): NewTenant {
  const hasSlug = said.slug !== undefined || slugFrom(said.name) !== '';
  return {
    ...(Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as {
      readonly name: string;
    }),
    ...(hasSlug ? {} : { slug: `tenant-${newId().slice(-8)}` }),
  };
}

const create = defineRoute({
  method: 'POST',
  path: '/tenants',
  name: 'tenants.create',
  summary: 'Make a tenant: one of your own, or one below an agency that you own or administer',
  scope: 'account',
  body: { json: newTenantSchema.extend({ parent: z.string().max(63).optional().describe('The agency') }) },
  answers: { 201: tenantSchema },
  limits: { callsPerMinuteMax: 30 },
  handler: async ({ services, session, json }) => {
    const account = session as AccountSession;
    await assertMayCreate(services, account, json.parent);
    const { tenant } = await createTenantFor(services.database, account, newTenantOf(json));
    return { status: 201, body: tenantDocument(tenant) };
  },
});

/** Who owns or administers a tenant may make another beside it; below an agency, who owns or administers that. */
async function assertMayCreate(
  { database }: Services,
  { userId }: AccountSession,
  parent: string | undefined,
): Promise<void> {
  const governed = (await membershipsOf(database, userId)).filter(
    ({ role, through }) => through === 'tenant' && (role === 'owner' || role === 'admin'),
  );
  const may =
    parent === undefined
      ? governed.length > 0
      : governed.some(({ slug, tenantId }) => [slug, tenantId].includes(parent));
  if (may) return;
  if (parent === undefined)
    throw new AppError('permission.missing', 'Only owners and administrators make further tenants.');
  throw new AppError('tenant.not_found', 'There is no such agency, or you do not administer it.');
}

const get = defineRoute({
  method: 'GET',
  path: '/settings',
  name: 'tenants.get',
  summary: 'The tenant and what is set for it',
  scope: 'tenant',
  permission: 'settings:read',
  answers: { 200: tenantSchema },
  handler: async ({ tenant }) => ({ status: 200, body: tenantDocument(tenant) }),
});

const change = defineRoute({
  method: 'PATCH',
  path: '/settings',
  name: 'tenants.change',
  summary: 'Change what is given and leave the rest; the currency is fixed once customers have money in it',
  scope: 'tenant',
  permission: 'settings:write',
  body: {
    json: z.strictObject({
      name: z.string().min(1).max(255).optional(),
      ...place,
      country: place.country.nullable(),
      settings: settingsPatchSchema.optional(),
    }),
  },
  answers: { 200: tenantSchema },
  handler: async ({ services, tenant, caller, json }) => {
    const given = Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
    return {
      status: 200,
      body: tenantDocument(await changeTenant(services.database, tenant.id, given, caller)),
    };
  },
});

const sites = defineRoute({
  method: 'GET',
  path: '/sites',
  name: 'tenants.sites',
  summary: 'The tenants below this agency that the caller reaches',
  scope: 'tenant',
  permission: 'settings:read',
  answers: { 200: z.object({ tenants: z.array(tenantSchema) }) },
  handler: async ({ services, tenant, session }) => {
    const below = await sitesOf(services.database, tenant.id);
    const reached = await Promise.all(
      below.map((site) => (session === null ? null : memberOf(services.database, site.id, session.userId))),
    );
    return {
      status: 200,
      body: { tenants: below.filter((_, i) => reached[i] !== null).map(tenantDocument) },
    };
  },
});

export const tenantRoutes: readonly Route[] = [setUp, create, get, change, sites];
