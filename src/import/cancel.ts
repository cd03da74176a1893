/** Stops a run. One that writes stops after the chunk that is being written; what it wrote can be undone. */
import { appendAudit } from '../audit/append.ts';
import type { Database } from '../database/connect.ts';
import { throughOutages } from '../database/retrying.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import { countStopped, writeCounts } from './finish.ts';
import { type ImportRun, loadRun } from './run.ts';
import { canMove, type ImportState, move } from './states.ts';

/**
 * Asking once more for what was asked for already does nothing.
 * @throws AppError `import.move` when the run has ended already, or is being undone.
 */
export async function cancelRun(
  database: Database,
  tenantId: string,
  importId: string,
  by: string | null,
): Promise<void> {
  await throughOutages(database, () =>
    withTenant(database, tenantId, async (tx) => {
      const run = await loadSteady(tx, importId);
      if (run.state === 'cancelling' || run.state === 'cancelled') return;
      await stop(tx, run);
      await appendAudit(tx, {
        action: 'import.cancel',
        subjectType: 'import',
        subjectId: importId,
        detail: { state: run.state },
        digest: null,
        actor: by,
        at: now(),
      });
    }),
  );
}

/** The run as it stays until the transaction ends: its own process may be moving it on just now. */
async function loadSteady(tx: TenantTransaction, importId: string): Promise<ImportRun> {
  await tx.query('select from imports where tenant_id = $1 and id = $2 for no key update', [
    tx.tenantId,
    importId,
  ]);
  return loadRun(tx, importId);
}

async function stop(tx: TenantTransaction, run: ImportRun): Promise<void> {
  const to: ImportState = canMove(run.state, 'cancelling') ? 'cancelling' : 'cancelled';
  await move(tx, run.id, run.state, to);
  if (to === 'cancelled') await writeCounts(tx, run, await countStopped(tx, run));
}
