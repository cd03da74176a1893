/** The journal of the update statement: one change for each record that was written, the relation `w`. */
import { journalStatement } from '../../audit/changes.ts';
import { literal, textArray } from '../../database/literal.ts';
import type { FieldDefinition, Part } from '../../datasets/define-dataset.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { at, besides, by, changesIn, newName, oldName, stamps, type UpdatePhase } from './update-columns.ts';

export function updateJournal(
  fields: RunFields,
  among: readonly FieldDefinition[],
  phase: UpdatePhase,
): string {
  const parts = fields.touched.filter((part) => among.some((field) => field.part === part.key));
  const children = parts.filter((part) => part.kind === 'child');
  return journalStatement({
    dataset: literal(fields.dataset.key),
    phase: literal(phase),
    chunk: '$3',
    by,
    at,
    secret: '$6',
    changes: `select w.new_id as id, w.id as record_id, w.row,
      ${sideOf(fields, among, children, 'before')} as before,
      ${sideOf(fields, among, children, 'after')} as after,
      ${partsCreated(among, parts)} as parts_created, ${partIds(among, children)} as part_ids from w`,
  });
}

/** A jsonb object of the columns that change, as they were or as they are. */
function sideOf(
  fields: RunFields,
  among: readonly FieldDefinition[],
  children: readonly Part[],
  side: 'before' | 'after',
): string {
  const name = side === 'before' ? oldName : newName;
  const values = among.map((field) => {
    const keys = [field.key, ...besides(fields, field).map(({ column }) => column)];
    return when(changesIn('w', field), object(keys.map((key) => [key, `w.${name(key)}`])));
  });
  const stamped = (prefix: string): [string, string][] =>
    stamps.map((stamp) => [
      `${prefix}${stamp}`,
      side === 'before' ? `w.${oldName(`${prefix}${stamp}`)}` : stamp === 'updated_at' ? at : by,
    ]);
  const ofChildren = children.map((part) => when(touches(among, part), object(stamped(`${part.key}.`))));
  return [object(stamped('')), ...values, ...ofChildren, ...restored(fields, side)].join(' || ');
}

function restored({ dataset }: RunFields, side: 'before' | 'after'): string[] {
  if (!dataset.softDeletes) return [];
  const value = (column: string): string => (side === 'before' ? `w.old_${column}` : 'null');
  return [
    when(
      'w.old_deleted_at is not null',
      object(['deleted_at', 'deleted_by'].map((column) => [column, value(column)])),
    ),
  ];
}

function when(condition: string, value: string): string {
  return `case when ${condition} then ${value} else '{}' end`;
}

function object(entries: readonly (readonly [key: string, sql: string])[]): string {
  return `jsonb_build_object(${entries.map(([key, sql]) => `${literal(key)}, ${sql}`).join(', ')})`;
}

/** Does the row change any field of the part? */
function touches(among: readonly FieldDefinition[], part: Part): string {
  const own = among.filter((field) => field.part === part.key).map((field) => field.key);
  return `w.changed && ${textArray(own)}`;
}

function partsCreated(among: readonly FieldDefinition[], parts: readonly Part[]): string {
  const made = parts
    .filter((part) => part.kind !== 'set')
    .map((part) => `case when ${isMissing(part)} and ${touches(among, part)} then ${literal(part.key)} end`);
  return made.length === 0 ? `'{}'::text[]` : `array_remove(array[${made.join(', ')}]::text[], null)`;
}

function isMissing(part: Part): string {
  if (part.kind === 'append') return 'true';
  return part.kind === 'child' ? `w.id_${part.key} is null` : `not w.has_${part.key}`;
}

/** Of which of several rows the fields of a child are. */
function partIds(among: readonly FieldDefinition[], children: readonly Part[]): string {
  if (children.length === 0) return 'null::jsonb';
  const ids = children.map((part) =>
    when(touches(among, part), object([[part.key, `coalesce(w.id_${part.key}, w.new_id)`]])),
  );
  return `nullif(${ids.join(' || ')}, '{}')`;
}
