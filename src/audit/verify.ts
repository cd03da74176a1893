/**
 * Walks a tenant's audit chain from its first entry to its head, and sets the journal against the digests that the
 * entries keep. Finds an entry that was edited, removed, added or moved, and a change that was edited, removed or added.
 */
import type { TenantTransaction } from '../database/with-tenant.ts';
import { hashedText } from './append.ts';
import { changeDigest } from './changes.ts';

export interface AuditVerdict {
  readonly entries: number;
  readonly changes: number;
  /** What is wrong, in order; empty when the trail is whole. At most a hundred. */
  readonly faults: readonly AuditFault[];
}

export interface AuditFault {
  /** Entry at which it shows; null for a change that no entry knows. */
  readonly seq: number | null;
  readonly says: string;
}

const faultsMax = 100;

export async function verifyAudit(tx: TenantTransaction): Promise<AuditVerdict> {
  const faults = [
    ...(await brokenLinks(tx)),
    ...(await wrongHead(tx)),
    ...(await editedChanges(tx)),
    ...(await wrongDigests(tx)),
    ...(await unknownChanges(tx)),
  ];
  return {
    entries: await count(tx, 'audit_entries'),
    changes: await count(tx, 'changes'),
    faults: faults.slice(0, faultsMax),
  };
}

async function count(tx: TenantTransaction, table: 'audit_entries' | 'changes'): Promise<number> {
  const { rows } = await tx.query<{ rows: number }>(
    `select count(*)::int as rows from ${table} where tenant_id = $1`,
    [tx.tenantId],
  );
  return rows[0]?.rows ?? 0;
}

/** Whether an entry follows the one before can only be told where that one is there. */
async function brokenLinks(tx: TenantTransaction): Promise<AuditFault[]> {
  const text = hashedText({
    seq: 'e.seq',
    action: 'e.action',
    subjectType: 'e.subject_type',
    subjectId: 'e.subject_id',
    detail: 'e.detail',
    digest: 'e.digest',
    actor: 'e.actor',
    at: 'e.at',
  });
  const { rows } = await tx.query<{ seq: number; before: number }>(
    `select seq, before from (
       select e.seq, coalesce(lag(e.seq) over (order by e.seq), 0) as before,
         e.hash = sha256(coalesce(lag(e.hash) over (order by e.seq), '\\x'::bytea) || ${text}) as whole
       from audit_entries e where e.tenant_id = $1) links
     where seq <> before + 1 or not whole order by seq limit ${faultsMax}`,
    [tx.tenantId],
  );
  return rows.map(({ seq, before }) => ({
    seq,
    says:
      seq === before + 1
        ? `Entry ${seq} is not what was written, or does not follow the one before it.`
        : `Between the entries ${before} and ${seq} ${seq - before === 2 ? 'one is' : `${seq - before - 1} are`} missing.`,
  }));
}

async function wrongHead(tx: TenantTransaction): Promise<AuditFault[]> {
  const { rows } = await tx.query<{ seq: number; last: number; whole: boolean }>(
    `select coalesce(h.seq, 0) as seq, coalesce(e.seq, 0) as last,
       h.seq is not distinct from e.seq and h.hash is not distinct from e.hash as whole
     from (select) none
     left join audit_heads h on h.tenant_id = $1
     left join (select seq, hash from audit_entries where tenant_id = $1 order by seq desc limit 1) e on true`,
    [tx.tenantId],
  );
  return rows
    .filter((row) => !row.whole)
    .map(({ seq, last }) => ({
      seq,
      says:
        seq === last
          ? `The chain ends at entry ${seq}, but not in the hash that its head has.`
          : `The chain ends at entry ${last}, and its head is at ${seq}.`,
    }));
}

async function editedChanges(tx: TenantTransaction): Promise<AuditFault[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select c.id from changes c where c.tenant_id = $1 and c.digest <> ${changeDigest((column) => `c.${column}`)}
     order by c.id limit ${faultsMax}`,
    [tx.tenantId],
  );
  return rows.map(({ id }) => ({ seq: null, says: `The change ${id} is not what was written.` }));
}

const ofImport = `c.import_id = e.subject_id and c.phase = e.detail ->> 'phase' and c.chunk = (e.detail ->> 'chunk')::int`;
const ofOperation = `c.operation_id = (e.detail ->> 'operation')::uuid`;

/**
 * An entry that speaks of changes names their import, phase and chunk, or the operation that wrote them; their digests
 * make its digest.
 */
const changesOfEntries = [
  { which: `not e.detail ? 'operation'`, changes: ofImport },
  { which: `e.detail ? 'operation'`, changes: ofOperation },
]
  .map(
    ({ which, changes }) => `select e.seq, e.detail ->> 'changes' as digest,
    encode(sha256(string_agg(c.digest, ''::bytea order by c.id)), 'hex') as found
  from audit_entries e left join changes c on c.tenant_id = $1 and ${changes}
  where e.tenant_id = $1 and e.detail ? 'changes' and ${which} group by e.seq, e.detail`,
  )
  .join(' union all ');

async function wrongDigests(tx: TenantTransaction): Promise<AuditFault[]> {
  const { rows } = await tx.query<{ seq: number }>(
    `select seq from (${changesOfEntries}) d where digest is distinct from found order by seq limit ${faultsMax}`,
    [tx.tenantId],
  );
  return rows.map(({ seq }) => ({
    seq,
    says: `The changes of entry ${seq} are not those it was written for.`,
  }));
}

async function unknownChanges(tx: TenantTransaction): Promise<AuditFault[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select c.id from changes c where c.tenant_id = $1 and not exists (
       select from audit_entries e where e.tenant_id = $1 and e.detail ? 'changes' and ${ofImport})
       and not exists (select from audit_entries e where e.tenant_id = $1 and e.detail ? 'changes' and ${ofOperation})
     order by c.id limit ${faultsMax}`,
    [tx.tenantId],
  );
  return rows.map(({ id }) => ({ seq: null, says: `No entry speaks of the change ${id}.` }));
}
