/**
 * Guard rails: what a tenant has set so that nobody changes much by mistake. A checked run that passes one is held,
 * until somebody has looked at it and lets it go on.
 */
import type { TenantTransaction } from '../database/with-tenant.ts';
import type { TenantSettings } from '../tenants/settings-schema.ts';
import type { ImportRun } from './run.ts';

/** @returns a sentence for a person, or null when the run may go on. */
export async function reasonToHold(
  tx: TenantTransaction,
  run: ImportRun,
  rails: TenantSettings['guardRails'],
): Promise<string | null> {
  if (run.options.approvedBy !== undefined) return null;
  return (
    tooManyFail(run, rails.failedPercentMax) ??
    (await tooManyChange(tx, run, rails.changedPercentMax)) ??
    (rails.approval ? 'Somebody else than its author must approve the import.' : null)
  );
}

function tooManyFail(run: ImportRun, percentMax: number | null): string | null {
  const failed = (run.report?.fail ?? 0) + (run.rowsInvalid ?? 0);
  const percent = (100 * failed) / Math.max(run.rowsRead ?? 0, 1);
  if (percentMax === null || percent <= percentMax) return null;
  return `${failed} of ${run.rowsRead} rows fail: ${shown(percent)} %, and ${percentMax} % is the most that goes on by itself.`;
}

async function tooManyChange(
  tx: TenantTransaction,
  run: ImportRun,
  percentMax: number | null,
): Promise<string | null> {
  const changed = run.report?.update ?? 0;
  if (percentMax === null || changed === 0) return null;
  const records = await countRecords(tx, run);
  const percent = (100 * changed) / Math.max(records, 1);
  if (percent <= percentMax) return null;
  return `${changed} of ${records} records would change: ${shown(percent)} %, and ${percentMax} % is the most that goes on by itself.`;
}

async function countRecords(tx: TenantTransaction, { dataset }: ImportRun): Promise<number> {
  const live = dataset.softDeletes ? 'and deleted_at is null' : '';
  const { rows } = await tx.query<{ records: number }>(
    `select count(*)::int as records from ${dataset.root.table} where tenant_id = $1 ${live}`,
    [tx.tenantId],
  );
  return rows[0]?.records ?? 0;
}

function shown(percent: number): string {
  return percent.toFixed(1).replace(/\.0$/, '');
}
