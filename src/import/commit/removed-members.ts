/**
 * Somebody may have left the tenant since the check found him: nothing is assigned to him any more. Whoever is still
 * there is held until the chunk is written, so that his removal, which takes his records from him, comes after it.
 */
import { literal } from '../../database/literal.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { stagedReferences } from '../check/references.ts';
import type { ChangePlan } from './change.ts';
import { failMissed } from './record.ts';

/**
 * A row that named him all along is among them: his removal has taken the record from him, and the row would give it back.
 * @returns how many rows of the chunk name somebody who was removed: they fail as changed since the check.
 */
export async function failRemoved(
  tx: TenantTransaction,
  { run, fields }: ChangePlan,
  chunk: number,
): Promise<number> {
  const members = stagedReferences(run.dataset, fields.rules.staged).filter(
    (field) =>
      field.reference?.dataset === 'users' &&
      field.reference.key === undefined &&
      !['never', 'clear'].includes(fields.ruleOf(field)),
  );
  const rowsOf = members.map(
    (field) => `select p.row, (p.refs ->> ${literal(field.key)})::uuid as id from import_plan p
      where p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3 and p.refs ? ${literal(field.key)}
        and p.outcome in ('create', 'update')`,
  );
  if (rowsOf.length === 0) return 0;
  const { rows } = await tx.query<{ row: number }>(
    `with named as materialized (${rowsOf.join(' union ')}),
     there as materialized (select m.id from members m where m.tenant_id = $1 and m.id in (select id from named) and m.removed_at is null
       order by m.id for share)
     select distinct row from named where id not in (select id from there)`,
    [run.tenantId, run.id, chunk],
  );
  await failMissed(
    tx,
    run,
    chunk,
    rows.map(({ row }) => row),
  );
  return rows.length;
}
