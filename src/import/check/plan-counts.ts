/** What the plan comes to, in numbers: by these the check leaves out what no row asks for, and reports. */
import type { TenantTransaction } from '../../database/with-tenant.ts';

export type Outcome = 'create' | 'update' | 'unchanged' | 'skip' | 'fail';

export interface PlanCounts {
  readonly rows: Readonly<Record<Outcome, number>>;
  /** Rows skipped or failed, by code. */
  readonly byCode: Readonly<Record<string, number>>;
  /** Records in which each field would change, the most frequent first. */
  readonly changed: Readonly<Record<string, number>>;
}

interface Counted {
  readonly outcome: Outcome;
  readonly code: string | null;
  readonly field: string | null;
  readonly rows: number;
}

/** The plan is read once. Rows that change the same fields are counted together before their fields are told apart. */
export async function countPlan(tx: TenantTransaction, importId: string): Promise<PlanCounts> {
  const { rows } = await tx.query<Counted & Record<string, unknown>>(
    `with alike as materialized (select outcome, code, changed, count(*) as rows
       from import_plan where tenant_id = $1 and import_id = $2 group by 1, 2, 3)
     select outcome, code, null as field, sum(rows)::int as rows from alike group by 1, 2
     union all
     select outcome, null, field, sum(rows)::int from alike, unnest(changed) field where outcome = 'update' group by 1, 3
     order by rows desc, field`,
    [tx.tenantId, importId],
  );
  const totals = rows.filter(({ field }) => field === null);
  const count = (outcome: Outcome): number =>
    totals.filter((total) => total.outcome === outcome).reduce((sum, total) => sum + total.rows, 0);
  return {
    rows: {
      create: count('create'),
      update: count('update'),
      unchanged: count('unchanged'),
      skip: count('skip'),
      fail: count('fail'),
    },
    byCode: Object.fromEntries(totals.flatMap(({ code, rows: of }) => (code === null ? [] : [[code, of]]))),
    changed: Object.fromEntries(rows.flatMap(({ field, rows: of }) => (field === null ? [] : [[field, of]]))),
  };
}
