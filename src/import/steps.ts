/**
 * An import from the file that arrived to the end of its run: inspect, map, stage, check, commit. Each step takes a
 * run that stands in one state and leaves it in the next; a step that was broken off is begun again from its start.
 */
import type { Database } from '../database/connect.ts';
import { toJsonb } from '../database/jsonb.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { inspectFile, readRows } from '../file-formats/open.ts';
import type { Inspection, RowBatch } from '../file-formats/rows.ts';
import { fileStore } from '../file-store/file-store.ts';
import { AppError } from '../platform/errors.ts';
import { noteChange } from '../tenants/custom-fields/define.ts';
import { findTenant, type Tenant } from '../tenants/tenants.ts';
import { checkRun, planShare, prepareShares, settleCheck } from './check/check.ts';
import type { CheckReport } from './check/report.ts';
import { joinsSets } from './check/write-plan.ts';
import { AtomicRefusal, commitRun } from './commit/commit.ts';
import { writeLaterReferences } from './commit/references.ts';
import {
  customFieldsUsed,
  datasetToMap,
  holdCustomFields,
  keepMapping,
  makeNewFields,
  mapToNewFields,
  renewCustomFields,
} from './custom-fields.ts';
import { currentEpoch } from './epoch.ts';
import { commonReading, fieldsOfRun, mappingOf } from './fields-of-run.ts';
import { countChecked, finishCommit, refuseAtomic, writeFailure } from './finish.ts';
import { reasonToHold } from './guard-rails.ts';
import { holdLease, type Lease } from './lease.ts';
import { withOptions } from './mapping/mapping.ts';
import { ownIdsOf } from './mapping/own-ids.ts';
import { suggestMapping } from './mapping/suggest-mapping.ts';
import type { Watch } from './progress.ts';
import { type ImportRun, loadRun } from './run.ts';
import { type ColumnTarget, columnTargets, type Readings } from './staging/column-targets.ts';
import { dropStaged, stagedAsManifest, stageRows } from './staging/stage.ts';
import { surveyColumns } from './staging/survey.ts';
import { compileValidator } from './staging/validate.ts';
import { assertState, move } from './states.ts';
import { assertGoesOn, untilStopped } from './stopping.ts';

export interface Step {
  readonly database: Database;
  readonly run: ImportRun;
  readonly lease: Lease;
  readonly watch: Watch;
  /** The process is about to end: leave off with Stopped. */
  readonly stop: AbortSignal;
}

/** Finds out what the file is. @throws AppError `file.…` when it is none that can be read. */
export async function inspect({ database, run, lease }: Step): Promise<void> {
  const path = await fileStore().localPath(run.source);
  const inspection = await inspectFile(path, { whole: true, given: run.options.dialect });
  await whileOurs(database, lease, async (tx) => {
    await tx.query('update imports set inspection = $3 where tenant_id = $1 and id = $2', [
      run.tenantId,
      run.id,
      toJsonb(inspection),
    ]);
    await move(tx, run.id, 'uploaded', 'inspected');
  });
}

/** Suggests the mapping, and puts what was asked for in its place. @throws AppError `mapping.invalid` */
export async function map({ database, run, lease }: Step): Promise<void> {
  const inspection = inspectionOf(run);
  await whileOurs(database, lease, async (tx) => {
    const { options } = run;
    const made = await makeNewFields(tx, run, options.newFields ?? [], run.createdBy);
    const dataset = await datasetToMap(tx, run);
    const suggested = suggestMapping(dataset, inspection, {
      ownIds: await ownIdsOf(tx, dataset, inspection),
    });
    const map = [...options.map, ...mapToNewFields(options)];
    const mapping = withOptions(suggested, { map, write: options.write }, dataset);
    await keepMapping(tx, run, mapping, dataset);
    await move(tx, run.id, 'inspected', 'mapped');
    for (const change of made) await noteChange(tx, change);
  });
}

export async function beginCheck({ database, run, lease }: Step): Promise<void> {
  await whileOurs(database, lease, async (tx) => {
    await renewCustomFields(tx, run);
    await move(tx, run.id, 'mapped', 'checking');
  });
}

/** Reads the whole file into staging, and writes the plan of what is to become of each row. */
export async function check(step: Step): Promise<void> {
  const { database, run, lease, watch } = step;
  const targets = columnTargets(mappingOf(run), inspectionOf(run).columns);
  const tenant = await findTenant(database, run.tenantId);
  watch({ state: 'checking', doing: 'reading', rowsDone: 0, rowsTotal: null });
  const { readings, rowsTotal } = await survey(step, targets, tenant);
  await stage(step, { targets, readings, tenant, rowsTotal });
  watch({ state: 'checking', doing: 'checking', rowsDone: 0, rowsTotal: null });
  const staged = await whileOurs(database, lease, (tx) => loadRun(tx, run.id));
  await planRows(step, staged, async (tx, checked) => {
    await assertState(tx, run.id, 'checking');
    if (!run.options.commit) await countChecked(tx, checked);
    await move(tx, run.id, 'checking', 'checked');
  });
  if (!run.options.commit && run.options.review === undefined) await dropStaged(database, run);
}

/** @returns how many rows there are, too, when they had to be read for it. */
async function survey(
  step: Step,
  targets: readonly ColumnTarget[],
  tenant: Tenant,
): Promise<{ readings: Readings; rowsTotal: number | null }> {
  const { run } = step;
  let rowsTotal: number | null = null;
  const counted = async function* (): AsyncGenerator<RowBatch> {
    rowsTotal = 0;
    for await (const batch of rowsOf(step)) {
      rowsTotal += batch.length;
      yield batch;
    }
  };
  const readings = await surveyColumns(run.dataset, targets, commonReading(run, tenant), counted);
  return { readings, rowsTotal };
}

const lookEveryMs = 250;

/** The rows of the file, until somebody asks for the run to stop. @throws AppError `import.move` then; Stopped */
async function* rowsOf({ database, run, stop }: Step): AsyncGenerator<RowBatch> {
  const { dialect, columns } = inspectionOf(run);
  let lookedAt = performance.now();
  const path = await fileStore().localPath(run.source);
  for await (const batch of readRows(path, dialect, { columns })) {
    yield batch;
    assertGoesOn(stop);
    if (performance.now() - lookedAt < lookEveryMs) continue;
    await withTenant(database, run.tenantId, (tx) => assertState(tx, run.id, 'checking'));
    lookedAt = performance.now();
  }
}

interface Surveyed {
  readonly targets: readonly ColumnTarget[];
  readonly readings: Readings;
  readonly tenant: Tenant;
  readonly rowsTotal: number | null;
}

async function stage(step: Step, { targets, readings, tenant, rowsTotal }: Surveyed): Promise<void> {
  const { database, run, lease, watch } = step;
  const country = run.options.reading.country ?? tenant.country ?? undefined;
  const validator = compileValidator({ dataset: run.dataset, targets, readings, country });
  const onRows = (rowsDone: number): void =>
    watch({ state: 'checking', doing: 'reading', rowsDone, rowsTotal });
  const staged = await stageRows(database, { run, lease, validator, batches: rowsOf(step), onRows });
  await whileOurs(database, lease, (tx) =>
    tx.query(
      'update imports set readings = $3, rows_read = $4, rows_staged = $5, rows_invalid = $6 where tenant_id = $1 and id = $2',
      [
        run.tenantId,
        run.id,
        JSON.stringify(readings),
        staged.rowsRead,
        staged.rowsStaged,
        staged.rowsInvalid,
      ],
    ),
  );
}

type Conclude = (tx: TenantTransaction, checked: ImportRun) => Promise<unknown>;

/** Makes the plan, and keeps the check's answer in the run: in the transaction that `conclude` is given, too. */
async function planRows(step: Step, run: ImportRun, conclude: Conclude): Promise<ImportRun> {
  const { database, lease, stop } = step;
  const fields = fieldsOfRun(run);
  const ours = <T>(work: (tx: TenantTransaction) => Promise<T>): Promise<T> =>
    whileOurs(database, lease, (tx) => untilStopped(database, tx, stop, () => work(tx)));
  const keep = async (tx: TenantTransaction, report: CheckReport, epoch: number): Promise<ImportRun> => {
    const checked = { ...run, report, checkedEpoch: epoch, numberBase: null };
    await keepReport(tx, checked);
    await conclude(tx, checked);
    return checked;
  };
  if (!joinsSets(run))
    return ours(async (tx) => {
      const epoch = await currentEpoch(tx);
      return keep(tx, await checkRun(tx, run, fields), epoch);
    });
  const begun = await ours(async (tx) => ({
    epoch: await currentEpoch(tx),
    ...(await prepareShares(tx, run, fields)),
  }));
  await allDone(begun.shares.map((share) => ours((tx) => planShare(tx, begun.check, share))));
  return ours(async (tx) => keep(tx, await settleCheck(tx, begun.check), begun.epoch));
}

/** Waits for all of them also when one fails: none goes on after the step has ended. */
async function allDone(works: readonly Promise<unknown>[]): Promise<void> {
  for (const work of await Promise.allSettled(works)) if (work.status === 'rejected') throw work.reason;
}

/** A block of numbers was reserved for another plan. */
function keepReport(tx: TenantTransaction, { id, report, checkedEpoch }: ImportRun): Promise<unknown> {
  return tx.query(
    'update imports set report = $3, checked_epoch = $4, number_base = null where tenant_id = $1 and id = $2',
    [tx.tenantId, id, JSON.stringify(report), checkedEpoch],
  );
}

/** @returns false while another run of the tenant writes: ask again later. */
export async function beginCommit({ database, run, lease }: Step): Promise<boolean> {
  const failed = (run.report?.fail ?? 0) + (run.rowsInvalid ?? 0);
  if (run.options.atomic && failed > 0) {
    await refuseAtomic(database, lease, run);
    return true;
  }
  const { settings } = await findTenant(database, run.tenantId);
  try {
    await whileOurs(database, lease, async (tx) => {
      const reason = await reasonToHold(tx, run, settings.guardRails);
      if (reason === null) {
        await holdCustomFields(tx, customFieldsUsed(run));
        return move(tx, run.id, 'checked', 'committing');
      }
      await writeFailure(tx, run, 'import.held', reason);
      return move(tx, run.id, 'checked', 'held');
    });
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'import.busy') return false;
    throw error;
  }
}

export async function commit(step: Step): Promise<void> {
  const { database, lease, watch } = step;
  if (!(await stagedAsManifest(database, step.run))) {
    throw new AppError(
      'import.failed',
      'The rows that were checked are no longer there; import the file again.',
    );
  }
  const run = await checkedNow(step);
  if (run.options.atomic && (run.report?.fail ?? 0) > 0) return refuseAtomic(database, lease, run);
  const rowsBefore = await rowsWritten(database, run);
  const onRows = (rowsDone: number): void =>
    watch({
      state: 'committing',
      doing: 'writing',
      rowsDone: rowsBefore + rowsDone,
      rowsTotal: run.rowsStaged,
    });
  onRows(0);
  try {
    const whole = await commitRun(database, {
      run,
      fields: fieldsOfRun(run),
      lease,
      onRows,
      isCancelled: (within) => isCancelling(database, run, within),
    });
    const ended: ImportRun = whole ? run : { ...run, state: 'cancelling' };
    await finishCommit(database, lease, ended, whole ? 'done' : 'cancelled');
  } catch (error) {
    if (!(error instanceof AtomicRefusal)) throw error;
    await refuseAtomic(database, lease, run, error.rows);
  }
}

/** The check's answer stands unless another run has written since; then the plan is made anew, before the first chunk. */
async function checkedNow(step: Step): Promise<ImportRun> {
  const { database, run, lease } = step;
  const stands = await whileOurs(database, lease, async (tx) => {
    const { rows } = await tx.query<{ begun: boolean }>(
      'select exists (select from import_chunks where tenant_id = $1 and import_id = $2) as begun',
      [run.tenantId, run.id],
    );
    return rows[0]?.begun === true || (await currentEpoch(tx)) === run.checkedEpoch;
  });
  return stands ? run : planRows(step, run, async () => {});
}

/** Rows of the chunks that an earlier process has written. */
async function rowsWritten(database: Database, run: ImportRun): Promise<number> {
  const { rows } = await withTenant(database, run.tenantId, (tx) =>
    tx.query<{ rows: number }>(
      `select coalesce(sum(created_count + updated_count + unchanged_count + skipped_count + failed_count), 0)::int as rows
       from import_chunks where tenant_id = $1 and import_id = $2 and phase = 'commit'`,
      [run.tenantId, run.id],
    ),
  );
  return rows[0]?.rows ?? 0;
}

/** A cancelled run stops after the chunk that was being written. What it wrote is completed. */
export async function cancel({ database, run, lease }: Step): Promise<void> {
  await writeLaterReferences(database, { run, fields: fieldsOfRun(run), lease });
  await finishCommit(database, lease, run, 'cancelled');
}

async function isCancelling(
  database: Database,
  run: ImportRun,
  within: TenantTransaction | undefined,
): Promise<boolean> {
  const look = async (tx: TenantTransaction): Promise<boolean> =>
    (await loadRun(tx, run.id)).state === 'cancelling';
  return within === undefined ? withTenant(database, run.tenantId, look) : look(within);
}

function inspectionOf(run: ImportRun): Inspection {
  if (run.inspection === null) throw new Error(`The import ${run.id} was not inspected yet.`);
  return run.inspection;
}

/** A transaction that changes the run only while it is ours. */
function whileOurs<T>(
  database: Database,
  lease: Lease,
  work: (tx: TenantTransaction) => Promise<T>,
): Promise<T> {
  return withTenant(database, lease.tenantId, async (tx) => {
    await holdLease(tx, lease);
    return work(tx);
  });
}
