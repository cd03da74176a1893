/**
 * Who works on a run is said by its lease: a token in its row, and a time until which it holds. A process that died stops
 * renewing, and whoever looks next takes the run over. Nothing is written for a run but under its token.
 */
import type { Database } from '../../database/connect.ts';
import { isConnectionLost } from '../../database/failures.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { now } from '../../platform/clock.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { runColumns, type ScheduleRun } from './run.ts';

export interface RunLease {
  readonly tenantId: string;
  readonly runId: string;
  readonly token: string;
}

export interface LeasedRun {
  readonly lease: RunLease;
  readonly run: ScheduleRun;
}

/** SQL: a run that can be begun, or whose process is gone. What is paused is not begun by the clock. */
const isFree = `(r.state = 'waiting' and (r.try_at is null or r.try_at <= $3) and (r.cause = 'asked' or s.paused_at is null)
    or r.state = 'running' and r.lease_until < clock_timestamp())`;

/**
 * Takes a run that nobody works on.
 *
 * @param runId this one, when it is free; any of the tenant's unless said.
 */
export async function takeRun(
  database: Database,
  tenantId: string,
  runId?: string,
): Promise<LeasedRun | null> {
  const token = newId();
  const { rows } = await withTenant(database, tenantId, (tx) =>
    tx.query<ScheduleRun>(
      `update export_schedule_runs set state = 'running', attempts = attempts + 1, try_at = null, started_at = coalesce(started_at, $3),
         lease_token = $2, lease_until = clock_timestamp() + make_interval(secs => $4)
       where tenant_id = $1 and id = (
         select r.id from export_schedule_runs r join export_schedules s on s.tenant_id = r.tenant_id and s.id = r.schedule_id
         where r.tenant_id = $1 and r.state in ('waiting', 'running') and ${isFree} and ($5::uuid is null or r.id = $5)
         order by r.created_at, r.id limit 1 for update of r skip locked)
       returning ${runColumns}`,
      [tenantId, token, now(), configuration().limits.leaseSeconds, runId ?? null],
    ),
  );
  const [run] = rows;
  return run === undefined ? null : { lease: { tenantId, runId: run.id, token }, run };
}

/**
 * Writes to the run's row, which is locked until the transaction ends.
 *
 * @param sets assignments whose values begin with `$4`.
 * @throws AppError `schedule.lost` when it is somebody else's by now, or was removed.
 */
export async function writeRun(
  tx: TenantTransaction,
  { tenantId, runId, token }: RunLease,
  sets: string,
  values: readonly unknown[],
): Promise<void> {
  const { rowCount } = await tx.query(
    `update export_schedule_runs set ${sets} where tenant_id = $1 and id = $2 and lease_token = $3`,
    [tenantId, runId, token, ...values],
  );
  if (rowCount === 0) throw lost();
}

/**
 * Renews the lease by the clock while the work goes on.
 *
 * @param work hears by its signal that the lease was lost, or that the worker is to stop.
 */
export async function whileLeased<T>(
  database: Database,
  lease: RunLease,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { leaseSeconds, leaseRenewSeconds } = configuration().limits;
  const losing = new AbortController();
  const renew = (): Promise<void> =>
    withTenant(database, lease.tenantId, (tx) =>
      writeRun(tx, lease, 'lease_until = clock_timestamp() + make_interval(secs => $4)', [leaseSeconds]),
    ).catch((error: unknown) => {
      // A database that is away for a moment is no loss.
      if (!isConnectionLost(error)) losing.abort(error);
    });
  const timer = setInterval(renew, Math.min(leaseRenewSeconds, leaseSeconds / 3) * 1000);
  try {
    return await work(AbortSignal.any([stop, losing.signal]));
  } finally {
    clearInterval(timer);
  }
}

function lost(): AppError {
  return new AppError('schedule.lost', 'The run is another process’s by now, or its schedule was removed.');
}
