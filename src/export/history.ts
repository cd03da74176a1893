/** The history of exports: who took what out, when, how much of it, and whether all of it arrived. */
import type { Database } from '../database/connect.ts';
import { toJsonb } from '../database/jsonb.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import type { RecordFilter } from '../datasets/query/filter-schema.ts';
import type { Profile } from '../field-types/field-type.ts';
import { now } from '../platform/clock.ts';
import { AppError, type ErrorCode } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { ExportFormat } from './encode.ts';
import type { ExportQuery } from './query.ts';
import type { ExportPlan } from './snapshot.ts';
import { note } from './trail.ts';

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

/** `waiting` for a worker, and `failed` or `cancelled`, is only what was to become a file. */
export type ExportState = 'waiting' | 'running' | 'done' | 'broken_off' | 'failed' | 'cancelled';

export interface ExportEntry extends NewExport {
  readonly state: ExportState;
  /** An answer to whoever asked, or a file in the file store. */
  readonly madeAs: 'answer' | 'file';
  /** These are null while it runs, and stay so when its process was killed. */
  readonly records: number | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly failure: ExportFailure | null;
  readonly file: KeptFile | null;
  /** Whether the file is only for those who may read sensitive fields. */
  readonly isSensitive: boolean;
  /** How often the file in the store was taken. */
  readonly downloads: number;
  /** As PostgreSQL writes a timestamptz. */
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

export interface ExportFailure {
  readonly code: ErrorCode;
  /** One sentence for a person. */
  readonly message: string;
}

/** What became of a file in the file store. */
export interface KeptFile {
  readonly key: string;
  readonly name: string;
  readonly mediaType: string;
  /** As PostgreSQL writes a timestamptz. */
  readonly expiresAt: string;
  readonly isRemoved: boolean;
}

export function entryOf({ asked, query, profile }: ExportPlan): NewExport {
  return {
    id: newId(),
    tenantId: asked.tenant.id,
    dataset: asked.dataset.key,
    format: asked.format,
    profile,
    ...fieldsOf(query),
    filter: asked.filter ?? null,
    source: asked.source,
    by: asked.by,
  };
}

/** Keys of the fields that a file holds, and of those that are left out of it. */
export function fieldsOf({ columns, leftOut }: ExportQuery): Pick<NewExport, 'fields' | 'leftOut'> {
  return { fields: columns.map(({ field }) => field.key), leftOut: leftOut.map(({ key }) => key) };
}

/** Before the first byte leaves: even of a process that is killed then, it is known what it was about to hand out. */
export async function beginEntry(database: Database, entry: NewExport): Promise<void> {
  await withTenant(database, entry.tenantId, (tx) => insertEntry(tx, entry, 'running'));
}

export async function insertEntry(
  tx: TenantTransaction,
  entry: NewExport,
  state: 'waiting' | 'running',
): Promise<void> {
  await tx.query(
    `insert into exports (tenant_id, id, dataset, format, profile, fields, fields_left_out, filter, state, source, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      tx.tenantId,
      entry.id,
      entry.dataset,
      entry.format,
      entry.profile,
      entry.fields,
      entry.leftOut,
      entry.filter === null ? null : toJsonb(entry.filter),
      state,
      entry.source,
      entry.by,
      now(),
    ],
  );
}

/** How it ended; what nobody knows is null. */
export interface Outcome {
  readonly state: ExportState;
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
      'update exports set state = $3, records = $4, bytes = $5, sha256 = $6, finished_at = $7, progress_seq = progress_seq + 1 where tenant_id = $1 and id = $2',
      [tx.tenantId, entry.id, state, records, bytes, sha256, at],
    );
    await appendOutcome(tx, 'export.download', entry, outcome, at);
  });
}

/**
 * Says in the audit trail what left, once it is known.
 *
 * @param action `export.store` where it left for the file store, from which nobody has taken it yet.
 */
export function appendOutcome(
  tx: TenantTransaction,
  action: 'export.download' | 'export.store',
  { id, by, dataset, format, profile, fields, source }: NewExport,
  { state, records, bytes, sha256 }: Outcome,
  at: string,
): Promise<void> {
  const complete = state === 'done';
  const detail = { dataset, format, profile, fields, records, complete, bytes, sha256, source };
  return note(tx, { action, subjectId: id, detail, actor: by, at });
}

const columnsWith = (
  filter: string,
): string => `e.tenant_id as "tenantId", e.id, e.dataset, e.format, e.profile, e.fields, e.fields_left_out as "leftOut",
  ${filter} as filter, e.state, e.made_as as "madeAs", e.records, e.bytes, e.sha256, e.failure, e.is_sensitive as "isSensitive",
  case when e.file_key is not null then jsonb_build_object('key', e.file_key, 'name', e.file_name, 'mediaType', e.media_type,
    'expiresAt', e.expires_at, 'isRemoved', e.file_removed_at is not null) end as file,
  e.source, e.created_by as by, e.created_at as "createdAt", e.finished_at as "finishedAt"`;

/** Columns that make an `ExportEntry`, of exports called `e`; `downloads` are counted apart. */
export const entryColumns = columnsWith('e.filter');

const idsListedMax = 100;
const idsCount = `jsonb_array_length(e.filter -> 'ids')`;
/** A selection has up to 50,000 ids, and a list a hundred of them: of many ids it says how many. */
const listedColumns = columnsWith(`case when ${idsCount} > ${idsListedMax}
    then e.filter - 'ids' || jsonb_build_object('ids_count', ${idsCount}) else e.filter end`);

const downloads = `(select count(*)::int from export_downloads d where d.tenant_id = $1 and d.export_id = e.id) as downloads`;

/** @throws AppError `export.not_found` */
export async function loadExport(tx: TenantTransaction, id: string): Promise<ExportEntry> {
  const { rows } = await tx.query<ExportEntry>(
    `select ${entryColumns}, ${downloads} from exports e where e.tenant_id = $1 and e.id = $2`,
    [tx.tenantId, id],
  );
  if (rows[0] === undefined) throw notThere();
  return rows[0];
}

export function notThere(): AppError {
  return new AppError('export.not_found', 'There is no such export.');
}

export interface HistoryQuery {
  readonly limit: number;
  readonly datasets: readonly string[];
  /** The id of an entry: those before it. */
  readonly before?: string | undefined;
}

/** @returns the entries, newest first; where the filter has many ids, `ids_count` stands in their place. */
export async function listExports(
  tx: TenantTransaction,
  query: HistoryQuery,
): Promise<readonly ExportEntry[]> {
  const { rows } = await tx.query<ExportEntry>(
    `select ${listedColumns}, ${downloads}
     from exports e where e.tenant_id = $1 and e.dataset = any ($3)
       and ($4::uuid is null or (e.created_at, e.id) < (select b.created_at, b.id from exports b where b.tenant_id = $1 and b.id = $4))
     order by e.created_at desc, e.id desc limit $2`,
    [tx.tenantId, query.limit, query.datasets, query.before ?? null],
  );
  return rows;
}
