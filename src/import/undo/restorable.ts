/**
 * What undo may give back: the fields that a change wrote, and the columns written along with them. Names within the
 * statement: `h` is the change, `r` the root record, `p_<part>` the part of it that was written; within the writes,
 * `b` is the change with the values as they are now, under `now_<key>`, and `back_<field>` for each that goes back.
 */

import { identifier, literal } from '../../database/literal.ts';
import { storedSql } from '../../datasets/custom/stored-value.ts';
import type { Dataset, Exclusive, FieldDefinition, Part } from '../../datasets/define-dataset.ts';
import type { RunFields } from '../sql/run-fields.ts';

/** One column that undo may write. */
export interface Restorable {
  /** Key in the journal. */
  readonly key: string;
  /** The field whose fate it shares: its own, or the one it is written along with. */
  readonly field: FieldDefinition;
  readonly part: Part;
  readonly column: string;
  readonly sqlType: string;
}

/** @param changed keys of the fields that change anywhere in the run. */
export function restorables(fields: RunFields, changed: ReadonlySet<string>): Restorable[] {
  return fields.dataset.fields
    .filter((field) => changed.has(field.key))
    .flatMap((field) => {
      const part = fields.dataset.part(field.part);
      const own = {
        field,
        part,
        key: field.key,
        column: field.column ?? field.key,
        sqlType: fields.typeOf(field),
      };
      const beside = (column: string, sqlType: string): Restorable => ({
        ...own,
        key: column,
        column,
        sqlType,
      });
      return [
        own,
        ...(field.normalColumn === undefined ? [] : [beside(field.normalColumn, 'text')]),
        ...(field.alongside ?? []).map(({ column, sqlType }) => beside(column, sqlType)),
      ];
    });
}

/** The fields themselves, without what is written along. */
export function leading(all: readonly Restorable[]): Restorable[] {
  return all.filter((one) => one.key === one.field.key);
}

/** Whether the field goes back; a column that is written along shares it. */
export function back(one: Restorable): string {
  return identifier(`back_${one.field.key}`.slice(0, 63));
}

export function nowName(one: Restorable): string {
  return identifier(`now_${one.key}`.slice(0, 63));
}

/** What `h` has beside the change: what an index is asked by must be a column, and no expression over JSON. */
export function plainColumns(lead: readonly Restorable[]): string[] {
  const was = lead
    .filter(({ field }) => field.unique === true)
    .map(({ field }) => `h.before ->> ${literal(field.normalColumn ?? field.key)} as ${wasName(field)}`);
  const children = new Set(lead.filter(({ part }) => part.kind === 'child').map(({ part }) => part.key));
  const ids = [...children].map((key) => `(h.part_ids ->> ${literal(key)})::uuid as ${childId(key)}`);
  return [...was, ...ids];
}

function wasName(field: FieldDefinition): string {
  return identifier(`was_${field.key}`.slice(0, 63));
}

/** Which row of a child was written, in `h` and in `b`. */
export function childId(part: string): string {
  return identifier(`id_${part}`);
}

/** The value as it is now, outside of `b`. */
export function place(one: Restorable): string {
  if (one.field.custom !== undefined) return storedSql('r', one.field);
  if (one.part.kind === 'set') return `p_${one.part.key}.names`;
  return `${one.part.kind === 'root' ? 'r' : `p_${one.part.key}`}.${identifier(one.column)}`;
}

/**
 * A list goes back in any case: its additions are its own. Any other field does while it has the value that it was
 * given, unless another record has by now what it would get back. Forced, it does whatever value it has.
 */
export function mayGoBack(fields: RunFields, one: Restorable, forced: boolean): string {
  const { part, field } = one;
  if (field.custom?.isFrozen === true) return 'false';
  if (part.kind === 'set' || (part.kind === 'root' && isList(one))) return 'true';
  const isAsGiven = `coalesce(to_jsonb(${place(one)}), 'null') = coalesce(h.after -> ${literal(one.key)}, 'null')`;
  const conditions = [forced ? 'true' : isAsGiven];
  if (part.kind !== 'root') conditions.push(`p_${part.key}.tenant_id is not null`);
  if (field.unique === true) conditions.push(isFree(fields, one, forced));
  const exclusive = fields.dataset.exclusive?.find((candidate) => candidate.field === field.key);
  if (exclusive !== undefined) conditions.push(isUnclaimed(fields, one, exclusive));
  return conditions.join(' and ');
}

export function isList(one: Restorable): boolean {
  return one.sqlType === 'text[]';
}

/**
 * Among deleted records nothing need be unique. One that was restored and stays may have had a value of another record
 * of the chunk: that one, which was there, has more right to it.
 */
function isFree({ dataset }: RunFields, { field, column }: Restorable, forced: boolean): string {
  const { root, softDeletes } = dataset;
  const was = wasName(field);
  const compared = identifier(field.normalColumn ?? column);
  const live = softDeletes ? ' and x.deleted_at is null' : '';
  const taken = `exists (select from ${root.table} x where x.tenant_id = $1 and x.${compared} = h.${was} and x.id <> r.id${live})`;
  if (!softDeletes) return `not ${taken}`;
  const wanted = `exists (select from h other where other.${was} = h.${was} and other.id <> h.id)`;
  return `(r.deleted_at is not null or ${isDeletedAgain(dataset, forced)} or not ${taken} and not (h.before ? 'deleted_at' and ${wanted}))`;
}

/** A record that was restored is deleted again, unless somebody has written to it since. */
export function isDeletedAgain({ softDeletes }: Dataset, forced: boolean): string {
  if (softDeletes !== true) return 'false';
  const isUntouched = `r.updated_at = (h.after ->> 'updated_at')::timestamptz`;
  return `(h.before ? 'deleted_at' and r.deleted_at is null${forced ? '' : ` and ${isUntouched}`})`;
}

function isUnclaimed(fields: RunFields, one: Restorable, { within }: Exclusive): string {
  const owner = fields.columnOf(fields.dataset.field(within));
  return `not ((h.before -> ${literal(one.key)})::boolean and exists (select from ${fields.dataset.root.table} x
      where x.tenant_id = $1 and x.${owner} = r.${owner} and x.${identifier(one.column)} and x.id <> r.id))`;
}

/** The value that the field goes back to, within `b`. */
export function earlier(one: Restorable): string {
  const key = literal(one.key);
  if (one.sqlType === 'jsonb') return `nullif(b.before -> ${key}, 'null')`;
  if (!isList(one)) return `(b.before ->> ${key})::${one.sqlType}`;
  const list = (side: string): string => `array(select jsonb_array_elements_text(b.${side} -> ${key}))`;
  const now = `b.${nowName(one)}`;
  const kept = `select v, n from unnest(${now}) with ordinality u(v, n) where v = any (${list('before')}) or v <> all (${list('after')})`;
  const lost = `select v, n from unnest(${list('before')}) with ordinality u(v, n) where v <> all (${list('after')}) and v <> all (${now})`;
  const names = `array(select v from (${kept} union all ${lost}) l order by v)`;
  const inOrder = `array(select v from (${kept}) l order by n) || array(select v from (${lost}) l order by n)`;
  return `case when ${now} = ${list('after')} then ${list('before')} else ${one.part.kind === 'set' ? names : inOrder} end`;
}
