/** The audit trail of exports, templates and schedules: none of what is done with them changes a record. */
import { type AuditEntry, appendAudit } from '../audit/append.ts';
import type { TenantTransaction } from '../database/with-tenant.ts';

type Subject = 'export' | 'template' | 'schedule';

/** @param entry its action begins with what `subjectId` is the id of. */
export function note(
  tx: TenantTransaction,
  entry: Pick<AuditEntry, 'subjectId' | 'detail' | 'actor' | 'at'> & {
    readonly action: `${Subject}.${string}`;
  },
): Promise<void> {
  const [subjectType = ''] = entry.action.split('.');
  return appendAudit(tx, { ...entry, subjectType, digest: null });
}
