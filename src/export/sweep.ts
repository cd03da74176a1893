/** Exports whose process was killed could not say that they broke off: it is said for them. */
import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import { listTenants } from '../tenants/tenants.ts';
import { appendDownload, type ExportEntry, entryColumns } from './history.ts';

/** No file takes as long to leave. */
const longest = '1 day';

/** Ends the history entries, in every tenant, of exports that began more than a day ago and never ended. */
export async function endForgottenExports(database: Database): Promise<void> {
  for (const { id } of await listTenants(database)) await endForgotten(database, id);
}

async function endForgotten(database: Database, tenantId: string): Promise<void> {
  const at = now();
  await withTenant(database, tenantId, async (tx) => {
    const { rows } = await tx.query<ExportEntry>(
      `update exports set state = 'broken_off', finished_at = $2
       where tenant_id = $1 and state = 'running' and created_at < $2::timestamptz - interval '${longest}'
       returning ${entryColumns}`,
      [tenantId, at],
    );
    for (const entry of rows) await appendDownload(tx, entry, entry, at);
  });
}
