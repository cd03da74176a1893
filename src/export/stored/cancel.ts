/** Stops an export whose file is not there yet. */
import type { Database } from '../../database/connect.ts';
import { throughOutages } from '../../database/retrying.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { now } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import { type ExportEntry, loadExport } from '../history.ts';
import { note } from '../trail.ts';

/**
 * Whoever makes the file hears of it within a second, and removes what there is of it. Asking once more for what was
 * asked for already does nothing.
 *
 * @throws AppError `export.not_found`; `export.move` when it has ended already, or is an answer, which ends with its
 *   connection.
 */
export function cancelExport(
  database: Database,
  {
    tenantId,
    exportId,
    by,
  }: { readonly tenantId: string; readonly exportId: string; readonly by: string | null },
): Promise<ExportEntry> {
  const at = now();
  return throughOutages(database, () =>
    withTenant(database, tenantId, async (tx) => {
      const { rowCount } = await tx.query(
        `update exports set state = 'cancelled', finished_at = $3, asked = null, lease_token = null, lease_until = null, progress = null,
           progress_seq = progress_seq + 1
         where tenant_id = $1 and id = $2 and made_as = 'file' and state in ('waiting', 'running')`,
        [tenantId, exportId, at],
      );
      const entry = await loadExport(tx, exportId);
      if (rowCount === 1)
        await note(tx, { action: 'export.cancel', subjectId: exportId, detail: {}, actor: by, at });
      else if (entry.state !== 'cancelled')
        throw new AppError('export.move', `The export is ${entry.state}: it cannot be cancelled.`);
      return entry;
    }),
  );
}
