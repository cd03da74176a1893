/**
 * Undo takes a commit back: what the run created is removed, what it changed gets its earlier value again. It goes
 * through the run's chunks, the last one first, each exactly once like a chunk of the commit, and may be killed and
 * go on anywhere.
 */
import { randomBytes } from 'node:crypto';
import { appendAudit } from '../../audit/append.ts';
import type { Database } from '../../database/connect.ts';
import { plannerHints } from '../../database/planner-hints.ts';
import { untilSettled } from '../../database/retrying.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { now } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { ProblemCode } from '../../platform/problems.ts';
import { claimsOf } from '../check/claims.ts';
import { recordChunk } from '../commit/record.ts';
import { indexUndone, runToUndo } from '../custom-fields.ts';
import { fieldsOfRun } from '../fields-of-run.ts';
import { keepersOf, refreshKeepers } from '../figures.ts';
import { holdLease, type Lease } from '../lease.ts';
import { type ImportRun, loadRun } from '../run.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { canMove, move } from '../states.ts';
import type { Step } from '../steps.ts';
import { finishUndo } from './finish-undo.ts';
import { lockRecords, recordsOfChunk } from './lock-records.ts';
import { type RemoveResult, removeStatement, unlinkStatements } from './remove.ts';
import { type RestoreResult, restoreStatement } from './restore.ts';

export interface UndoOptions {
  /** What somebody changed since is undone as well, and not left alone. */
  readonly force?: boolean;
}

/**
 * Asks for a run to be undone; whoever drives it then does it.
 * @throws AppError `import.move` when it wrote nothing, or is undone; `import.busy` while another run of the tenant writes.
 */
export async function beginUndo(
  database: Database,
  tenantId: string,
  importId: string,
  by: string | null = null,
  { force = false }: UndoOptions = {},
): Promise<void> {
  await withTenant(database, tenantId, async (tx) => {
    const run = await loadRun(tx, importId);
    const why = await whyNot(tx, run);
    if (why !== undefined) throw new AppError('import.move', `The import cannot be undone: ${why}.`);
    await move(tx, importId, run.state, 'undoing');
    await tx.query(
      `update imports set options = options || jsonb_build_object('forceUndo', $3::boolean) where tenant_id = $1 and id = $2`,
      [tenantId, importId, force],
    );
    await appendAudit(tx, {
      action: 'import.asked',
      subjectType: 'import',
      subjectId: importId,
      detail: { for: force ? 'forced undo' : 'undo', dataset: run.dataset.key, state: run.state },
      digest: null,
      actor: by,
      at: now(),
    });
  });
}

async function whyNot(tx: TenantTransaction, run: ImportRun): Promise<string | undefined> {
  if (run.state === 'undone') return 'it was undone already';
  if (!canMove(run.state, 'undoing')) return `it is ${run.state}`;
  if (run.state === 'done') return undefined;
  const { rowCount } = await tx.query(
    `select from import_chunks where tenant_id = $1 and import_id = $2
     union all select from import_made where tenant_id = $1 and import_id = $2 and made limit 1`,
    [tx.tenantId, run.id],
  );
  return rowCount === 0 ? 'it wrote nothing' : undefined;
}

export async function undo(step: Step): Promise<void> {
  const { database, run, lease } = step;
  const fields = run.mapping === null ? null : fieldsOfRun(run);
  if (fields !== null) {
    await undoReferences(step);
    await undoChunks(step);
  }
  await finishUndo(database, { run, fields, lease });
}

/** What the commit wrote last is taken back first. Doing it twice does nothing the second time. */
async function undoReferences({ database, run: asItWas, lease }: Step): Promise<void> {
  const { tenantId } = asItWas;
  const chunks = await withTenant(database, tenantId, (tx) => remainingChunks(tx, asItWas, 'references'));
  for (const { chunk } of chunks) {
    await untilSettled(() =>
      withTenant(database, tenantId, async (tx) => {
        await beginChunk(tx, lease);
        const run = await runToUndo(tx, asItWas);
        await lockRecords(tx, run.dataset, recordsOfChunk, [tenantId, run.id, chunk]);
        const fields = fieldsOfRun(run);
        const at = now();
        const restored = await restore(tx, { run, fields, phase: 'references', chunk, at });
        await indexUndone(tx, run, { phase: 'references', chunk });
        await recordUndone(tx, run, { phase: 'references', chunk, restored: [restored], removed: null, at });
      }),
    );
  }
  await untilSettled(() =>
    withTenant(database, tenantId, async (tx) => {
      await holdLease(tx, lease);
      const run = await runToUndo(tx, asItWas);
      for (const statement of unlinkStatements(run.dataset, run.options.forceUndo))
        await tx.query(statement, [run.tenantId, run.id]);
    }),
  );
}

async function undoChunks({ database, run, lease, watch }: Step): Promise<void> {
  let rowsDone = 0;
  watch({ state: 'undoing', doing: 'undoing', rowsDone, rowsTotal: run.rowsStaged });
  const chunks = await withTenant(database, run.tenantId, (tx) => remainingChunks(tx, run, 'commit'));
  for (const { chunk, rows } of chunks) {
    await untilSettled(() =>
      withTenant(database, run.tenantId, async (tx) => {
        await beginChunk(tx, lease);
        await undoChunk(tx, await runToUndo(tx, run), chunk);
      }),
    );
    rowsDone += rows;
    watch({ state: 'undoing', doing: 'undoing', rowsDone, rowsTotal: run.rowsStaged });
  }
}

type UndonePhase = 'commit' | 'references';

/** Chunks that the commit wrote and that are not undone yet, the last one first. */
async function remainingChunks(
  tx: TenantTransaction,
  run: ImportRun,
  phase: UndonePhase,
): Promise<{ chunk: number; rows: number }[]> {
  const { rows } = await tx.query<{ chunk: number; rows: number }>(
    `select c.chunk, c.created_count + c.updated_count + c.unchanged_count + c.skipped_count + c.failed_count as rows
     from import_chunks c where c.tenant_id = $1 and c.import_id = $2 and c.phase = $3 and not exists (
       select from import_chunks u where u.tenant_id = $1 and u.import_id = $2 and u.phase = 'undo ' || $3 and u.chunk = c.chunk)
     order by c.chunk desc`,
    [run.tenantId, run.id, phase],
  );
  return rows;
}

async function beginChunk(tx: TenantTransaction, lease: Lease): Promise<void> {
  await holdLease(tx, lease);
  await tx.query(plannerHints.chunk);
}

/** The run's own changes go first, then its new records; then whoever gave something up for them gets it back. */
async function undoChunk(tx: TenantTransaction, run: ImportRun, chunk: number): Promise<void> {
  await lockRecords(tx, run.dataset, recordsOfChunk, [run.tenantId, run.id, chunk]);
  const at = now();
  const fields = fieldsOfRun(run);
  const keepers = await keepersOf(tx, run, chunk);
  const restored = await restore(tx, { run, fields, phase: 'commit', chunk, at });
  const remove = removeStatement(run.dataset, { forced: run.options.forceUndo });
  const { rows } = await tx.query<RemoveResult & Record<string, unknown>>(remove, [
    run.tenantId,
    run.id,
    chunk,
    at,
  ]);
  const released = await restore(tx, { run, fields, phase: 'release', chunk, at });
  await indexUndone(tx, run, { phase: 'commit', chunk });
  await refreshKeepers(tx, run, keepers);
  await recordUndone(tx, run, {
    phase: 'commit',
    chunk,
    restored: [restored, released],
    removed: rows[0] ?? null,
    at,
  });
}

interface RestoreOptions {
  readonly run: ImportRun;
  readonly fields: RunFields;
  readonly phase: UndonePhase | 'release';
  readonly chunk: number;
  readonly at: string;
}

interface Restored extends RestoreResult {
  readonly phase: RestoreOptions['phase'];
}

async function restore(
  tx: TenantTransaction,
  { run, fields, phase, chunk, at }: RestoreOptions,
): Promise<Restored> {
  const scope = [run.tenantId, run.id, phase, chunk];
  const { rows: changes } = await tx.query<{ changes: number }>(
    'select count(*)::int as changes from changes where tenant_id = $1 and import_id = $2 and phase = $3 and chunk = $4',
    scope,
  );
  const amount = changes[0]?.changes ?? 0;
  if (amount === 0) return { phase, restored: 0, left: [], digest: null };
  const changed =
    phase === 'release' ? claimsOf(fields).map(({ field }) => field) : Object.keys(run.report?.changed ?? {});
  const ids = Array.from({ length: amount }, newId);
  const statement = restoreStatement(fields, new Set(changed), run.options.forceUndo);
  const { rows } = await tx.query<RestoreResult & Record<string, unknown>>(statement, [
    ...scope,
    at,
    run.createdBy,
    ids,
    randomBytes(32),
  ]);
  if (rows[0] === undefined) throw new Error('The statement of an undo gave no answer.');
  return { phase, ...rows[0] };
}

interface Undone {
  readonly phase: UndonePhase;
  readonly chunk: number;
  readonly restored: readonly Restored[];
  readonly removed: RemoveResult | null;
  readonly at: string;
}

async function recordUndone(tx: TenantTransaction, run: ImportRun, undone: Undone): Promise<void> {
  const kept = undone.removed?.kept ?? [];
  const removed = undone.removed?.removed ?? 0;
  const left = undone.restored.flatMap((one) => one.left);
  const restored = undone.restored.reduce((total, one) => total + one.restored, 0);
  await report(
    tx,
    run,
    'undo.kept',
    kept.map((row) => ({ row, details: {} })),
  );
  await report(
    tx,
    run,
    'undo.changed_since',
    left.map(({ row, fields }) => ({ row, details: { fields: fields.join(', ') } })),
  );
  await recordChunk(tx, run, {
    phase: `undo ${undone.phase}`,
    chunk: undone.chunk,
    counts: {
      created: removed,
      updated: restored,
      unchanged: 0,
      skipped: kept.length + left.length,
      failed: 0,
    },
    at: undone.at,
  });
  await auditUndone(tx, run, undone);
}

/** One entry for each phase of which something was taken back. */
async function auditUndone(tx: TenantTransaction, run: ImportRun, undone: Undone): Promise<void> {
  for (const { phase, restored, digest } of undone.restored) {
    const removed = phase === 'commit' ? (undone.removed?.removed ?? 0) : 0;
    if (restored === 0 && removed === 0) continue;
    const detail = {
      dataset: run.dataset.key,
      phase: `undo ${phase}`,
      chunk: undone.chunk,
      removed,
      restored,
    };
    await appendAudit(tx, {
      action: 'import.undo',
      subjectType: 'import',
      subjectId: run.id,
      detail: digest === null ? detail : { ...detail, changes: digest },
      digest: null,
      actor: run.createdBy,
      at: undone.at,
    });
  }
}

async function report(
  tx: TenantTransaction,
  run: ImportRun,
  code: ProblemCode,
  rows: readonly { row: number; details: object }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into import_problems (tenant_id, import_id, row, code, details, warning)
     select $1, $2, p.row, $3, p.details, true from jsonb_to_recordset($4::jsonb) as p(row bigint, details jsonb)`,
    [run.tenantId, run.id, code, JSON.stringify(rows)],
  );
}
