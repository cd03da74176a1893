/**
 * How far a run has come. Whoever works on it tells a `Watch`, and keeps it in the run's row beside the work, so that
 * any process can follow a run that another one works on: `watchRun` is what a stream of events stands on.
 */
import type { Database } from '../database/connect.ts';
import { type FollowOptions, follow } from '../database/follow.ts';
import { throughOutages } from '../database/retrying.ts';
import { withTenant } from '../database/with-tenant.ts';
import { AppError } from '../platform/errors.ts';
import { leaseIsFree } from './lease.ts';
import { rests } from './rest.ts';
import type { Counts, RunOptions } from './run.ts';
import type { ImportState } from './states.ts';

export interface Progress {
  readonly state: ImportState;
  /** What is being done, in a word. `waiting`: for a worker, or for another run of the tenant. */
  readonly doing: 'reading' | 'checking' | 'writing' | 'undoing' | 'waiting';
  readonly rowsDone: number;
  /** Null while it is not known. */
  readonly rowsTotal: number | null;
}

export type Watch = (progress: Progress) => void;

export const nobodyWatches: Watch = () => {};

/** How the run's row keeps it. */
export interface KeptProgress {
  readonly state: ImportState;
  readonly doing: Progress['doing'];
  readonly rows_done: number;
  readonly rows_total: number | null;
  readonly rows_per_second: number | null;
  readonly seconds_left: number | null;
}

export interface ProgressEvent {
  /** Grows with each change; events of a run come in its order, and some may be passed over. */
  readonly seq: number;
  readonly state: ImportState;
  /** Null when the run rests. */
  readonly doing: Progress['doing'] | null;
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** All zero until the run has ended. */
  readonly counts: Counts;
  /** Nothing more happens until somebody asks for it. */
  readonly rests: boolean;
}

interface Watched {
  readonly tenantId: string;
  readonly importId: string;
}

/**
 * Follows a run until it rests; the last event says so. Ends without any when the run rests and was seen to.
 * However many watch a run in a process, the database is asked once for all of them, a few times a second.
 *
 * @throws AppError `import.not_found`; `database.unreachable` when the database stays away.
 */
export function watchRun(
  database: Database,
  watched: Watched,
  options: FollowOptions = {},
): AsyncGenerator<ProgressEvent> {
  const name = `import ${watched.tenantId} ${watched.importId}`;
  return follow(database, name, () => progressOf(database, watched), options);
}

interface ProgressRow {
  seq: number;
  state: ImportState;
  options: RunOptions;
  free: boolean;
  progress: KeptProgress | null;
  created: number;
  updated: number;
  unchanged: number;
  skipped: number;
  failed: number;
}

/** How far the run is now. @throws AppError `import.not_found` */
export async function progressOf(
  database: Database,
  { tenantId, importId }: Watched,
): Promise<ProgressEvent> {
  const { rows } = await throughOutages(database, () =>
    withTenant(
      database,
      tenantId,
      (tx) =>
        tx.query<ProgressRow>(
          `select progress_seq as seq, state, options, ${leaseIsFree} as free, progress, created_count as created,
             updated_count as updated, unchanged_count as unchanged, skipped_count as skipped, failed_count as failed
           from imports where tenant_id = $1 and id = $2`,
          [tenantId, importId],
        ),
      { readOnly: true },
    ),
  );
  if (rows[0] === undefined) throw new AppError('import.not_found', `There is no import ${importId}.`);
  return eventOf(rows[0]);
}

/** What was kept counts only in the state in which it was told. */
function eventOf({ seq, state, options, free, progress, ...counts }: ProgressRow): ProgressEvent {
  const isAtRest = rests({ state, options });
  const kept = progress?.state === state ? progress : null;
  const doing = free ? 'waiting' : (kept?.doing ?? doingIn[state] ?? 'reading');
  return {
    seq,
    state,
    doing: isAtRest ? null : doing,
    rowsDone: kept?.rows_done ?? 0,
    rowsTotal: kept?.rows_total ?? null,
    rowsPerSecond: isAtRest ? null : (kept?.rows_per_second ?? null),
    secondsLeft: isAtRest ? null : (kept?.seconds_left ?? null),
    counts,
    rests: isAtRest,
  };
}

/** What is being done in a state before anything is told of it, where it is not reading. */
const doingIn: Partial<Record<ImportState, Progress['doing']>> = {
  checked: 'waiting',
  committing: 'writing',
  cancelling: 'writing',
  undoing: 'undoing',
};
