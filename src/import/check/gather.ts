/**
 * Rows that make one record together: a file with one row a line has several rows of one order. They are known by their
 * first key; the first of them becomes the record, with a list of what each adds, and the others are set aside with it.
 * A field of the record itself may stand in any of its rows: a later value stands before an earlier one, and a blank
 * never covers a value. `$1` tenant, `$2` import.
 */
import { identifier, literal } from '../../database/literal.ts';
import { customFieldsOf } from '../../datasets/custom/custom-field.ts';
import { customColumn, mergedSql } from '../../datasets/custom/stored-value.ts';
import type { Gathered } from '../../datasets/define-dataset.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { givenByAny, latestSql } from './duplicates.ts';
import { firstKey, type MatchPlan } from './targets.ts';

export interface GatherStatements {
  /** Warns of records whose rows say different things of them. It comes first: afterwards only one is there. */
  readonly contradictions: string | null;
  /** Puts the list and the record's values into the first row of each group. Doing it again changes nothing. */
  readonly gather: string;
  /** Sets the other rows aside in a plan that was made of the gathered ones, and fails the records that miss a row. */
  readonly setAside: readonly string[];
}

/** @returns null when the run's rows are records by themselves. */
export function gatherStatements(fields: RunFields, match: MatchPlan): GatherStatements | null {
  const { dataset, rules } = fields;
  const { gathered } = dataset;
  if (gathered === undefined) return null;
  if (!entryFields(gathered).some((key) => rules.staged.has(key))) return null;
  // By whatever the run matches: it is the same words that a row which is out says of its record.
  const keys = dataset.matchKeys.filter((key) => rules.staged.has(key));
  const meaning = `coalesce(${firstKey({ ...match, keys }) ?? 'null'}, 'row ' || s.row)`;
  const groups = `with lines as materialized (
    select s.row, ${meaning} as meaning, ${entryOf(fields, gathered)} as entry
    from staging.${dataset.key} s where s.tenant_id = $1 and s.import_id = $2),
  members as materialized (select l.row, l.meaning, l.entry, min(l.row) over (partition by l.meaning) as kept from lines l)`;
  return {
    contradictions: contradictions(fields, gathered, groups),
    gather: gather(fields, gathered, groups),
    setAside: [
      `${groups}
  update import_plan p set outcome = 'skip', code = 'skip.gathered', changed = null, details = jsonb_build_object('kept', m.kept)
  from members m where p.tenant_id = $1 and p.import_id = $2 and p.row = m.row and m.row <> m.kept`,
      `${groups},
  broken as materialized (select b.details ->> 'record' as meaning, min(b.row) as row from import_problems b
    where b.tenant_id = $1 and b.import_id = $2 and b.details ? 'record' group by 1)
  update import_plan p set outcome = 'fail', code = 'record.incomplete', changed = null, details = jsonb_build_object('row', b.row)
  from members m join broken b on b.meaning = m.meaning where p.tenant_id = $1 and p.import_id = $2 and p.row = m.row`,
    ],
  };
}

/** What happens to the record happens to all of its rows: none is missing among those that failed. */
export const failGathered = `update import_plan p set outcome = 'fail', code = k.code, details = k.details
  from import_plan k where p.tenant_id = $1 and p.import_id = $2 and p.code = 'skip.gathered'
    and k.tenant_id = $1 and k.import_id = $2 and k.row = (p.details ->> 'kept')::bigint and k.outcome = 'fail'`;

function entryFields({ entry }: Gathered): string[] {
  return Object.values(entry).map(({ field }) => field);
}

/** Null for a row that adds nothing. */
function entryOf(fields: RunFields, { entry }: Gathered): string {
  const staged = Object.entries(entry).filter(([, { field }]) => fields.rules.staged.has(field));
  const isGiven = staged.map(([, { field }]) => `s.${identifier(field)} is not null`).join(' or ');
  const pairs = Object.entries(entry).map(([key, { field, otherwise }]) => {
    const column = fields.rules.staged.has(field) ? `s.${identifier(field)}` : 'null';
    const type = fields.typeOf(fields.dataset.field(field));
    const value = otherwise === undefined ? column : `coalesce(${column}, ${literal(otherwise)}::${type})`;
    return `${literal(key)}, ${type.startsWith('numeric') ? `trim_scale(${value})` : value}`;
  });
  return `case when ${isGiven} then jsonb_strip_nulls(jsonb_build_object(${pairs.join(', ')})) end`;
}

/** A check that is done again finds the first row as it was gathered, and leaves what the first check said. */
function contradictions(fields: RunFields, gathered: Gathered, groups: string): string | null {
  const { dataset, rules } = fields;
  const ofRows = new Set([...entryFields(gathered), ...dataset.matchKeys]);
  const said = dataset.fields.filter(({ key }) => rules.mapped.has(key) && !ofRows.has(key));
  if (said.length === 0) return null;
  const values = said.map(({ key, label, custom }) => {
    const text =
      custom === undefined ? `s.${identifier(key)}::text` : `s.${customColumn} ->> ${literal(key)}`;
    return `(${literal(key)}, ${literal(label)}, left(${text}, 100))`;
  });
  return `${groups},
  said as (select m.kept, v.field, v.label, count(distinct v.value) as times, min(v.value) as one, max(v.value) as other
    from members m join staging.${dataset.key} s on s.tenant_id = $1 and s.import_id = $2 and s.row = m.row
    cross join lateral (values ${values.join(', ')}) v(field, label, value)
    where v.value is not null group by 1, 2, 3)
  insert into import_problems (tenant_id, import_id, row, field, code, details, warning)
  select $1, $2, said.kept, said.field, 'record.contradicts',
    jsonb_build_object('label', said.label, 'one', said.one, 'other', said.other), true
  from said where said.times > 1 and not exists (select from import_problems b
    where b.tenant_id = $1 and b.import_id = $2 and b.row = said.kept and b.field = said.field and b.code = 'record.contradicts')`;
}

function gather(fields: RunFields, gathered: Gathered, groups: string): string {
  const { dataset, rules } = fields;
  const table = `staging.${dataset.key}`;
  const entries = new Set(entryFields(gathered));
  const plain = [...rules.staged].filter((key) => dataset.field(key).custom === undefined);
  const columns = plain.map((key) => {
    const column = identifier(dataset.field(key).key);
    const filter = entries.has(key) ? 's.row = m.kept' : `s.${column} is not null`;
    const own = latestSql(column, filter);
    if (key !== gathered.field) return { column, sql: own };
    // A list that a row has itself stands. What is there from gathering before is made anew.
    const list = 'jsonb_agg(m.entry order by m.row) filter (where m.entry is not null)';
    return { column, sql: rules.mapped.has(key) ? `coalesce(${own}, ${list})` : list };
  });
  if (customFieldsOf(dataset).length > 0) columns.push({ column: customColumn, sql: mergedSql('s') });
  if ((rules.sparse?.size ?? 0) > 0) columns.push({ column: 'given', sql: givenByAny });
  const names = columns.map(({ column }) => column);
  return `${groups},
  records as materialized (select m.kept, ${columns.map(({ column, sql }) => `${sql} as ${column}`).join(', ')}
    from members m join ${table} s on s.tenant_id = $1 and s.import_id = $2 and s.row = m.row group by m.kept),
  gone as (delete from ${table} s using members m where s.tenant_id = $1 and s.import_id = $2 and s.row = m.row and m.row = m.kept
    returning s.chunk, s.row, s.new_id)
  insert into ${table} (tenant_id, import_id, chunk, row, new_id, ${names.join(', ')})
  select $1, $2, gone.chunk, gone.row, gone.new_id, ${names.map((name) => `w.${name}`).join(', ')}
  from gone join records r on r.kept = gone.row
  cross join lateral jsonb_populate_record(null::${table}, to_jsonb(r)) w`;
}
