/**
 * Rows of one file that mean the same record: the same one found, or none and the same first key. The run's rule
 * says which counts; every other one is reported with the row that does.
 */
import { identifier } from '../../database/literal.ts';
import { customFieldsOf } from '../../datasets/custom/custom-field.ts';
import { customColumn, mergedSql } from '../../datasets/custom/stored-value.ts';
import type { RunFields } from '../sql/run-fields.ts';
import type { PlanCounts } from './plan-counts.ts';
import { firstKey, identityKey, type MatchPlan } from './targets.ts';

export type DuplicateRule = 'last' | 'first' | 'merge' | 'fail';

const alive = `('create', 'update', 'unchanged')`;

/** Rows in question with their group: `row`, `meaning`. The keys that stand once are set aside before any sorting. */
function groups(match: MatchPlan, { rows }: PlanCounts): string | null {
  const isFound = rows.update + rows.unchanged > 0;
  const kinds = [isFound ? foundGroups : null, rows.create > 0 ? createdGroups(match) : null];
  return kinds.filter((kind) => kind !== null).join(' union all ') || null;
}

const foundGroups = `select p.row, 'record ' || p.record_id as meaning from import_plan p
  join (select record_id from import_plan where tenant_id = $1 and import_id = $2 and outcome in ('update', 'unchanged')
    group by record_id having count(*) > 1) d on d.record_id = p.record_id
  where p.tenant_id = $1 and p.import_id = $2 and p.outcome in ('update', 'unchanged')`;

function createdGroups(match: MatchPlan): string | null {
  const staging = `staging.${match.dataset.key} s`;
  const planned = `import_plan p on p.tenant_id = $1 and p.import_id = $2 and p.chunk = s.chunk and p.row = s.row and p.outcome = 'create'`;
  const identity = identityKey(match.dataset);
  if (identity !== null)
    return `select p.row, ${identity} as meaning from ${staging} join ${planned} where s.tenant_id = $1 and s.import_id = $2`;
  const key = firstKey(match);
  if (key === null) return null;
  // Eight bytes a key instead of the key: measured 0.6 s instead of 2.1 s for a million. Keys are compared afterwards.
  const hash = `hashtextextended(${key}, 0)`;
  return `select p.row, ${key} as meaning from
      (select ${hash} as hash from ${staging} where s.tenant_id = $1 and s.import_id = $2 group by 1 having count(*) > 1) d
      join ${staging} on ${hash} = d.hash and s.tenant_id = $1 and s.import_id = $2 and ${key} is not null join ${planned}`;
}

/**
 * Every group of two rows or more: `rows` in file order, the one that is `kept`, and the first few as they are `shown`.
 * Null when no row of the plan can be in one.
 */
export function duplicateGroups(match: MatchPlan, rule: DuplicateRule, counts: PlanCounts): string | null {
  const members = groups(match, counts);
  if (members === null) return null;
  const kept = rule === 'first' ? 'min' : 'max';
  const shown = `array_to_string((array_agg(row order by row))[1:10], ', ')`;
  return `select meaning, array_agg(row order by row) as rows, ${kept}(row) as kept, ${shown} as shown
    from (${members}) g group by meaning having count(*) > 1`;
}

/**
 * Sets the losers among the groups aside, or fails all of them. `$1` tenant, `$2` import. No member has the rows of its
 * group beside it: 200,000 rows of one e-mail address would be 320 GB.
 */
export function settleDuplicates(groups: string, rule: DuplicateRule): string {
  const failing = rule === 'fail';
  return `with doubled as materialized (${groups}),
  members as materialized (select unnest(d.rows) as row, d.kept, d.shown, d.meaning from doubled d)
  update import_plan p set
    outcome = '${failing ? 'fail' : 'skip'}', code = '${failing ? 'duplicate.in_file' : 'skip.duplicate'}', changed = null,
    details = ${
      failing
        ? `jsonb_build_object('label', 'The key', 'value', left(replace(m.meaning, E'\\x1f', ', '), 100), 'rows', m.shown)`
        : `jsonb_build_object('kept', m.kept)`
    }
  from members m
  where p.tenant_id = $1 and p.import_id = $2 and p.row = m.row and p.outcome in ${alive}${failing ? '' : ' and m.row <> m.kept'}`;
}

/**
 * Merges the rows of each group into the one that is kept: a later row's value stands before an earlier one's, and
 * a blank never covers a value. The merged row takes the kept one's place in staging; its plan is made anew.
 */
export function mergeDuplicates(groups: string, fields: RunFields): string {
  const table = `staging.${fields.dataset.key}`;
  const columns = mergedColumns(fields);
  const merged = columns.map(
    ({ name, goesWith }) => `${latestSql(name, `s.${goesWith} is not null`)} as ${name}`,
  );
  if (customFieldsOf(fields.dataset).length > 0) {
    merged.push(`${mergedSql('s')} as ${customColumn}`);
    columns.push({ name: customColumn, goesWith: customColumn });
  }
  if ((fields.rules.sparse?.size ?? 0) > 0) {
    merged.push(`${givenByAny} as given`);
    columns.push({ name: 'given', goesWith: 'given' });
  }
  const names = columns.map(({ name }) => name);
  return `with doubled as materialized (${groups}),
  members as materialized (select unnest(d.rows) as row, d.kept from doubled d),
  m as materialized (select g.kept, ${merged.join(', ')} from members g
    join ${table} s on s.tenant_id = $1 and s.import_id = $2 and s.row = g.row group by g.kept),
  gone as (delete from ${table} s using members g where s.tenant_id = $1 and s.import_id = $2 and s.row = g.row and g.row = g.kept
    returning s.chunk, s.row, s.new_id)
  insert into ${table} (tenant_id, import_id, chunk, row, new_id, ${names.join(', ')})
  select $1, $2, gone.chunk, gone.row, gone.new_id, ${names.map((name) => `w.${name}`).join(', ')}
  from gone join m on m.kept = gone.row
  cross join lateral jsonb_populate_record(null::${table}, to_jsonb(m)) w`;
}

/**
 * The value of a column, as jsonb, in the last of the rows `s` that a condition lets through. Rows are compared by their
 * numbers as texts of one length; the greatest of them is all that is kept, where a list of all would be as long as the
 * file (measured: 200,000 rows of one key, 448 MB).
 */
export function latestSql(column: string, condition: string): string {
  return `((max(array[lpad(s.row::text, 12, '0'), to_jsonb(s.${column})::text]) filter (where ${condition}))[2])::jsonb`;
}

/** Fields that any of the rows `s` has, of rows that are made one. */
export const givenByAny = `string_to_array(string_agg(array_to_string(s.given, ' '), ' '), ' ')`;

/**
 * Staging columns that the run fills. One that was made of another (a phone's normal form, the last name within a
 * full name) is taken from the row from which that other is.
 */
function mergedColumns({ dataset, rules }: RunFields): { name: string; goesWith: string }[] {
  return dataset.fields
    .filter((field) => rules.staged.has(field.key) && field.custom === undefined)
    .flatMap((field) => {
      const source = rules.mapped.has(field.key) ? field.key : (field.impliedBy?.field ?? field.key);
      const own = { name: identifier(field.key), goesWith: identifier(source) };
      const normal = field.normalColumn;
      return normal === undefined ? [own] : [own, { ...own, name: identifier(normal) }];
    });
}
