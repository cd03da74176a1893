/** Changes the found records of a chunk, and says which rows of it could not be written. */
import { randomBytes } from 'node:crypto';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { partJoins } from '../sql/part-joins.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { failMissed, type Trail } from './record.ts';
import type { UpdateResult } from './update.ts';

export interface ChangePlan extends Trail {
  readonly fields: RunFields;
  /** See updateStatement. */
  readonly update: string;
}

export interface Changed {
  readonly updated: number;
  /** Rows whose record is by now what they want it to be. */
  readonly unchanged: number;
  readonly failed: number;
  /** Digest of the journal, hexadecimal; null when nothing was written. */
  readonly digest: string | null;
}

export async function changeRecords(
  tx: TenantTransaction,
  plan: ChangePlan,
  chunk: number,
  at: string,
): Promise<Changed> {
  const { run } = plan;
  await lockChildren(tx, plan, chunk);
  const { rows } = await tx.query<UpdateResult & Record<string, unknown>>(plan.update, [
    run.tenantId,
    run.id,
    chunk,
    at,
    run.createdBy,
    randomBytes(32),
  ]);
  const [wrote] = rows;
  if (wrote === undefined) throw new Error('The statement of a chunk gave no answer.');
  const met = await lookOnceMore(tx, plan, chunk, wrote.missed);
  const missed = wrote.missed.filter((row) => !met.has(row));
  await failMissed(tx, run, chunk, missed);
  return { updated: wrote.updated, unchanged: met.size, failed: missed.length, digest: wrote.digest };
}

/**
 * A record's version does not tell of a write to its address by another dataset. A statement that had to wait for one
 * would write over it what was there before, so it is waited for first.
 */
async function lockChildren(
  tx: TenantTransaction,
  { run, fields }: ChangePlan,
  chunk: number,
): Promise<void> {
  const changed = new Set(Object.keys(run.report?.changed ?? {}));
  for (const part of fields.touched.filter(({ kind }) => kind === 'child')) {
    const keys = fields.changing.flatMap(({ key, part: of }) =>
      of === part.key && changed.has(key) ? [key] : [],
    );
    if (keys.length === 0) continue;
    await tx.query(
      `select from (select record_id from import_plan where tenant_id = $1 and import_id = $2 and chunk = $3
           and outcome = 'update' and changed && $4 order by record_id offset 0) p
         cross join lateral (select from ${part.table} o where o.tenant_id = $1 and o.${part.ownerColumn} = p.record_id
           for no key update) o`,
      [run.tenantId, run.id, chunk, keys],
    );
  }
}

/** A record that had changed since the check may by now be what the row wants it to be: the row is unchanged then. */
async function lookOnceMore(
  tx: TenantTransaction,
  { run, fields }: ChangePlan,
  chunk: number,
  rows: readonly number[],
): Promise<ReadonlySet<number>> {
  if (rows.length === 0) return new Set();
  const differing = fields.changing.map((field) => `(${fields.differs(field)})`).join(' or ') || 'false';
  const { rows: same } = await tx.query<{ row: number }>(
    `with same as (select p.row from import_plan p
       join staging.${run.dataset.key} s on s.tenant_id = $1 and s.import_id = $2 and s.chunk = $3 and s.row = p.row
       join lateral (select * from ${run.dataset.root.table} r where r.tenant_id = $1 and r.id = p.record_id limit 1) r on true
       ${partJoins(fields, 'rows')}
       where p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3 and p.row = any ($4)
         ${run.dataset.softDeletes ? 'and r.deleted_at is null' : ''} and not (${differing}))
     update import_plan p set outcome = 'unchanged', changed = null from same
     where p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3 and p.row = same.row returning p.row`,
    [run.tenantId, run.id, chunk, rows],
  );
  return new Set(same.map((row) => row.row));
}
