/**
 * Brings a run as far as it goes by itself. Any process may call this for any run at any time: the lease lets one of
 * them work, the state tells where to begin, and a run whose process died goes on here.
 */
import type { Database } from '../database/connect.ts';
import { isConnectionLost } from '../database/failures.ts';
import { throughOutages } from '../database/retrying.ts';
import { withTenant } from '../database/with-tenant.ts';
import { AppError, type ErrorCode } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { failRun } from './finish.ts';
import { type Lease, leaseIsFree, takeLease, whileLeased } from './lease.ts';
import { nobodyWatches, type Watch } from './progress.ts';
import { type ImportRun, loadRun } from './run.ts';
import { dropStaged } from './stage.ts';
import { canMove, type ImportState, writingStates } from './states.ts';
import * as steps from './steps.ts';
import { undo } from './undo/undo.ts';

export interface RunName {
  readonly tenantId: string;
  readonly importId: string;
}

type Advance = (step: steps.Step) => Promise<unknown>;

/** What brings a run on from each state; a run in any other rests. */
const advance: Partial<Record<ImportState, Advance>> = {
  uploaded: steps.inspect,
  inspected: steps.map,
  mapped: steps.beginCheck,
  checking: steps.check,
  committing: steps.commit,
  cancelling: steps.cancel,
  undoing: undo,
};

const pollMs = 200;

/**
 * Works on a run until it rests, or waits while another process does.
 *
 * @throws AppError `database.unreachable` when the database stays away; a bug, after which the run has failed.
 */
export async function driveRun(
  database: Database,
  of: RunName,
  watch: Watch = nobodyWatches,
): Promise<ImportRun> {
  for (;;) {
    const rested = await throughOutages(database, () => attempt(database, of, { watch, waits: true }));
    if (rested !== null) return rested;
    await pause();
  }
}

/**
 * Works on a run until it rests, or has to wait for another run of the tenant: then it is left, still `checked`.
 *
 * @returns null when another process holds it.
 * @throws as `driveRun` does.
 */
export function advanceRun(database: Database, of: RunName): Promise<ImportRun | null> {
  return throughOutages(database, () => attempt(database, of, { watch: nobodyWatches, waits: false }));
}

interface Manner {
  readonly watch: Watch;
  /** Keep the run until another one of the tenant, which is being written, has ended. */
  readonly waits: boolean;
}

/** @returns the run where it rests; null when another process holds it, or has taken it over. */
async function attempt(database: Database, of: RunName, manner: Manner): Promise<ImportRun | null> {
  const before = await reload(database, of);
  if (rests(before)) return before;
  const lease = await takeLease(database, of.tenantId, of.importId);
  if (lease === null) return null;
  try {
    return await whileLeased(database, lease, () => workUntilRest(database, lease, manner));
  } catch (error) {
    if (isRefusal(error, 'import.lost')) return null;
    throw error;
  }
}

async function workUntilRest(database: Database, lease: Lease, { watch, waits }: Manner): Promise<ImportRun> {
  for (;;) {
    const run = await reload(database, lease);
    if (rests(run)) return run;
    const went = await takeStep({ database, run, lease, watch });
    if (went) continue;
    if (!waits) return run;
    watch({ state: 'checked', doing: 'waiting', rowsDone: 0, rowsTotal: run.rowsStaged });
    await helpWriter(database, lease.tenantId);
  }
}

/**
 * One step from where the run stands. One that is refused, or at which the program fails, has failed, so that it is in
 * nobody's way.
 *
 * @returns false when it has to wait for another run.
 */
async function takeStep(step: steps.Step): Promise<boolean> {
  const { database, run, lease } = step;
  try {
    if (run.state === 'checked') return await steps.beginCommit(step);
    await advance[run.state]?.(step);
  } catch (error) {
    if (isRefusal(error, 'import.move') && (await wasMoved(step))) return true;
    if (passes(error) || !canMove(run.state, 'failed')) throw error;
    await failRun(database, lease, error instanceof AppError ? error : failureOf(error));
    if (!(error instanceof AppError)) throw error;
  }
  return true;
}

/** Was the run cancelled under the step's hands? It is left where it is then. */
async function wasMoved({ database, run, lease }: steps.Step): Promise<boolean> {
  const moved = await reload(database, lease);
  if (rests(moved)) await dropStaged(database, moved);
  return moved.state !== run.state;
}

/** Not the run's fault: the database is away, or another process has the run now. */
function passes(error: unknown): boolean {
  return (
    isConnectionLost(error) || isRefusal(error, 'import.lost') || isRefusal(error, 'database.unreachable')
  );
}

function isRefusal(error: unknown, code: ErrorCode): boolean {
  return error instanceof AppError && error.code === code;
}

function failureOf(cause: unknown): AppError {
  const message =
    'The program failed at this import; its log says where. What had been written by then can be undone.';
  return new AppError('import.failed', message, {}, { cause });
}

/**
 * The run that is waited for may have lost its process, and there need not be a worker: then it is brought to its end
 * here.
 */
async function helpWriter(database: Database, tenantId: string): Promise<void> {
  const importId = await abandonedWriter(database, tenantId);
  if (importId === null) return pause();
  try {
    await attempt(database, { tenantId, importId }, { watch: nobodyWatches, waits: false });
  } catch (error) {
    if (passes(error)) throw error;
    log().error({ err: error, import: importId }, 'an import that was taken over failed by a bug');
  }
}

async function abandonedWriter(database: Database, tenantId: string): Promise<string | null> {
  const { rows } = await withTenant(database, tenantId, (tx) =>
    tx.query<{ id: string }>(
      `select id from imports where tenant_id = $1 and state = any ($2) and ${leaseIsFree}`,
      [tenantId, writingStates],
    ),
  );
  return rows[0]?.id ?? null;
}

function rests(run: ImportRun): boolean {
  return advance[run.state] === undefined && !(run.state === 'checked' && run.options.commit);
}

function reload(database: Database, of: RunName): Promise<ImportRun> {
  return withTenant(database, of.tenantId, (tx) => loadRun(tx, of.importId));
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pollMs));
}
