/**
 * How far a file has come. Whoever makes it keeps that in the export's row, twice a second, and renews the lease with
 * it; anybody may follow it there. How many records have left the database is asked of the database itself, so that no
 * row is counted on its way.
 */
import type { Database } from '../../database/connect.ts';
import { toJsonb } from '../../database/jsonb.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { log } from '../../platform/log.ts';
import { type ExportLease, ownRow, ownValues } from './lease.ts';

const keepEveryMs = 500;
/** Of a shorter time, nothing can be said. */
const rateAfterSeconds = 0.2;

/** What is known of a file while it is made; undefined while the database still counts. */
export interface Making {
  readonly recordsTotal: number;
  /** The database's process that copies. */
  readonly backend: number;
  readonly bytes: () => number;
}

/** How the row keeps it. */
export interface KeptProgress {
  readonly records_total: number | null;
  readonly records_done: number;
  readonly bytes_done: number;
  readonly records_per_second: number | null;
  readonly bytes_per_second: number | null;
  readonly seconds_left: number | null;
}

/**
 * Does the work under a lease, and keeps how far it has come.
 *
 * @param work is given a signal that tells it that the lease is lost: to another process, or because somebody has
 *   cancelled the export. What it throws then is no concern of anybody.
 */
export async function whileHeld<T>(
  database: Database,
  lease: ExportLease,
  making: () => Making | undefined,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const pace = new Pace();
  let keeping: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (keeping !== undefined) return;
    keeping = keep(database, lease, pace, making())
      .then((isOurs) => {
        if (!isOurs) lost.abort(lostTo());
      })
      .catch((error: unknown) => {
        // What cannot be kept is not missed: the next one says more, and a lease that ends is another's.
        log().debug({ err: error, export: lease.exportId }, 'the progress of an export could not be kept');
      })
      .finally(() => {
        keeping = undefined;
      });
  }, keepEveryMs);
  try {
    return await work(lost.signal);
  } finally {
    clearInterval(timer);
    await keeping;
  }
}

export function lostTo(): AppError {
  return new AppError('export.lost', 'The export was cancelled, or another process makes its file now.');
}

/** @returns whether the lease is still ours. */
async function keep(
  database: Database,
  lease: ExportLease,
  pace: Pace,
  making: Making | undefined,
): Promise<boolean> {
  return withTenant(database, lease.tenantId, async (tx) => {
    const progress = making === undefined ? null : pace.measure(making, await copied(tx, making));
    const { rowCount } = await tx.query(
      `update exports set progress = $4, progress_seq = progress_seq + 1,
         lease_until = clock_timestamp() + make_interval(secs => $5) where ${ownRow}`,
      [
        ...ownValues(lease),
        progress === null ? null : toJsonb(progress),
        configuration().limits.leaseSeconds,
      ],
    );
    return rowCount === 1;
  });
}

/** Rows that the copy has sent; undefined when it has not begun, or has ended. */
async function copied(tx: TenantTransaction, { backend }: Making): Promise<number | undefined> {
  const { rows } = await tx.query<{ done: number }>(
    'select tuples_processed as done from pg_stat_progress_copy where pid = $1',
    [backend],
  );
  return rows[0]?.done;
}

/** Speeds over all of the time that was measured. */
class Pace {
  private first: { readonly at: number; readonly done: number; readonly bytes: number } | undefined;

  measure({ recordsTotal, bytes }: Making, copied: number | undefined): KeptProgress {
    const at = performance.now();
    // A copy that was listed, and is not any more, has ended.
    const done = Math.min(copied ?? (this.first === undefined ? 0 : recordsTotal), recordsTotal);
    if (copied !== undefined) this.first ??= { at, done, bytes: bytes() };
    const first = this.first ?? { at, done, bytes: bytes() };
    const seconds = (at - first.at) / 1000;
    const perSecond = (amount: number): number | null =>
      seconds > rateAfterSeconds && amount > 0 ? Math.round(amount / seconds) : null;
    const rate = perSecond(done - first.done);
    return {
      records_total: recordsTotal,
      records_done: done,
      bytes_done: bytes(),
      records_per_second: rate,
      bytes_per_second: perSecond(bytes() - first.bytes),
      seconds_left: rate === null || rate === 0 ? null : Math.ceil((recordsTotal - done) / rate),
    };
  }
}
