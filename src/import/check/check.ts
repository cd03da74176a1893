/**
 * Check: the dry run. On the very code path that writes, it decides for each staged row what is to become of it and
 * writes that down as the plan. Nothing of the tenant's data is touched. It may be run again at any time; the plan is
 * then made anew.
 */
import { plannerHints } from '../../database/planner-hints.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { failUnknownGroups } from '../commit/groups.ts';
import { listMissing, reportMissing } from '../missing/named-missing.ts';
import type { ImportRun } from '../run.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { failRivals } from './claims.ts';
import { clashStatements } from './clashes.ts';
import { duplicateGroups, mergeDuplicates, settleDuplicates } from './duplicates.ts';
import { failGathered, type GatherStatements, gatherStatements } from './gather.ts';
import { countPlan, type PlanCounts } from './plan-counts.ts';
import { failUnresolved, resolveWithinFile, stagedOwnReferences } from './references.ts';
import { type CheckReport, reportPlan } from './report.ts';
import type { MatchPlan } from './targets.ts';
import { deletePlan, joinAsSets, joinsSets, type Share, sharesOf, writeShare } from './write-plan.ts';

/** A check between its steps. */
export interface Check {
  readonly run: ImportRun;
  readonly fields: RunFields;
  readonly match: MatchPlan;
  readonly gathering: GatherStatements | null;
}

/** All of it in one transaction. Needs the run's rows in staging. @returns what was found, after writing the plan. */
export async function checkRun(
  tx: TenantTransaction,
  run: ImportRun,
  fields: RunFields,
): Promise<CheckReport> {
  const { check, shares } = await prepareShares(tx, run, fields);
  for (const share of shares) await writeShare(tx, check, share);
  return settleCheck(tx, check);
}

/** The same for the rows of a batch: few of them, in one chunk, that have no plan. It leaves out whatever looks for one. */
export async function checkBatch(
  tx: TenantTransaction,
  run: ImportRun,
  fields: RunFields,
): Promise<CheckReport> {
  const check = await prepareCheck(tx, run, fields);
  await writeShare(tx, check, { first: 0, last: 0 });
  return settle(tx, check);
}

/**
 * The first step: no plan is there afterwards. The shares are then planned, each in a transaction of its own or all in
 * this one, before the last step.
 */
export async function prepareShares(
  tx: TenantTransaction,
  run: ImportRun,
  fields: RunFields,
): Promise<{ readonly check: Check; readonly shares: readonly Share[] }> {
  const check = await prepareCheck(tx, run, fields);
  await deletePlan(tx, run);
  return { check, shares: await sharesOf(tx, run) };
}

async function prepareCheck(tx: TenantTransaction, run: ImportRun, fields: RunFields): Promise<Check> {
  await useMemory(tx, run);
  const match = await planMatching(tx, run, fields);
  const gathering = gatherStatements(fields, match);
  if (gathering !== null) await gatherRows(tx, run, gathering);
  await listMissing(tx, run, fields);
  return { run, fields, match, gathering };
}

/** Plans a share in a transaction of its own. */
export async function planShare(tx: TenantTransaction, check: Check, share: Share): Promise<void> {
  await useMemory(tx, check.run);
  await writeShare(tx, check, share);
}

/** The last step: what the rows of the plan mean for one another, and what was found. */
export async function settleCheck(tx: TenantTransaction, check: Check): Promise<CheckReport> {
  await useMemory(tx, check.run);
  return settle(tx, check);
}

async function settle(tx: TenantTransaction, check: Check): Promise<CheckReport> {
  const { run, fields, match } = check;
  const planned = await mergeFileDuplicates(tx, check, await countPlanned(tx, check));
  const settled = await settlePlan(tx, check, planned);
  const counts = settled === 0 ? planned : await countPlan(tx, run.id);
  const made = await reportMissing(tx, run, fields);
  // The records of a few rows are looked up as samples by statements that leave no other choice.
  if (joinsSets(run)) await joinAsSets(tx, false);
  const report = await reportPlan(tx, fields, run.id, match.keys, counts);
  if (!joinsSets(run)) await joinAsSets(tx, false);
  return Object.keys(made).length === 0 ? report : { ...report, made };
}

/** Sets aside what was gathered into other rows. Leaves joining as sets on. */
async function countPlanned(tx: TenantTransaction, { run, gathering }: Check): Promise<PlanCounts> {
  await joinAsSets(tx, true);
  for (const statement of gathering?.setAside ?? []) await changeRows(tx, run, statement);
  return countPlan(tx, run.id);
}

async function useMemory(tx: TenantTransaction, run: ImportRun): Promise<void> {
  await tx.query(`set local work_mem = '128MB'${joinsSets(run) ? '' : `; ${plannerHints.lookUps}`}`);
}

async function gatherRows(
  tx: TenantTransaction,
  run: ImportRun,
  { contradictions, gather }: GatherStatements,
): Promise<void> {
  await joinAsSets(tx, true);
  if (contradictions !== null) await tx.query(contradictions, [tx.tenantId, run.id]);
  await tx.query(gather, [tx.tenantId, run.id]);
  await joinAsSets(tx, false);
}

async function planMatching(tx: TenantTransaction, run: ImportRun, fields: RunFields): Promise<MatchPlan> {
  const { dataset } = run;
  const keys = (run.options.match ?? dataset.matchKeys).filter((key) => fields.rules.staged.has(key));
  // A run that finds no record finds no deleted one, and restores none.
  const finds = keys.length > 0 || dataset.identity !== undefined;
  const deletedExist = finds && (await anyDeleted(tx, run));
  return { dataset, keys, deletedExist, staged: fields.rules.staged };
}

async function anyDeleted(tx: TenantTransaction, run: ImportRun): Promise<boolean> {
  if (!run.dataset.softDeletes) return false;
  const { rows } = await tx.query<{ any: boolean }>(
    `select exists (select from ${run.dataset.root.table} where tenant_id = $1 and deleted_at is not null) as any`,
    [tx.tenantId],
  );
  return rows[0]?.any ?? false;
}

/** @returns the counts of the plan, which is made anew once rows were merged. */
async function mergeFileDuplicates(
  tx: TenantTransaction,
  check: Check,
  counts: PlanCounts,
): Promise<PlanCounts> {
  const { run, fields, match } = check;
  const groups = run.options.duplicates === 'merge' ? duplicateGroups(match, 'merge', counts) : null;
  if (groups === null) return counts;
  const scope = [tx.tenantId, run.id];
  const { rows } = await tx.query<{ any: boolean }>(`select exists (${groups}) as any`, scope);
  if (!rows[0]?.any) return counts;
  await tx.query(mergeDuplicates(groups, fields), scope);
  await joinAsSets(tx, false);
  await deletePlan(tx, run);
  for (const share of await sharesOf(tx, run)) await writeShare(tx, check, share);
  return countPlanned(tx, check);
}

/** Sets aside and fails the rows that cannot stand beside others. @returns how many rows of the plan it changed. */
async function settlePlan(
  tx: TenantTransaction,
  { run, fields, match }: Check,
  counts: PlanCounts,
): Promise<number> {
  const { duplicates, createGroups } = run.options;
  const doubled = duplicateGroups(match, duplicates, counts);
  let settled = doubled === null ? 0 : await changeRows(tx, run, settleDuplicates(doubled, duplicates));
  // The records of a few rows are looked up; those of many are joined whole.
  const join = joinsSets(run) ? 'sets' : 'rows';
  const statements = [
    ...(createGroups ? [] : failUnknownGroups(run, fields)),
    ...clashStatements(fields, match, counts, join),
    ...failRivals(fields),
  ];
  for (const statement of statements) settled += await changeRows(tx, run, statement);
  settled += await settleOwnReferences(tx, run, fields);
  return run.dataset.gathered === undefined ? settled : settled + (await changeRows(tx, run, failGathered));
}

async function changeRows(tx: TenantTransaction, run: ImportRun, statement: string): Promise<number> {
  return (await tx.query(statement, [tx.tenantId, run.id])).rowCount ?? 0;
}

/**
 * A record may name another that the same file brings. Failing one may leave a third without: again, until none is
 * left. @returns how many rows of the plan it changed.
 */
async function settleOwnReferences(
  tx: TenantTransaction,
  run: ImportRun,
  fields: RunFields,
): Promise<number> {
  const own = stagedOwnReferences(fields).filter((field) => fields.ruleOf(field) !== 'clear');
  const join = joinsSets(run) ? 'sets' : 'rows';
  const isBrought = (by: string): boolean =>
    by !== 'id' && fields.rules.staged.has(by) && fields.ruleOf(run.dataset.field(by)) !== 'clear';
  let settled = 0;
  for (const field of own) {
    for (const by of field.reference?.by.filter(isBrought) ?? [])
      settled += await changeRows(tx, run, resolveWithinFile(fields, field, by, join));
  }
  for (let failed = own.length; failed > 0; ) {
    failed = 0;
    for (const field of own) failed += await changeRows(tx, run, failUnresolved(run.dataset, field));
    settled += failed;
  }
  return settled;
}
