/**
 * Brings the figures that other records keep up to date. Whoever creates, changes or removes records of a dataset that
 * has figures does this in the same transaction, after the write and before the audit trail is locked.
 */
import type { TenantTransaction } from '../database/with-tenant.ts';
import type { Figures } from './define-dataset.ts';

/**
 * The records that keep the figures are locked first, in the order of their ids, so that two writers do not wait for
 * each other; what both of them wrote is only seen by a statement that begins after that.
 * @param keepers ids of the records whose figures may have changed.
 */
export async function refreshFigures(
  tx: TenantTransaction,
  { table, refresh }: Figures,
  keepers: readonly string[],
): Promise<void> {
  if (keepers.length === 0) return;
  const scope = [tx.tenantId, keepers];
  await tx.query(
    `select from ${table} where tenant_id = $1 and id = any ($2) order by id for no key update`,
    scope,
  );
  await tx.query(refresh, scope);
}
