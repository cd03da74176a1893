/**
 * Who works on a run is decided by its lease: a token in the run's row, and a time until which it holds. A process
 * that died stops renewing, and another one takes over with a new token.
 *
 * Each chunk's transaction holds the run's row `FOR KEY SHARE` where the token is its own; a takeover takes it `FOR
 * UPDATE`. So a process that was only asleep either ends its chunk before the takeover, or writes nothing after it.
 */
import type { Database } from '../database/connect.ts';
import { isConnectionLost } from '../database/failures.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import { mayGoOn } from './rest.ts';

export interface Lease {
  readonly tenantId: string;
  readonly importId: string;
  readonly token: string;
}

/**
 * Takes the run if nobody holds it, or if its time is over, and no more than tenantRunsMax runs of the tenant are held.
 * A chunk that is being written, by whoever had the lease before, is waited for, but not for long.
 *
 * @returns null when somebody else holds it, or the tenant has as many as it may.
 */
export async function takeLease(
  database: Database,
  tenantId: string,
  importId: string,
): Promise<Lease | null> {
  const token = newId();
  const taken = await withTenant(database, tenantId, async (tx) => {
    // Looked at before it is locked: the lock waits for a chunk, also one of a process that is well and at work.
    if (!(await isFree(tx, importId)) || !(await hasRoom(tx, importId))) return false;
    if (!(await lockIfFree(database, tx, importId)) || !(await keepRoom(tx, importId))) return false;
    await tx.query(
      `update imports set lease_token = $3, lease_until = clock_timestamp() + make_interval(secs => $4) where tenant_id = $1 and id = $2`,
      [tenantId, importId, token, configuration().limits.leaseSeconds],
    );
    return true;
  });
  return taken ? { tenantId, importId, token } : null;
}

/**
 * A process that is only asleep keeps its transactions open, and one of them may even wait for another. So after a
 * while the sessions that are in the way are ended, one after the other; nothing of theirs was committed.
 */
async function lockIfFree(database: Database, tx: TenantTransaction, importId: string): Promise<boolean> {
  const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
  const end = 'select pg_terminate_backend(pid) from unnest(pg_blocking_pids($1)) pid';
  let ending: Promise<unknown> = Promise.resolve();
  const endBlockers = (): void => {
    ending = database.app.query(end, [rows[0]?.pid]).catch((error: unknown) => {
      log().debug({ err: error }, 'a session that is in the way of a takeover could not be ended');
    });
  };
  const { takeoverGraceSeconds } = configuration().limits;
  const timer = setInterval(endBlockers, takeoverGraceSeconds * 1000);
  try {
    return await isFree(tx, importId, 'for update');
  } finally {
    clearInterval(timer);
    await ending;
  }
}

/** May one more of the tenant's runs be worked on? */
async function hasRoom(tx: TenantTransaction, importId: string): Promise<boolean> {
  const { rows } = await tx.query<{ held: number }>(
    `select count(*)::int as held from imports where tenant_id = $1 and id <> $2 and ${mayGoOn} and not ${leaseIsFree}`,
    [tx.tenantId, importId],
  );
  return (rows[0]?.held ?? 0) < configuration().limits.tenantRunsMax;
}

/**
 * The same, and nobody else takes the room until the transaction ends. Whoever waits here has locked nothing but a run
 * that nobody holds, and whoever goes through waits for nothing more.
 */
async function keepRoom(tx: TenantTransaction, importId: string): Promise<boolean> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('clientele: leases of ' || $1, 0))`, [
    tx.tenantId,
  ]);
  return hasRoom(tx, importId);
}

/** SQL: whether nobody holds the run of the row. */
export const leaseIsFree = '(lease_until is null or lease_until < clock_timestamp())';

async function isFree(
  tx: TenantTransaction,
  importId: string,
  lock: 'for update' | '' = '',
): Promise<boolean> {
  const { rows } = await tx.query<{ free: boolean }>(
    `select ${leaseIsFree} as free from imports where tenant_id = $1 and id = $2 ${lock}`,
    [tx.tenantId, importId],
  );
  if (rows[0] === undefined) throw new AppError('import.not_found', `There is no import ${importId}.`);
  return rows[0].free;
}

/** Holds the run's row for this transaction. @throws AppError `import.lost` when the lease is somebody else's by now. */
export async function holdLease(tx: TenantTransaction, lease: Lease): Promise<void> {
  const { rowCount } = await tx.query(
    'select from imports where tenant_id = $1 and id = $2 and lease_token = $3 for key share',
    [lease.tenantId, lease.importId, lease.token],
  );
  if (rowCount === 0) throw lost();
}

/** Renews the lease, until it is given back. @throws AppError `import.lost` */
export async function renewLease(database: Database, lease: Lease): Promise<void> {
  const { rowCount } = await withTenant(database, lease.tenantId, (tx) =>
    tx.query(
      `update imports set lease_until = clock_timestamp() + make_interval(secs => $4)
       where tenant_id = $1 and id = $2 and lease_token = $3`,
      [lease.tenantId, lease.importId, lease.token, configuration().limits.leaseSeconds],
    ),
  );
  if (rowCount === 0) throw lost();
}

async function giveBackLease(database: Database, lease: Lease): Promise<void> {
  await withTenant(database, lease.tenantId, (tx) =>
    tx.query(
      'update imports set lease_token = null, lease_until = null where tenant_id = $1 and id = $2 and lease_token = $3',
      [lease.tenantId, lease.importId, lease.token],
    ),
  );
}

/**
 * Renews the lease by the clock while the work goes on, and gives it back when it ended. When the lease was lost
 * the work's next chunk finds out by itself; a database that is away for a moment is not a loss: it is waited for,
 * so that the lease can be given back then and the run goes on without waiting for its time to be over.
 */
export async function whileLeased<T>(database: Database, lease: Lease, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    renewLease(database, lease).catch((error: unknown) => {
      if (!isConnectionLost(error)) clearInterval(timer);
    });
  }, renewEveryMs());
  try {
    return await work();
  } catch (error) {
    if (isConnectionLost(error)) await database.restore();
    throw error;
  } finally {
    clearInterval(timer);
    await giveBackLease(database, lease).catch(() => {
      // It runs out by itself.
    });
  }
}

/** Often enough whatever the limits say: a lease that ends while its process is well would go to and fro between two. */
function renewEveryMs(): number {
  const { leaseSeconds, leaseRenewSeconds } = configuration().limits;
  return Math.min(leaseRenewSeconds, leaseSeconds / 3) * 1000;
}

function lost(): AppError {
  return new AppError('import.lost', 'Another process has taken this import over, and goes on with it.');
}
