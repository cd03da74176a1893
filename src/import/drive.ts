/**
 * Brings a run as far as it goes by itself. Any process may call this for any run at any time: the lease lets one of
 * them work, the state tells where to begin, and a run whose process died goes on here.
 *
 * Whoever has to wait holds nothing meanwhile: neither the run nor one of the places that its tenant has.
 */
import type { Database } from '../database/connect.ts';
import { isConnectionLost } from '../database/failures.ts';
import { throughOutages } from '../database/retrying.ts';
import { withTenant } from '../database/with-tenant.ts';
import { fileStore } from '../file-store/file-store.ts';
import { AppError, type ErrorCode } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { failRun } from './finish.ts';
import { whileKept } from './keep-progress.ts';
import { type Lease, leaseIsFree, takeLease, whileLeased } from './lease.ts';
import { nobodyWatches, progressOf, type Watch } from './progress.ts';
import { rests } from './rest.ts';
import { type ImportRun, loadRun } from './run.ts';
import { dropStaged } from './staging/stage.ts';
import { canMove, type ImportState, writingStates } from './states.ts';
import * as steps from './steps.ts';
import { assertGoesOn, neverStops, Stopped } from './stopping.ts';
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
 * Works on a run until it rests, or waits: while another process works on it, while another run of the tenant is
 * written, and while as many of the tenant's runs are worked on as may be.
 *
 * @throws AppError `database.unreachable` or `file.store_unreachable` when one of them stays away; a bug, after which
 *   the run has failed.
 */
export async function driveRun(
  database: Database,
  of: RunName,
  watch: Watch = nobodyWatches,
): Promise<ImportRun> {
  for (;;) {
    const { run, left } = await throughOutages(database, () =>
      attempt(database, of, { watch, stop: neverStops }),
    );
    if (left === undefined) return run;
    await tellFromElsewhere(database, of, watch);
    if (left === 'behind') await throughOutages(database, () => helpWriter(database, of.tenantId));
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/**
 * Works on a run until it rests, or has to be left: to another run of the tenant that is written, or to another process.
 *
 * @param stop leaves the run to others: after the chunk that is being written, else at once.
 * @throws as `driveRun` does.
 */
export function workOn(database: Database, of: RunName, stop: AbortSignal): Promise<Standing> {
  return throughOutages(database, () => attempt(database, of, { watch: nobodyWatches, stop }));
}

interface Manner {
  readonly watch: Watch;
  readonly stop: AbortSignal;
}

export interface Standing {
  readonly run: ImportRun;
  /** It was brought to rest here, and not found so. */
  readonly rested?: boolean;
  /**
   * Why the run was left where it does not rest. `behind`: another run of the tenant is written. `elsewhere`: another
   * process holds it or took it over, or the tenant has no room for one more. `stopped`: the process is to end.
   */
  readonly left?: 'behind' | 'elsewhere' | 'stopped';
}

async function attempt(database: Database, of: RunName, { watch, stop }: Manner): Promise<Standing> {
  const run = await reload(database, of);
  if (rests(run)) return { run };
  if (run.state === 'checked' && (await writerOf(database, of.tenantId)) !== null)
    return { run, left: 'behind' };
  const lease = await takeLease(database, of.tenantId, of.importId);
  if (lease === null) return { run, left: 'elsewhere' };
  try {
    return await whileLeased(database, lease, () =>
      whileKept(database, lease, watch, (kept) => workUntilRest(database, lease, { watch: kept, stop })),
    );
  } catch (error) {
    if (isRefusal(error, 'import.lost')) return { run, left: 'elsewhere' };
    if (error instanceof Stopped) return { run, left: 'stopped' };
    throw error;
  }
}

async function workUntilRest(database: Database, lease: Lease, { watch, stop }: Manner): Promise<Standing> {
  // Told of each chunk once it is written, and of each batch that is read: here the process can leave off.
  const watchUnlessStopped: Watch = (progress) => {
    watch(progress);
    assertGoesOn(stop);
  };
  for (;;) {
    const run = await reload(database, lease);
    if (rests(run)) {
      await fileStore().releaseLocal(run.source);
      return { run, rested: true };
    }
    assertGoesOn(stop);
    const went = await takeStep({ database, run, lease, watch: watchUnlessStopped, stop });
    if (!went) return { run, left: 'behind' };
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

const passing: readonly ErrorCode[] = ['import.lost', 'database.unreachable', 'file.store_unreachable'];

/** Not the run's fault: the database or the files are away, the process ends, or another one has the run now. */
function passes(error: unknown): boolean {
  return (
    isConnectionLost(error) ||
    error instanceof Stopped ||
    (error instanceof AppError && passing.includes(error.code))
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

/** Tells whoever watches here what another process has come to, or that the run waits. */
async function tellFromElsewhere(database: Database, of: RunName, watch: Watch): Promise<void> {
  const { state, doing, rowsDone, rowsTotal } = await progressOf(database, of);
  if (doing !== null) watch({ state, doing, rowsDone, rowsTotal });
}

/**
 * The run that is waited for may have lost its process, and there need not be a worker: then it is brought to its end
 * here.
 */
async function helpWriter(database: Database, tenantId: string): Promise<void> {
  const writer = await writerOf(database, tenantId);
  if (writer === null || !writer.free) return;
  try {
    await attempt(database, { tenantId, importId: writer.id }, { watch: nobodyWatches, stop: neverStops });
  } catch (error) {
    if (passes(error)) throw error;
    log().error({ err: error, import: writer.id }, 'an import that was taken over failed by a bug');
  }
}

interface Writer {
  readonly id: string;
  /** Nobody works on it. */
  readonly free: boolean;
}

/** The one run of the tenant that is being written or undone. */
async function writerOf(database: Database, tenantId: string): Promise<Writer | null> {
  const { rows } = await withTenant(database, tenantId, (tx) =>
    tx.query<{ id: string; free: boolean }>(
      `select id, ${leaseIsFree} as free from imports where tenant_id = $1 and state = any ($2)`,
      [tenantId, writingStates],
    ),
  );
  return rows[0] ?? null;
}

function reload(database: Database, of: RunName): Promise<ImportRun> {
  return withTenant(database, of.tenantId, (tx) => loadRun(tx, of.importId));
}
