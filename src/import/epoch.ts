/**
 * The tenant's count of runs that have finished writing. A check remembers the count it saw; when it is another by
 * the time of the commit, somebody else's run has changed the records in between, and the check is made again.
 */
import type { TenantTransaction } from '../database/with-tenant.ts';

const counter = 'import_epoch';

export async function currentEpoch(tx: TenantTransaction): Promise<number> {
  const { rows } = await tx.query<{ value: number }>(
    'select value from tenant_counters where tenant_id = $1 and name = $2',
    [tx.tenantId, counter],
  );
  return Number(rows[0]?.value ?? 0);
}

/** Called in the transaction in which a run leaves its last writing state. */
export async function advanceEpoch(tx: TenantTransaction): Promise<void> {
  await tx.query(
    `insert into tenant_counters as c (tenant_id, name, value) values ($1, $2, 1)
     on conflict (tenant_id, name) do update set value = c.value + 1`,
    [tx.tenantId, counter],
  );
}
