/** How a run of a schedule ends: well; to be tried again; or failed, which its maker is told. */
import type { Database } from '../../database/connect.ts';
import { toJsonb } from '../../database/jsonb.ts';
import { throughOutages } from '../../database/retrying.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { now } from '../../platform/clock.ts';
import { configuration } from '../../platform/config.ts';
import { AppError, type ErrorCode } from '../../platform/errors.ts';
import { log } from '../../platform/log.ts';
import type { Tenant } from '../../tenants/tenants.ts';
import type { Carrier } from '../deliver/carrier.ts';
import { note } from '../trail.ts';
import { type RunLease, writeRun } from './lease.ts';
import type { Failure, Made, ScheduleRun } from './run.ts';
import type { Schedule } from './schedule.ts';
import { tellMaker } from './tell-maker.ts';

export interface RunAtWork {
  readonly tenant: Tenant;
  readonly schedule: Schedule;
  readonly lease: RunLease;
  readonly run: ScheduleRun;
}

export interface Ended {
  readonly state: 'done' | 'failed' | 'waiting';
  readonly failure: Failure | null;
}

/** What the next run follows is moved on only where the schedule is still the one that this run was made for. */
export async function endRun(database: Database, work: RunAtWork, made: Made): Promise<Ended> {
  const { tenant, schedule, lease, run } = work;
  const at = now();
  await withTenant(database, tenant.id, async (tx) => {
    await writeRun(
      tx,
      lease,
      `state = 'done', finished_at = $4, lease_token = null, lease_until = null, try_at = null`,
      [at],
    );
    await tx.query(
      `update export_schedules s set failing_since = null,
         baseline = case when s.updated_at = $4 then r.baseline else s.baseline end
       from export_schedule_runs r
       where s.tenant_id = $1 and s.id = $2 and r.tenant_id = $1 and r.id = $3`,
      [tenant.id, schedule.id, run.id, schedule.updatedAt],
    );
    await note(tx, {
      action: 'schedule.deliver',
      subjectId: schedule.id,
      detail: {
        run: run.id,
        due_at: new Date(run.dueAt).toISOString(),
        to: schedule.destination.kind,
        contents: made.contents,
        attempts: run.attempts,
        files: made.files.map(({ role, id, records, bytes, sha256 }) => ({
          role,
          export: id,
          records,
          bytes,
          sha256,
        })),
      },
      actor: null,
      at,
    });
  });
  return { state: 'done', failure: null };
}

/** What no further attempt would change. */
const lasting: ReadonlySet<ErrorCode> = new Set([
  'schedule.nobody',
  'schedule.invalid',
  'permission.missing',
  'template.not_found',
  'template.invalid',
  'export.invalid',
  'filter.invalid',
  'delivery.address',
  'file.too_large',
]);

/** The file of an earlier attempt is gone: the next one makes all anew, and delivers all of it. */
const lostFile: ReadonlySet<ErrorCode> = new Set([
  'file.not_found',
  'export.gone',
  'export.not_found',
  'export.move',
]);

/** A receiver that answers so wants no more (Standard Webhooks; RFC 9110, section 15.5.11). */
const statusGone = 410;

/** @throws AppError `schedule.lost` */
export async function failRun(carrier: Carrier, work: RunAtWork, error: unknown): Promise<Ended> {
  const { lease, run, schedule, tenant } = work;
  const failure = failureOf(error, run);
  const isLasting =
    error instanceof AppError && (lasting.has(error.code) || error.details.status === statusGone);
  const isOver = isLasting || run.attempts >= configuration().limits.scheduleAttemptsMax;
  if (isOver && schedule.failingSince === null) await tellMaker(carrier, { tenant, schedule, failure });
  await throughOutages(carrier.database, () =>
    withTenant(carrier.database, tenant.id, async (tx) => {
      await writeRun(
        tx,
        lease,
        `state = $4, failures = failures || $5::jsonb, try_at = $6, finished_at = $7, lease_token = null, lease_until = null,
         made = case when $8 then null else made end, delivered = case when $8 then '[]' else delivered end`,
        [
          isOver ? 'failed' : 'waiting',
          toJsonb([failure]),
          isOver ? null : nextTry(run.attempts, failure.at),
          isOver ? failure.at : null,
          error instanceof AppError && lostFile.has(error.code),
        ],
      );
      if (!isOver) return;
      await tx.query(
        'update export_schedules set failing_since = coalesce(failing_since, $3) where tenant_id = $1 and id = $2',
        [tenant.id, schedule.id, failure.at],
      );
      await note(tx, {
        action: 'schedule.fail',
        subjectId: schedule.id,
        detail: { run: run.id, attempts: run.attempts, code: failure.code },
        actor: null,
        at: failure.at,
      });
    }),
  );
  return { state: isOver ? 'failed' : 'waiting', failure };
}

function failureOf(error: unknown, { id }: ScheduleRun): Failure {
  if (error instanceof AppError) {
    log().info({ run: id, code: error.code }, 'a run of a schedule failed');
    return { at: now(), code: error.code, message: error.message };
  }
  log().error({ run: id, err: error }, 'a run of a schedule failed, by no fault of its maker');
  return { at: now(), code: 'program.failed', message: 'The program failed, and it is not your fault.' };
}

const waitSecondsMax = 4 * 3600;

function nextTry(attempts: number, at: string): string {
  const { scheduleRetrySeconds } = configuration().limits;
  const seconds = Math.min(scheduleRetrySeconds * 4 ** (attempts - 1), waitSecondsMax);
  return new Date(Date.parse(at) + seconds * 1000).toISOString();
}

/** The worker is to stop: another one goes on, and it counts as no attempt. */
export async function giveBackRun(database: Database, lease: RunLease): Promise<Ended> {
  await withTenant(database, lease.tenantId, (tx) =>
    writeRun(
      tx,
      lease,
      `state = 'waiting', attempts = attempts - 1, try_at = $4, lease_token = null, lease_until = null`,
      [now()],
    ),
  );
  return { state: 'waiting', failure: null };
}
