/** The check's answer, for a person: counts by outcome, which fields change in how many records, and samples. */

import { literal } from '../../database/literal.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { partJoins } from '../sql/part-joins.ts';
import { type RunFields, runFields } from '../sql/run-fields.ts';
import { countPlan, type PlanCounts } from './plan-counts.ts';
import { comparedColumn } from './targets.ts';

export interface CheckReport {
  readonly create: number;
  readonly update: number;
  readonly unchanged: number;
  readonly skip: number;
  readonly fail: number;
  /** Rows skipped or failed, by code; those that could not be read or were invalid are among the problems. */
  readonly byCode: Readonly<Record<string, number>>;
  /** Records in which each field would change. */
  readonly changed: Readonly<Record<string, number>>;
  /** Rows to create that have no key at all: the next import of the file would create them again. */
  readonly withoutKey: number;
  /** Records of other datasets that are made, since rows name them and nobody has them. */
  readonly made?: Readonly<Record<string, number>>;
  readonly samples: readonly CheckSample[];
}

export interface CheckSample {
  readonly row: number;
  readonly record: string;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

const samplesMax = 20;

/** @param counted what the plan comes to in the end, for a caller who has counted it already. */
export async function reportPlan(
  tx: TenantTransaction,
  fields: RunFields,
  importId: string,
  keys: readonly string[],
  counted?: PlanCounts,
): Promise<CheckReport> {
  const scope = [tx.tenantId, importId];
  const { rows, byCode, changed } = counted ?? (await countPlan(tx, importId));
  return {
    ...rows,
    byCode,
    changed,
    withoutKey: await rowsWithoutKey(tx, fields, scope, { keys, created: rows.create }),
    samples: rows.update === 0 ? [] : await sampleUpdates(tx, fields, scope),
  };
}

async function rowsWithoutKey(
  tx: TenantTransaction,
  fields: RunFields,
  scope: readonly unknown[],
  { keys, created }: { readonly keys: readonly string[]; readonly created: number },
): Promise<number> {
  const { dataset } = fields;
  if (created === 0 || dataset.identity !== undefined) return 0;
  const kept = keys.filter((key) => {
    const field = dataset.field(key);
    return field.importable !== 'match' && fields.ruleOf(field) !== 'clear';
  });
  if (kept.length === 0) return created;
  // A phone that has no normal form finds nobody.
  const blank = kept.map((key) => `and s.${comparedColumn(dataset, key)} is null`).join(' ');
  const { rows } = await tx.query<{ rows: number }>(
    `with blank as materialized (
       select s.chunk, s.row from staging.${dataset.key} s where s.tenant_id = $1 and s.import_id = $2 ${blank})
     select count(*)::int as rows from blank b
     join import_plan p on p.tenant_id = $1 and p.import_id = $2 and p.chunk = b.chunk and p.row = b.row and p.outcome = 'create'`,
    scope,
  );
  return rows[0]?.rows ?? 0;
}

async function sampleUpdates(
  tx: TenantTransaction,
  fields: RunFields,
  scope: readonly unknown[],
): Promise<CheckSample[]> {
  const { dataset } = fields;
  const later = runFields(dataset, { ...fields.rules, later: true });
  const { rows } = await tx.query<CheckSample>(
    `with p as materialized (select * from import_plan where tenant_id = $1 and import_id = $2 and outcome = 'update'
       order by chunk, row limit ${samplesMax})
     select p.row, p.record_id as record, ${changedValues(later, 'old')} as before, ${changedValues(later, 'updated')} as after
     from p join staging.${dataset.key} s on s.tenant_id = $1 and s.import_id = $2 and s.chunk = p.chunk and s.row = p.row
     join lateral (select * from ${dataset.root.table} r where r.tenant_id = $1 and r.id = p.record_id limit 1) r on true
     ${partJoins(fields, 'rows')} order by p.row`,
    scope,
  );
  return rows;
}

/** A jsonb object of the fields that the plan says change. */
function changedValues(fields: RunFields, side: 'old' | 'updated'): string {
  const entries = fields.changing.map((field) => {
    const value = side === 'old' ? fields.old(field) : fields.updated(field);
    return `case when ${literal(field.key)} = any (p.changed) then jsonb_build_object(${literal(field.key)}, ${value}) else '{}' end`;
  });
  return entries.length === 0 ? `'{}'::jsonb` : entries.join(' || ');
}
