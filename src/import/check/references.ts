/**
 * References: the text by which a file names another record becomes that record's id. Ids stand in `p.refs`, by
 * field; what a text does not find is named in `p.missing`.
 *
 * A reference to the run's own dataset may mean a record that the run itself creates; see `resolveWithinFile`.
 */

import { identifier, literal } from '../../database/literal.ts';
import type { Dataset, FieldDefinition } from '../../datasets/define-dataset.ts';
import type { MissingReference, RunFields } from '../sql/run-fields.ts';

interface Target {
  readonly table: string;
  readonly singular: string;
  readonly alive: string;
  /** Keys that several records may have: the column they are compared by, and the SQL of the text as it stands there. */
  readonly shared?: Readonly<
    Record<string, { readonly column: string; readonly of: (text: string) => string }>
  >;
}

/** Where the records live that a reference may name. */
const targets: Readonly<Record<string, Target>> = {
  customers: { table: 'customers', singular: 'customer', alive: 'and x.deleted_at is null' },
  users: { table: 'members', singular: 'member', alive: 'and x.removed_at is null' },
  quotes: {
    table: 'quotes',
    singular: 'quote',
    alive: '',
    shared: {
      text: { column: 'text_key', of: (text) => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')` },
    },
  },
};

export function targetOf(field: FieldDefinition): Target {
  const target = targets[field.reference?.dataset ?? ''];
  if (target === undefined) throw new Error(`The field ${field.key} refers to nothing.`);
  return target;
}

export function stagedReferences(dataset: Dataset, staged: ReadonlySet<string>): readonly FieldDefinition[] {
  return dataset.fields.filter((field) => field.type === 'reference' && staged.has(field.key));
}

/** Those to records of the dataset itself, which the run may still have to create. */
export function stagedOwnReferences({ dataset, rules }: RunFields): readonly FieldDefinition[] {
  return stagedReferences(dataset, rules.staged).filter((field) => field.reference?.dataset === dataset.key);
}

/**
 * Joins that leave `p.refs` (jsonb, ids by field), `p.ref_<field>` (the id itself, by which an index can be asked),
 * `p.missing` (the first field whose text found nothing) and `p.ambiguous` (the first whose text means several records).
 */
export function referenceJoins(run: RunFields): string {
  const { dataset } = run;
  const fields = stagedReferences(dataset, run.rules.staged);
  if (fields.length === 0)
    return 'cross join lateral (select null::jsonb as refs, null::text as missing, null::text as ambiguous) p';
  const { missing: makes = [] } = run.rules;
  const foundId = (field: FieldDefinition): string =>
    idOf(
      field,
      makes.some((made) => made.field === field),
    );
  const joins = [
    ...fields.flatMap((field) => (field.reference?.by ?? []).map((by) => joinBy(field, by))),
    ...makes.map(joinMade),
  ];
  const ids = fields.map((field) => `${literal(field.key)}, ${foundId(field)}`);
  const missing = fields
    .filter((field) => field.reference?.dataset !== dataset.key && run.ruleOf(field) !== 'clear')
    .map(
      (field) =>
        `when s.${identifier(field.key)} is not null and ${foundId(field)} is null then ${literal(field.key)}`,
    );
  const ambiguous = fields
    .filter((field) => run.ruleOf(field) !== 'clear')
    .flatMap((field) =>
      sharedKeys(field).map(
        (by) => `when ${foundId(field)} is null and x_${field.key}_${by}.hits > 1 then ${literal(field.key)}`,
      ),
    );
  const first = (whens: readonly string[]): string =>
    whens.length === 0 ? 'null::text' : `case ${whens.join(' ')} end`;
  const own = fields.map((field) => `${foundId(field)} as ref_${field.key}`);
  return `${joins.join('\n')}
  cross join lateral (select jsonb_strip_nulls(jsonb_build_object(${ids.join(', ')})) as refs, ${first(missing)} as missing, ${first(ambiguous)} as ambiguous,
    ${own.join(', ')} offset 0) p`;
}

function sharedKeys(field: FieldDefinition): readonly string[] {
  const { shared = {} } = targetOf(field);
  return (field.reference?.by ?? []).filter((by) => Object.hasOwn(shared, by));
}

/** The key is a column by the time of the join: under row security no index is asked by an expression such as these. */
function joinBy(field: FieldDefinition, by: string): string {
  const target = targetOf(field);
  const alias = `x_${field.key}_${by}`;
  const shared = target.shared?.[by];
  const text = `s.${identifier(field.key)}`;
  const key = `y_${field.key}_${by}`;
  const asColumn = `cross join lateral (select ${shared?.of(text) ?? asKey(text, by)} as key offset 0) ${key}`;
  // Never a row for each of several: only one is meant.
  if (shared !== undefined)
    return `${asColumn}
  left join lateral (select (array_agg(k.id order by k.created_at, k.id))[1] as first, count(*) as hits from ${target.table} k
    where k.tenant_id = $1 and k.${shared.column} = ${key}.key) ${alias} on true`;
  const alive = target.alive.replace('x.', `${alias}.`);
  return `${asColumn}
  left join ${target.table} ${alias} on ${alias}.tenant_id = $1 and ${alias}.${by} = ${key}.key ${alive}`;
}

/** The text as the key it may be; null where it cannot be one. */
function asKey(text: string, by: string): string {
  if (by === 'id')
    return `case when ${text} ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then ${text}::uuid end`;
  return by === 'email' ? `lower(${text})` : text;
}

/** What nobody has and the run makes: it is listed by then. */
function joinMade({ field, target, bare }: MissingReference): string {
  const [made, key] = [`x_${field.key}_made`, `y_${field.key}_made`];
  return `cross join lateral (select ${bare.keyOf(`s.${identifier(field.key)}`)} as key offset 0) ${key}
  left join import_made ${made} on ${made}.tenant_id = $1 and ${made}.import_id = $2 and ${made}.dataset = ${literal(target.key)} and ${made}.key = ${key}.key and not ${made}.made`;
}

function idOf(field: FieldDefinition, isMade: boolean): string {
  const shared = sharedKeys(field);
  const ids = (field.reference?.by ?? []).map((by) => {
    const alias = `x_${field.key}_${by}`;
    return shared.includes(by) ? `case when ${alias}.hits = 1 then ${alias}.first end` : `${alias}.id`;
  });
  return `coalesce(${[...ids, ...(isMade ? [`x_${field.key}_made.record_id`] : [])].join(', ')})`;
}

/**
 * Resolves a field's texts that no record answers to among the keys that the file itself brings. A record that is
 * there and only gets the key now is found at once. One that is still to be created becomes `refs.later`, which is
 * written once all of those exist. `$1` tenant, `$2` import.
 */
export function resolveWithinFile(
  fields: RunFields,
  field: FieldDefinition,
  by: string,
  join: 'sets' | 'rows',
): string {
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
    ${recordJoin(dataset, join)}
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

/** The records of a few rows are looked up each: the planner, who takes them for one, would read all there are. */
function recordJoin({ root }: Dataset, join: 'sets' | 'rows'): string {
  return join === 'sets'
    ? `left join ${root.table} r on r.tenant_id = $1 and r.id = p.record_id`
    : `left join lateral (select * from ${root.table} r where r.tenant_id = $1 and r.id = p.record_id limit 1) r on true`;
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
