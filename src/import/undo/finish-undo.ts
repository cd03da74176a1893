/** The end of an undo: what it came to, and the groups that nobody needs any more. */
import { appendAudit } from '../../audit/append.ts';
import type { Database } from '../../database/connect.ts';
import { untilSettled } from '../../database/retrying.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { now } from '../../platform/clock.ts';
import { namedSets } from '../commit/groups.ts';
import { advanceEpoch } from '../epoch.ts';
import { holdLease, type Lease } from '../lease.ts';
import { auditRemoved, removeMade } from '../missing/remove-made.ts';
import type { ImportRun } from '../run.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { move } from '../states.ts';

export interface FinishOptions {
  readonly run: ImportRun;
  /** Null when the run never had a mapping. */
  readonly fields: RunFields | null;
  readonly lease: Lease;
}

export async function finishUndo(database: Database, { run, fields, lease }: FinishOptions): Promise<void> {
  await untilSettled(() =>
    withTenant(database, run.tenantId, async (tx) => {
      await holdLease(tx, lease);
      await finish(tx, run, fields);
    }),
  );
}

async function finish(tx: TenantTransaction, run: ImportRun, fields: RunFields | null): Promise<void> {
  if (fields !== null) await removeGroups(tx, run, fields);
  const made = await removeMade(tx, run);
  await tx.query(
    `update imports set undo_report = (select jsonb_build_object('removed', coalesce(sum(created_count), 0) + $3::int,
         'restored', coalesce(sum(updated_count), 0), 'leftAlone', coalesce(sum(skipped_count), 0) + $4::int)
         from import_chunks where tenant_id = $1 and import_id = $2 and phase in ('undo commit', 'undo references'))
       where tenant_id = $1 and id = $2`,
    [run.tenantId, run.id, made.removed, made.kept.length],
  );
  await move(tx, run.id, 'undoing', 'undone');
  await advanceEpoch(tx);
  await auditRemoved(tx, run, made);
  await appendAudit(tx, {
    action: 'import.undone',
    subjectType: 'import',
    subjectId: run.id,
    detail: { dataset: run.dataset.key },
    digest: null,
    actor: run.createdBy,
    at: now(),
  });
}

/**
 * Groups that this run made, or another one that was undone before, go when nobody is in them any more: nor would be,
 * were a later run undone that took somebody out. Ids tell which changes are later than a group. They are locked first:
 * who had found one by then is in it when the statement looks.
 */
async function removeGroups(tx: TenantTransaction, run: ImportRun, fields: RunFields): Promise<void> {
  for (const { field, table, inUse } of namedSets(fields)) {
    const empty = `select n.id, n.name from ${table} n join imports i on i.tenant_id = $1 and i.id = n.import_id
         where n.tenant_id = $1 and (i.id = $2 or i.state = 'undone') and not ${inUse}`;
    await tx.query(`${empty} order by n.id for update of n`, [run.tenantId, run.id]);
    await tx.query(
      `with empty as materialized (
         ${empty}),
       left_by as materialized (
         select h.before -> $4::text as names from changes h join imports l on l.tenant_id = $1 and l.id = h.import_id
         where h.tenant_id = $1 and h.id > (select id from empty order by id limit 1)
           and h.dataset = $3 and h.before ? $4::text and l.id <> $2 and l.state <> 'undone'),
       wanted as materialized (
         select jsonb_array_elements_text(case jsonb_typeof(names) when 'array' then names else jsonb_build_array(names) end) as name
         from left_by)
       delete from ${table} n using empty e
       where n.tenant_id = $1 and n.id = e.id and not exists (select from wanted w where w.name = n.name)`,
      [run.tenantId, run.id, run.dataset.key, field],
    );
  }
}
