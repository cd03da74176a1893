/**
 * What only one record of an owner may be, such as the default address of a customer, changes hands within the chunk
 * that writes the new holder: whoever has it gives it up first. A record that gives something up is a change like any
 * other, in the journal under a phase of its own, since the same chunk may write to that record by a row of its own.
 */
import { randomBytes } from 'node:crypto';
import { journalDigest, journalStatement } from '../../audit/changes.ts';
import { identifier, literal } from '../../database/literal.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import type { Exclusive } from '../../datasets/define-dataset.ts';
import { newId } from '../../platform/ids.ts';
import { claimsOf } from '../check/claims.ts';
import type { RunFields } from '../sql/run-fields.ts';
import type { ChangePlan } from './change.ts';

export interface Released {
  readonly records: number;
  readonly digest: string | null;
}

interface Holder {
  record: string;
  /** The row that claims what the record has; the first one where there are two. */
  row: number;
  fields: string[];
}

export async function releaseHolders(
  tx: TenantTransaction,
  { run, fields }: ChangePlan,
  chunk: number,
  at: string,
): Promise<Released> {
  const claims = claimsOf(fields);
  if (claims.length === 0) return { records: 0, digest: null };
  const { rows: holders } = await tx.query<Holder & Record<string, unknown>>(
    holdersStatement(fields, claims),
    [run.tenantId, run.id, chunk],
  );
  if (holders.length === 0) return { records: 0, digest: null };
  const { rows } = await tx.query<{ digest: string }>(releaseStatement(fields, claims), [
    run.tenantId,
    run.id,
    chunk,
    at,
    run.createdBy,
    randomBytes(32),
    JSON.stringify(holders.map((holder) => ({ ...holder, id: newId() }))),
  ]);
  return { records: holders.length, digest: rows[0]?.digest ?? null };
}

/** Who has what the chunk's rows claim. `$1` tenant, `$2` import, `$3` chunk. */
function holdersStatement(fields: RunFields, claims: readonly Exclusive[]): string {
  const { dataset } = fields;
  const name = (kind: string, field: string): string => identifier(`${kind}_${field}`);
  const claimed = claims.flatMap(({ field, within }) => [
    `s.${identifier(field)} and (p.outcome = 'create' or ${literal(field)} = any (p.changed)) as ${name('claims', field)}`,
    `(p.refs ->> ${literal(within)})::uuid as ${name('owner', field)}`,
  ]);
  const held = claims.map(
    ({ field, within }) => `select r.id, c.row, ${literal(field)} as field
      from c join ${dataset.root.table} r on r.tenant_id = $1 and r.${fields.columnOf(dataset.field(within))} = c.${name('owner', field)}
        and r.id <> c.id and r.${fields.columnOf(dataset.field(field))}
      where c.${name('claims', field)}`,
  );
  return `with c as materialized (
    select p.row, p.record_id as id, ${claimed.join(', ')}
    from import_plan p join staging.${dataset.key} s on s.tenant_id = $1 and s.import_id = $2 and s.chunk = $3 and s.row = p.row
    where p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3 and p.outcome in ('create', 'update'))
  select id as record, min(row) as row, array_agg(field order by field) as fields from (${held.join(' union all ')}) h group by id order by id`;
}

/** `$4` time, `$5` who, `$6` secret for the salts, `$7` the holders. The plan keeps up with the versions that this makes. */
function releaseStatement(fields: RunFields, claims: readonly Exclusive[]): string {
  const { dataset } = fields;
  const sets = claims.map(({ field }) => {
    const column = fields.columnOf(dataset.field(field));
    return `${column} = o.${column} and not h.fields ? ${literal(field)}`;
  });
  const side = (value: boolean): string =>
    `(select jsonb_object_agg(f, ${value}) from jsonb_array_elements_text(w.fields) f)`;
  return `with h as materialized (
  select n.*, r.updated_at as old_updated_at, r.updated_by as old_updated_by
  from jsonb_to_recordset($7::jsonb) n(id uuid, record uuid, row bigint, fields jsonb)
  join ${dataset.root.table} r on r.tenant_id = $1 and r.id = n.record),
w as (update ${dataset.root.table} o set version = o.version + 1, updated_at = $4::timestamptz, updated_by = $5::uuid, ${sets.join(', ')}
  from h where o.tenant_id = $1 and o.id = h.record returning h.*),
planned as (update import_plan p set version = p.version + 1 from w
  where p.tenant_id = $1 and p.import_id = $2 and p.record_id = w.record and p.outcome = 'update'),
j as (${journalStatement({
    dataset: literal(dataset.key),
    phase: `'release'`,
    chunk: '$3',
    by: '$5::uuid',
    at: '$4::timestamptz',
    secret: '$6',
    changes: `select w.id, w.record as record_id, w.row,
      jsonb_build_object('updated_at', w.old_updated_at, 'updated_by', w.old_updated_by) || ${side(true)} as before,
      jsonb_build_object('updated_at', $4::timestamptz, 'updated_by', $5::uuid) || ${side(false)} as after,
      '{}'::text[] as parts_created, null::jsonb as part_ids from w`,
  })})
select ${journalDigest} as digest`;
}
