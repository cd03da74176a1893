/** API keys of a tenant. */
import { z } from 'zod';
import { createKey, type ListedKey, listKeys, revokeKey } from '../../tenants/keys.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { instant, instantOrNull } from '../instant.ts';

const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  permissions: z.array(z.string()),
  expires_at: z.string().nullable(),
  created_by: z.string().nullable(),
  created_at: z.string(),
  last_used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});

function keyDocument(key: ListedKey): z.input<typeof keySchema> {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    permissions: [...key.permissions],
    expires_at: instantOrNull(key.expiresAt),
    created_by: key.createdBy,
    created_at: instant(key.createdAt),
    last_used_at: instantOrNull(key.lastUsedAt),
    revoked_at: instantOrNull(key.revokedAt),
  };
}

const list = defineRoute({
  method: 'GET',
  path: '/keys',
  name: 'keys.list',
  summary: 'The keys of the tenant, newest first, with those that have ended',
  scope: 'tenant',
  permission: 'keys:read',
  answers: { 200: z.object({ keys: z.array(keySchema) }) },
  handler: async ({ services, tenant }) => {
    const keys = await listKeys(services.database, tenant.id);
    return { status: 200, body: { keys: keys.map(keyDocument) } };
  },
});

const create = defineRoute({
  method: 'POST',
  path: '/keys',
  name: 'keys.create',
  summary: 'Make a key; its token is in this answer and nowhere else',
  scope: 'tenant',
  permission: 'keys:write',
  body: {
    json: z.strictObject({
      name: z.string().min(1).max(100),
      permissions: z.array(z.string().max(60)).min(1).max(200),
      days: z
        .int()
        .min(1)
        .max(3650)
        .nullable()
        .optional()
        .describe('Null: without an end, where the settings allow it'),
    }),
  },
  answers: { 201: keySchema.extend({ token: z.string() }) },
  handler: async ({ services, tenant, caller, json }) => {
    const { name, permissions, days } = json;
    const wanted = { name, permissions, ...(days === undefined ? {} : { days }) };
    const { key, token } = await createKey(services.database, tenant.id, wanted, caller);
    return { status: 201, body: { ...keyDocument(key), token } };
  },
});

const revoke = defineRoute({
  method: 'DELETE',
  path: '/keys/{id}',
  name: 'keys.revoke',
  summary: 'End a key',
  scope: 'tenant',
  permission: 'keys:write',
  params: z.strictObject({ id: z.uuid() }),
  answers: { 204: 'nothing' },
  handler: async ({ services, tenant, caller, params }) => {
    await revokeKey(services.database, tenant.id, params.id, caller);
    return { status: 204 };
  },
});

export const keyRoutes: readonly Route[] = [list, create, revoke];
