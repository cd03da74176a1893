/** A list of rows of any length: as many as one transaction takes at a time, one batch after the other. */
import type { Database } from '../../database/connect.ts';
import { configuration } from '../../platform/config.ts';
import type { Counts } from '../run.ts';
import { importBatch } from './batch.ts';
import type { BatchOptions } from './batch-options.ts';
import { type BatchOutcome, countOutcomes } from './outcomes.ts';

export interface BatchesResult {
  /** One run for each batch. */
  readonly importIds: readonly string[];
  /** One for each row of the whole list, in its order, numbered from `rowsBefore` + 1 on. */
  readonly outcomes: readonly BatchOutcome[];
  readonly counts: Counts;
  readonly ignoredKeys: readonly string[];
}

/**
 * All or nothing is for one batch alone: use `importBatch`. When a batch is refused, those before it stay.
 * @throws AppError as `importBatch` does.
 */
export async function importInBatches(
  database: Database,
  options: Omit<BatchOptions, 'atomic'>,
): Promise<BatchesResult> {
  const size = configuration().limits.chunkRows;
  const importIds: string[] = [];
  const outcomes: BatchOutcome[] = [];
  const ignored = new Set<string>();
  for (let at = 0; at < Math.max(options.rows.length, 1); at += size) {
    const rowsBefore = (options.rowsBefore ?? 0) + at;
    const rows = options.rows.slice(at, at + size);
    const id = options.id === undefined ? {} : { id: idAfter(options.id, importIds.length) };
    const result = await importBatch(database, { ...options, ...id, rows, rowsBefore });
    importIds.push(result.importId);
    for (const outcome of result.outcomes) outcomes.push({ ...outcome, row: outcome.row + rowsBefore });
    for (const key of result.ignoredKeys) ignored.add(key);
  }
  return { importIds, outcomes, counts: countOutcomes(outcomes), ignoredKeys: [...ignored] };
}

/** Each batch has an id of its own, the same when the list comes again: the last 48 bits, which are random, count on. */
function idAfter(id: string, batches: number): string {
  const at = id.length - 12;
  const last = (Number.parseInt(id.slice(at), 16) + batches) % 2 ** 48;
  return id.slice(0, at) + last.toString(16).padStart(12, '0');
}
