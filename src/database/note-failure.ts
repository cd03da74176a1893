import { log } from '../platform/log.ts';
import { isConnectionLost } from './failures.ts';

/**
 * Logs a failure of what is tried again by itself. That the database is away is told by whoever waits for it.
 * @param what failed, and what becomes of it: the line of the log.
 */
export function noteFailure(error: unknown, what: string): void {
  log()[isConnectionLost(error) ? 'debug' : 'warn']({ err: error }, what);
}
