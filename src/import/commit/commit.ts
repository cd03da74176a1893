/**
 * Commit: executes the plan chunk by chunk, on several connections at once, and decides nothing. Which chunks are
 * written is known from the set of their records and from nowhere else, so it may stop anywhere and go on anywhere.
 */
import type { Database } from '../../database/connect.ts';
import { untilSettled } from '../../database/retrying.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { configuration } from '../../platform/config.ts';
import { claimsOf } from '../check/claims.ts';
import { holdLease, type Lease } from '../lease.ts';
import { makeMissing } from '../missing/make-missing.ts';
import type { ImportRun } from '../run.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { type ChunkPlan, type CommitPlan, commitChunk, planCommit } from './chunk.ts';
import { makeGroups } from './groups.ts';
import { numbersByChunk, reserveNumbers } from './numbers.ts';
import { auditHeldBack, type ChunkEntry } from './record.ts';
import { writeLaterReferences } from './references.ts';

export interface CommitOptions {
  readonly run: ImportRun;
  readonly fields: RunFields;
  readonly lease: Lease;
  readonly onRows: (rowsDone: number) => void;
  /** Asked between chunks: has somebody asked for the run to stop? In the transaction of an atomic run. */
  readonly isCancelled: (within?: TenantTransaction) => Promise<boolean>;
}

/** @returns whether all of it was written; false when it was cancelled on the way. */
export async function commitRun(database: Database, options: CommitOptions): Promise<boolean> {
  const { run, fields, lease } = options;
  const { plan, chunks } = await prepare(database, options);
  const whole = run.options.atomic
    ? await commitAtOnce(database, plan, chunks, options)
    : await commitChunks(database, plan, chunks, options);
  if (!run.options.atomic) await writeLaterReferences(database, { run, fields, lease });
  return whole;
}

interface Prepared {
  readonly plan: CommitPlan;
  /** Those that are not written yet, in order. */
  readonly chunks: ChunkPlan[];
}

/**
 * What must stand before the first chunk: the block of numbers, the names of new groups, and records of other datasets
 * that its rows name and nobody has. An atomic run makes those in the transaction in which it writes all the rest.
 */
function prepare(database: Database, { run, fields, lease }: CommitOptions): Promise<Prepared> {
  return withTenant(database, run.tenantId, async (tx) => {
    await holdLease(tx, lease);
    const made: ChunkEntry[] = [];
    if (!run.options.atomic) {
      await makeGroups(tx, run, fields);
      await makeMissing(tx, { run, heldBack: made }, fields);
    }
    const numbers = await numbersByChunk(tx, run, fields);
    const amount = [...numbers.values()].reduce((total, ofChunk) => total + ofChunk, 0);
    const numberBase = await reserveNumbers(tx, run, fields, amount);
    const chunks = await remainingChunks(tx, run, numbers);
    await auditHeldBack(tx, { run, heldBack: made });
    return { plan: planCommit({ ...run, numberBase }, fields), chunks };
  });
}

async function remainingChunks(
  tx: TenantTransaction,
  run: ImportRun,
  numbers: ReadonlyMap<number, number>,
): Promise<ChunkPlan[]> {
  const { rows } = await tx.query<Omit<ChunkPlan, 'numbersBefore'> & { done: boolean }>(
    `select p.chunk, count(*) filter (where p.outcome = 'create')::int as create, count(*) filter (where p.outcome = 'update')::int as update,
       count(*) filter (where p.outcome = 'unchanged')::int as unchanged, count(*) filter (where p.outcome = 'skip')::int as skip,
       count(*) filter (where p.outcome = 'fail')::int as fail,
       exists (select from import_chunks c where c.tenant_id = $1 and c.import_id = $2 and c.phase = 'commit' and c.chunk = p.chunk) as done
     from import_plan p where p.tenant_id = $1 and p.import_id = $2 group by p.chunk order by p.chunk`,
    [run.tenantId, run.id],
  );
  let numbersBefore = 0;
  const chunks = rows.map((row) => {
    const chunk = { ...row, numbersBefore };
    numbersBefore += numbers.get(row.chunk) ?? 0;
    return chunk;
  });
  return chunks.filter((chunk) => !chunk.done);
}

/** Several connections take the chunks in order, each the next one that nobody has. */
async function commitChunks(
  database: Database,
  plan: CommitPlan,
  chunks: ChunkPlan[],
  options: CommitOptions,
): Promise<boolean> {
  const queue = [...chunks];
  let cancelled = false;
  let rowsDone = 0;
  const work = async (): Promise<void> => {
    for (let chunk = queue.shift(); chunk !== undefined && !cancelled; chunk = queue.shift()) {
      const current = chunk;
      await untilSettled(() =>
        withTenant(database, plan.run.tenantId, (tx) => commitChunk(tx, plan, current, options.lease)),
      );
      rowsDone += rowsOf(current);
      options.onRows(rowsDone);
      cancelled ||= await options.isCancelled();
    }
  };
  // Records that hand something over are written one chunk after the other, so that the plan can keep up with them.
  const connections = claimsOf(plan.fields).length > 0 ? 1 : configuration().limits.chunkConnections;
  const workers = Array.from({ length: connections }, work);
  // One worker's failure is the run's, but nobody is left writing when it is told.
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return !cancelled;
}

/** All chunks in one transaction: either every row is in, or none is. */
async function commitAtOnce(
  database: Database,
  plan: CommitPlan,
  chunks: readonly ChunkPlan[],
  options: CommitOptions,
): Promise<boolean> {
  const work = async (tx: TenantTransaction): Promise<void> => {
    const heldBack: ChunkEntry[] = [];
    let rowsDone = 0;
    await makeGroups(tx, plan.run, plan.fields);
    if ((await makeMissing(tx, { run: plan.run, heldBack }, plan.fields)) > 0)
      throw new AtomicRefusal(await failedRows(tx, plan.run));
    for (const chunk of chunks) {
      const counts = await commitChunk(tx, { ...plan, heldBack }, chunk, options.lease);
      if (counts.failed > chunk.fail) throw new AtomicRefusal(await failedRows(tx, plan.run));
      rowsDone += rowsOf(chunk);
      options.onRows(rowsDone);
      if (await options.isCancelled(tx)) throw new Cancelled();
    }
    const failed = await writeLaterReferences(database, { ...options, run: plan.run, within: tx, heldBack });
    if (failed > 0) throw new AtomicRefusal(await failedRows(tx, plan.run));
    await auditHeldBack(tx, { run: plan.run, heldBack });
  };
  try {
    await untilSettled(() => withTenant(database, plan.run.tenantId, work));
    return true;
  } catch (error) {
    if (error instanceof Cancelled) return false;
    throw error;
  }
}

/** Takes back what the transaction of an atomic run has written. */
class Cancelled extends Error {}

/** Rows that changed since the check make an atomic run fail whole. They are told apart, since nothing else is kept of it. */
export class AtomicRefusal extends Error {
  readonly rows: readonly number[];

  constructor(rows: readonly number[]) {
    super(`${rows.length} rows changed since the check.`);
    this.rows = rows;
  }
}

async function failedRows(tx: TenantTransaction, run: ImportRun): Promise<number[]> {
  const { rows } = await tx.query<{ row: number }>(
    `select row from import_plan where tenant_id = $1 and import_id = $2 and outcome = 'fail' order by row`,
    [run.tenantId, run.id],
  );
  return rows.map(({ row }) => row);
}

function rowsOf(chunk: ChunkPlan): number {
  return chunk.create + chunk.update + chunk.unchanged + chunk.skip + chunk.fail;
}
