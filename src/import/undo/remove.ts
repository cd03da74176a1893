/**
 * Undo of creates: the statement that removes the records which a chunk of the run created. A record that somebody
 * changed since, or that has got records of its own, stays.
 *
 * The records are locked by then. `$1` tenant, `$2` import, `$3` chunk, `$4` time.
 */

import { identifier, literal, textArray } from '../../database/literal.ts';
import type { Dataset, FieldDefinition } from '../../datasets/define-dataset.ts';

export interface RemoveResult {
  removed: number;
  /** Rows whose record is there still. */
  kept: number[];
}

const createdRows = `select p.row, p.record_id from import_plan p
    where p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3 and p.outcome = 'create'`;

export interface RemoveOptions {
  /** SQL of other rows than those that the plan created, each with its record's id. */
  readonly rows?: string;
  /** A record goes though somebody has changed it since; with records of its own it stays all the same. */
  readonly forced?: boolean | undefined;
}

export function removeStatement(
  dataset: Dataset,
  { rows = createdRows, forced = false }: RemoveOptions = {},
): string {
  const { table } = dataset.root;
  const parts = dataset.parts.filter((part) => part.kind !== 'root');
  const gone = parts.map(
    (part) =>
      `x_${part.key} as (delete from ${part.table} o using gone where o.tenant_id = $1 and o.${part.ownerColumn} = gone.id)`,
  );
  const owner = dataset.partOf === undefined ? 'null::uuid' : `o.${dataset.partOf.ownerColumn}`;
  const unreferred = ownReferences(dataset).map((field) => `not ${isReferredTo(dataset, field)}`);
  return `with made as materialized (
  select p.row, c.* from (${rows}) p
  join lateral (select * from ${table} c where c.tenant_id = $1 and c.id = p.record_id limit 1) c on true),
gone as materialized (select c.row, c.id from made c where ${[mayGo(dataset, forced), ...unreferred].join(' and ')}),
${[...gone, `x_root as (delete from ${table} o using gone where o.tenant_id = $1 and o.id = gone.id returning o.id, ${owner} as owner_id)`, noted(dataset)].join(',\n')}
select (select count(*)::int from x_root) as removed,
  (select coalesce(array_agg(m.row order by m.row), '{}') from made m where m.row not in (select gone.row from gone)) as kept`;
}

/** A row that is gone tells nobody; exports of what changed list it, and take out anew what it was a part of. */
function noted({ key }: Dataset): string {
  return `noted as (insert into removed_records (tenant_id, dataset, record_id, owner_id, removed_at)
  select $1, ${literal(key)}, x_root.id, x_root.owner_id, $4::timestamptz from x_root
  on conflict (tenant_id, dataset, record_id) do update set owner_id = excluded.owner_id, removed_at = excluded.removed_at)`;
}

/** References of the dataset's records to each other. */
function ownReferences(dataset: Dataset): FieldDefinition[] {
  return dataset.fields.filter(
    (field) => field.reference?.dataset === dataset.key && field.importable === 'yes',
  );
}

function isReferredTo({ root }: Dataset, field: FieldDefinition): string {
  const column = identifier(field.column ?? field.key);
  return `exists (select from ${root.table} o where o.tenant_id = $1 and o.${column} = c.id and o.id <> c.id)`;
}

/** Whether the record `c` is as the run made it, unless forced, and nothing hangs on it but what the run hung there itself. */
function mayGo(dataset: Dataset, forced: boolean): string {
  // What the run made beside a record bears the record's own id.
  const children = dataset.parts
    .filter((part) => part.kind === 'child' || part.kind === 'append')
    .map(
      (part) =>
        `not exists (select from ${part.table} o where o.tenant_id = $1 and o.${part.ownerColumn} = c.id and o.id <> c.id)`,
    );
  const dependents = (dataset.dependents ?? []).map(
    ({ table, column }) =>
      `not exists (select from ${table} o where o.tenant_id = $1 and o.${column} = c.id)`,
  );
  const there = dataset.softDeletes ? ['c.deleted_at is null'] : [];
  const asMade = forced ? [] : [...there, isChangedBack(dataset)];
  return [...children, ...dependents, ...asMade].join(' and ') || 'true';
}

/**
 * Every write since is in the journal, which the version tells, and was taken back again: what each field had before
 * the first of them is what it has after the last.
 */
function isChangedBack(dataset: Dataset): string {
  const keys = textArray(dataset.fields.flatMap((field) => [field.key, field.normalColumn ?? field.key]));
  const own = `select f.key from custom_fields f where f.tenant_id = $1 and f.dataset = ${literal(dataset.key)}`;
  return `c.version = 1 + (select count(*) from (${changesOf(dataset)}) h where h.counts)
  and not exists (select from (
      select b.key, (array_agg(b.value order by h.id))[1] as first, (array_agg(h.after -> b.key order by h.id desc))[1] as last
      from (${changesOf(dataset)}) h cross join lateral jsonb_each(h.before) b where b.key = any (${keys}) or b.key in (${own}) group by b.key) f
    where f.first is distinct from f.last)`;
}

/** The changes of the record `c`, and whether each counts in its version. Another dataset may write to the same row as to a part. */
function changesOf(dataset: Dataset): string {
  const own = `select h.id, h.before, h.after, h.dataset = ${literal(dataset.key)} as counts
    from changes h where h.tenant_id = $1 and h.record_id = c.id`;
  const { partOf } = dataset;
  if (partOf === undefined) return own;
  return `${own} union all select h.id, h.before, h.after, true
    from changes h where h.tenant_id = $1 and h.record_id = c.${partOf.ownerColumn} and h.part_ids ->> ${literal(partOf.part)} = c.id::text`;
}

/**
 * References between records that the run created would hold each other: they are taken out first. A record that
 * stays keeps its reference, and so the record it refers to stays too, and so on. `$1` tenant, `$2` import.
 */
export function unlinkStatements(dataset: Dataset, forced = false): readonly string[] {
  return ownReferences(dataset).map((field) => {
    const column = identifier(field.column ?? field.key);
    const key = literal(field.key);
    return `with recursive made as materialized (
      select p.record_id as id, (p.refs -> 'later' ->> ${key})::uuid as target from import_plan p
      where p.tenant_id = $1 and p.import_id = $2 and p.outcome = 'create' and p.refs -> 'later' ? ${key}),
    referred as materialized (
      select distinct c.id from made c join ${dataset.root.table} o on o.tenant_id = $1 and o.${column} = c.id
      left join made m on m.id = o.id and m.target = c.id where m.id is null),
    staying as (
      select c.id from made m join ${dataset.root.table} c on c.tenant_id = $1 and c.id = m.id
      where not (${mayGo(dataset, forced)}) or exists (select from referred where referred.id = c.id)
      union
      select t.id from staying join made m on m.id = staying.id join made t on t.id = m.target)
    update ${dataset.root.table} o set ${column} = null from made m
    where o.tenant_id = $1 and o.id = m.id and o.${column} = m.target and not exists (select from staying where staying.id = o.id)`;
  });
}
