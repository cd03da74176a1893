/** The rows of a batch that failed, kept as a file beside the run for as long as rejected rows can be fetched. */
import { Readable } from 'node:stream';
import type { Database } from '../../database/connect.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { fileStore } from '../../file-store/file-store.ts';
import { log } from '../../platform/log.ts';
import type { ImportRun } from '../run.ts';
import type { BatchOutcome } from './outcomes.ts';
import { rejectRows } from './reject-rows.ts';

/**
 * The file takes the place of the source that a batch has not. When it cannot be stored the batch stands all the same:
 * its answer has said what was wrong.
 */
export async function keepRejects(
  database: Database,
  run: ImportRun,
  outcomes: readonly BatchOutcome[],
  rows: readonly unknown[],
): Promise<void> {
  if (!outcomes.some(({ outcome }) => outcome === 'failed')) return;
  try {
    await fileStore().put(run.source, Readable.from([Buffer.from(rejectRows(outcomes, rows))]));
    await withTenant(database, run.tenantId, (tx) =>
      tx.query('update imports set source_removed_at = null where tenant_id = $1 and id = $2', [
        run.tenantId,
        run.id,
      ]),
    );
  } catch (error) {
    log().warn({ err: error, import: run.id }, 'the failed rows of a batch could not be kept');
  }
}
