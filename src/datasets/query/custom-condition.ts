/** A condition on one of the tenant's own fields, answered by index where the field is filterable. */
import { identifier, literal } from '../../database/literal.ts';
import type { CustomType } from '../custom/custom-field.ts';
import { type IndexColumn, indexColumn, indexedAs } from '../custom/value-index.ts';
import type { FieldDefinition } from '../define-dataset.ts';
import type { Operator } from './filter-schema.ts';
import type { RecordSql } from './record-sql.ts';

export interface AskedOf {
  readonly record: RecordSql;
  readonly field: FieldDefinition;
  readonly operator: Operator;
  readonly values: readonly string[];
  /** A value as a literal of the field's type. */
  typed(value: string): string;
  /** Of a point in time that is asked for by a day: its beginning and its end. */
  day(value: string): { readonly from: string; readonly to: string } | undefined;
}

/**
 * The records that may be meant are found in `custom_values`, and what is found is compared as it is in the record.
 * Where nothing is sought that would stand there, all records are looked through, as for a field without an index.
 *
 * @param exact the condition as it is for any field.
 */
export function amongIndexed(of: AskedOf, exact: string): string {
  const { record, field } = of;
  const { custom } = field;
  const column = custom?.isIndexed === true ? indexColumn(field.type as CustomType) : null;
  const sought = column === null ? undefined : soughtIn(column, of);
  if (custom === undefined || sought === undefined) return exact;
  return `(r.id in (select v.record_id from custom_values v where v.tenant_id = ${record.tenant}
    and v.field_id = ${literal(custom.id)}::uuid${sought}) and ${exact})`;
}

/** As wide as the index is coarse: its bounds belong to what is found. */
function soughtIn(column: IndexColumn, { field, operator, values, typed, day }: AskedOf): string | undefined {
  const name = `v.${identifier(column)}`;
  const as = (sql: string): string => indexedAs(column, field.type as CustomType, sql);
  const from = (value: string): string => `${name} >= ${as(day(value)?.from ?? typed(value))}`;
  const to = (value: string): string => `${name} <= ${as(day(value)?.to ?? typed(value))}`;
  const same = (value: string): string =>
    day(value) === undefined ? `${name} = ${as(typed(value))}` : `(${from(value)} and ${to(value)})`;
  const anyOf = (several: readonly string[]): string =>
    several.some((value) => day(value) !== undefined)
      ? `(${several.map(same).join(' or ')})`
      : `${name} = any (array[${several.map((value) => as(typed(value))).join(', ')}])`;
  const [value = '', second = ''] = values;
  switch (operator) {
    case 'is':
      return ` and ${same(value)}`;
    case 'one_of':
      return ` and ${anyOf(values)}`;
    case 'has_tag':
    case 'has_tags':
      return ` and ${name} = ${as(literal(value))}`;
    case 'before':
    case 'less':
    case 'at_most':
      return ` and ${to(value)}`;
    case 'after':
    case 'greater':
    case 'at_least':
      return ` and ${from(value)}`;
    case 'between':
      return ` and ${from(value)} and ${to(second)}`;
    case 'not_empty':
      return '';
    default:
      return undefined;
  }
}
