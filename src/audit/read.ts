/** Reading the audit trail: newest first, a page at a time, by what happened, to what, by whom and when. */
import type { TenantTransaction } from '../database/with-tenant.ts';

/** An entry as it stands in the trail. */
export interface TrailEntry {
  /** Its place in the tenant's chain, from 1. */
  readonly seq: number;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
  /** Of the changes it speaks of, hexadecimal. */
  readonly digest: string | null;
  /** A member's id, or a key's. */
  readonly actor: string | null;
  readonly at: string;
  /** Hexadecimal; covers the entry and the hash before. */
  readonly hash: string;
}

export interface AuditAsked {
  readonly action?: string;
  readonly subjectType?: string;
  readonly subjectId?: string;
  readonly actor?: string;
  /** Points in time as ISO 8601; from this one on. */
  readonly from?: string;
  /** Up to this one, without it. */
  readonly to?: string;
  /** Entries before the one with this place. */
  readonly before?: number;
  /** At most a thousand; 100 unless said. */
  readonly limit?: number;
}

const pageEntriesMax = 1000;

/** What is compared with each thing that may be asked: no comparison here keeps an index from being used. */
const comparisons: Readonly<Record<Exclude<keyof AuditAsked, 'limit'>, (value: string) => string>> = {
  action: (value) => `action = ${value}::text`,
  subjectType: (value) => `subject_type = ${value}::text`,
  subjectId: (value) => `subject_id = ${value}::uuid`,
  actor: (value) => `actor = ${value}::uuid`,
  from: (value) => `at >= ${value}::timestamptz`,
  to: (value) => `at < ${value}::timestamptz`,
  before: (value) => `seq < ${value}::bigint`,
};

/** The statement and its values; the statement is EXPLAINed by a test. `$1` is the tenant. */
export function auditQuery(tenantId: string, asked: AuditAsked): { text: string; values: unknown[] } {
  const values: unknown[] = [tenantId];
  const conditions = Object.entries(comparisons).flatMap(([name, compare]) => {
    const value = asked[name as keyof typeof comparisons];
    return value === undefined ? [] : [`and ${compare(`$${values.push(value)}`)}`];
  });
  const limit = `$${values.push(Math.min(asked.limit ?? 100, pageEntriesMax))}`;
  // In the order of places a span of time would be looked for from the newest entry on, through all of the trail, since
  // the planner does not know that times go with places. An expression is in no index's order: the span is sorted.
  const order = asked.from === undefined && asked.to === undefined ? 'seq' : 'seq + 0';
  const text = `select seq, action, subject_type as "subjectType", subject_id as "subjectId", detail,
    encode(digest, 'hex') as digest, actor, at, encode(hash, 'hex') as hash
  from audit_entries where tenant_id = $1 ${conditions.join(' ')} order by ${order} desc limit ${limit}`;
  return { text, values };
}

/** @returns entries, newest first; the last one's `seq` is the `before` of the next page. */
export async function readAudit(tx: TenantTransaction, asked: AuditAsked = {}): Promise<TrailEntry[]> {
  const { text, values } = auditQuery(tx.tenantId, asked);
  const { rows } = await tx.query<TrailEntry>(text, values);
  return rows;
}
