/**
 * One chunk, exactly once: its writes, its record in `import_chunks` and its audit entry are one transaction, held by
 * the run's lease. A chunk that is recorded is written; one that is not, is not.
 */
import { plannerHints } from '../../database/planner-hints.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { now } from '../../platform/clock.ts';
import { indexChunk } from '../custom-fields.ts';
import { keepersOf, refreshKeepers } from '../figures.ts';
import { holdLease, type Lease } from '../lease.ts';
import type { Counts, ImportRun } from '../run.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { type Changed, type ChangePlan, changeRecords } from './change.ts';
import { type CreateOptions, type CreateResult, createStatement } from './create.ts';
import { auditChunk, failMissed, recordChunk } from './record.ts';
import { type Released, releaseHolders } from './release.ts';
import { failRemoved } from './removed-members.ts';
import { updateStatement } from './update.ts';

export interface ChunkPlan {
  readonly chunk: number;
  readonly create: number;
  readonly update: number;
  readonly unchanged: number;
  readonly skip: number;
  readonly fail: number;
  /** Numbers that earlier chunks of the run give out. */
  readonly numbersBefore: number;
}

/** What every chunk of a run has in common: the run and the statements made for it. */
export interface CommitPlan extends ChangePlan {
  readonly create: string;
}

export function planCommit(
  run: ImportRun,
  fields: RunFields,
  options: Pick<CreateOptions, 'whenTaken'> = {},
): CommitPlan {
  const changed = new Set(Object.keys(run.report?.changed ?? {}));
  const update = updateStatement(fields, { changed, phase: 'commit' });
  return { run, fields, create: createStatement(fields, options), update };
}

/** @throws AppError `import.lost`; a unique violation or a deadlock, after which the chunk can be tried again. */
export async function commitChunk(
  tx: TenantTransaction,
  plan: CommitPlan,
  chunk: ChunkPlan,
  lease: Lease,
): Promise<Counts> {
  await holdLease(tx, lease);
  return writeChunk(tx, plan, chunk);
}

/** The chunk without the lease: for a run that begins and ends in this one transaction, which nobody can take over. */
export async function writeChunk(tx: TenantTransaction, plan: CommitPlan, chunk: ChunkPlan): Promise<Counts> {
  await tx.query(plannerHints.chunk);
  const at = now();
  const removed = await failRemoved(tx, plan, chunk.chunk);
  const released = await releaseHolders(tx, plan, chunk.chunk, at);
  const created = await createRecords(tx, plan, chunk, at);
  const changed = await changeFound(tx, plan, chunk, at);
  const counts = {
    created: created.created,
    updated: changed.updated,
    unchanged: chunk.unchanged + changed.unchanged,
    skipped: chunk.skip,
    failed: chunk.fail + removed + created.missed.length + changed.failed,
  };
  await indexChunk(tx, plan.run, chunk.chunk);
  await refreshKeepers(tx, plan.run, await keepersOf(tx, plan.run, chunk.chunk));
  await recordChunk(tx, plan.run, { phase: 'commit', chunk: chunk.chunk, counts, at });
  await auditWrites(tx, plan, chunk.chunk, { released, created, changed, at });
  return counts;
}

async function createRecords(
  tx: TenantTransaction,
  { run, create }: CommitPlan,
  chunk: ChunkPlan,
  at: string,
): Promise<CreateResult> {
  if (chunk.create === 0) return { created: 0, missed: [], digest: null };
  const numberBefore = (run.numberBase ?? 0) + chunk.numbersBefore;
  await tx.query(plannerHints.create);
  const { rows } = await tx.query<CreateResult & Record<string, unknown>>(create, [
    run.tenantId,
    run.id,
    chunk.chunk,
    at,
    run.createdBy,
    ...(run.dataset.numbers === undefined ? [] : [numberBefore]),
  ]);
  await tx.query(plannerHints.created);
  const [created] = rows;
  if (created === undefined) throw new Error('The statement of a chunk gave no answer.');
  await failMissed(tx, run, chunk.chunk, created.missed);
  return created;
}

async function changeFound(
  tx: TenantTransaction,
  plan: CommitPlan,
  chunk: ChunkPlan,
  at: string,
): Promise<Changed> {
  if (chunk.update === 0) return { updated: 0, unchanged: 0, failed: 0, digest: null };
  return changeRecords(tx, plan, chunk.chunk, at);
}

interface Writes {
  readonly released: Released;
  readonly created: CreateResult;
  readonly changed: Changed;
  readonly at: string;
}

async function auditWrites(
  tx: TenantTransaction,
  plan: CommitPlan,
  chunk: number,
  { released, created, changed, at }: Writes,
): Promise<void> {
  await auditChunk(tx, plan, {
    phase: 'release',
    chunk,
    counts: { released: released.records },
    created: null,
    changes: released.digest,
    at,
  });
  await auditChunk(tx, plan, {
    phase: 'commit',
    chunk,
    counts: { created: created.created, updated: changed.updated },
    created: created.digest,
    changes: changed.digest,
    at,
  });
}
