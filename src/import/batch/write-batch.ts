/** Writes what the check planned for a batch, as one chunk, in the batch's own transaction. */
import type { Database } from '../../database/connect.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { type ChunkPlan, planCommit, writeChunk } from '../commit/chunk.ts';
import type { CreateOptions } from '../commit/create.ts';
import { makeGroups } from '../commit/groups.ts';
import { numbersOfBatch, reserveNumbers } from '../commit/numbers.ts';
import type { ChunkEntry } from '../commit/record.ts';
import { writeLaterReferences } from '../commit/references.ts';
import { makeMissing } from '../missing/make-missing.ts';
import type { ImportRun } from '../run.ts';
import type { RunFields } from '../sql/run-fields.ts';

export interface Written {
  /** Rows that failed because of what changed since the check. */
  readonly missed: number;
  /** What the audit trail is to say; its chain is locked last of all. */
  readonly entries: readonly ChunkEntry[];
}

/**
 * Needs the run's row. @param run with the check's report.
 * @throws a unique violation for a value that somebody has taken since the check, where `whenTaken` says so.
 */
export async function writePlanned(
  database: Database,
  tx: TenantTransaction,
  run: ImportRun,
  fields: RunFields,
  { whenTaken }: Required<Pick<CreateOptions, 'whenTaken'>>,
): Promise<Written> {
  const { report } = run;
  if (report === null || report.create + report.update === 0) return { missed: 0, entries: [] };
  await makeGroups(tx, run, fields);
  const entries: ChunkEntry[] = [];
  const refused = await makeMissing(tx, { run, heldBack: entries }, fields);
  const numbers = await numbersOfBatch(tx, run, fields, report.create);
  const numberBase = await reserveNumbers(tx, run, fields, numbers);
  const plan = { ...planCommit({ ...run, numberBase }, fields, { whenTaken }), heldBack: entries };
  const chunk: ChunkPlan = { ...report, chunk: 0, numbersBefore: 0 };
  const counts = await writeChunk(tx, plan, chunk);
  const unwritten = await writeLaterReferences(database, { run, fields, within: tx, heldBack: entries });
  return { missed: refused + counts.failed - chunk.fail + unwritten, entries };
}
