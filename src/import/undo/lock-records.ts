/**
 * Records are locked before undo looks at them. A statement sees what was there when it began: one that had to wait for
 * somebody's write would see the record anew, and its address, its groups and its orders as they were before.
 */
import type { TenantTransaction } from '../../database/with-tenant.ts';
import type { Dataset } from '../../datasets/define-dataset.ts';

/** Those that a chunk has created or changed. `$1` tenant, `$2` import, `$3` chunk. */
export const recordsOfChunk = `select h.record_id from changes h
    where h.tenant_id = $1 and h.import_id = $2 and h.phase in ('commit', 'release', 'references') and h.chunk = $3
  union select p.record_id from import_plan p
    where p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3 and p.outcome = 'create'`;

/**
 * Until the transaction ends nobody writes to the records, nor to what another dataset may write to beside them, nor
 * hangs anything on them. In the order of their ids, so that two do not wait for each other.
 *
 * @param records SQL of their ids as `record_id`, over `values`; the first of these is the tenant.
 */
export async function lockRecords(
  tx: TenantTransaction,
  dataset: Dataset,
  records: string,
  values: readonly unknown[],
): Promise<void> {
  const children = dataset.parts.filter((part) => part.kind === 'child');
  const tables = [
    { table: dataset.root.table, owner: 'id' },
    ...children.map((part) => ({ table: part.table, owner: part.ownerColumn })),
  ];
  for (const { table, owner } of tables)
    await tx.query(
      `select from (select record_id from (${records}) w order by record_id offset 0) w
       cross join lateral (select from ${table} o where o.tenant_id = $1 and o.${owner} = w.record_id for update) o`,
      values,
    );
}
