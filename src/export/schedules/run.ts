/**
 * The runs of a schedule. A row comes to be for each time that is due, once whoever sees it first; the row says who
 * works on it and until when, how often it was tried, and what came of it.
 */
import { toJsonb } from '../../database/jsonb.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { AppError } from '../../platform/errors.ts';
import { isId, newId } from '../../platform/ids.ts';
import type { Parcel, ParcelFile } from '../deliver/parcel.ts';
import type { Baseline } from './baseline.ts';

/**
 * `waiting`: for a worker, or for its next attempt; `skipped`: the run before was not over. A run that is waiting or
 * running is the only such one of its schedule.
 */
export const runStates = ['waiting', 'running', 'done', 'failed', 'skipped'] as const;
export type RunState = (typeof runStates)[number];

export interface Failure {
  /** ISO 8601. */
  readonly at: string;
  readonly code: string;
  readonly message: string;
}

/** What is made for a run, once however often it is tried, as long as what was said of it stands. */
export interface Made {
  /** Which writing of schedule and template it was made for: see `writingOf`. */
  readonly madeFor: string;
  readonly contents: Parcel['contents'];
  readonly isSensitive: boolean;
  readonly files: readonly ParcelFile[];
}

export interface ScheduleRun {
  readonly id: string;
  readonly scheduleId: string;
  /** As PostgreSQL writes a timestamptz, like the other times. */
  readonly dueAt: string;
  /** `asked`: by somebody, and not by the clock. */
  readonly cause: 'clock' | 'asked';
  readonly state: RunState;
  readonly attempts: number;
  /** When it is tried again. */
  readonly tryAt: string | null;
  readonly made: Made | null;
  readonly baseline: Baseline | null;
  /** Places where it has arrived. */
  readonly delivered: readonly string[];
  readonly failures: readonly Failure[];
  readonly askedBy: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** Columns that make a `ScheduleRun`. */
export const runColumns = `id, schedule_id as "scheduleId", due_at as "dueAt", cause, state, attempts, try_at as "tryAt", made, baseline,
  delivered, failures, asked_by as "askedBy", created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

export interface RunsAsked {
  readonly scheduleId: string;
  readonly limit: number;
  /** The id of a run: those before it. */
  readonly before?: string | undefined;
}

/** @returns the runs of a schedule, newest first. */
export async function listScheduleRuns(
  tx: TenantTransaction,
  { scheduleId, limit, before }: RunsAsked,
): Promise<readonly ScheduleRun[]> {
  const { rows } = await tx.query<ScheduleRun>(
    `select ${runColumns} from export_schedule_runs where tenant_id = $1 and schedule_id = $2 and ($4::uuid is null or id < $4)
     order by id desc limit $3`,
    [tx.tenantId, scheduleId, limit, before ?? null],
  );
  return rows;
}

/** @returns the latest run of each schedule that had one, by the schedule's id. */
export async function latestRuns(
  tx: TenantTransaction,
  scheduleIds: readonly string[],
): Promise<ReadonlyMap<string, ScheduleRun>> {
  const { rows } = await tx.query<ScheduleRun>(
    `select r.* from unnest($2::uuid[]) s(id) cross join lateral (
       select ${runColumns} from export_schedule_runs where tenant_id = $1 and schedule_id = s.id order by id desc limit 1) r`,
    [tx.tenantId, scheduleIds],
  );
  return new Map(rows.map((run) => [run.scheduleId, run]));
}

/** @throws AppError `schedule.not_found` for a run that is none of this schedule's. */
export async function findScheduleRun(
  tx: TenantTransaction,
  scheduleId: string,
  runId: string,
): Promise<ScheduleRun> {
  const { rows } = isId(runId)
    ? await tx.query<ScheduleRun>(
        `select ${runColumns} from export_schedule_runs where tenant_id = $1 and schedule_id = $2 and id = $3`,
        [tx.tenantId, scheduleId, runId],
      )
    : { rows: [] };
  const [run] = rows;
  if (run !== undefined) return run;
  throw new AppError('schedule.not_found', 'There is no such run of this schedule.');
}

export interface NewRun {
  readonly scheduleId: string;
  /** ISO 8601, as the other times. */
  readonly dueAt: string;
  readonly cause: ScheduleRun['cause'];
  readonly state: 'waiting' | 'skipped';
  readonly failures: readonly Failure[];
  readonly askedBy: string | null;
  readonly at: string;
}

/** @returns the run's id; null when there is one for this time already. The schedule's row is locked by the caller. */
export async function insertRun(tx: TenantTransaction, run: NewRun): Promise<string | null> {
  const finishedAt = run.state === 'waiting' ? null : run.at;
  const { rows } = await tx.query<{ id: string }>(
    `insert into export_schedule_runs (tenant_id, id, schedule_id, due_at, cause, state, attempts, delivered, failures, asked_by,
       created_at, finished_at)
     values ($1, $2, $3, $4, $5, $6, 0, '[]', $7, $8, $9, $10)
     on conflict (tenant_id, schedule_id, due_at) do nothing returning id`,
    [
      tx.tenantId,
      newId(),
      run.scheduleId,
      run.dueAt,
      run.cause,
      run.state,
      toJsonb(run.failures),
      run.askedBy,
      run.at,
      finishedAt,
    ],
  );
  return rows[0]?.id ?? null;
}

/** @returns the id of the run that waits for a time or for the end of a pause, and now does not; null when none does. */
export async function hastenRun(
  tx: TenantTransaction,
  scheduleId: string,
  by: string | null,
): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `update export_schedule_runs set cause = 'asked', asked_by = $3, try_at = null
     where tenant_id = $1 and schedule_id = $2 and state = 'waiting' and (try_at is not null or cause = 'clock' and exists (
       select from export_schedules s where s.tenant_id = $1 and s.id = $2 and s.paused_at is not null)) returning id`,
    [tx.tenantId, scheduleId, by],
  );
  return rows[0]?.id ?? null;
}

/** Is a run of the schedule waiting or at work? */
export async function hasOpenRun(tx: TenantTransaction, scheduleId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select from export_schedule_runs where tenant_id = $1 and schedule_id = $2 and state in ('waiting', 'running')`,
    [tx.tenantId, scheduleId],
  );
  return rowCount !== 0;
}
