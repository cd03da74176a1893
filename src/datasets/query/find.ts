/**
 * How an index is asked where a plain comparison would not ask it.
 *
 * What row security lets no index answer, a part of a text or a tag among others, is found by a function of the
 * database, which filters by the tenant itself and gives ids. The record is still seen under row security only.
 */
import { identifier, textArray } from '../../database/literal.ts';
import type { DatasetDefinition, FieldDefinition } from '../define-dataset.ts';
import type { RecordSql } from './record-sql.ts';

type Finder = NonNullable<DatasetDefinition['finder']>;

export interface Wanted {
  /** Each of them stands somewhere in the fields that are searched, whatever its case, or is a key of the record. */
  readonly words?: readonly string[];
  /** The record has each of them, whatever its case. */
  readonly tags?: readonly string[];
}

/** @returns SQL: whether the record is among those that have all of what is wanted. */
export function isFound({ name }: Finder, { words = [], tags = [] }: Wanted): string {
  return `r.id in (select f.id from ${name}(${textArray(words)}, ${textArray(tags)}, null) f(id))`;
}

/** Words that are looked for at once. */
export const wordsMax = 8;

/** What stands between blanks. */
export function wordsOf(text: string): string[] {
  return text
    .normalize('NFC')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/**
 * @param condition SQL that holds for a text of the field only where the text contains the value.
 * @returns the same, asked of those records alone that have the value's words in any of the fields searched: they are
 *   found by index. A word without three letters or digits in a row is no help, since the index knows texts by their
 *   trigrams.
 */
export function amongFound(record: RecordSql, key: string, value: string, condition: string): string {
  const { finder, searched = [] } = record.dataset;
  const words = wordsOf(value).filter((word) => /[\p{L}\p{N}]{3}/u.test(word));
  if (finder === undefined || !searched.includes(key) || words.length === 0) return condition;
  return `(${isFound(finder, { words: words.slice(0, wordsMax) })} and ${condition})`;
}

interface Asked {
  readonly record: RecordSql;
  readonly field: FieldDefinition;
}

/**
 * Which of several rows a record shows is found out record by record. The records of which any row is alike are found
 * by index before.
 * @param compare a condition on the column, as SQL.
 */
export function ofAnyRow({ record, field }: Asked, compare: (column: string) => string): string {
  const shown = compare(record.kept(field.key));
  const part = field.part === 'derived' ? undefined : record.dataset.part(field.part);
  if (part?.kind !== 'child') return shown;
  const column = `o.${identifier(field.column ?? field.key)}`;
  return `(r.id in (select o.${part.ownerColumn} from ${part.table} o where o.tenant_id = ${record.tenant} and ${compare(column)}) and ${shown})`;
}

/**
 * The whole number beside an amount says the same but for what lies beyond its ends: an index finds by it, and the amount
 * decides.
 * @param wanted SQL of an amount.
 */
export function boundOfAmount(
  { record, field }: Asked,
  operator: '=' | '<' | '<=' | '>' | '>=',
  wanted: string,
): string {
  const exact = `${record.kept(field.key)} ${operator} ${wanted}`;
  const scaled = record.scaled(field.key);
  if (scaled === undefined) return exact;
  const wide = { '=': '=', '<': '<=', '<=': '<=', '>': '>=', '>=': '>=' }[operator];
  const whole = `(least(greatest(${wanted}, -922337203685477.5807), 922337203685477.5807) * 10000)::bigint`;
  return `(${scaled} ${wide} ${whole} and ${exact})`;
}
