import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import type { Database } from './connect.ts';
import { isConnectionLost, isTransient } from './failures.ts';

/**
 * Runs a transaction again when the database broke it off with a deadlock or a serialization failure, after a short
 * pause of random length. The work must be a whole transaction: `retrying(() => withTenant(…))`.
 *
 * @throws the last failure after chunkAttemptsMax attempts, and any other failure at once.
 */
export async function retrying<T>(
  transaction: () => Promise<T>,
  { attemptsMax = configuration().limits.chunkAttemptsMax }: { readonly attemptsMax?: number } = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (!isTransient(error) || attempt >= attemptsMax) throw error;
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
