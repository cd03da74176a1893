/** An import run as the database keeps it. Whoever works on a run reads it from here and nowhere else. */
import { toJsonb } from '../database/jsonb.ts';
import type { TenantTransaction } from '../database/with-tenant.ts';
import { type CustomField, withCustomFields } from '../datasets/custom/custom-field.ts';
import type { NewCustomField } from '../datasets/custom/new-custom-field.ts';
import type { Dataset } from '../datasets/define-dataset.ts';
import { dataset } from '../datasets/registry.ts';
import type { ColumnReading } from '../field-types/field-type.ts';
import type { Dialect, Inspection } from '../file-formats/rows.ts';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import type { DuplicateRule } from './check/duplicates.ts';
import type { CheckReport } from './check/report.ts';
import type { MapOption, Mapping, WriteOption } from './mapping/mapping.ts';
import type { ImportState } from './states.ts';

export interface RunOptions {
  readonly mode: 'create' | 'update' | 'upsert';
  /** Match keys in order; the dataset's own when absent. */
  readonly match?: readonly string[];
  /** What an empty cell does: leave what is there, or clear it. */
  readonly empty: 'keep' | 'clear';
  readonly duplicates: DuplicateRule;
  readonly deleted: 'restore' | 'skip';
  /** Fields without which nothing is created; the dataset's own when absent. */
  readonly require?: readonly string[];
  /** Columns and write rules given by hand; the rest is suggested. */
  readonly map: readonly MapOption[];
  readonly write: readonly WriteOption[];
  /** Fields of the tenant's own that are made for columns which have none, when the columns are mapped. */
  readonly newFields?: readonly NewFieldOption[];
  /** The run knows the dataset's own fields only, as the older systems' calls do. */
  readonly withoutCustomFields?: true;
  /** How columns are read, where a person has settled it for the whole file. */
  readonly reading: ColumnReading;
  /** All rows or none. */
  readonly atomic: boolean;
  /** May the run make groups that are not there. */
  readonly createGroups: boolean;
  /** Datasets of which it makes the records that its rows name and nobody has. */
  readonly createMissing?: readonly string[];
  /** Go on to commit when checked. */
  readonly commit: boolean;
  /**
   * What the run rests for until a person has looked at it: the suggested mapping, or the plan. The staged rows are
   * kept meanwhile. Absent: it goes on by itself, and a run that is not to commit ends with its check.
   */
  readonly review?: 'mapping' | 'plan';
  /** Undo takes back what somebody changed since, too; said by whoever asks for it. */
  readonly forceUndo?: boolean;
  /** Who let the run go on after it was held; null at the command line. */
  readonly approvedBy?: string | null;
  /** What a person said of the file, before what is found. */
  readonly dialect: Partial<Dialect>;
}

export interface NewFieldOption {
  readonly column: string;
  readonly field: NewCustomField;
}

/** What holds when nobody says otherwise. */
export const defaultOptions: RunOptions = {
  mode: 'upsert',
  empty: 'keep',
  duplicates: 'last',
  deleted: 'restore',
  map: [],
  write: [],
  reading: {},
  dialect: {},
  atomic: false,
  createGroups: true,
  commit: true,
};

export interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
}

/** What undoing a run came to, in records. */
export interface UndoReport {
  readonly removed: number;
  readonly restored: number;
  /** Created records that stay, and fields that keep a later value: each is among the run's problems. */
  readonly leftAlone: number;
}

export interface ImportRun extends Counts {
  readonly tenantId: string;
  readonly id: string;
  /** With the fields of the tenant's own that the mapping names, as they were when the run was checked. */
  readonly dataset: Dataset;
  /** Those fields. */
  readonly customFields: readonly CustomField[];
  readonly state: ImportState;
  readonly fileName: string;
  readonly fileBytes: number;
  readonly fileSha256: string;
  /** The key of the file in the file store. */
  readonly source: string;
  /** When the source was removed there, since it was kept for long enough; null while it is there. */
  readonly sourceRemovedAt: string | null;
  /** When what became of its rows was removed, since it was kept for long enough; null while it is there. */
  readonly rowsRemovedAt: string | null;
  readonly options: RunOptions;
  readonly inspection: Inspection | null;
  readonly mapping: Mapping | null;
  readonly readings: Readonly<Record<string, ColumnReading>> | null;
  /** Rows of the file that make a chunk: row n is in chunk ⌊(n − 1) / chunkRows⌋. */
  readonly chunkRows: number;
  readonly rowsRead: number | null;
  readonly rowsStaged: number | null;
  readonly rowsInvalid: number | null;
  readonly report: CheckReport | null;
  readonly checkedEpoch: number | null;
  readonly numberBase: number | null;
  readonly undoReport: UndoReport | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly createdBy: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

interface ImportRow {
  id: string;
  dataset: string;
  custom_fields: CustomField[] | null;
  state: ImportState;
  file_name: string;
  file_bytes: number;
  file_sha256: string;
  source: string;
  source_removed_at: string | null;
  rows_removed_at: string | null;
  options: RunOptions;
  inspection: Inspection | null;
  mapping: Mapping | null;
  readings: Record<string, ColumnReading> | null;
  chunk_rows: number;
  rows_read: number | null;
  rows_staged: number | null;
  rows_invalid: number | null;
  report: CheckReport | null;
  checked_epoch: number | null;
  number_base: number | null;
  created_count: number;
  updated_count: number;
  unchanged_count: number;
  skipped_count: number;
  failed_count: number;
  undo_report: UndoReport | null;
  failure: { code: string; message: string } | null;
  created_by: string | null;
  created_at: string;
  finished_at: string | null;
}

/** @throws AppError `import.not_found` */
export async function loadRun(tx: TenantTransaction, id: string): Promise<ImportRun> {
  const { rows } = await tx.query<ImportRow>('select * from imports where tenant_id = $1 and id = $2', [
    tx.tenantId,
    id,
  ]);
  if (rows[0] === undefined) throw new AppError('import.not_found', `There is no import ${id}.`);
  return fromRow(tx.tenantId, rows[0]);
}

/** @returns the run, or null when the tenant has none by this id. */
export async function findRun(tx: TenantTransaction, id: string): Promise<ImportRun | null> {
  return loadRun(tx, id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'import.not_found') return null;
    throw error;
  });
}

export interface RunQuery {
  readonly limit: number;
  readonly datasets?: readonly string[];
  readonly state?: string;
  /** Only runs older than this one: the last of the page before. */
  readonly before?: string;
}

/** @returns the tenant's runs, newest first. */
export async function listRuns(tx: TenantTransaction, query: RunQuery): Promise<readonly ImportRun[]> {
  const { rows } = await tx.query<ImportRow>(
    `select * from imports where tenant_id = $1 and ($3::text[] is null or dataset = any ($3)) and ($4::text is null or state = $4)
       and ($5::uuid is null or (created_at, id) < (select b.created_at, b.id from imports b where b.tenant_id = $1 and b.id = $5))
     order by created_at desc, id desc limit $2`,
    [tx.tenantId, query.limit, query.datasets ?? null, query.state ?? null, query.before ?? null],
  );
  return rows.map((row) => fromRow(tx.tenantId, row));
}

export interface NewRun {
  readonly id: string;
  readonly dataset: string;
  readonly fileName: string;
  readonly fileBytes: number;
  readonly fileSha256: string;
  readonly source: string;
  readonly options: RunOptions;
  readonly createdBy: string | null;
  readonly at: string;
}

/** One that is there already stays as it is: after an outage nobody knows whether it was inserted. */
export async function insertRun(tx: TenantTransaction, run: NewRun): Promise<void> {
  await tx.query(
    `insert into imports (tenant_id, id, dataset, state, file_name, file_bytes, file_sha256, source, options, chunk_rows,
       created_count, updated_count, unchanged_count, skipped_count, failed_count, created_by, created_at, updated_at)
     values ($1, $2, $3, 'uploaded', $4, $5, $6, $7, $8, $11, 0, 0, 0, 0, 0, $9, $10, $10) on conflict do nothing`,
    [
      tx.tenantId,
      run.id,
      run.dataset,
      run.fileName,
      run.fileBytes,
      run.fileSha256,
      run.source,
      toJsonb(run.options),
      run.createdBy,
      run.at,
      configuration().limits.chunkRows,
    ],
  );
}

function fromRow(tenantId: string, row: ImportRow): ImportRun {
  return {
    tenantId,
    id: row.id,
    dataset: withCustomFields(dataset(row.dataset), row.custom_fields ?? []),
    customFields: row.custom_fields ?? [],
    state: row.state,
    fileName: row.file_name,
    fileBytes: Number(row.file_bytes),
    fileSha256: row.file_sha256,
    source: row.source,
    sourceRemovedAt: row.source_removed_at,
    rowsRemovedAt: row.rows_removed_at,
    options: row.options,
    inspection: row.inspection,
    mapping: row.mapping,
    readings: row.readings,
    chunkRows: row.chunk_rows,
    rowsRead: row.rows_read,
    rowsStaged: row.rows_staged,
    rowsInvalid: row.rows_invalid,
    report: row.report,
    checkedEpoch: row.checked_epoch,
    numberBase: row.number_base,
    created: Number(row.created_count),
    updated: Number(row.updated_count),
    unchanged: Number(row.unchanged_count),
    skipped: Number(row.skipped_count),
    failed: Number(row.failed_count),
    undoReport: row.undo_report,
    failure: row.failure,
    createdBy: row.created_by,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}
