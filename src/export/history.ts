/** The history of exports: who took what out, when, how much of it, and whether all of it arrived. */
import { appendAudit } from '../audit/append.ts';
import type { Database } from '../database/connect.ts';
import { toJsonb } from '../database/jsonb.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import type { RecordFilter } from '../datasets/query/filter-schema.ts';
import type { Profile } from '../field-types/field-type.ts';
import { now } from '../platform/clock.ts';
import type { ExportFormat } from './encode.ts';

export interface NewExport {
  readonly id: string;
  readonly tenantId: string;
  readonly dataset: string;
  readonly format: ExportFormat;
  readonly profile: Profile;
  readonly fields: readonly string[];
  readonly leftOut: readonly string[];
  readonly filter: RecordFilter | null;
  readonly source: string;
  /** Of a member or a key; null at the command line. */
  readonly by: string | null;
}

export interface ExportEntry extends NewExport {
  readonly state: 'running' | 'done' | 'broken_off';
  /** These are null while it runs, and stay so when its process was killed. */
  readonly records: number | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  /** As PostgreSQL writes a timestamptz. */
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

/** Before the first byte leaves: even of a process that is killed then, it is known what it was about to hand out. */
export async function beginEntry(database: Database, entry: NewExport): Promise<void> {
  await withTenant(database, entry.tenantId, (tx) =>
    tx.query(
      `insert into exports (tenant_id, id, dataset, format, profile, fields, fields_left_out, filter, state, source, created_by, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $9, $10, $11)`,
      [
        tx.tenantId,
        entry.id,
        entry.dataset,
        entry.format,
        entry.profile,
        entry.fields,
        entry.leftOut,
        entry.filter === null ? null : toJsonb(entry.filter),
        entry.source,
        entry.by,
        now(),
      ],
    ),
  );
}

/** How it ended; what nobody knows is null. */
export interface Outcome {
  readonly state: ExportEntry['state'];
  /** That were to leave. */
  readonly records: number | null;
  /** What left, be it not all. */
  readonly bytes: number | null;
  readonly sha256: string | null;
}

export async function endEntry(database: Database, entry: NewExport, outcome: Outcome): Promise<void> {
  const at = now();
  const { state, records, bytes, sha256 } = outcome;
  await withTenant(database, entry.tenantId, async (tx) => {
    await tx.query(
      'update exports set state = $3, records = $4, bytes = $5, sha256 = $6, finished_at = $7 where tenant_id = $1 and id = $2',
      [tx.tenantId, entry.id, state, records, bytes, sha256, at],
    );
    await appendDownload(tx, entry, outcome, at);
  });
}

/** Says in the audit trail what left, once it is known. */
export function appendDownload(
  tx: TenantTransaction,
  entry: NewExport,
  { state, records, bytes, sha256 }: Outcome,
  at: string,
): Promise<void> {
  const { dataset, format, profile, fields, source } = entry;
  return appendAudit(tx, {
    action: 'export.download',
    subjectType: 'export',
    subjectId: entry.id,
    detail: {
      dataset,
      format,
      profile,
      fields,
      records,
      complete: state === 'done',
      bytes,
      sha256,
      source,
    },
    digest: null,
    actor: entry.by,
    at,
  });
}

/** Columns that make an `ExportEntry`. */
export const entryColumns = `tenant_id as "tenantId", id, dataset, format, profile, fields, fields_left_out as "leftOut",
  filter, state, records, bytes, sha256, source, created_by as by, created_at as "createdAt", finished_at as "finishedAt"`;

export interface HistoryQuery {
  readonly limit: number;
  readonly datasets: readonly string[];
  /** The id of an entry: those before it. */
  readonly before?: string | undefined;
}

/** @returns the entries, newest first. */
export async function listExports(
  tx: TenantTransaction,
  query: HistoryQuery,
): Promise<readonly ExportEntry[]> {
  const { rows } = await tx.query<ExportEntry>(
    `select ${entryColumns}
     from exports where tenant_id = $1 and dataset = any ($3)
       and ($4::uuid is null or (created_at, id) < (select b.created_at, b.id from exports b where b.tenant_id = $1 and b.id = $4))
     order by created_at desc, id desc limit $2`,
    [tx.tenantId, query.limit, query.datasets, query.before ?? null],
  );
  return rows;
}
