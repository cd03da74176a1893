/**
 * Writes the plan of a run: by one statement, or by two where most rows can be planned by a shorter one. Each row is
 * planned by itself, so that the chunks of a large run are shared out, and several connections plan at once.
 */
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { configuration } from '../../platform/config.ts';
import type { ImportRun } from '../run.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { type PlanManner, planStatement } from './plan.ts';
import { agreedJoin, type MatchPlan } from './targets.ts';

/** Chunks that are planned together: those from the first to the last. */
export interface Share {
  readonly first: number;
  readonly last: number;
}

/** Has the run so many rows that joining whole tables is cheaper than looking each record up? */
export function joinsSets(run: ImportRun): boolean {
  return (run.rowsStaged ?? 0) > configuration().limits.lookupRowsMax;
}

/** All that the run has staged, in so many shares at most as connections are to plan at once. */
export async function sharesOf(tx: TenantTransaction, run: ImportRun): Promise<readonly Share[]> {
  const { rows } = await tx.query<Share>(
    `select coalesce(min(chunk), 0) as first, coalesce(max(chunk), 0) as last
     from staging.${run.dataset.key} where tenant_id = $1 and import_id = $2`,
    [tx.tenantId, run.id],
  );
  const [{ first, last }] = rows as [Share];
  const chunks = last - first + 1;
  const count = joinsSets(run) ? Math.min(configuration().limits.chunkConnections, chunks) : 1;
  const boundary = (at: number): number => first + Math.floor((chunks * at) / count);
  return Array.from({ length: count }, (_, at) => ({ first: boundary(at), last: boundary(at + 1) - 1 }));
}

export function deletePlan(tx: TenantTransaction, run: ImportRun): Promise<unknown> {
  return tx.query('delete from import_plan where tenant_id = $1 and import_id = $2', [tx.tenantId, run.id]);
}

const sampleRows = 200;

/** Plans the rows of a share that has no plan. */
export async function writeShare(
  tx: TenantTransaction,
  { run, fields, match }: { readonly run: ImportRun; readonly fields: RunFields; readonly match: MatchPlan },
  share: Share,
): Promise<void> {
  const scope = [tx.tenantId, run.id, share.first, share.last];
  const required = run.options.require ?? run.dataset.requiredByDefault ?? [];
  const rules = { mode: run.options.mode, deleted: run.options.deleted, required };
  const plan = async (manner: PlanManner): Promise<number> =>
    (await tx.query(planStatement(fields, match, rules, manner), scope)).rowCount ?? 0;

  if (!joinsSets(run)) {
    await plan({ rows: 'all', join: 'rows' });
    return;
  }
  const agreed = await mostAgree(tx, run, match, scope);
  await joinAsSets(tx, true);
  const planned = await plan({ rows: agreed ? 'agreed' : 'all', join: 'sets' });
  if (agreed && planned !== (await rowsStaged(tx, run, scope))) await plan({ rows: 'others', join: 'sets' });
  await joinAsSets(tx, false);
}

/**
 * The planner knows nothing of rows that were written a moment ago, nor of a tenant that is small beside another: it
 * takes them for one row, and would go through all of them once for each of another relation (measured: 8,000 rows of a
 * plan took 21 s, and 0.02 s as a hash; 20,000 rows into a tenant of 20,000, beside one of a million, took 4 min).
 */
export async function joinAsSets(tx: TenantTransaction, on: boolean): Promise<void> {
  await tx.query(`set local enable_nestloop = ${on ? 'off' : 'on'}`);
}

/** Whether the keys of most rows agree on a record, as far as the first rows tell. */
async function mostAgree(
  tx: TenantTransaction,
  run: ImportRun,
  match: MatchPlan,
  scope: readonly unknown[],
): Promise<boolean> {
  const join = agreedJoin(match);
  if (join === null) return false;
  const { rows } = await tx.query<{ most: boolean }>(
    `select 2 * count(r.id) > count(*) as most
     from (select * from staging.${run.dataset.key} where ${ofShare} order by chunk, row limit ${sampleRows}) s
     left ${join}`,
    scope,
  );
  return rows[0]?.most ?? false;
}

async function rowsStaged(
  tx: TenantTransaction,
  run: ImportRun,
  scope: readonly unknown[],
): Promise<number | undefined> {
  const { rows } = await tx.query<{ rows: number }>(
    `select count(*)::int as rows from staging.${run.dataset.key} where ${ofShare}`,
    scope,
  );
  return rows[0]?.rows;
}

const ofShare = 'tenant_id = $1 and import_id = $2 and chunk between $3 and $4';
