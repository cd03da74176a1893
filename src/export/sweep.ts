/** What a worker tidies up now and then: exports whose process was killed, and files that nobody may take any more. */
import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import type { FileStore } from '../file-store/file-store.ts';
import { now } from '../platform/clock.ts';
import { listTenants } from '../tenants/tenants.ts';
import { appendOutcome, type ExportEntry, entryColumns } from './history.ts';
import { fileKeyOf } from './stored/lease.ts';

/** No file takes as long to leave. */
const longest = '1 day';

/**
 * Ends the history entries, in every tenant, of exports whose process could not say that they broke off: answers that
 * began more than a day ago and never ended, and files whose lease is over and that no worker can begin anew.
 */
export async function endForgottenExports(database: Database): Promise<void> {
  for (const { id } of await listTenants(database)) await endForgotten(database, id);
}

async function endForgotten(database: Database, tenantId: string): Promise<void> {
  const at = now();
  await withTenant(database, tenantId, async (tx) => {
    const { rows } = await tx.query<ExportEntry>(
      `update exports e set state = 'broken_off', finished_at = $2, lease_token = null, lease_until = null, progress = null,
         progress_seq = progress_seq + 1
       where tenant_id = $1 and state = 'running' and asked is null and case made_as
         when 'answer' then created_at < $2::timestamptz - interval '${longest}'
         else lease_until < clock_timestamp() end
       returning ${entryColumns}`,
      [tenantId, at],
    );
    for (const entry of rows) {
      const action = entry.madeAs === 'file' ? 'export.store' : 'export.download';
      await appendOutcome(tx, action, entry, entry, at);
    }
  });
}

/** One transaction's worth; the next one goes on. */
const exportsAtOnce = 100;
/** Whoever was only asleep while his export was cancelled has removed his file by then himself. */
const afterEnd = '1 hour';

/**
 * Removes the files, in every tenant, of exports whose time is over, and what is left of those that came to nothing. The
 * history keeps the exports.
 */
export async function removeOldFiles(database: Database, files: FileStore): Promise<void> {
  for (const { id } of await listTenants(database)) {
    while ((await removeSome(database, files, id)) === exportsAtOnce);
  }
}

async function removeSome(database: Database, files: FileStore, tenantId: string): Promise<number> {
  const at = now();
  const old = await oldFiles(database, tenantId, at);
  // The files first: one that is gone already is removed again without harm, and none is forgotten.
  for (const { id, leases } of old) {
    for (const token of leases) await files.remove(fileKeyOf({ tenantId, exportId: id, token }));
  }
  await withTenant(database, tenantId, (tx) =>
    tx.query('update exports set file_removed_at = $3 where tenant_id = $1 and id = any ($2)', [
      tenantId,
      old.map(({ id }) => id),
      at,
    ]),
  );
  return old.length;
}

interface OldFile {
  readonly id: string;
  /** Each may have left something. */
  readonly leases: readonly string[];
}

async function oldFiles(database: Database, tenantId: string, at: string): Promise<readonly OldFile[]> {
  const { rows } = await withTenant(database, tenantId, (tx) =>
    tx.query<OldFile>(
      `select id, leases from exports
       where tenant_id = $1 and made_as = 'file' and file_removed_at is null
         and (expires_at <= $2 or (state in ('failed', 'cancelled', 'broken_off') and finished_at < $2::timestamptz - interval '${afterEnd}'))
       order by id limit $3`,
      [tenantId, at, exportsAtOnce],
    ),
  );
  return rows;
}
