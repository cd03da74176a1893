/** The audit trail of a tenant. */
import { z } from 'zod';
import { readAudit } from '../../audit/read.ts';
import { verifyAudit } from '../../audit/verify.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { instant } from '../instant.ts';

const entrySchema = z.object({
  seq: z.number(),
  action: z.string(),
  subject_type: z.string(),
  subject_id: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  digest: z.string().nullable(),
  actor: z.string().nullable(),
  at: z.string(),
  hash: z.string(),
});

const list = defineRoute({
  method: 'GET',
  path: '/audit',
  name: 'audit.list',
  summary: 'What happened, newest first',
  scope: 'tenant',
  permission: 'audit:read',
  query: z.strictObject({
    action: z.string().max(60).optional(),
    subject_type: z.string().max(60).optional(),
    subject_id: z.uuid().optional(),
    actor: z.uuid().optional(),
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
    before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
  }),
  answers: { 200: z.object({ entries: z.array(entrySchema), next_before: z.number().nullable() }) },
  handler: async ({ services, tenant, query }) => {
    const { subject_type: subjectType, subject_id: subjectId, ...rest } = query;
    const asked = Object.fromEntries(
      Object.entries({ ...rest, subjectType, subjectId }).filter(([, value]) => value !== undefined),
    );
    const entries = await withTenant(services.database, tenant.id, (tx) => readAudit(tx, asked));
    const body = entries.map((entry) => ({
      seq: entry.seq,
      action: entry.action,
      subject_type: entry.subjectType,
      subject_id: entry.subjectId,
      detail: { ...entry.detail },
      digest: entry.digest,
      actor: entry.actor,
      at: instant(entry.at),
      hash: entry.hash,
    }));
    const next = entries.length === query.limit ? (entries.at(-1)?.seq ?? null) : null;
    return { status: 200, body: { entries: body, next_before: next } };
  },
});

const verification = defineRoute({
  method: 'GET',
  path: '/audit/verification',
  name: 'audit.verify',
  summary: 'Walk the chain of the trail, and hold the journal of changes against it',
  scope: 'tenant',
  permission: 'audit:read',
  answers: {
    200: z.object({
      whole: z.boolean(),
      entries: z.number(),
      changes: z.number(),
      faults: z.array(z.object({ seq: z.number().nullable(), says: z.string() })),
    }),
  },
  limits: { callsPerMinuteMax: 6 },
  handler: async ({ services, tenant }) => {
    const verdict = await withTenant(services.database, tenant.id, verifyAudit);
    const { entries, changes, faults } = verdict;
    return { status: 200, body: { whole: faults.length === 0, entries, changes, faults: [...faults] } };
  },
});

export const auditRoutes: readonly Route[] = [list, verification];
