/**
 * How a staged row finds its record: one join for each match key, in the run's order. Live records come before
 * deleted ones; among deleted ones the latest.
 *
 * Under the aliases it leaves: `k_<key>` the live record by that key, `d_<key>` the deleted one, `t` the target with
 * `id`, `conflict` (two keys mean two live records) and `found` (what they mean, for the problem).
 */

import { identifier, literal } from '../../database/literal.ts';
import type { Dataset } from '../../datasets/define-dataset.ts';
import { fieldType } from '../../field-types/registry.ts';

export interface MatchPlan {
  readonly dataset: Dataset;
  /** Keys that the run stages, in the order in which they are tried. */
  readonly keys: readonly string[];
  /** Whether the tenant has deleted records at all; without any, their joins are left out. */
  readonly deletedExist: boolean;
  /** Fields that the run stages. */
  readonly staged: ReadonlySet<string>;
}

/** @param how `sets` for many rows; `rows` looks each of a few up, whatever the planner believes. See `partJoins`. */
export function targetJoins(plan: MatchPlan, how: 'sets' | 'rows'): string {
  if (plan.dataset.identity !== undefined) return identityJoin(plan, how);
  if (plan.keys.length === 0)
    return 'cross join lateral (select null::uuid as id, false as conflict, null::text as found) t';
  const joins = plan.keys.map((key) => liveJoin(plan, key, how));
  if (plan.deletedExist) joins.push(...plan.keys.map((key) => deletedJoin(plan, key, how)));
  return [...joins, chosenTarget(plan)].join('\n');
}

/**
 * The join, to `r`, of a row whose first key finds a live record which the row's other keys mean as well: what they
 * mean need not be looked up, since no two live records share a unique key. In a file that comes a second time, nearly
 * every row is one. Null where the run has no such keys.
 */
export function agreedJoin(plan: MatchPlan): string | null {
  const { dataset, keys } = plan;
  const [first, ...others] = keys.map((key) => comparedColumn(dataset, key));
  if (dataset.identity !== undefined || first === undefined) return null;
  if (!keys.every((key) => isUnique(plan, key))) return null;
  const alive = dataset.softDeletes ? ' and r.deleted_at is null' : '';
  // As a CASE the planner takes it for what one row in two fulfils; as OR and = for what none does, and joins row by row.
  const agreeing = others.map(
    (column) => ` and case when s.${column} is null then true else r.${column} = s.${column} end`,
  );
  return `join ${dataset.root.table} r on r.tenant_id = $1 and r.${first} = s.${first}${alive}${agreeing.join('')}`;
}

/** The column that a key is compared by: its normal form, where it has one. */
export function comparedColumn(dataset: Dataset, key: string): string {
  const field = dataset.field(key);
  return identifier(field.normalColumn ?? field.column ?? key);
}

function isUnique(plan: MatchPlan, key: string): boolean {
  return key === 'id' || plan.dataset.field(key).unique === true;
}

function liveJoin(plan: MatchPlan, key: string, how: 'sets' | 'rows'): string {
  const { table } = plan.dataset.root;
  const column = comparedColumn(plan.dataset, key);
  const alive = plan.dataset.softDeletes ? 'and k.deleted_at is null' : '';
  if (isUnique(plan, key)) {
    return `left join ${table} k_${key} on k_${key}.tenant_id = $1 and k_${key}.${column} = s.${column} ${alive.replace('k.', `k_${key}.`)}`;
  }
  const found = '(array_agg(k.id order by k.created_at, k.id))[1] as id, count(*) as hits';
  if (how === 'rows')
    return `left join lateral (select ${found} from ${table} k where k.tenant_id = $1 and k.${column} = s.${column} ${alive}) k_${key} on true`;
  return `left join (select k.${column}, ${found}
    from ${table} k where k.tenant_id = $1 and k.${column} is not null ${alive} group by k.${column}) k_${key} on k_${key}.${column} = s.${column}`;
}

/**
 * Of many rows the deleted records are gathered once. Those of a key are fenced off from the sorting: the planner would
 * rather go through all that were deleted, the latest first, until it meets one.
 */
function deletedJoin(plan: MatchPlan, key: string, how: 'sets' | 'rows'): string {
  const column = comparedColumn(plan.dataset, key);
  if (how === 'rows')
    return `left join lateral (select f.id from (select d.id, d.deleted_at from ${plan.dataset.root.table} d
      where d.tenant_id = $1 and d.${column} = s.${column} and d.deleted_at is not null offset 0) f
    order by f.deleted_at desc, f.id limit 1) d_${key} on true`;
  return `left join (select distinct on (d.${column}) d.${column} as key, d.id from ${plan.dataset.root.table} d
    where d.tenant_id = $1 and d.deleted_at is not null order by d.${column}, d.deleted_at desc, d.id) d_${key} on d_${key}.key = s.${column}`;
}

function chosenTarget(plan: MatchPlan): string {
  const live = plan.keys.map((key) => `k_${key}.id`);
  const deleted = plan.deletedExist ? plan.keys.map((key) => `d_${key}.id`) : [];
  const clashes = live.slice(1).map((id, i) => `${id} <> coalesce(${live.slice(0, i + 1).join(', ')})`);
  const several = plan.keys.filter((key) => !isUnique(plan, key)).map((key) => `k_${key}.hits > 1`);
  const found = plan.keys.map((key) => {
    const field = plan.dataset.field(key);
    return `case when k_${key}.id is not null then ${literal(`${field.label} `)} || s.${identifier(key)}::text end`;
  });
  const conflict =
    [...clashes, ...several].map((clash) => `coalesce(${clash}, false)`).join(' or ') || 'false';
  return `cross join lateral (select coalesce(${[...live, ...deleted].join(', ')}) as id, ${conflict} as conflict,
    concat_ws(', ', ${found.join(', ')}) as found) t`;
}

/**
 * Records without a key of their own are found by several fields together, in any case; the oldest where there are more.
 * Of many rows the records are gathered once: an owner with thousands would be gone through for each of his rows.
 */
function identityJoin({ dataset, staged }: MatchPlan, how: 'sets' | 'rows'): string {
  const { table } = dataset.root;
  const same = (dataset.identity ?? []).map((key) => {
    const field = dataset.field(key);
    const column = `k.${identifier(field.column ?? key)}`;
    // A row that names no owner is none of anybody's.
    if (field.type === 'reference')
      return { key, has: column, means: staged.has(key) ? `= p.ref_${key}` : '= null' };
    if (fieldType(field.type).sqlType !== 'text')
      return { key, has: column, means: `is not distinct from s.${identifier(key)}` };
    return {
      key,
      has: `lower(coalesce(${column}, ''))`,
      means: `= lower(coalesce(s.${identifier(key)}, ''))`,
    };
  });
  const oldest =
    how === 'rows'
      ? `left join lateral (select k.id from ${table} k
    where k.tenant_id = $1 and ${same.map(({ has, means }) => `${has} ${means}`).join(' and ')}
    order by k.created_at, k.id limit 1) k_identity on true`
      : `left join (select distinct on (${same.map(({ has }) => has).join(', ')})
      ${same.map(({ key, has }) => `${has} as ${identifier(key)}`).join(', ')}, k.id from ${table} k where k.tenant_id = $1
      order by ${same.map(({ has }) => has).join(', ')}, k.created_at, k.id) k_identity
    on ${same.map(({ key, means }) => `k_identity.${identifier(key)} ${means}`).join(' and ')}`;
  return `${oldest}
  cross join lateral (select k_identity.id, false as conflict, null::text as found) t`;
}

/** What makes two rows without a record the same new one: the first match key that the row has. Null when it has none. */
export function firstKey({ dataset, keys }: MatchPlan): string | null {
  if (keys.length === 0) return null;
  return `case ${keys
    .map((key) => {
      const column = `s.${comparedColumn(dataset, key)}`;
      return `when ${column} is not null then ${literal(`${key} `)} || ${column}::text`;
    })
    .join(' ')} end`;
}

/** The same for records without a key of their own. A reference counts by the record it was found to mean. */
export function identityKey(dataset: Dataset): string | null {
  if (dataset.identity === undefined) return null;
  const texts = dataset.identity.map((key) =>
    dataset.field(key).type === 'reference'
      ? `coalesce(p.refs ->> ${literal(key)}, '')`
      : `lower(coalesce(s.${identifier(key)}::text, ''))`,
  );
  return `concat_ws(E'\\x1f', ${texts.join(', ')})`;
}
