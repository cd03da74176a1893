/**
 * The run of a small batch: made of what the call says, and kept in the history like any other.
 *
 * A batch begins and ends in one transaction, so nobody ever sees it in a state before its last: it is inserted as
 * `done`, or as `failed` where it is all or nothing and a row failed. It never stands in a writing state, of which a
 * tenant has one run at a time, and so waits for no import that goes on for minutes.
 */
import { toJsonb } from '../../database/jsonb.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { definitionsOf } from '../../datasets/custom/custom-field.ts';
import type { Dataset, WriteRule } from '../../datasets/define-dataset.ts';
import { compileColumn } from '../../field-types/column.ts';
import type { ColumnReading } from '../../field-types/field-type.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { Problem, sayProblem } from '../../platform/problems.ts';
import type { TenantSettings } from '../../tenants/settings-schema.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { missingReferences } from '../missing/named-missing.ts';
import { type Counts, defaultOptions, type ImportRun, type RunOptions } from '../run.ts';
import { type RunFields, runFields } from '../sql/run-fields.ts';
import type { BatchOptions } from './batch-options.ts';
import type { ReadRows } from './read-rows.ts';

/** What is written, beside the rows themselves: the run as it will be in the history, and its fields as SQL. */
export interface BatchRun {
  readonly run: ImportRun;
  readonly fields: RunFields;
  readonly read: ReadRows;
  /** Do the rows name the records that they are to be written to? */
  readonly namesTarget: boolean;
  /** May the batch have been committed before, under the id that the run has? */
  readonly comesAgain: boolean;
  /** What the tenant has set so that nobody changes much by mistake; null for a call of few rows. */
  readonly guardRails: TenantSettings['guardRails'] | null;
}

/** @throws AppError `mapping.invalid` for an option that names a field which is not there. */
export function batchRun(
  dataset: Dataset,
  read: ReadRows,
  options: BatchOptions,
  reading: ColumnReading,
): Omit<BatchRun, 'guardRails'> {
  const write = byField(dataset, options.write ?? {});
  const named = options.target === undefined ? [] : ['id'];
  const mapped = new Set([...named, ...read.sets.flatMap((set) => set.fields)]);
  const staged = new Set(
    [...named, ...read.sets.flatMap((set) => set.staged)].filter((key) => dataset.has(key)),
  );
  const rules = {
    staged,
    mapped,
    write: Object.fromEntries(Object.entries(write).filter(([key]) => staged.has(key))),
    clears: options.empty === 'clear' ? mapped : new Set<string>(),
    sparse: sparseFields(read),
    defaults: defaultsOf(dataset, options.defaults ?? {}, reading),
  };
  const made = newRun(dataset, read, options, mappingOf(read, rules.write, named));
  const written = new Set([...mapped, ...Object.keys(rules.defaults), ...(made.options.require ?? [])]);
  const run = { ...made, customFields: definitionsOf(dataset, written) };
  const missing = missingReferences(run, staged);
  return {
    run,
    fields: runFields(dataset, { ...rules, missing }),
    read,
    namesTarget: options.target !== undefined,
    comesAgain: options.id !== undefined,
  };
}

/** Fields that some rows have and others have not. */
function sparseFields({ sets }: ReadRows): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const field of sets.flatMap((set) => set.fields)) counts.set(field, (counts.get(field) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count < sets.length).map(([field]) => field));
}

function byField(dataset: Dataset, rules: Readonly<Record<string, WriteRule>>): Record<string, WriteRule> {
  return Object.fromEntries(Object.entries(rules).map(([key, rule]) => [fieldFor(dataset, key), rule]));
}

function fieldFor(dataset: Dataset, spelling: string): string {
  const key = dataset.keyFor(spelling);
  if (key !== undefined) return key;
  throw new AppError('mapping.invalid', `${dataset.label} have no field "${spelling.slice(0, 100)}".`);
}

function defaultsOf(
  dataset: Dataset,
  defaults: Readonly<Record<string, string>>,
  reading: ColumnReading,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(defaults).map(([spelling, text]) => {
      const field = dataset.field(fieldFor(dataset, spelling));
      const value = compileColumn(field, reading)(text);
      if (typeof value === 'string') return [field.key, value];
      const why = value instanceof Problem ? sayProblem(value.code, value.details) : 'It is blank.';
      throw new AppError('mapping.invalid', `The default for ${field.label} cannot be used: ${why}`);
    }),
  );
}

const ignoredShown = 100;

/** In the history a batch's keys are the columns that a file would have. */
function mappingOf(read: ReadRows, write: Record<string, WriteRule>, named: readonly string[]): Mapping {
  const entry = (column: string, field: string | null, reason: string) => ({
    column,
    field,
    transformations: [],
    reading: {},
    confidence: field === null ? 0 : 1,
    reason,
  });
  return {
    preset: null,
    columns: [
      ...named.map((field) => entry(field, field, 'It names the record.')),
      ...[...read.spellings].map(([field, key]) => entry(key, field, 'The key names it.')),
      ...read.ignoredKeys
        .slice(0, ignoredShown)
        .map((key) => entry(key.slice(0, 100), null, 'No field that can be imported has this name.')),
    ],
    write,
  };
}

function newRun(dataset: Dataset, read: ReadRows, options: BatchOptions, mapping: Mapping): ImportRun {
  const id = options.id ?? newId();
  return {
    tenantId: options.tenantId,
    id,
    dataset,
    customFields: [],
    state: 'done',
    fileName: options.source,
    fileBytes: read.bytes,
    fileSha256: read.sha256,
    // Where a file would be kept: there is none, as after the time for which sources are kept.
    source: `${options.tenantId}/imports/${id}/source`,
    sourceRemovedAt: null,
    rowsRemovedAt: null,
    options: runOptions(dataset, options),
    inspection: null,
    mapping,
    readings: null,
    chunkRows: Math.max(read.rowsRead, 1),
    rowsRead: read.rowsRead,
    rowsStaged: read.rows.length,
    rowsInvalid: read.rowsRead - read.rows.length,
    report: null,
    checkedEpoch: null,
    numberBase: null,
    created: 0,
    updated: 0,
    unchanged: 0,
    skipped: 0,
    failed: 0,
    undoReport: null,
    failure: null,
    createdBy: options.by,
    createdAt: '',
    finishedAt: null,
  };
}

function runOptions(dataset: Dataset, options: BatchOptions): RunOptions {
  const { mode, empty, duplicates, deleted, atomic, createGroups, createMissing, reading } = options;
  const match = options.target === undefined ? options.match : ['id'];
  const given = { mode, empty, duplicates, deleted, atomic, createGroups, createMissing, reading };
  return {
    ...defaultOptions,
    ...(Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    ) as Partial<RunOptions>),
    ...(match === undefined ? {} : { match: match.map((key) => fieldFor(dataset, key)) }),
    ...(options.required === undefined
      ? {}
      : { require: options.required.map((key) => fieldFor(dataset, key)) }),
  };
}

/** Inserts the run as it ended. */
export async function insertEnded(
  tx: TenantTransaction,
  run: ImportRun,
  counts: Counts,
  at: string,
): Promise<void> {
  await tx.query(
    `insert into imports (tenant_id, id, dataset, state, file_name, file_bytes, file_sha256, source, options, mapping, chunk_rows,
       rows_read, rows_staged, rows_invalid, report, created_count, updated_count, unchanged_count, skipped_count, failed_count,
       failure, created_by, created_at, updated_at, finished_at, source_removed_at, custom_fields)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $23, $23, $23, $24)`,
    [
      run.tenantId,
      run.id,
      run.dataset.key,
      run.state,
      run.fileName,
      run.fileBytes,
      run.fileSha256,
      run.source,
      toJsonb(run.options),
      toJsonb(run.mapping),
      run.chunkRows,
      run.rowsRead,
      run.rowsStaged,
      run.rowsInvalid,
      toJsonb(run.report),
      counts.created,
      counts.updated,
      counts.unchanged,
      counts.skipped,
      counts.failed,
      run.failure === null ? null : JSON.stringify(run.failure),
      run.createdBy,
      at,
      run.customFields.length === 0 ? null : JSON.stringify(run.customFields),
    ],
  );
}
