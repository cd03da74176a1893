/**
 * A process that is about to end leaves its runs to others: after the chunk that is being written, or at once while
 * nothing is. What it did not end is begun again by whoever takes the run over.
 */
import type { Database } from '../database/connect.ts';
import { codeOf } from '../database/failures.ts';
import type { TenantTransaction } from '../database/with-tenant.ts';
import { log } from '../platform/log.ts';

/** Thrown where a step leaves off; the lease is given back on the way. */
export class Stopped extends Error {
  constructor() {
    super('The process is about to end, and leaves the import to another.');
    this.name = 'Stopped';
  }
}

export const neverStops: AbortSignal = new AbortController().signal;

/** @throws Stopped */
export function assertGoesOn(stop: AbortSignal): void {
  if (stop.aborted) throw new Stopped();
}

const queryCanceled = '57014';

/**
 * Does work of a transaction that may take long and writes nothing that is worth waiting for: its statement is
 * cancelled when the process is to stop.
 *
 * @throws Stopped
 */
export async function untilStopped<T>(
  database: Database,
  tx: TenantTransaction,
  stop: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  assertGoesOn(stop);
  const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
  let cancelling: Promise<unknown> = Promise.resolve();
  const cancel = (): void => {
    cancelling = database.app
      .query('select pg_cancel_backend($1)', [rows[0]?.pid])
      .catch((error: unknown) => {
        log().debug({ err: error }, 'a statement could not be cancelled');
      });
  };
  stop.addEventListener('abort', cancel, { once: true });
  try {
    const result = await work();
    assertGoesOn(stop);
    return result;
  } catch (error) {
    throw stop.aborted && codeOf(error) === queryCanceled ? new Stopped() : error;
  } finally {
    stop.removeEventListener('abort', cancel);
    await cancelling;
  }
}
