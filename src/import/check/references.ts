/**
 * References: the text by which a file names another record becomes that record's id. Ids stand in `p.refs`, by
 * field; what a text does not find is named in `p.missing`.
 *
 * A reference to the run's own dataset may mean a record that the run itself creates; see `resolveWithinFile`.
 */
import type { Dataset, FieldDefinition } from '../../datasets/define-dataset.ts';
import { identifier, literal } from '../sql/literal.ts';
import type { RunFields } from '../sql/run-fields.ts';

interface Target {
  readonly table: string;
  readonly singular: string;
  readonly alive: string;
}

/** Where the records live that a reference may name. */
const targets: Readonly<Record<string, Target>> = {
  customers: { table: 'customers', singular: 'customer', alive: 'and x.deleted_at is null' },
  users: { table: 'members', singular: 'member', alive: '' },
};

export function targetOf(field: FieldDefinition): Target {
  const target = targets[field.reference?.dataset ?? ''];
  if (target === undefined) throw new Error(`The field ${field.key} refers to nothing.`);
  return target;
}

export function stagedReferences(dataset: Dataset, staged: ReadonlySet<string>): readonly FieldDefinition[] {
  return dataset.fields.filter((field) => field.type === 'reference' && staged.has(field.key));
}

/**
 * Joins that leave `p.refs` (jsonb, ids by field), `p.ref_<field>` (the id itself, by which an index can be asked) and
 * `p.missing` (the first field whose text found nothing).
 */
export function referenceJoins(run: RunFields): string {
  const { dataset } = run;
  const fields = stagedReferences(dataset, run.rules.staged);
  if (fields.length === 0) return 'cross join lateral (select null::jsonb as refs, null::text as missing) p';
  const joins = fields.flatMap((field) => (field.reference?.by ?? []).map((by) => joinBy(field, by)));
  const ids = fields.map((field) => `${literal(field.key)}, ${foundId(field)}`);
  const missing = fields
    .filter((field) => field.reference?.dataset !== dataset.key && run.ruleOf(field) !== 'clear')
    .map(
      (field) =>
        `when s.${identifier(field.key)} is not null and ${foundId(field)} is null then ${literal(field.key)}`,
    );
  const firstMissing = missing.length === 0 ? 'null::text' : `case ${missing.join(' ')} end`;
  const own = fields.map((field) => `${foundId(field)} as ref_${field.key}`);
  return `${joins.join('\n')}
  cross join lateral (select jsonb_strip_nulls(jsonb_build_object(${ids.join(', ')})) as refs, ${firstMissing} as missing,
    ${own.join(', ')} offset 0) p`;
}

function joinBy(field: FieldDefinition, by: string): string {
  const target = targetOf(field);
  const alias = `x_${field.key}_${by}`;
  const alive = target.alive.replace('x.', `${alias}.`);
  return `left join ${target.table} ${alias} on ${alias}.tenant_id = $1 and ${alias}.${by} = ${asKey(`s.${identifier(field.key)}`, by)} ${alive}`;
}

/** The text as the key it may be; null where it cannot be one. */
export function asKey(text: string, by: string): string {
  if (by === 'id')
    return `case when ${text} ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then ${text}::uuid end`;
  return by === 'email' ? `lower(${text})` : text;
}

function foundId(field: FieldDefinition): string {
  return `coalesce(${(field.reference?.by ?? []).map((by) => `x_${field.key}_${by}.id`).join(', ')})`;
}

/**
 * Resolves a field's texts that no record answers to among the keys that the file itself brings. A record that is
 * there and only gets the key now is found at once. One that is still to be created becomes `refs.later`, which is
 * written once all of those exist. `$1` tenant, `$2` import.
 */
export function resolveWithinFile(fields: RunFields, field: FieldDefinition, by: string): string {
  const { dataset } = fields;
  const key = literal(field.key);
  const text = `s.${identifier(field.key)}`;
  const refs = `coalesce(p.refs, '{}')`;
  return `with found as materialized (
    select p.chunk, p.row, t.record_id as target, t.outcome = 'create' as is_new,
      p.outcome <> 'create' and ${writesReference(fields, field)} as changes
    from import_plan p
    join staging.${dataset.key} s on s.tenant_id = $1 and s.import_id = $2 and s.chunk = p.chunk and s.row = p.row and ${text} is not null
    join staging.${dataset.key} o on o.tenant_id = $1 and o.import_id = $2 and o.${identifier(by)} = ${asKey(text, by)}
    join import_plan t on t.tenant_id = $1 and t.import_id = $2 and t.chunk = o.chunk and t.row = o.row
      and (t.outcome = 'create' or t.outcome = 'update' and ${literal(by)} = any (t.changed))
    left join ${dataset.root.table} r on r.tenant_id = $1 and r.id = p.record_id
    where p.tenant_id = $1 and p.import_id = $2 and p.outcome in ('create', 'update', 'unchanged')
      and coalesce(p.refs ->> ${key}, p.refs -> 'later' ->> ${key}) is null)
  update import_plan p
  set refs = case when f.is_new and (f.changes or p.outcome = 'create')
      then jsonb_set(${refs}, '{later}', coalesce(p.refs -> 'later', '{}') || jsonb_build_object(${key}, f.target))
      else ${refs} || jsonb_build_object(${key}, f.target) end,
    outcome = case when f.changes then 'update' else p.outcome end,
    changed = case when f.changes then array_append(coalesce(p.changed, '{}'), ${key}) else p.changed end
  from found f where p.tenant_id = $1 and p.import_id = $2 and p.chunk = f.chunk and p.row = f.row`;
}

/** Whether the row changes the reference of the record that it found, by the field's write rule. */
function writesReference(fields: RunFields, field: FieldDefinition): string {
  const old = `r.${fields.columnOf(field)}`;
  const rule = fields.ruleOf(field);
  if (rule === 'never' || rule === 'clear') return 'false';
  return rule === 'fill' ? `${old} is null` : `${old} is distinct from t.record_id`;
}

/** Fails the rows whose reference is found neither among the records nor in the file. `$1` tenant, `$2` import. */
export function failUnresolved(dataset: Dataset, field: FieldDefinition): string {
  const key = literal(field.key);
  const text = `s.${identifier(field.key)}`;
  return `update import_plan p
  set outcome = 'fail', code = 'reference.not_found', changed = null,
    details = jsonb_build_object('field', ${key}, 'target', ${literal(targetOf(field).singular)}, 'value', left(${text}, 100))
  from staging.${dataset.key} s
  where p.tenant_id = $1 and p.import_id = $2 and p.outcome in ('create', 'update', 'unchanged')
    and s.tenant_id = $1 and s.import_id = $2 and s.chunk = p.chunk and s.row = p.row and ${text} is not null
    and p.refs ->> ${key} is null
    and not exists (select from import_plan t where t.tenant_id = $1 and t.import_id = $2 and t.outcome = 'create'
      and t.record_id = (p.refs -> 'later' ->> ${key})::uuid)`;
}
