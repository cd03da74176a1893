/**
 * The names by which the update statement hands a record's columns from one of its parts to the next: each field's
 * value before and after, and those of the columns that are written along with it.
 */

import { identifier, literal, textArray } from '../../database/literal.ts';
import { decidedBy, type FieldDefinition, type Part } from '../../datasets/define-dataset.ts';
import type { RunFields } from '../sql/run-fields.ts';

/**
 * `commit` writes the records whose references are all there. `references` writes the others, after every record that
 * the run creates.
 */
export type UpdatePhase = 'commit' | 'references';

/** The time of writing, and who writes. */
export const at = '$4::timestamptz';
export const by = '$5::uuid';

/** What the root and each child bear of their last write. */
export const stamps = ['updated_at', 'updated_by'] as const;

/** Cut to what an identifier may hold. */
export function oldName(key: string): string {
  return identifier(`old_${key}`.slice(0, 63));
}

export function newName(key: string): string {
  return identifier(`new_${key}`.slice(0, 63));
}

/** Does the field change in the record that the alias stands for? */
export function changesIn(alias: string, field: FieldDefinition): string {
  return `${literal(field.key)} = any (${alias}.changed)`;
}

/** Profiles that belong to a kind of record, where what decides the kind is among the fields that change. */
function kindParts({ dataset }: RunFields, among: readonly FieldDefinition[]): readonly Part[] {
  const keys = new Set(among.map(({ key }) => key));
  return dataset.parts.filter((part) => {
    const deciding = decidedBy(part);
    return deciding.length > 0 && deciding.every((key) => keys.has(key));
  });
}

/** Parts beside the root that some row of the run may write to. */
export function writtenParts(fields: RunFields, among: readonly FieldDefinition[]): readonly Part[] {
  const kinds = kindParts(fields, among);
  return fields.dataset.parts.filter(
    (part) =>
      part.kind !== 'root' && (kinds.includes(part) || among.some((field) => field.part === part.key)),
  );
}

/** SQL: does the row of `w` change a field of the part, or make the record one of the kind that has it? */
export function touches(fields: RunFields, among: readonly FieldDefinition[], part: Part): string {
  const own = among.filter((field) => field.part === part.key).map((field) => field.key);
  const changes = own.length === 0 ? [] : [`w.changed && ${textArray(own)}`];
  if (!kindParts(fields, among).includes(part)) return changes.join('');
  const isOfKind = part.alwaysWhen?.((key) => `w.${newName(key)}`);
  return `(${[...changes, `w.changed && ${textArray(decidedBy(part))} and ${isOfKind}`].join(' or ')})`;
}

export interface Beside {
  readonly column: string;
  readonly old: string;
  readonly updated: string;
}

/** Columns written with the field: its normal form, and those that go along with it. */
export function besides(fields: RunFields, field: FieldDefinition): Beside[] {
  const found = (column: string): string =>
    fields.dataset.part(field.part).kind === 'root'
      ? `r.${identifier(column)}`
      : `p_${field.part}.${identifier(column)}`;
  const normal =
    field.normalColumn === undefined
      ? []
      : [
          {
            column: field.normalColumn,
            sql: normalOf(fields, field, field.normalColumn, found(field.normalColumn)),
          },
        ];
  const along = (field.alongside ?? []).map((beside) => ({
    column: beside.column,
    sql: beside.sql(fields.updated(field), at, found),
  }));
  return [...normal, ...along].map(({ column, sql }) => ({
    column,
    old: found(column),
    updated: `case when ${changesIn('p', field)} then ${sql} else ${found(column)} end`,
  }));
}

/** The staged normal form goes with the staged value; a field that is cleared loses both. */
function normalOf(fields: RunFields, field: FieldDefinition, column: string, old: string): string {
  return `case when ${fields.updated(field)} is null then null when ${fields.staged(field.key)} is not null then s.${identifier(column)} else ${old} end`;
}
