import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import type { Database } from './connect.ts';
import { codeOf, isConnectionLost, isTransient } from './failures.ts';

interface RetryOptions {
  readonly attemptsMax?: number;
}

/**
 * Runs a transaction again when the database broke it off with a deadlock or a serialization failure, after a short
 * pause of random length. The work must be a whole transaction: `retrying(() => withTenant(…))`.
 *
 * @throws the last failure after chunkAttemptsMax attempts, and any other failure at once.
 */
export function retrying<T>(transaction: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  return again(transaction, isTransient, options);
}

/**
 * As `retrying`, for a transaction that looks whether a unique value is free and then writes it: it is run again as
 * well when somebody took the value in between, since the next attempt sees that, and leaves the row out.
 */
export function untilSettled<T>(transaction: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  return again(transaction, (error) => isTransient(error) || codeOf(error) === '23505', options);
}

async function again<T>(
  transaction: () => Promise<T>,
  isPassing: (error: unknown) => boolean,
  { attemptsMax = configuration().limits.chunkAttemptsMax }: RetryOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (!isPassing(error) || attempt >= attemptsMax) throw error;
      const pauseMsMax = Math.min(10 * 2 ** attempt, 500);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * pauseMsMax));
    }
  }
}

const outagePauseMs = 100;

/**
 * Runs the work again when the connection was lost and the database is back. What the work was committing may have
 * gone through or not: it must read where it stands, or do nothing the second time.
 *
 * @throws AppError `database.unreachable` when the database stays away, and any other failure at once.
 */
export async function throughOutages<T>(database: Database, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      // A refusal that was made of it says that somebody has waited already.
      if (error instanceof AppError || !isConnectionLost(error)) throw error;
      await database.restore();
      await new Promise((resolve) => setTimeout(resolve, outagePauseMs));
    }
  }
}
