/** Undo of what a run made beside its own records: it goes unless somebody has written to it, or hung anything on it. */
import { appendAudit } from '../../audit/append.ts';
import { literal } from '../../database/literal.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { dataset as datasetOf } from '../../datasets/registry.ts';
import { now } from '../../platform/clock.ts';
import type { ImportRun } from '../run.ts';
import { lockRecords } from '../undo/lock-records.ts';
import { type RemoveResult, removeStatement } from '../undo/remove.ts';

export interface RemovedMade extends RemoveResult {
  /** How many of each dataset went. */
  readonly of: Readonly<Record<string, number>>;
}

/** Comes when all of the run's own records are undone. A row whose record stays is among the run's problems. */
export async function removeMade(tx: TenantTransaction, run: ImportRun): Promise<RemovedMade> {
  const kept: number[] = [];
  const of: Record<string, number> = {};
  const { rows: datasets } = await tx.query<{ key: string }>(
    'select distinct dataset as key from import_made where tenant_id = $1 and import_id = $2 and made order by 1',
    [run.tenantId, run.id],
  );
  for (const { key } of datasets) {
    const made = `select m.row, m.record_id from import_made m
      where m.tenant_id = $1 and m.import_id = $2 and m.dataset = ${literal(key)} and m.made and $3::int is not null`;
    const scope = [run.tenantId, run.id, 0];
    await lockRecords(tx, datasetOf(key), made, scope);
    const statement = removeStatement(datasetOf(key), { rows: made, forced: run.options.forceUndo });
    const { rows } = await tx.query<RemoveResult & Record<string, unknown>>(statement, [...scope, now()]);
    of[key] = rows[0]?.removed ?? 0;
    kept.push(...(rows[0]?.kept ?? []));
  }
  await tx.query(
    `insert into import_problems (tenant_id, import_id, row, code, details, warning)
     select $1, $2, row, 'undo.kept', '{}', true from unnest($3::bigint[]) row`,
    [run.tenantId, run.id, kept],
  );
  return { removed: Object.values(of).reduce((total, amount) => total + amount, 0), kept, of };
}

/** An entry for each dataset of which something went; the chain is locked by it. */
export async function auditRemoved(
  tx: TenantTransaction,
  run: ImportRun,
  { of }: RemovedMade,
): Promise<void> {
  for (const [key, removed] of Object.entries(of).filter(([, amount]) => amount > 0))
    await appendAudit(tx, {
      action: 'import.undo',
      subjectType: 'import',
      subjectId: run.id,
      detail: { dataset: key, phase: 'undo made', removed },
      digest: null,
      actor: run.createdBy,
      at: now(),
    });
}
