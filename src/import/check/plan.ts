/**
 * The check's first and widest statement: a plan row for each staged row, with the record it found, what would
 * become of it and which fields would change. The same expressions are what commit writes.
 */
import type { CreateRule } from '../../datasets/define-dataset.ts';
import { identifier, literal } from '../sql/literal.ts';
import { partJoins } from '../sql/part-joins.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { referenceJoins, stagedReferences, targetOf } from './references.ts';
import { type MatchPlan, targetJoins } from './targets.ts';

export interface PlanRules {
  readonly mode: 'create' | 'update' | 'upsert';
  readonly deleted: 'restore' | 'skip';
  /** Fields without which no record is created, by the run. */
  readonly required: readonly string[];
}

/** `$1` tenant, `$2` import. Rows matched twice or clashing with others are sorted out by the statements after it. */
export function planStatement(fields: RunFields, match: MatchPlan, rules: PlanRules): string {
  const { dataset } = fields;
  const deletedAt = dataset.softDeletes ? 'r.deleted_at' : 'null::timestamptz';
  return `insert into import_plan (tenant_id, import_id, chunk, row, outcome, code, details, record_id, version, changed, refs)
select $1, $2, s.chunk, s.row,
  case when v.verdict in ('create', 'update', 'unchanged') then v.verdict when v.verdict like 'skip.%' then 'skip' else 'fail' end,
  case when v.verdict not in ('create', 'update', 'unchanged') then v.verdict end,
  ${details(fields)},
  case when v.verdict = 'create' then s.new_id else r.id end,
  r.version,
  case when v.verdict = 'update' then d.changed end,
  p.refs
from staging.${dataset.key} s
${referenceJoins(fields)}
${targetJoins(match)}
left join ${dataset.root.table} r on r.tenant_id = $1 and r.id = t.id
${partJoins(fields, 'sets')}
cross join lateral (select case when r.id is not null then ${changedFields(fields)} end as changed, ${lacking(fields, rules)} as lacking offset 0) d
cross join lateral (select ${verdict(rules, deletedAt)} as verdict offset 0) v
where s.tenant_id = $1 and s.import_id = $2`;
}

function changedFields(fields: RunFields): string {
  const differing = fields.changing.map(
    (field) => `case when ${fields.differs(field)} then ${literal(field.key)} end`,
  );
  return differing.length === 0 ? `'{}'::text[]` : `array_remove(array[${differing.join(', ')}], null)`;
}

/** A reason to leave the row stands before what is wrong with it: nothing of it would be written. */
function verdict(rules: PlanRules, deletedAt: string): string {
  const skips: string[] = [];
  if (rules.mode === 'update') skips.push(`when r.id is null then 'skip.missing'`);
  if (rules.deleted === 'skip') skips.push(`when ${deletedAt} is not null then 'skip.deleted'`);
  if (rules.mode === 'create')
    skips.push(`when r.id is not null and ${deletedAt} is null then 'skip.exists'`);
  return `case
    when t.conflict then 'match.conflict'
    ${skips.join('\n    ')}
    when p.missing is not null then 'reference.not_found'
    when d.lacking is not null then 'value.required'
    when r.id is null then 'create'
    when cardinality(d.changed) > 0 or ${deletedAt} is not null then 'update'
    else 'unchanged' end`;
}

/** The first field that the record would lack: a new one by the run's rules too, a found one by those that it met until now. */
function lacking(fields: RunFields, rules: PlanRules): string {
  const created = (key: string): string => fields.created(key);
  const required: CreateRule[] = rules.required.map((key) => ({
    field: key,
    lacks: () => `${created(key)} is null`,
  }));
  const ofNew = [...(fields.dataset.createRules ?? []), ...required].map(
    (rule) => `when ${rule.lacks(created)} then ${literal(rule.field)}`,
  );
  const after = (key: string): string => fields.after(key);
  const before = (key: string): string => fields.old(fields.dataset.field(key));
  const ofFound = (fields.dataset.createRules ?? [])
    .filter((rule) => mayBreak(fields, rule))
    .map(
      (rule) =>
        `when (${rule.lacks(after)}) and not coalesce(${rule.lacks(before)}, false) then ${literal(rule.field)}`,
    );
  const first = (whens: readonly string[]): string =>
    whens.length === 0 ? 'null::text' : `case ${whens.join(' ')} end`;
  return `case when r.id is null then ${first(ofNew)} else ${first(ofFound)} end`;
}

/** Can an update take from a record what the rule asks for? Only by emptying a field, or by another choice, such as of the type. */
function mayBreak(fields: RunFields, rule: CreateRule): boolean {
  const asked = new Set<string>();
  rule.lacks((key) => {
    asked.add(key);
    return 'null';
  });
  return fields.changing.some(
    (field) =>
      asked.has(field.key) &&
      (field.type === 'enum' || fields.rules.clears.has(field.key) || fields.ruleOf(field) === 'clear'),
  );
}

function details(fields: RunFields): string {
  const label = (key: string): string =>
    `case ${key} ${fields.dataset.fields.map((f) => `when ${literal(f.key)} then ${literal(f.label)}`).join(' ')} end`;
  const references = stagedReferences(fields.dataset, fields.rules.staged);
  const missing = references
    .map(
      (field) =>
        `when p.missing = ${literal(field.key)} then jsonb_build_object('field', p.missing, 'target', ${literal(targetOf(field).singular)}, 'value', left(s.${identifier(field.key)}, 100))`,
    )
    .join(' ');
  return `case v.verdict
    when 'value.required' then jsonb_build_object('field', d.lacking, 'label', ${label('d.lacking')})
    when 'match.conflict' then jsonb_build_object('found', left(t.found, 300))
    when 'reference.not_found' then ${missing === '' ? 'null' : `case ${missing} end`}
  end`;
}
