/**
 * Values that must be unique, found before the database would: one that another live record holds, and one that two
 * rows of the file share. `$1` tenant, `$2` import in every statement.
 *
 * A row brings a value by writing it; a row that restores a deleted record also brings the values which that record
 * had, and has still.
 */

import { identifier, literal } from '../../database/literal.ts';
import type { Dataset, FieldDefinition, Numbers } from '../../datasets/define-dataset.ts';
import { givenNumber } from '../commit/create.ts';
import type { RunFields } from '../sql/run-fields.ts';
import type { PlanCounts } from './plan-counts.ts';
import { comparedColumn, type MatchPlan } from './targets.ts';

/** Which of a field's values are looked at: those that rows write, those that restored records bring back, or both. */
interface Brought {
  readonly written: boolean;
  readonly restored: boolean;
  /** See `partJoins`. */
  readonly join: 'sets' | 'rows';
}

/** @returns the clash statements of a run, in order: none for a value that no row brings. */
export function clashStatements(
  fields: RunFields,
  match: MatchPlan,
  { rows, changed }: PlanCounts,
  join: 'sets' | 'rows',
): readonly string[] {
  const unique = fields.dataset.fields.filter((field) => field.unique === true);
  const brought = (field: FieldDefinition): Brought => ({
    written: isWritten(fields, field) && (rows.create > 0 || changed[field.key] !== undefined),
    // A deleted record keeps its number.
    restored: match.deletedExist && rows.update > 0 && field.key !== fields.dataset.numbers?.field,
    join,
  });
  // The holder of a value by which the row was matched is the row's own record, or the row is a conflict.
  const isMatched = (field: FieldDefinition): boolean =>
    match.keys.includes(field.key) && insteadOf(fields, field) === undefined;
  const taken = unique.map((field) => {
    const all = brought(field);
    return failTaken(fields, field, { ...all, written: all.written && !isMatched(field) });
  });
  const shared = unique.map((field) => failShared(fields, field, brought(field)));
  return [...taken, ...shared].filter((statement) => statement !== null);
}

function isWritten(fields: RunFields, field: FieldDefinition): boolean {
  if (insteadOf(fields, field) !== undefined) return true;
  return fields.rules.staged.has(field.key) && fields.rules.write[field.key] !== 'clear';
}

/** The numbers among which a new record has another field's value, where the run brings that one. */
function insteadOf({ dataset, rules }: RunFields, { key }: FieldDefinition): Numbers | undefined {
  const { numbers } = dataset;
  if (numbers?.field !== key || numbers.instead === undefined) return undefined;
  return rules.staged.has(numbers.instead) ? numbers : undefined;
}

/** The value that a staged row writes; `created` tells, as SQL, whether to a new record. */
function writtenValue(fields: RunFields, field: FieldDefinition, created: string): string {
  const numbers = insteadOf(fields, field);
  if (numbers === undefined) return `s.${comparedColumn(fields.dataset, field.key)}`;
  return `case when ${created} then ${givenNumber(fields, numbers)} else ${fields.staged(field.key)} end`;
}

const row = `s.tenant_id = $1 and s.import_id = $2 and p.tenant_id = $1 and p.import_id = $2 and p.chunk = s.chunk and p.row = s.row`;

/** The rows that bring a value of the field: `chunk`, `row`, `record_id`, the `value` compared and the one `shown`. */
function broughtBy(
  fields: RunFields,
  field: FieldDefinition,
  { written, restored, join }: Brought,
): string | null {
  const { dataset } = fields;
  const column = comparedColumn(dataset, field.key);
  const key = literal(field.key);
  const ways: string[] = [];
  if (written) {
    const value = writtenValue(fields, field, `p.outcome = 'create'`);
    const shown = insteadOf(fields, field) === undefined ? `s.${identifier(field.key)}` : value;
    ways.push(`select p.chunk, p.row, p.record_id, ${value} as value, ${shown}::text as shown
      from staging.${dataset.key} s join import_plan p on ${row}
        and (p.outcome = 'create' or (p.outcome = 'update' and ${key} = any (p.changed)))`);
  }
  if (restored)
    ways.push(`select p.chunk, p.row, p.record_id, r.${column} as value, r.${fields.columnOf(field)}::text as shown
      from import_plan p ${recordJoin(dataset, 'r', 'r.id = p.record_id and r.deleted_at is not null', join)}
      where p.tenant_id = $1 and p.import_id = $2 and p.outcome = 'update' and not ${key} = any (p.changed)`);
  return ways.length === 0 ? null : ways.join(' union all ');
}

/** A record for each row at most. A few rows are looked up each: the planner, who takes them for one, would not. */
function recordJoin({ root }: Dataset, alias: string, which: string, join: 'sets' | 'rows'): string {
  const found = `${alias}.tenant_id = $1 and ${which}`;
  return join === 'sets'
    ? `join ${root.table} ${alias} on ${found}`
    : `join lateral (select * from ${root.table} ${alias} where ${found} limit 1) ${alias} on true`;
}

/** A value that another live record holds, even one that gives it up in this very run. A number is held for ever. */
function failTaken(fields: RunFields, field: FieldDefinition, which: Brought): string | null {
  const { dataset } = fields;
  const brought = broughtBy(fields, field, which);
  if (brought === null) return null;
  const live = dataset.softDeletes && field.key !== dataset.numbers?.field ? 'and h.deleted_at is null' : '';
  return `with clashes as materialized (
    select b.chunk, b.row, b.shown from (${brought}) b
    ${recordJoin(dataset, 'h', `h.${comparedColumn(dataset, field.key)} = b.value ${live} and h.id is distinct from b.record_id`, which.join)})
  ${failWith('unique.taken', field, null)}`;
}

/** A value that two surviving rows share. The values that stand once are set aside first. */
function failShared(fields: RunFields, field: FieldDefinition, which: Brought): string | null {
  const brought = broughtBy(fields, field, which);
  if (brought === null) return null;
  return `with doubled as materialized (
    select hashtextextended(value::text, 0) as hash from (${valuesOf(fields, field, which)}) v where value is not null group by 1 having count(*) > 1),
  shared as materialized (
    select b.chunk, b.row, b.shown, count(*) over w as holders, array_to_string((array_agg(b.row) over w)[1:10], ', ') as rows
    from doubled d join (${brought}) b on hashtextextended(b.value::text, 0) = d.hash
    window w as (partition by b.value order by b.row rows between unbounded preceding and unbounded following)),
  clashes as materialized (select * from shared where holders > 1)
  ${failWith('duplicate.in_file', field, 'c.rows')}`;
}

/** Every value that may be brought, for a first look that needs no join. */
function valuesOf(fields: RunFields, field: FieldDefinition, { written, restored, join }: Brought): string {
  const { dataset } = fields;
  const column = comparedColumn(dataset, field.key);
  const ways: string[] = [];
  if (written)
    ways.push(
      `select ${writtenValue(fields, field, 'true')} as value from staging.${dataset.key} s where s.tenant_id = $1 and s.import_id = $2`,
    );
  if (restored)
    ways.push(`select r.${column} as value from import_plan p
      ${recordJoin(dataset, 'r', 'r.id = p.record_id and r.deleted_at is not null', join)}
      where p.tenant_id = $1 and p.import_id = $2 and p.outcome = 'update'`);
  return ways.join(' union all ');
}

function failWith(code: string, field: FieldDefinition, rows: string | null): string {
  const parts = [
    `'field', ${literal(field.key)}`,
    `'label', ${literal(field.label)}`,
    `'value', left(c.shown, 100)`,
  ];
  if (rows !== null) parts.push(`'rows', ${rows}`);
  return `update import_plan p set outcome = 'fail', code = '${code}', changed = null, details = jsonb_build_object(${parts.join(', ')})
  from clashes c where p.tenant_id = $1 and p.import_id = $2 and p.chunk = c.chunk and p.row = c.row`;
}
