/**
 * Brings a batch to its end in one transaction: stage, check, write, and read what became of each row.
 *
 * Beside it others write to the same tenant. Batches of one tenant go one after the other; a file's chunk may take a
 * value or change a record between our check and our write. That takes the whole transaction back, and the next
 * attempt checks again and sees it: a batch is over in some hundredths of a second, so that costs little.
 */
import { appendAudit } from '../../audit/append.ts';
import type { Database } from '../../database/connect.ts';
import { codeOf, isConnectionLost } from '../../database/failures.ts';
import { plannerHints } from '../../database/planner-hints.ts';
import { throughOutages, untilSettled } from '../../database/retrying.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { now } from '../../platform/clock.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { checkBatch } from '../check/check.ts';
import { type CheckReport, reportPlan } from '../check/report.ts';
import { auditHeldBack } from '../commit/record.ts';
import { holdCustomFields } from '../custom-fields.ts';
import { advanceEpoch } from '../epoch.ts';
import { writeCounts } from '../finish.ts';
import { reasonToHold } from '../guard-rails.ts';
import type { Counts, ImportRun } from '../run.ts';
import { type BatchRun, insertEnded } from './batch-run.ts';
import { type BatchOutcome, countOutcomes, readOutcomes } from './outcomes.ts';
import type { BatchProblem } from './read-rows.ts';
import { findRefused, isRefusal } from './refused-rows.ts';
import { type Staged, stageFound } from './stage-found.ts';
import { inTurn } from './turn.ts';
import { writePlanned } from './write-batch.ts';

/** @throws AppError `import.busy`; `import.held` for a large call that the tenant's guard rails would hold. */
export function settleBatch(database: Database, batch: BatchRun): Promise<readonly BatchOutcome[]> {
  return inTurn(batch.run.tenantId, () => attempts(database, batch));
}

interface Manner {
  attempt: number;
  /** Some row is refused by the database: find it. */
  careful: boolean;
  /** The batch may have been committed: the connection was lost meanwhile, or it comes again. */
  uncertain: boolean;
}

async function attempts(database: Database, batch: BatchRun): Promise<readonly BatchOutcome[]> {
  const manner: Manner = { attempt: 0, careful: false, uncertain: batch.comesAgain };
  try {
    return await throughOutages(database, () => untilSettled(() => attempt(database, batch, manner)));
  } catch (error) {
    throw codeOf(error) === lockNotAvailable ? busy(error) : error;
  }
}

const lockNotAvailable = '55P03';

function busy(cause?: unknown): AppError {
  return new AppError(
    'import.busy',
    'Records of this call are being written by an import of this tenant; try again when it has ended.',
    {},
    { cause },
  );
}

/** From which attempt on a unique violation is no race any more, but a constraint that no check knows of. */
const patientAttempts = 3;

async function attempt(
  database: Database,
  batch: BatchRun,
  manner: Manner,
): Promise<readonly BatchOutcome[]> {
  manner.attempt += 1;
  try {
    return await withTenant(database, batch.run.tenantId, (tx) => settle(database, tx, batch, manner));
  } catch (error) {
    if (isConnectionLost(error)) manner.uncertain = true;
    const isRace = codeOf(error) === '23505' && manner.attempt < patientAttempts;
    if (!isRefusal(error) || isRace || manner.careful) throw error;
    manner.careful = true;
    throw new OnceMore({ cause: error });
  }
}

/** Takes the transaction back to begin it again, as after a serialization failure. */
class OnceMore extends Error {
  readonly code = '40001';

  constructor(options?: ErrorOptions) {
    super('The batch begins again.', options);
  }
}

async function settle(
  database: Database,
  tx: TenantTransaction,
  batch: BatchRun,
  manner: Manner,
): Promise<readonly BatchOutcome[]> {
  await waitForOthers(tx);
  if (manner.uncertain && (await isCommitted(tx, batch.run))) return committedOutcomes(tx, batch);
  await holdCustomFields(tx, batch.run.customFields);
  const staged = await stageFound(tx, batch, manner.careful);
  const run = { ...batch.run, rowsStaged: staged.rows, rowsInvalid: batch.read.rowsRead - staged.rows };
  const report = await check(database, tx, { ...batch, run }, manner);
  const failed = report.fail + run.rowsInvalid;
  const checked = { ...batch, run: { ...run, report } };
  if (run.options.atomic && failed > 0) return setAside(tx, checked, staged.problems);
  await refuseHeld(tx, checked);
  return write(database, tx, checked, { ...manner, ...staged });
}

/** A call is answered at once and cannot wait for a person, as the import of a file does. */
async function refuseHeld(tx: TenantTransaction, { run, guardRails }: BatchRun): Promise<void> {
  const reason = guardRails === null ? null : await reasonToHold(tx, run, guardRails);
  if (reason === null) return;
  throw new AppError(
    'import.held',
    `${reason} Nothing was written. Send the rows as a file: its import waits until somebody has looked at it.`,
  );
}

/**
 * One batch of a tenant at a time, in all processes together: two that write the same records would wait for each
 * other. Nothing else takes this lock.
 */
async function waitForOthers(tx: TenantTransaction): Promise<void> {
  const seconds = configuration().limits.batchWaitSecondsMax;
  await tx.query(
    `set local lock_timeout = '${seconds}s'; ${plannerHints.lookUps}; select pg_advisory_xact_lock(hashtextextended('batch ${tx.tenantId}', 0))`,
  );
}

async function isCommitted(tx: TenantTransaction, run: ImportRun): Promise<boolean> {
  const { rowCount } = await tx.query('select from imports where tenant_id = $1 and id = $2', [
    run.tenantId,
    run.id,
  ]);
  return rowCount === 1;
}

async function committedOutcomes(
  tx: TenantTransaction,
  { run, fields }: BatchRun,
): Promise<readonly BatchOutcome[]> {
  const { rows } = await tx.query<BatchProblem & Record<string, unknown>>(
    'select row, field, code, details from import_problems where tenant_id = $1 and import_id = $2 and not warning order by row',
    [run.tenantId, run.id],
  );
  return readOutcomes(tx, run, rows, matchKeys(run, fields.rules.staged));
}

/** The check's answer; where the database refuses rows, without those. */
async function check(
  database: Database,
  tx: TenantTransaction,
  { run, fields }: BatchRun,
  manner: Manner,
): Promise<CheckReport> {
  const report = await checkBatch(tx, run, fields);
  if (!manner.careful) return report;
  const scope = [run.tenantId, run.id];
  const { rows } = await tx.query<{ row: number }>(
    `select row from import_plan where tenant_id = $1 and import_id = $2 and outcome in ('create', 'update') order by row`,
    scope,
  );
  const counts = countsOf(run, report);
  const refused = await findRefused(
    tx,
    rows.map(({ row }) => row),
    async (some) => {
      await tx.query(
        `update import_plan set outcome = 'skip' where tenant_id = $1 and import_id = $2 and outcome in ('create', 'update') and row <> all ($3)`,
        [...scope, some],
      );
      await insertEnded(tx, run, counts, now());
      await writePlanned(database, tx, { ...run, report }, fields, { whenTaken: 'miss' });
    },
  );
  if (refused.length === 0) return report;
  await tx.query(
    `update import_plan p set outcome = 'fail', code = 'row.refused', changed = null, details = jsonb_build_object('reason', f.reason)
     from unnest($3::bigint[], $4::text[]) f(row, reason) where p.tenant_id = $1 and p.import_id = $2 and p.row = f.row`,
    [...scope, refused.map(({ row }) => row), refused.map(({ reason }) => reason)],
  );
  return reportPlan(tx, fields, run.id, matchKeys(run, fields.rules.staged));
}

/** Writes nothing, since some rows failed and the batch is all or nothing. */
async function setAside(
  tx: TenantTransaction,
  { run, fields }: BatchRun,
  problems: readonly BatchProblem[],
): Promise<readonly BatchOutcome[]> {
  await tx.query(
    `update import_plan set outcome = 'skip', code = 'skip.atomic', changed = null, details = null
     where tenant_id = $1 and import_id = $2 and outcome in ('create', 'update')`,
    [run.tenantId, run.id],
  );
  const outcomes = await readOutcomes(tx, run, problems, matchKeys(run, fields.rules.staged));
  const counts = countOutcomes(outcomes);
  const message = `${counts.failed} of ${run.rowsRead ?? 0} rows failed, and the import is all or nothing: nothing was written.`;
  const at = now();
  const failed: ImportRun = { ...run, state: 'failed', failure: { code: 'import.failed', message } };
  await insertEnded(tx, failed, counts, at);
  await dropBatch(tx, run);
  await auditEnd(tx, failed, counts, at);
  return outcomes;
}

async function write(
  database: Database,
  tx: TenantTransaction,
  { run, fields }: BatchRun,
  { problems, attempt: attempted, careful }: Staged & Manner,
): Promise<readonly BatchOutcome[]> {
  const at = now();
  const report = run.report as CheckReport;
  await insertEnded(tx, run, countsOf(run, report), at);
  const whenTaken = attempted < patientAttempts && !careful ? 'raise' : 'miss';
  const { missed, entries } = await writePlanned(database, tx, run, fields, { whenTaken });
  // The last attempt takes what it could write, and the rows that others were quicker at fail.
  if (missed > 0 && attempted < configuration().limits.chunkAttemptsMax) throw new OnceMore();
  if (missed > 0 && run.options.atomic) throw busy();
  const outcomes = await readOutcomes(tx, run, problems, matchKeys(run, fields.rules.staged));
  const counts = countOutcomes(outcomes);
  if (missed > 0) await writeCounts(tx, run, counts);
  await dropBatch(tx, run);
  if (entries.length > 0) await advanceEpoch(tx);
  await auditHeldBack(tx, { run, heldBack: [...entries] });
  await auditEnd(tx, run, counts, at);
  return outcomes;
}

function countsOf(run: ImportRun, { create, update, unchanged, skip, fail }: CheckReport): Counts {
  return {
    created: create,
    updated: update,
    unchanged,
    skipped: skip,
    failed: fail + (run.rowsInvalid ?? 0),
  };
}

function matchKeys(run: ImportRun, staged: ReadonlySet<string>): string[] {
  return (run.options.match ?? run.dataset.matchKeys).filter((key) => staged.has(key));
}

async function dropBatch(tx: TenantTransaction, run: ImportRun): Promise<void> {
  await tx.query(`delete from staging.${run.dataset.key} where tenant_id = $1 and import_id = $2`, [
    run.tenantId,
    run.id,
  ]);
}

async function auditEnd(tx: TenantTransaction, run: ImportRun, counts: Counts, at: string): Promise<void> {
  await appendAudit(tx, {
    action: `import.${run.state}`,
    subjectType: 'import',
    subjectId: run.id,
    detail: { dataset: run.dataset.key, file_sha256: run.fileSha256, rows: run.rowsRead, ...counts },
    digest: null,
    actor: run.createdBy,
    at,
  });
}
