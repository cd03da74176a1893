/**
 * Undo of updates: the statement that gives the fields which a chunk of the run changed their earlier values back.
 * A field that somebody changed since keeps what it has, and so does one whose earlier value another record has by
 * now. What was added to a list is taken out of it again, whatever else came in since. The records are locked by then.
 *
 * `$1` tenant, `$2` import, `$3` phase, `$4` chunk, `$5` time, `$6` who, `$7` ids for the changes that undo writes,
 * one for each change of the chunk, `$8` secret for their salts.
 */
import { journalDigest } from '../../audit/changes.ts';
import { identifier, literal } from '../../database/literal.ts';
import { customColumn, withEntriesWhere } from '../../datasets/custom/stored-value.ts';
import type { Part } from '../../datasets/define-dataset.ts';
import { writtenParts } from '../commit/update-columns.ts';
import type { RunFields } from '../sql/run-fields.ts';
import {
  back,
  childId,
  earlier,
  isDeletedAgain,
  leading,
  mayGoBack,
  nowName,
  place,
  plainColumns,
  type Restorable,
  restorables,
} from './restorable.ts';
import { restorePart } from './restore-part.ts';
import { undoJournal } from './undo-journal.ts';

export interface RestoreResult {
  restored: number;
  /** Rows with the fields that were left alone. */
  left: { row: number; fields: string[] }[];
  digest: string | null;
}

/**
 * @param changed keys of the fields that change anywhere in the run's phase.
 * @param forced whether fields go back that somebody has changed since.
 */
export function restoreStatement(fields: RunFields, changed: ReadonlySet<string>, forced = false): string {
  const all = restorables(fields, changed);
  const lead = leading(all);
  const parts = writtenParts(
    fields,
    lead.map(({ field }) => field),
  );
  const ctes = [
    `w as (${restoreRoot(fields, all, lead)})`,
    ...parts.flatMap((part) => restorePart(fields, part, all)),
    `j as (${undoJournal(fields, all, parts)})`,
  ];
  return `with h as materialized (
  select ${['h.*', ...plainColumns(lead)].join(', ')}, row_number() over (order by h.id) as place from changes h
  where h.tenant_id = $1 and h.import_id = $2 and h.phase = $3 and h.chunk = $4),
b as materialized (${current(fields, all, lead, forced)}),
${ctes.join(',\n')}
select (select count(*)::int from b where b.goes) as restored,
  (select coalesce(jsonb_agg(jsonb_build_object('row', l.row, 'fields', l.fields) order by l.row), '[]') from (
    select b.row, array_remove(array[${leftAlone(fields, lead).join(', ')}]::text[], null) as fields from b) l
    where cardinality(l.fields) > 0) as left,
  ${journalDigest} as digest`;
}

/** Each changed record as it is now, and for each field whether it goes back. */
function current(
  fields: RunFields,
  all: readonly Restorable[],
  lead: readonly Restorable[],
  forced: boolean,
): string {
  const { dataset } = fields;
  const goes = lead.map(
    (one) => `(h.before ? ${literal(one.key)} and ${mayGoBack(fields, one, forced)}) as ${back(one)}`,
  );
  const any = ['g.back_deleted', ...lead.map((one) => `g.${back(one)}`)].join(' or ');
  return `select g.*, ${any} as goes from (
    select h.*,
      r.updated_at as now_updated_at, r.updated_by as now_updated_by, ${[
        ...(dataset.softDeletes ? ['r.deleted_at as now_deleted_at'] : []),
        ...all.map((one) => `${place(one)} as ${nowName(one)}`),
        `${isDeletedAgain(dataset, forced)} as back_deleted`,
        ...goes,
      ].join(',\n      ')}
    from h join lateral (select * from ${dataset.root.table} r where r.tenant_id = $1 and r.id = h.record_id limit 1) r on true
    ${partsBeside(fields, lead)} offset 0) g`;
}

function partsBeside(fields: RunFields, lead: readonly Restorable[]): string {
  return fields.dataset.parts
    .filter((part) => part.kind !== 'root' && lead.some((one) => one.part.key === part.key))
    .map((part) => `left join lateral (${partBeside(part)}) p_${part.key} on true`)
    .join('\n    ');
}

/** The row of the part that was written: the profile, the child or the note, or all names of the set. */
function partBeside(part: Part): string {
  if (part.kind === 'set')
    return `select coalesce(array_agg(n.name order by n.name), '{}') as names from ${part.table} m
      join ${part.names?.table} n on n.tenant_id = $1 and n.id = m.${part.names?.column} where m.tenant_id = $1 and m.${part.ownerColumn} = r.id`;
  const which = {
    append: 'o.id = h.id',
    child: `o.id = h.${childId(part.key)}`,
    profile: `o.${part.ownerColumn} = r.id`,
    root: 'false',
  }[part.kind];
  return `select * from ${part.table} o where o.tenant_id = $1 and ${which} limit 1`;
}

function restoreRoot(fields: RunFields, all: readonly Restorable[], lead: readonly Restorable[]): string {
  const { root, softDeletes } = fields.dataset;
  const sets = all
    .filter((one) => one.part.key === root.key && one.field.custom === undefined)
    .map(
      (one) =>
        `${identifier(one.column)} = case when b.${back(one)} then ${earlier(one)} else o.${identifier(one.column)} end`,
    );
  const custom = all.filter((one) => one.field.custom !== undefined);
  if (custom.length > 0) {
    const entries = custom.map((one) => ({ field: one.field, value: earlier(one), when: `b.${back(one)}` }));
    sets.push(`${customColumn} = ${withEntriesWhere(`o.${customColumn}`, entries)}`);
  }
  for (const one of lead.filter(({ part }) => part.countColumn !== undefined))
    sets.push(`${one.part.countColumn} = o.${one.part.countColumn} - (b.${back(one)})::int`);
  if (softDeletes)
    sets.push(
      `deleted_at = case when b.back_deleted then (b.before ->> 'deleted_at')::timestamptz else o.deleted_at end`,
      `deleted_by = case when b.back_deleted then (b.before ->> 'deleted_by')::uuid else o.deleted_by end`,
    );
  const untouched = `b.now_updated_at = (b.after ->> 'updated_at')::timestamptz`;
  sets.push(
    `updated_at = case when ${untouched} then (b.before ->> 'updated_at')::timestamptz else $5::timestamptz end`,
    `updated_by = case when ${untouched} then (b.before ->> 'updated_by')::uuid else $6::uuid end`,
  );
  return `update ${root.table} o set version = o.version + 1, ${sets.join(', ')} from b where b.goes and o.tenant_id = $1 and o.id = b.record_id`;
}

/** What stays as somebody has made it since, in words. */
function leftAlone(fields: RunFields, lead: readonly Restorable[]): string[] {
  const left = lead.map(
    (one) =>
      `case when b.before ? ${literal(one.key)} and not b.${back(one)} then ${literal(one.field.label)} end`,
  );
  if (!fields.dataset.softDeletes) return left;
  return [
    `case when b.before ? 'deleted_at' and b.now_deleted_at is null and not b.back_deleted then 'The restored record' end`,
    ...left,
  ];
}
