/**
 * How the value of a tenant's own field is kept: canonical, under its key in the JSON column `custom` of the record.
 * Numbers and booleans are JSON's own, a list is an array, JSON stands as it is, and anything else is its canonical
 * text. A blank has no key. Two values are equal when their JSON is.
 *
 * An import moves values as they are kept (`storedSql`), which spares it every conversion; whoever shows, filters or
 * sorts reads them as their type (`valueSql`).
 */
import { literal, textArray } from '../../database/literal.ts';
import type { FieldTypeName } from '../../field-types/field-type.ts';
import { arrayElements, arrayLiteral } from '../../field-types/postgres-array.ts';
import { fieldType } from '../../field-types/registry.ts';
import type { Dataset, FieldDefinition } from '../define-dataset.ts';

type Typed = Pick<FieldDefinition, 'key' | 'type'>;

/** Of the root of a record, and of the staged row. */
export const customColumn = 'custom';

const plainJson: ReadonlySet<FieldTypeName> = new Set(['integer', 'decimal', 'money', 'boolean', 'json']);

/** @param text canonical, as the field's type reads it. @returns JSON. */
export function storedJson({ type }: Typed, text: string): string {
  if (plainJson.has(type)) return text;
  return JSON.stringify(type === 'tags' ? arrayElements(text) : text);
}

/** The opposite of `storedJson`. @param json the value under the key, as PostgreSQL writes it. */
export function canonicalText({ type }: Typed, json: string): string {
  if (plainJson.has(type)) return json;
  const value: unknown = JSON.parse(json);
  return type === 'tags' ? arrayLiteral(value as string[]) : (value as string);
}

/** The SQL type in which an import moves the value: a list can be added to, anything else is one value. */
export function storedType({ type }: Typed): 'jsonb' | 'text[]' {
  return type === 'tags' ? 'text[]' : 'jsonb';
}

/** @param row alias of the record's root. @returns the value as it is kept; null where there is none, of a list `{}`. */
export function storedSql(row: string, field: Typed): string {
  const value = `${row}.${customColumn} -> ${literal(field.key)}`;
  return field.type === 'tags' ? `array(select jsonb_array_elements_text(${value}))` : `(${value})`;
}

/** The same of a staged row: a list is null where the row has none. */
export function stagedSql(row: string, field: Typed): string {
  const stored = storedSql(row, field);
  if (field.type !== 'tags') return stored;
  return `case when ${row}.${customColumn} ? ${literal(field.key)} then ${stored} end`;
}

/** @returns the value as its type has it, null where there is none, of a list `{}`. */
export function valueSql(row: string, field: Typed): string {
  const { sqlType } = fieldType(field.type);
  if (sqlType === 'jsonb' || sqlType === 'text[]') return storedSql(row, field);
  const text = `(${row}.${customColumn} ->> ${literal(field.key)})`;
  return sqlType === 'text' ? text : `${text}::${sqlType}`;
}

export interface StoredEntry {
  readonly field: Typed;
  /** SQL of the value, of its `storedType`. */
  readonly value: string;
}

/** SQL of the object `before` with each entry's value in the place of what it has under the key; nothing of blanks. */
export function withEntries(before: string, entries: readonly StoredEntry[]): string {
  if (entries.length === 0) return before;
  const keys = textArray(entries.map(({ field }) => field.key));
  // Within JSON a null is a value.
  const [ofJson, others] = [true, false].map((isJson) =>
    entries.filter(({ field }) => (field.type === 'json') === isJson),
  ) as [StoredEntry[], StoredEntry[]];
  const objects = [
    ...(others.length === 0 ? [] : [`jsonb_strip_nulls(${objectSql(others.map(memberOf))})`]),
    ...ofJson.map(
      (entry) => `case when ${entry.value} is null then '{}' else ${objectSql([memberOf(entry)])} end`,
    ),
  ];
  return `(${before} - ${keys}) || ${objects.join(' || ')}`;
}

/** The same for those of the entries for which `when` holds. */
export function withEntriesWhere(
  before: string,
  entries: readonly (StoredEntry & { readonly when: string })[],
): string {
  const rows = entries.map((entry) => {
    const [key, json] = memberOf(entry);
    return `(${literal(key)}, ${json}, ${entry.when})`;
  });
  const counting = `from (values ${rows.join(', ')}) c(key, value, counts) where c.counts`;
  return `(${before} - array(select c.key ${counting})) || (select coalesce(jsonb_object_agg(c.key, c.value), '{}') ${counting} and c.value is not null)`;
}

function memberOf({ field, value }: StoredEntry): readonly [key: string, sql: string] {
  return [field.key, storedType(field) === 'text[]' ? `nullif(to_jsonb(${value}), '[]')` : value];
}

/** A function takes a hundred arguments. */
const membersAtOnce = 50;

/** SQL of an object, of any number of members. */
export function objectSql(members: readonly (readonly [key: string, sql: string])[]): string {
  const pieces: string[] = [];
  for (let at = 0; at < members.length; at += membersAtOnce) {
    const some = members.slice(at, at + membersAtOnce).map(([key, sql]) => `${literal(key)}, ${sql}`);
    pieces.push(`jsonb_build_object(${some.join(', ')})`);
  }
  return pieces.length === 1 ? pieces.join('') : `(${pieces.join(' || ')})`;
}

/**
 * SQL of an aggregate: the staged objects of several rows as one, in which the value of the last row that has one
 * stands. Null where no row has any.
 */
export function mergedSql(row: string): string {
  const objects = `array_agg(${row}.${customColumn} order by ${row}.row) filter (where ${row}.${customColumn} is not null)`;
  return `(select jsonb_object_agg(e.key, e.value order by o.place)
    from unnest(${objects}) with ordinality o(value, place), jsonb_each(o.value) e)`;
}

/** How a row's values become columns of staging. */
export interface Packing {
  readonly columns: readonly string[];
  /** Gives back what it was given where there is nothing to pack; else an array that is used again for the next row. */
  pack(values: readonly (string | null)[]): readonly (string | null)[];
}

/** @param staged keys of the values in their order. Those of the tenant's own fields become one object, the last column. */
export function packing(dataset: Dataset, staged: readonly string[]): Packing {
  const own = staged.map((key) =>
    dataset.has(key) && dataset.field(key).custom ? dataset.field(key) : null,
  );
  if (own.every((field) => field === null)) return { columns: staged, pack: (values) => values };
  const plain = staged.flatMap((_, slot) => (own[slot] === null ? [slot] : []));
  const packed = own.flatMap((field, slot) =>
    field === null ? [] : [{ slot, field, name: `${JSON.stringify(field.key)}:` }],
  );
  const row = new Array<string | null>(plain.length + 1).fill(null);
  return {
    columns: [...plain.map((slot) => staged[slot] as string), customColumn],
    pack: (values) => {
      for (let at = 0; at < plain.length; at += 1) row[at] = values[plain[at] as number] ?? null;
      let members = '';
      for (const { slot, field, name } of packed) {
        const value = values[slot] ?? null;
        if (value !== null) members += `${members === '' ? '' : ','}${name}${storedJson(field, value)}`;
      }
      row[plain.length] = members === '' ? null : `{${members}}`;
      return row;
    },
  };
}
