/**
 * The last, ordered pass of a commit: references from one row of the file to a record that another row created. Both
 * are there by now. A new record gets the reference that it could not have before, which completes its creation. A
 * found record is written only here, whole, so that it has one change like any other.
 */
import type { Database } from '../../database/connect.ts';
import { identifier, literal } from '../../database/literal.ts';
import { plannerHints } from '../../database/planner-hints.ts';
import { untilSettled } from '../../database/retrying.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import type { FieldDefinition } from '../../datasets/define-dataset.ts';
import { now } from '../../platform/clock.ts';
import { stagedOwnReferences, targetOf } from '../check/references.ts';
import { indexChunk } from '../custom-fields.ts';
import { holdLease, type Lease } from '../lease.ts';
import type { ImportRun } from '../run.ts';
import { type RunFields, runFields } from '../sql/run-fields.ts';
import { type ChangePlan, changeRecords } from './change.ts';
import { auditChunk, recordChunk, type Trail } from './record.ts';
import { updateStatement } from './update.ts';

export interface LaterOptions extends Trail {
  readonly fields: RunFields;
  /** None for a run that begins and ends in the one transaction that is given, which nobody can take over. */
  readonly lease?: Lease;
  /** The transaction of an atomic run; without one, each chunk has its own. */
  readonly within?: TenantTransaction;
}

/**
 * Goes through the chunks that are written; of a run that was cancelled, those that it came to.
 * @returns how many rows could not be written.
 */
export async function writeLaterReferences(database: Database, options: LaterOptions): Promise<number> {
  const { run, fields, within, heldBack, lease } = options;
  const own = stagedOwnReferences(fields);
  if (own.length === 0) return 0;
  const inTransaction = <T>(work: (tx: TenantTransaction) => Promise<T>): Promise<T> =>
    within === undefined ? untilSettled(() => withTenant(database, run.tenantId, work)) : work(within);
  const plan = { ...planLater(run, fields), ...(heldBack === undefined ? {} : { heldBack }) };
  let failed = 0;
  for (const chunk of await inTransaction((tx) => chunksWithReferences(tx, run)))
    failed += await inTransaction((tx) =>
      writeChunk(tx, { plan, own, chunk, ...(lease === undefined ? {} : { lease }) }),
    );
  return failed;
}

function planLater(run: ImportRun, fields: RunFields): ChangePlan {
  const later = runFields(fields.dataset, { ...fields.rules, later: true });
  const changed = new Set(Object.keys(run.report?.changed ?? {}));
  return { run, fields: later, update: updateStatement(later, { changed, phase: 'references' }) };
}

async function chunksWithReferences(tx: TenantTransaction, run: ImportRun): Promise<number[]> {
  const { rows } = await tx.query<{ chunk: number }>(
    `select distinct p.chunk from import_plan p
     join import_chunks w on w.tenant_id = $1 and w.import_id = $2 and w.phase = 'commit' and w.chunk = p.chunk
     where p.tenant_id = $1 and p.import_id = $2 and p.outcome in ('create', 'update') and p.refs ? 'later'
       and not exists (select from import_chunks c where c.tenant_id = $1 and c.import_id = $2 and c.phase = 'references' and c.chunk = p.chunk)
     order by 1`,
    [run.tenantId, run.id],
  );
  return rows.map((row) => row.chunk);
}

interface LaterChunk {
  readonly plan: ChangePlan;
  /** The dataset's references to itself. */
  readonly own: readonly FieldDefinition[];
  readonly chunk: number;
  readonly lease?: Lease;
}

async function writeChunk(tx: TenantTransaction, { plan, own, chunk, lease }: LaterChunk): Promise<number> {
  const { run } = plan;
  if (lease !== undefined) await holdLease(tx, lease);
  await tx.query(plannerHints.chunk);
  const at = now();
  let completed = 0;
  for (const field of own) completed += await completeCreated(tx, plan, field, chunk);
  const { updated, unchanged, failed, digest } = await changeRecords(tx, plan, chunk, at);
  await indexChunk(tx, run, chunk);
  const counts = { created: 0, updated, unchanged, skipped: 0, failed };
  await recordChunk(tx, run, { phase: 'references', chunk, counts, at });
  const audited = { completed, updated };
  await auditChunk(tx, plan, {
    phase: 'references',
    chunk,
    counts: audited,
    created: null,
    changes: digest,
    at,
  });
  return failed;
}

/**
 * Somebody may have changed the new record since, or the record meant may not have come to be: the new one stays
 * without the reference then, and its row has a warning. @returns how many were completed.
 */
async function completeCreated(
  tx: TenantTransaction,
  { run, fields }: ChangePlan,
  field: FieldDefinition,
  chunk: number,
): Promise<number> {
  const { table } = run.dataset.root;
  const [column, key] = [fields.columnOf(field), literal(field.key)];
  const { rows } = await tx.query<{ completed: number }>(
    `with l as materialized (select p.row, p.record_id as id, (p.refs -> 'later' ->> ${key})::uuid as target from import_plan p
       where p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3 and p.outcome = 'create' and p.refs -> 'later' ? ${key}),
     w as (update ${table} o set ${column} = l.target from l
       where o.tenant_id = $1 and o.id = l.id and o.version = 1 and o.${column} is null
         and exists (select from ${table} t where t.tenant_id = $1 and t.id = l.target)
       returning o.id),
     lost as (insert into import_problems (tenant_id, import_id, row, field, code, details, warning)
       select $1, $2, l.row, ${key}, 'reference.not_found', jsonb_build_object('field', ${key},
         'target', ${literal(targetOf(field).singular)}, 'value', left(s.${identifier(field.key)}, 100)), true
       from l join staging.${run.dataset.key} s on s.tenant_id = $1 and s.import_id = $2 and s.chunk = $3 and s.row = l.row
       where l.id not in (select w.id from w))
     select count(*)::int as completed from w`,
    [run.tenantId, run.id, chunk],
  );
  return rows[0]?.completed ?? 0;
}
