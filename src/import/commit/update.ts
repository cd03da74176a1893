/**
 * Commit's statement for the records of one chunk that change. It writes the new values to each record that still has
 * the version that was checked, and keeps what was there in the journal, all in one statement. The write asks for the
 * version again: a record that somebody writes at the same moment has another one by then, and is not written.
 *
 * `$1` tenant, `$2` import, `$3` chunk, `$4` time, `$5` who, `$6` secret of the chunk for the salts.
 */
import { journalDigest } from '../../audit/changes.ts';
import { identifier, literal, textArray } from '../../database/literal.ts';
import { customColumn, withEntries } from '../../datasets/custom/stored-value.ts';
import type { FieldDefinition, Part } from '../../datasets/define-dataset.ts';
import { stagedOwnReferences } from '../check/references.ts';
import { namesPart, partJoins } from '../sql/part-joins.ts';
import type { RunFields } from '../sql/run-fields.ts';
import {
  at,
  besides,
  by,
  changesIn,
  newName,
  oldName,
  stamps,
  touches,
  type UpdatePhase,
  writtenParts,
} from './update-columns.ts';
import { updateJournal } from './update-journal.ts';

export interface UpdateResult {
  updated: number;
  /** Rows whose record had changed since, or whose new value was taken. */
  missed: number[];
  /** sha256 over the digests of the changes in the order of their ids, hexadecimal; null when there are none. */
  digest: string | null;
}

export interface UpdateOptions {
  /** Keys of the fields that change in some row of the run; the others are not touched. */
  readonly changed: ReadonlySet<string>;
  readonly phase: UpdatePhase;
}

export function updateStatement(fields: RunFields, { changed, phase }: UpdateOptions): string {
  const among = fields.changing.filter((field) => changed.has(field.key));
  const ofPart = (part: Part): readonly FieldDefinition[] => among.filter((field) => field.part === part.key);
  const parts = writtenParts(fields, among).flatMap((part) =>
    writePart(fields, part, ofPart(part), touches(fields, among, part)),
  );
  const planned = `p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3 and p.outcome = 'update'${inPhase(fields, phase)}`;
  return `with todo as materialized (select p.row from import_plan p where ${planned}),
b as materialized (${before(fields, among)}
  where ${planned}${phase === 'references' ? targetsAreThere(fields) : ''}${notTaken(fields, among)}),
w as (${writeRoot(fields, among)})${parts.map((cte) => `,\n${cte}`).join('')},
j as (${updateJournal(fields, among, phase)})
select (select count(*)::int from w) as updated,
  (select coalesce(array_agg(t.row order by t.row), '{}') from todo t where t.row not in (select w.row from w)) as missed,
  ${journalDigest} as digest`;
}

/** Only a dataset that refers to itself has rows that wait for others. */
function inPhase(fields: RunFields, phase: UpdatePhase): string {
  if (stagedOwnReferences(fields).length === 0) return '';
  return ` and ${phase === 'commit' ? 'not ' : ''}coalesce(p.refs ? 'later', false)`;
}

/** A record that was to be created, and was not, leaves the rows that refer to it out. */
function targetsAreThere({ dataset }: RunFields): string {
  return `
    and not exists (select from (select value::uuid as id from jsonb_each_text(p.refs -> 'later') offset 0) l
      where not exists (select from ${dataset.root.table} x where x.tenant_id = $1 and x.id = l.id))`;
}

/** Old and new value of each field, beside the record's own columns that the journal and the write need. */
function before(fields: RunFields, among: readonly FieldDefinition[]): string {
  const { dataset } = fields;
  const values = among.flatMap((field) => [
    `${fields.old(field)} as ${oldName(field.key)}`,
    `${newValue(fields, field)} as ${newName(field.key)}`,
    ...besides(fields, field).flatMap((beside) => [
      `${beside.old} as ${oldName(beside.column)}`,
      `${beside.updated} as ${newName(beside.column)}`,
    ]),
  ]);
  const own = [
    'r.updated_at as old_updated_at',
    'r.updated_by as old_updated_by',
    ...(dataset.softDeletes ? ['r.deleted_at as old_deleted_at', 'r.deleted_by as old_deleted_by'] : []),
  ];
  const written = writtenParts(fields, among);
  const present = written.flatMap((part) => {
    if (part.kind === 'profile') return [`p_${part.key}.tenant_id is not null as has_${part.key}`];
    if (part.kind !== 'child') return [];
    const found = (column: string): string => `p_${part.key}.${column}`;
    return [
      `${found('id')} as id_${part.key}`,
      ...stamps.map((column) => `${found(column)} as ${oldName(`${part.key}.${column}`)}`),
    ];
  });
  const joined = dataset.parts.filter(
    (part) =>
      written.includes(part) || (fields.touched.includes(part) && values.some((sql) => namesPart(sql, part))),
  );
  return `select p.row, p.record_id as id, p.version, p.changed, s.new_id, ${[...own, ...present, ...values].join(',\n    ')}
  from import_plan p
  join lateral (select * from staging.${dataset.key} s
    where s.tenant_id = $1 and s.import_id = $2 and s.chunk = $3 and s.row = p.row limit 1) s on true
  join lateral (select * from ${dataset.root.table} r
    where r.tenant_id = $1 and r.id = p.record_id and r.version = p.version limit 1) r on true
  ${partJoins(fields, 'rows', joined)}`;
}

/** A part may change without its record's version: only what the plan says is written to it. */
function newValue(fields: RunFields, field: FieldDefinition): string {
  const updated = fields.updated(field);
  const { kind } = fields.dataset.part(field.part);
  if (kind !== 'profile' && kind !== 'child') return updated;
  return `case when ${changesIn('p', field)} then ${updated} else ${fields.old(field)} end`;
}

/** Somebody may have taken a unique value since the check: that row is left out, and reported. */
function notTaken(fields: RunFields, among: readonly FieldDefinition[]): string {
  const { dataset } = fields;
  const live = dataset.softDeletes ? ' and h.deleted_at is null' : '';
  const taken = (column: string, value: string): string =>
    `exists (select from ${dataset.root.table} h where h.tenant_id = $1 and h.${column} = ${value} and h.id <> p.record_id${live})`;
  const conditions = dataset.fields
    .filter((field) => field.unique === true)
    .flatMap((field) => {
      const column = identifier(field.normalColumn ?? field.column ?? field.key);
      const changes = changesIn('p', field);
      // A value that changes is the staged one: by a plain column the index can be asked.
      const written = `s.${identifier(field.normalColumn ?? field.key)}`;
      return [
        ...(among.includes(field) && fields.ruleOf(field) !== 'clear'
          ? [`not (${changes} and ${taken(column, written)})`]
          : []),
        // A restored record brings back what it had.
        ...(dataset.softDeletes
          ? [`not (r.deleted_at is not null and not ${changes} and ${taken(column, `r.${column}`)})`]
          : []),
      ];
    });
  return conditions.map((condition) => `\n    and ${condition}`).join('');
}

function writeRoot(fields: RunFields, among: readonly FieldDefinition[]): string {
  const { root, parts, softDeletes } = fields.dataset;
  const sets = among
    .filter((field) => field.part === root.key && field.custom === undefined)
    .flatMap((field) => assignments(fields, field, 'b'));
  const custom = among.filter((field) => field.custom !== undefined);
  if (custom.length > 0) {
    const entries = custom.map((field) => ({ field, value: `b.${newName(field.key)}` }));
    sets.push(`${customColumn} = ${withEntries(`o.${customColumn}`, entries)}`);
  }
  for (const part of parts.filter((candidate) => candidate.countColumn !== undefined)) {
    const counted = among.find((field) => field.part === part.key);
    if (counted !== undefined)
      sets.push(`${part.countColumn} = o.${part.countColumn} + (${changesIn('b', counted)})::int`);
  }
  if (softDeletes) sets.push('deleted_at = null', 'deleted_by = null');
  return `update ${root.table} o set version = o.version + 1, updated_at = ${at}, updated_by = ${by}${sets.map((set) => `, ${set}`).join('')}
  from b where o.tenant_id = $1 and o.id = b.id and o.version = b.version returning b.*`;
}

function assignments(fields: RunFields, field: FieldDefinition, from: 'b' | 'w'): string[] {
  return [
    `${fields.columnOf(field)} = ${from}.${newName(field.key)}`,
    ...besides(fields, field).map(({ column }) => `${identifier(column)} = ${from}.${newName(column)}`),
  ];
}

function writePart(
  fields: RunFields,
  part: Part,
  own: readonly FieldDefinition[],
  isTouched: string,
): string[] {
  if (part.kind === 'append')
    return own.map((field) => `add_${part.key} as (${appendRow(fields, part, field)})`);
  if (part.kind === 'set') return own.flatMap((field) => writeMembers(part, field));
  const add = `add_${part.key} as (${insertPart(fields, part, own, isTouched)})`;
  if (own.length === 0) return [add];
  const changes = `w.changed && ${textArray(own.map((field) => field.key))}`;
  return [`set_${part.key} as (${updatePart(fields, part, own, changes)})`, add];
}

function updatePart(fields: RunFields, part: Part, own: readonly FieldDefinition[], changes: string): string {
  const sets = own.flatMap((field) => assignments(fields, field, 'w'));
  if (part.kind === 'child') sets.push('version = o.version + 1', `updated_at = ${at}`, `updated_by = ${by}`);
  const mine = part.kind === 'child' ? `o.id = w.id_${part.key}` : `o.${part.ownerColumn} = w.id`;
  return `update ${part.table} o set ${sets.join(', ')} from w where o.tenant_id = $1 and ${mine} and ${changes}`;
}

/** A part that the record had not: it comes into being with the new values, and the defaults of the rest. */
function insertPart(
  fields: RunFields,
  part: Part,
  own: readonly FieldDefinition[],
  isTouched: string,
): string {
  const columns = new Map<string, string>();
  const others = fields.dataset.fields.filter(
    (field) => field.part === part.key && typeof field.default === 'string',
  );
  for (const field of others)
    columns.set(field.column ?? field.key, `${literal(String(field.default))}::${fields.typeOf(field)}`);
  for (const field of own) columns.set(field.column ?? field.key, `w.${newName(field.key)}`);
  const of = (key: string): string =>
    own.some((field) => field.key === key)
      ? `w.${newName(key)}`
      : (columns.get(fields.dataset.field(key).column ?? key) ?? 'null');
  for (const [column, sql] of Object.entries(part.fixed?.(of, at, by) ?? {})) columns.set(column, sql);
  const isChild = part.kind === 'child';
  const names = ['tenant_id', ...(isChild ? ['id'] : []), part.ownerColumn ?? '', ...columns.keys()];
  const values = ['$1', ...(isChild ? ['w.new_id'] : []), 'w.id', ...columns.values()];
  const missing = isChild ? `w.id_${part.key} is null` : `not w.has_${part.key}`;
  return `insert into ${part.table} (${names.map(identifier).join(', ')}) select ${values.join(', ')} from w where ${missing} and ${isTouched}`;
}

function appendRow(fields: RunFields, part: Part, field: FieldDefinition): string {
  return `insert into ${part.table} (tenant_id, id, ${part.ownerColumn}, ${fields.columnOf(field)}, created_at, created_by)
  select $1, w.new_id, w.id, w.${newName(field.key)}, ${at}, ${by} from w where ${changesIn('w', field)}`;
}

function writeMembers(part: Part, field: FieldDefinition): string[] {
  const [old, updated] = [`w.${oldName(field.key)}`, `w.${newName(field.key)}`];
  const member = `o.tenant_id = $1 and o.${part.ownerColumn} = w.id`;
  const named = (list: string): string => `n.tenant_id = $1 and n.name = any (${list})`;
  return [
    `leave_${part.key} as (delete from ${part.table} o using w, ${part.names?.table} n
  where ${member} and n.id = o.${part.names?.column} and ${named(old)} and n.name <> all (${updated}) and ${changesIn('w', field)})`,
    `join_${part.key} as (insert into ${part.table} (tenant_id, ${part.ownerColumn}, ${part.names?.column})
  select $1, w.id, n.id from w join ${part.names?.table} n on ${named(updated)} and n.name <> all (${old})
  where ${changesIn('w', field)})`,
  ];
}
