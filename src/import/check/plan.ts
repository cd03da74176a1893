/**
 * The check's first and widest statement: a plan row for each staged row, with the record it found, what would
 * become of it and which fields would change. The same expressions are what commit writes.
 */

import { identifier, literal } from '../../database/literal.ts';
import type { CreateRule } from '../../datasets/define-dataset.ts';
import type { ProblemCode } from '../../platform/problems.ts';
import { partJoins } from '../sql/part-joins.ts';
import type { RunFields } from '../sql/run-fields.ts';
import type { Outcome } from './plan-counts.ts';
import { referenceJoins, stagedReferences, targetOf } from './references.ts';
import { agreedJoin, type MatchPlan, targetJoins } from './targets.ts';

export interface PlanRules {
  readonly mode: 'create' | 'update' | 'upsert';
  readonly deleted: 'restore' | 'skip';
  /** Fields without which no record is created, by the run. */
  readonly required: readonly string[];
}

/** Which staged rows get their plan: all of them, or first those that `agreedJoin` finds, and then the others. */
export type PlannedRows = 'all' | 'agreed' | 'others';

export interface PlanManner {
  readonly rows: PlannedRows;
  /** See `partJoins`. */
  readonly join: 'sets' | 'rows';
}

/** `$1` tenant, `$2` import, `$3` and `$4` the first and the last of the chunks. Rows matched twice or clashing with others are sorted out by the statements after it. */
export function planStatement(
  fields: RunFields,
  match: MatchPlan,
  rules: PlanRules,
  { rows, join }: PlanManner,
): string {
  const { dataset } = fields;
  const verdict = verdictOf(rules, dataset.softDeletes ? 'r.deleted_at' : 'null::timestamptz');
  return `insert into import_plan (tenant_id, import_id, chunk, row, outcome, code, details, record_id, version, changed, refs)
select $1, $2, s.chunk, s.row, v.outcome, v.code, ${details(fields)},
  coalesce(r.id, case when v.outcome = 'create' then s.new_id end), r.version, case when v.outcome = 'update' then d.changed end, p.refs
from staging.${dataset.key} s
${referenceJoins(fields)}
${rows === 'agreed' ? agreedTarget(match) : foundTarget(match, join)}
${partJoins(fields, join)}
cross join lateral (select case when r.id is not null then ${changedFields(fields)} end as changed, ${lacking(fields, rules)} as lacking offset 0) d
cross join lateral (select ${outcome(verdict)} as outcome, ${code(verdict)} as code offset 0) v
where s.tenant_id = $1 and s.import_id = $2 and s.chunk between $3 and $4${rows === 'others' ? ` and ${isUnplanned}` : ''}`;
}

/** A set that is hashed, whatever the planner believes of a table that was filled a moment ago. */
const isUnplanned = `s.row not in (select q.row from import_plan q where q.tenant_id = $1 and q.import_id = $2)`;

/**
 * The planner does not know how few the rows are, and would rather read all records than look some up. An index is
 * asked by a plain column only: under row security COALESCE may not stand in its condition.
 */
function foundTarget(match: MatchPlan, join: PlanManner['join']): string {
  const { table } = match.dataset.root;
  const found =
    join === 'sets'
      ? `left join ${table} r on r.tenant_id = $1 and r.id = t.id`
      : `cross join lateral (select t.id offset 0) f
left join lateral (select * from ${table} o where o.tenant_id = $1 and o.id = f.id limit 1) r on true`;
  return `${targetJoins(match, join)}\n${found}`;
}

function agreedTarget(match: MatchPlan): string {
  return `${agreedJoin(match)}
cross join lateral (select false as conflict, null::text as found) t`;
}

/** Most rows of most files change nothing: the names are only gathered where something differs. */
function changedFields(fields: RunFields): string {
  const differing = fields.changing.map((field) => ({
    key: field.key,
    differs: `(${fields.differs(field)})`,
  }));
  if (differing.length === 0) return `'{}'::text[]`;
  const names = differing.map(({ key, differs }) => `case when ${differs} then ${literal(key)} end`);
  return `case when ${differing.map(({ differs }) => differs).join(' or ')} then array_remove(array[${names.join(', ')}], null) else '{}' end`;
}

/** What is to become of a row, by the first condition that holds. */
interface Verdict {
  readonly when: string;
  readonly outcome: Outcome;
  readonly code?: ProblemCode;
}

/** A reason to leave the row stands before what is wrong with it: nothing of it would be written. */
function verdictOf({ mode, deleted }: PlanRules, deletedAt: string): readonly Verdict[] {
  const skip = (code: ProblemCode, when: string): Verdict => ({ when, outcome: 'skip', code });
  const fail = (code: ProblemCode, when: string): Verdict => ({ when, outcome: 'fail', code });
  return [
    fail('match.conflict', 't.conflict'),
    ...(mode === 'update' ? [skip('skip.missing', 'r.id is null')] : []),
    ...(deleted === 'skip' ? [skip('skip.deleted', `${deletedAt} is not null`)] : []),
    ...(mode === 'create' ? [skip('skip.exists', `r.id is not null and ${deletedAt} is null`)] : []),
    fail('reference.ambiguous', 'p.ambiguous is not null'),
    fail('reference.not_found', 'p.missing is not null'),
    fail('value.required', 'd.lacking is not null'),
    { when: 'r.id is null', outcome: 'create' },
    { when: `cardinality(d.changed) > 0 or ${deletedAt} is not null`, outcome: 'update' },
    { when: 'true', outcome: 'unchanged' },
  ];
}

function outcome(verdict: readonly Verdict[]): string {
  return `case ${verdict.map((one) => `when ${one.when} then ${literal(one.outcome)}`).join(' ')} end`;
}

function code(verdict: readonly Verdict[]): string {
  return `case ${verdict.map((one) => `when ${one.when} then ${one.code === undefined ? 'null' : literal(one.code)}`).join(' ')} end`;
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
  const reference = references
    .map(
      (field) =>
        `when coalesce(p.ambiguous, p.missing) = ${literal(field.key)} then jsonb_build_object('field', ${literal(field.key)}, 'target', ${literal(targetOf(field).singular)}, 'value', left(s.${identifier(field.key)}, 100))`,
    )
    .join(' ');
  const named = reference === '' ? 'null' : `case ${reference} end`;
  return `case when v.code is not null then case v.code
    when 'value.required' then jsonb_build_object('field', d.lacking, 'label', ${label('d.lacking')})
    when 'match.conflict' then jsonb_build_object('found', left(t.found, 300))
    when 'reference.not_found' then ${named}
    when 'reference.ambiguous' then ${named}
  end end`;
}
