/**
 * Small batches of JSON rows: validated, checked and merged as a file is, by the same code, in one transaction and
 * without a table of their own. A batch is a run of the history, with its audit entries and field history, and can be
 * undone like any import.
 *
 * A row has keys of its own. A key that a row has not leaves the field as it is; one that is null is a blank cell, and
 * clears the field where `empty` says so.
 *
 * What stays: the run, its plan (undo finds the created records there, and the result file every row), its problems,
 * its chunk, its changes, and the rows that failed as a file. The staged rows are removed in the same transaction.
 */
import type { Database } from '../../database/connect.ts';
import { tenantDataset } from '../../datasets/custom/tenant-dataset.ts';
import { dataset as datasetOf } from '../../datasets/registry.ts';
import type { ColumnReading } from '../../field-types/field-type.ts';
import { configuration } from '../../platform/config.ts';
import { findTenant, type Tenant } from '../../tenants/tenants.ts';
import type { Counts } from '../run.ts';
import type { BatchOptions } from './batch-options.ts';
import { batchRun } from './batch-run.ts';
import { keepRejects } from './keep-rejects.ts';
import { type BatchOutcome, countOutcomes } from './outcomes.ts';
import { readRows } from './read-rows.ts';
import { settleBatch } from './settle.ts';

export interface BatchResult {
  readonly importId: string;
  /** One for each row, in their order. */
  readonly outcomes: readonly BatchOutcome[];
  /** Created + updated + unchanged + skipped + failed = rows. */
  readonly counts: Counts;
  /** Keys of rows that mean no field that can be imported, each once. */
  readonly ignoredKeys: readonly string[];
}

/**
 * @throws AppError `mapping.invalid` for an option that names a field which is not there; `import.busy` when records
 *   or groups of the batch are being written by a long transaction; `custom_field.changed` when a definition changed at
 *   the same moment; `tenant.not_found`.
 */
export async function importBatch(database: Database, options: BatchOptions): Promise<BatchResult> {
  const tenant = await findTenant(database, options.tenantId);
  const plain = datasetOf(options.dataset);
  const dataset = options.customFields === true ? await tenantDataset(database, tenant.id, plain) : plain;
  const reading = readingOf(options, tenant);
  const { country, ...common } = reading;
  const { target, checks, rowsBefore } = options;
  const read = readRows(options.rows, {
    dataset,
    reading: country === undefined ? common : reading,
    country,
    ...(target === undefined ? {} : { target }),
    ...(checks === undefined ? {} : { checks }),
    ...(rowsBefore === undefined ? {} : { rowsBefore }),
  });
  const batch = batchRun(dataset, read, options, reading);
  const isLarge = options.rows.length + (rowsBefore ?? 0) > configuration().limits.unguardedRowsMax;
  const guardRails = isLarge ? tenant.settings.guardRails : null;
  const outcomes = await settleBatch(database, { ...batch, guardRails });
  await keepRejects(database, batch.run, outcomes, options.rows);
  return {
    importId: batch.run.id,
    outcomes,
    counts: countOutcomes(outcomes),
    ignoredKeys: read.ignoredKeys,
  };
}

/** JSON is written by programs: a number has a point, and an apostrophe at the front is one. */
function readingOf(options: BatchOptions, tenant: Tenant): ColumnReading {
  return {
    timezone: tenant.timezone,
    currency: tenant.currency,
    language: tenant.language,
    spreadsheetMarks: false,
    decimal: '.',
    ...(tenant.country === null ? {} : { country: tenant.country }),
    ...options.reading,
  };
}

export interface UpdateOptions
  extends Pick<
    BatchOptions,
    'tenantId' | 'by' | 'id' | 'source' | 'atomic' | 'reading' | 'createGroups' | 'checks'
  > {
  /** Each `{ customer_id, …fields }`; `customer_id` is an id, a customer number or an external id. */
  readonly updates: readonly unknown[];
}

/**
 * Changes customers: of each only the fields that its row has; null clears. A row that names nobody fails with
 * `reference.not_found`, and so do two rows that name the same customer, with `duplicate.in_file`.
 */
export function updateBatch(
  database: Database,
  { updates, ...options }: UpdateOptions,
): Promise<BatchResult> {
  return importBatch(database, {
    ...options,
    dataset: 'customers',
    rows: updates,
    mode: 'update',
    empty: 'clear',
    duplicates: 'fail',
    deleted: 'skip',
    required: [],
    target: 'customer_id',
  });
}
