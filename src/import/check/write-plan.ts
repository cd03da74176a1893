/** Writes the plan of a run: by one statement, or by two where most rows can be planned by a shorter one. */
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { configuration } from '../../platform/config.ts';
import type { ImportRun } from '../run.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { type PlanManner, planStatement } from './plan.ts';
import { agreedJoin, type MatchPlan } from './targets.ts';

/** Has the run so many rows that joining whole tables is cheaper than looking each record up? */
export function joinsSets(run: ImportRun): boolean {
  return (run.rowsStaged ?? 0) > configuration().limits.lookupRowsMax;
}

const sampleRows = 200;

/** Makes the plan anew. */
export async function writePlan(
  tx: TenantTransaction,
  run: ImportRun,
  fields: RunFields,
  match: MatchPlan,
): Promise<void> {
  const scope = [tx.tenantId, run.id];
  const required = run.options.require ?? run.dataset.requiredByDefault ?? [];
  const rules = { mode: run.options.mode, deleted: run.options.deleted, required };
  const plan = async (manner: PlanManner): Promise<number> =>
    (await tx.query(planStatement(fields, match, rules, manner), scope)).rowCount ?? 0;

  await tx.query('delete from import_plan where tenant_id = $1 and import_id = $2', scope);
  if (!joinsSets(run)) await plan({ rows: 'all', join: 'rows' });
  else if (!(await mostAgree(tx, run, match))) await plan({ rows: 'all', join: 'sets' });
  else if ((await plan({ rows: 'agreed', join: 'sets' })) !== run.rowsStaged)
    await plan({ rows: 'others', join: 'sets' });
}

/** Whether the keys of most rows agree on a record, as far as the file's first rows tell. */
async function mostAgree(tx: TenantTransaction, run: ImportRun, match: MatchPlan): Promise<boolean> {
  const join = agreedJoin(match);
  if (join === null) return false;
  const { rows } = await tx.query<{ most: boolean }>(
    `select 2 * count(r.id) > count(*) as most
     from (select * from staging.${run.dataset.key} where tenant_id = $1 and import_id = $2 order by chunk, row limit ${sampleRows}) s
     left ${join}`,
    [tx.tenantId, run.id],
  );
  return rows[0]?.most ?? false;
}
