/**
 * Keeps in the run's row how far the run has come, for those who watch it from elsewhere. It is written by the clock,
 * beside the transactions that do the work and never in them, so that it costs them nothing.
 */
import type { Database } from '../database/connect.ts';
import { toJsonb } from '../database/jsonb.ts';
import { withTenant } from '../database/with-tenant.ts';
import { log } from '../platform/log.ts';
import type { Lease } from './lease.ts';
import type { KeptProgress, Progress, Watch } from './progress.ts';

const writeEveryMs = 500;
/** Of a shorter time, nothing can be said. */
const rateAfterSeconds = 0.2;

/**
 * Does the work with a watch that keeps what it is told, and hands it on.
 * @param watch whoever watches in this process.
 */
export async function whileKept<T>(
  database: Database,
  lease: Lease,
  watch: Watch,
  work: (watch: Watch) => Promise<T>,
): Promise<T> {
  const pace = new Pace();
  let latest: KeptProgress | undefined;
  let writing: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (latest === undefined || writing !== undefined) return;
    const progress = latest;
    latest = undefined;
    writing = keep(database, lease, progress).finally(() => {
      writing = undefined;
    });
  }, writeEveryMs);
  try {
    return await work((progress) => {
      latest = pace.measure(progress);
      watch(progress);
    });
  } finally {
    clearInterval(timer);
    await writing;
  }
}

/** Rows a second since the process began to do what it does, and what that leaves to wait for. */
class Pace {
  private doing: Progress['doing'] | undefined;
  private beganAt = 0;
  private beganWith = 0;

  measure({ state, doing, rowsDone, rowsTotal }: Progress): KeptProgress {
    if (doing !== this.doing || rowsDone < this.beganWith) {
      this.doing = doing;
      this.beganAt = performance.now();
      this.beganWith = rowsDone;
    }
    const seconds = (performance.now() - this.beganAt) / 1000;
    const rate = seconds > rateAfterSeconds ? (rowsDone - this.beganWith) / seconds : 0;
    return {
      state,
      doing,
      rows_done: rowsDone,
      rows_total: rowsTotal,
      rows_per_second: rate > 0 ? Math.round(rate) : null,
      seconds_left:
        rate > 0 && rowsTotal !== null ? Math.ceil(Math.max(rowsTotal - rowsDone, 0) / rate) : null,
    };
  }
}

/** Only while the run is ours. What cannot be written is not missed: the next one says more. */
async function keep(database: Database, lease: Lease, progress: KeptProgress): Promise<void> {
  await withTenant(database, lease.tenantId, (tx) =>
    tx.query(
      `update imports set progress = $4, progress_seq = progress_seq + 1
       where tenant_id = $1 and id = $2 and lease_token = $3`,
      [lease.tenantId, lease.importId, lease.token, toJsonb(progress)],
    ),
  ).catch((error: unknown) => {
    log().debug({ err: error, import: lease.importId }, 'the progress of an import could not be kept');
  });
}
