/** Sources of imports are kept for a while, so that rejected rows can be fetched; then they are removed. */
import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import { fileStore } from '../file-store/file-store.ts';
import { now } from '../platform/clock.ts';
import { leaseIsFree } from './lease.ts';
import { goesOn } from './rest.ts';

/** One transaction's worth; the next one goes on. */
const sourcesAtOnce = 100;

/**
 * Removes the sources of runs of a tenant that have rested for longer than so many days, and remembers it in the run.
 * One that is held for a person to decide keeps its source.
 *
 * @returns how many were removed.
 */
export async function removeOldSources(
  database: Database,
  { tenantId, days }: { readonly tenantId: string; readonly days: number },
): Promise<number> {
  let removed = 0;
  for (;;) {
    const old = await oldSources(database, tenantId, days);
    // The file first: one that is gone already is removed again without harm, and none is forgotten.
    for (const { source } of old) await fileStore().remove(source);
    await withTenant(database, tenantId, (tx) =>
      tx.query('update imports set source_removed_at = $3 where tenant_id = $1 and id = any ($2)', [
        tenantId,
        old.map(({ id }) => id),
        now(),
      ]),
    );
    removed += old.length;
    if (old.length < sourcesAtOnce) return removed;
  }
}

async function oldSources(
  database: Database,
  tenantId: string,
  days: number,
): Promise<{ id: string; source: string }[]> {
  const { rows } = await withTenant(database, tenantId, (tx) =>
    tx.query<{ id: string; source: string }>(
      `select id, source from imports
       where tenant_id = $1 and source_removed_at is null and updated_at < now() - make_interval(days => $2)
         and state <> 'held' and not ${goesOn} and ${leaseIsFree}
       order by id limit $3`,
      [tenantId, days, sourcesAtOnce],
    ),
  );
  return rows;
}
