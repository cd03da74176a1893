/** Who is signed in, which tenants he reaches, and which of them the short addresses mean. */
import { z } from 'zod';
import type { AccountSession } from '../../accounts/accounts.ts';
import { AppError } from '../../platform/errors.ts';
import { memberOf, membershipsOf } from '../../tenants/members.ts';
import { datasetActions, permissions, permissionsOf, roles } from '../../tenants/permissions.ts';
import { findTenant } from '../../tenants/tenants.ts';
import { defineRoute, type Route } from '../define-route.ts';

const tenantSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  role: z.enum(roles),
  through: z.enum(['tenant', 'agency']),
});

const sessionSchema = z.object({
  user: z.object({ id: z.string(), name: z.string(), email: z.string(), email_verified: z.boolean() }),
  active_tenant: z.string().nullable(),
  tenants: z.array(tenantSchema),
});

const get = defineRoute({
  method: 'GET',
  path: '/session',
  name: 'session.get',
  summary: 'Who is signed in, and which tenants he reaches',
  scope: 'account',
  answers: { 200: sessionSchema },
  handler: async ({ services, session }) => {
    const account = session as AccountSession;
    const reached = await membershipsOf(services.database, account.userId);
    return {
      status: 200,
      body: {
        user: {
          id: account.userId,
          name: account.name,
          email: account.email,
          email_verified: account.emailVerified,
        },
        active_tenant: account.activeTenantId,
        tenants: reached.map(({ tenantId, slug, name, role, through }) => ({
          id: tenantId,
          slug,
          name,
          role,
          through,
        })),
      },
    };
  },
});

const activate = defineRoute({
  method: 'PUT',
  path: '/session/tenant',
  name: 'session.activateTenant',
  summary: 'Make a tenant the one that the short addresses mean',
  scope: 'account',
  body: { json: z.strictObject({ tenant: z.string().min(1).max(63).describe('Slug or id') }) },
  answers: { 204: 'nothing' },
  handler: async ({ services, session, json }) => {
    const account = session as AccountSession;
    const notThere = new AppError('tenant.not_found', 'There is no such tenant, or you are no member of it.');
    const tenant = await findTenant(services.database, json.tenant).catch(() => {
      throw notThere;
    });
    if ((await memberOf(services.database, tenant.id, account.userId)) === null) throw notThere;
    await services.accounts.setActiveTenant(account.sessionId, tenant.id);
    return { status: 204 };
  },
});

const table = defineRoute({
  method: 'GET',
  path: '/permissions',
  name: 'permissions.list',
  summary: 'Which role may do what in this tenant, and what the caller may',
  scope: 'tenant',
  permission: 'member',
  answers: {
    200: z.object({
      actions: z.array(z.string()),
      permissions: z.array(z.string()),
      roles: z.record(z.string(), z.array(z.string())),
      own: z.array(z.string()),
    }),
  },
  handler: async ({ tenant, caller }) => {
    const implied = tenant.settings.permissions;
    return {
      status: 200,
      body: {
        actions: [...datasetActions],
        permissions: [...permissions],
        roles: Object.fromEntries(roles.map((role) => [role, [...permissionsOf(role, implied)]])),
        own: [...caller.permissions],
      },
    };
  },
});

export const sessionRoutes: readonly Route[] = [get, activate, table];
