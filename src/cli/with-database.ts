import { connect, type Database } from '../database/connect.ts';
import { ensureMigrated } from '../database/migrate.ts';
import { AppError } from '../platform/errors.ts';
import type { CommandContext } from './command.ts';

export interface DatabaseUse {
  /** `abandon` (the default): Ctrl-C ends the command at once. `await`: the work hears of it and ends by itself. */
  readonly onInterrupt?: 'abandon' | 'await';
}

/**
 * Gives a command the migrated database, and leaves it properly however the command ends: the private server is
 * stopped by the last who leaves it.
 *
 * @throws AppError database.outdated for a DATABASE_URL that was not migrated; the private server is, on the way.
 */
export async function withDatabase<T>(
  { interrupted }: CommandContext,
  work: (database: Database) => Promise<T>,
  { onInterrupt = 'abandon' }: DatabaseUse = {},
): Promise<T> {
  const database = await connect();
  try {
    await becomeMigrated(database);
    const working = work(database);
    return await (onInterrupt === 'await' ? working : Promise.race([working, rejectionOf(interrupted)]));
  } finally {
    await database.close({ abandon: interrupted.aborted && onInterrupt === 'abandon' });
  }
}

/** A private server that dies just now is ours to bring back; one elsewhere is not waited for at the start. */
async function becomeMigrated(database: Database): Promise<void> {
  await ensureMigrated(database).catch(async (error: unknown) => {
    const isAway = error instanceof AppError && error.code === 'database.unreachable';
    if (!isAway || database.kind !== 'embedded') throw error;
    await database.restore();
    await ensureMigrated(database);
  });
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
