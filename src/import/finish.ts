/** The end of a run: its five counts, and its last move. */

import { appendAudit } from '../audit/append.ts';
import type { Database } from '../database/connect.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import type { AppError } from '../platform/errors.ts';
import { renewStatistics } from './commit/statistics.ts';
import { advanceEpoch } from './epoch.ts';
import { holdLease, type Lease } from './lease.ts';
import { type Counts, type ImportRun, loadRun } from './run.ts';
import { dropStaged } from './staging/stage.ts';
import { canMove, type ImportState, move, writingStates } from './states.ts';

/** Adds up what the chunks wrote. */
export async function finishCommit(
  database: Database,
  lease: Lease,
  run: ImportRun,
  to: 'done' | 'cancelled',
): Promise<void> {
  const counts = await withTenant(database, run.tenantId, async (tx) => {
    await holdLease(tx, lease);
    const written = to === 'done' ? await countWritten(tx, run) : await countStopped(tx, run);
    await endRun(tx, run, run.state, to, written);
    return written;
  });
  await dropStaged(database, run);
  await renewStatistics(database, run.dataset, counts.created);
}

/**
 * A run that may write nothing, since some of its rows failed and it is all or nothing.
 * @param missed rows that could not be written because of what changed since the check.
 */
export async function refuseAtomic(
  database: Database,
  lease: Lease,
  run: ImportRun,
  missed: readonly number[] = [],
): Promise<void> {
  await withTenant(database, run.tenantId, async (tx) => {
    await holdLease(tx, lease);
    const counts = await setAllAside(tx, run, missed);
    const rows = `${counts.failed} of ${run.rowsRead ?? 0} rows failed`;
    await writeFailure(
      tx,
      run,
      'import.failed',
      `${rows}, and the import is all or nothing: nothing was written.`,
    );
    await endRun(tx, run, run.state, 'failed', counts);
  });
  await dropStaged(database, run);
}

/** Every row that would have been written is skipped, but for those that failed. */
async function setAllAside(
  tx: TenantTransaction,
  run: ImportRun,
  missed: readonly number[],
): Promise<Counts> {
  await tx.query(
    `update import_plan set changed = null, details = null,
       outcome = case when row = any ($3) then 'fail' else 'skip' end,
       code = case when row = any ($3) then 'changed_since_check' else 'skip.atomic' end
     where tenant_id = $1 and import_id = $2 and (outcome in ('create', 'update') or outcome = 'unchanged' and row = any ($3))`,
    [run.tenantId, run.id, missed],
  );
  return countPlanned(tx, run);
}

/**
 * A run that cannot go on: the file is none, the mapping does not fit, or the program failed at it. What it had
 * written by then stays, counted, and can be undone. A run that has ended meanwhile is left as it is.
 */
export async function failRun(database: Database, lease: Lease, error: AppError): Promise<void> {
  const run = await withTenant(database, lease.tenantId, async (tx) => {
    await holdLease(tx, lease);
    const current = await loadRun(tx, lease.importId);
    if (!canMove(current.state, 'failed')) return current;
    await writeFailure(tx, current, error.code, error.message);
    // What an undo took back stands in its chunks: the counts go on telling what the commit wrote.
    const counts = current.state === 'undoing' ? current : await countStopped(tx, current);
    await endRun(tx, current, current.state, 'failed', counts);
    return current;
  });
  await dropStaged(database, run);
}

/** The check's answer stands as the counts of a run that goes no further. */
export async function countChecked(tx: TenantTransaction, run: ImportRun): Promise<void> {
  const failed = (run.report?.fail ?? 0) + (run.rowsInvalid ?? 0);
  const refused = run.options.atomic && failed > 0;
  await writeCounts(tx, run, refused ? await setAllAside(tx, run, []) : await countPlanned(tx, run));
}

async function endRun(
  tx: TenantTransaction,
  run: ImportRun,
  from: ImportState,
  to: ImportState,
  { created, updated, unchanged, skipped, failed }: Counts,
): Promise<void> {
  const counts = { created, updated, unchanged, skipped, failed };
  await writeCounts(tx, run, counts);
  await move(tx, run.id, from, to);
  if (writingStates.includes(from)) await advanceEpoch(tx);
  await appendAudit(tx, {
    action: `import.${to}`,
    subjectType: 'import',
    subjectId: run.id,
    detail: { dataset: run.dataset.key, file_sha256: run.fileSha256, rows: run.rowsRead, ...counts },
    digest: null,
    actor: run.createdBy,
    at: now(),
  });
}

/** What the chunks wrote, of a run that came to all of its rows. */
async function countWritten(tx: TenantTransaction, run: ImportRun): Promise<Counts> {
  const { rows } = await tx.query<Counts>(
    `select coalesce(sum(created_count), 0)::int as created, coalesce(sum(updated_count), 0)::int as updated,
       coalesce(sum(unchanged_count), 0)::int as unchanged, coalesce(sum(skipped_count), 0)::int as skipped,
       coalesce(sum(failed_count), 0)::int as failed
     from import_chunks where tenant_id = $1 and import_id = $2 and phase in ('commit', 'references')`,
    [run.tenantId, run.id],
  );
  const written = rows[0];
  if (written === undefined) throw new Error('A sum gave no answer.');
  return { ...written, failed: written.failed + (run.rowsInvalid ?? 0) };
}

/** Rows to which a run that was stopped did not come are skipped, so that the five always make the rows read. */
export async function countStopped(tx: TenantTransaction, run: ImportRun): Promise<Counts> {
  await tx.query(
    `update import_plan p set outcome = 'skip', code = 'skip.unreached', changed = null, details = null
     where p.tenant_id = $1 and p.import_id = $2 and p.outcome in ('create', 'update', 'unchanged')
       and (not exists (select from import_chunks c where c.tenant_id = $1 and c.import_id = $2 and c.phase = 'commit' and c.chunk = p.chunk)
         or p.outcome = 'update' and p.refs ? 'later' and not exists (select from import_chunks c
           where c.tenant_id = $1 and c.import_id = $2 and c.phase = 'references' and c.chunk = p.chunk))`,
    [run.tenantId, run.id],
  );
  const counts = await countPlanned(tx, run);
  const { created, updated, unchanged, skipped, failed } = counts;
  // A run that was stopped before its plan was made has rows of which nothing is known.
  return {
    ...counts,
    skipped: skipped + (run.rowsRead ?? 0) - (created + updated + unchanged + skipped + failed),
  };
}

async function countPlanned(tx: TenantTransaction, run: ImportRun): Promise<Counts> {
  const { rows } = await tx.query<Counts>(
    `select count(*) filter (where outcome = 'create')::int as created, count(*) filter (where outcome = 'update')::int as updated,
       count(*) filter (where outcome = 'unchanged')::int as unchanged, count(*) filter (where outcome = 'skip')::int as skipped,
       count(*) filter (where outcome = 'fail')::int as failed
     from import_plan where tenant_id = $1 and import_id = $2`,
    [run.tenantId, run.id],
  );
  const planned = rows[0];
  if (planned === undefined) throw new Error('A count gave no answer.');
  return { ...planned, failed: planned.failed + (run.rowsInvalid ?? 0) };
}

export async function writeCounts(tx: TenantTransaction, run: ImportRun, counts: Counts): Promise<void> {
  await tx.query(
    `update imports set created_count = $3, updated_count = $4, unchanged_count = $5, skipped_count = $6, failed_count = $7
     where tenant_id = $1 and id = $2`,
    [run.tenantId, run.id, counts.created, counts.updated, counts.unchanged, counts.skipped, counts.failed],
  );
}

/** Why the run stands where it does: what failed it, or holds it. */
export async function writeFailure(
  tx: TenantTransaction,
  run: ImportRun,
  code: string,
  message: string,
): Promise<void> {
  await tx.query('update imports set failure = $3 where tenant_id = $1 and id = $2', [
    run.tenantId,
    run.id,
    JSON.stringify({ code, message }),
  ]);
}
