/**
 * The audit trail: what happened in a tenant, to what, and the digest of what it changed. No personal data. Each
 * entry's hash covers the hash before it, so that an entry edited, removed or moved breaks the chain from there on.
 *
 *     hash = sha256(hash before ‖ seq, action, subject type, subject id, detail, digest, actor, time; apart by U+001F)
 */
import type { TenantTransaction } from '../database/with-tenant.ts';

export interface AuditEntry {
  /** `import.commit`, `import.undo` …: noun and verb. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string | null;
  /** Counts and settings; never a value of a record. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** sha256 over the digests of the changes, hexadecimal. */
  readonly digest: string | null;
  readonly actor: string | null;
  readonly at: string;
}

/** What the hash covers, as SQL of the entry's columns. The check of the chain computes the very same. */
export function hashedText(of: {
  seq: string;
  action: string;
  subjectType: string;
  subjectId: string;
  detail: string;
  digest: string;
  actor: string;
  at: string;
}): string {
  const texts = [
    `(${of.seq})::text`,
    of.action,
    of.subjectType,
    `coalesce((${of.subjectId})::text, '')`,
    `(${of.detail})::text`,
    `coalesce(encode(${of.digest}, 'hex'), '')`,
    `coalesce((${of.actor})::text, '')`,
    `to_char((${of.at}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`,
  ];
  return `convert_to(${texts.join(` || E'\\x1f' || `)}, 'UTF8')`;
}

/** The entry's text at a place in the chain. */
const entryAt = (seq: string): string =>
  hashedText({
    seq,
    action: '$2::text',
    subjectType: '$3::text',
    subjectId: '$4::uuid',
    detail: '$5::jsonb',
    digest: `decode($6::text, 'hex')`,
    actor: '$7::uuid',
    at: '$8::timestamptz',
  });

const appendStatement = `with head as (
  insert into audit_heads as h (tenant_id, seq, hash)
  select $1, 1, sha256('\\x'::bytea || ${entryAt('1')})
  on conflict (tenant_id) do update set seq = h.seq + 1, hash = sha256(h.hash || ${entryAt('h.seq + 1')})
  returning seq, hash)
insert into audit_entries (tenant_id, seq, action, subject_type, subject_id, detail, digest, actor, at, hash)
select $1, head.seq, $2, $3, $4::uuid, $5::jsonb, decode($6::text, 'hex'), $7::uuid, $8::timestamptz, head.hash from head`;

/** Appends an entry. It locks the head of the tenant's chain: make it the last statement of the transaction. */
export async function appendAudit(tx: TenantTransaction, what: AuditEntry): Promise<void> {
  await tx.query(appendStatement, [
    tx.tenantId,
    what.action,
    what.subjectType,
    what.subjectId,
    JSON.stringify(what.detail),
    what.digest,
    what.actor,
    what.at,
  ]);
}
