/** What a chunk leaves behind beside the records: its place in the checkpoint, and its entry in the audit trail. */
import { appendAudit } from '../../audit/append.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import type { Counts, ImportRun } from '../run.ts';

export interface ChunkRecord {
  readonly phase: 'commit' | 'references' | 'undo commit' | 'undo references';
  readonly chunk: number;
  readonly counts: Counts;
  readonly at: string;
}

export async function recordChunk(tx: TenantTransaction, run: ImportRun, record: ChunkRecord): Promise<void> {
  const { counts } = record;
  await tx.query(
    `insert into import_chunks (tenant_id, import_id, phase, chunk, created_count, updated_count, unchanged_count, skipped_count, failed_count, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      run.tenantId,
      run.id,
      record.phase,
      record.chunk,
      counts.created,
      counts.updated,
      counts.unchanged,
      counts.skipped,
      counts.failed,
      record.at,
    ],
  );
}

export interface ChunkEntry {
  /** `made`: what rows name and nobody had. */
  readonly phase: 'commit' | 'release' | 'references' | 'made';
  /** Of the records; the run's own unless said. */
  readonly dataset?: string;
  readonly chunk: number;
  /** How many records were created, updated … */
  readonly counts: Readonly<Record<string, number>>;
  /** Digest of the ids created, hexadecimal. */
  readonly created: string | null;
  /** Digest of the changes that were written to the journal, hexadecimal. */
  readonly changes: string | null;
  readonly at: string;
}

/** Whose entries these are. */
export interface Trail {
  readonly run: ImportRun;
  /** Takes the entries of a run that is all or nothing, until its one transaction ends. */
  readonly heldBack?: ChunkEntry[];
}

/** Nothing for a chunk that wrote nothing. It locks the head of the chain: call it last. */
export async function auditChunk(
  tx: TenantTransaction,
  { run, heldBack }: Trail,
  entry: ChunkEntry,
): Promise<void> {
  if (Object.values(entry.counts).every((count) => count === 0)) return;
  if (heldBack === undefined) await append(tx, run, entry);
  else heldBack.push(entry);
}

/** Nobody else of the tenant can write while the head of the chain is locked, so it comes last of all. */
export async function auditHeldBack(tx: TenantTransaction, { run, heldBack = [] }: Trail): Promise<void> {
  for (const entry of heldBack) await append(tx, run, entry);
}

async function append(tx: TenantTransaction, run: ImportRun, entry: ChunkEntry): Promise<void> {
  const detail = {
    dataset: entry.dataset ?? run.dataset.key,
    phase: entry.phase,
    chunk: entry.chunk,
    ...entry.counts,
  };
  await appendAudit(tx, {
    action: 'import.commit',
    subjectType: 'import',
    subjectId: run.id,
    detail: entry.changes === null ? detail : { ...detail, changes: entry.changes },
    digest: entry.created,
    actor: run.createdBy,
    at: entry.at,
  });
}

/** Rows that were to be written and whose record had changed since, or whose value was taken. */
export async function failMissed(
  tx: TenantTransaction,
  run: ImportRun,
  chunk: number,
  rows: readonly number[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `update import_plan set outcome = 'fail', code = 'changed_since_check', details = '{}', changed = null
     where tenant_id = $1 and import_id = $2 and chunk = $3 and row = any ($4)`,
    [run.tenantId, run.id, chunk, rows],
  );
}
