import type { Database } from '../database/connect.ts';
import { now } from '../platform/clock.ts';

/** Removes sessions, promises and set-up tokens that are over. Nothing depends on it but the size of the tables. */
export async function removeExpired(database: Database): Promise<void> {
  for (const table of ['session', 'verification', 'setup_tokens']) {
    await database.app.query(`delete from auth.${table} where expires_at < $1`, [now()]);
  }
}
