/**
 * `custom_values`: the values of filterable fields in columns that an index may be asked by. Under row security only
 * leakproof comparisons ask one, which those of numeric and of JSON are not. A row there is a hint: texts are in small
 * letters and cut, numbers are rounded, so a condition on it finds all that it must and some more, and the record
 * itself is compared exactly.
 *
 * The rows of a record are always made anew from the record, in the transaction that wrote it and after it did.
 */
import { literal } from '../../database/literal.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import type { Dataset } from '../define-dataset.ts';
import type { CustomType } from './custom-field.ts';
import { customColumn, valueSql } from './stored-value.ts';

export interface IndexedField {
  readonly id: string;
  readonly key: string;
  readonly type: CustomType;
}

export type IndexColumn = 'text' | 'number' | 'time';

/** JSON is looked into by nobody. */
const columnByType: Readonly<Record<CustomType, IndexColumn | null>> = {
  text: 'text',
  email: 'text',
  phone: 'text',
  url: 'text',
  enum: 'text',
  tags: 'text',
  country: 'text',
  currency: 'text',
  timezone: 'text',
  uuid: 'text',
  boolean: 'text',
  integer: 'number',
  decimal: 'number',
  money: 'number',
  date: 'time',
  datetime: 'time',
  json: null,
};

export function indexColumn(type: CustomType): IndexColumn | null {
  return columnByType[type];
}

/** An index takes no more than some 2,700 bytes. */
const textMax = 200;

/** @param value SQL of the field's own type. @returns SQL of what stands in its column for it. */
export function indexedAs(column: IndexColumn, type: CustomType, value: string): string {
  if (column === 'text') return `left(lower((${value})::text), ${textMax})`;
  if (column === 'number') return `(${value})::double precision`;
  return type === 'date' ? `((${value})::timestamp at time zone 'UTC')` : value;
}

/**
 * Those of the dataset's fields whose values stand in `custom_values`, or are to. Held until the transaction ends, so
 * that a field which becomes filterable meanwhile waits until what is written here can be seen.
 *
 * @param among ids; deleted ones may be among them.
 */
export async function holdIndexed(
  tx: TenantTransaction,
  dataset: Dataset,
  among: readonly string[],
): Promise<readonly IndexedField[]> {
  const { rows } = await tx.query<IndexedField & Record<string, unknown>>(
    `select id, key, type from custom_fields where tenant_id = $1 and dataset = $2 and id = any ($3)
       and index_state in ('filling', 'ready') order by id for key share`,
    [tx.tenantId, dataset.key, among],
  );
  return rows;
}

/**
 * Makes the rows of some records anew. The records are locked by the transaction, or were written by it.
 *
 * @param records SQL of their ids, as `id`; `$1` is the tenant, the others as in `values`.
 */
export async function reindex(
  tx: TenantTransaction,
  { root }: Dataset,
  fields: readonly IndexedField[],
  records: { readonly sql: string; readonly values: readonly unknown[] },
): Promise<void> {
  if (fields.length === 0) return;
  const ids = fields.map(({ id }) => `${literal(id)}::uuid`).join(', ');
  const values = [tx.tenantId, ...records.values];
  await lookUp(tx, true);
  await tx.query(
    `with touched as materialized (${records.sql})
     delete from custom_values v using touched t
     where v.tenant_id = $1 and v.record_id = t.id and v.field_id = any (array[${ids}])`,
    values,
  );
  await tx.query(
    `with touched as materialized (${records.sql})
     insert into custom_values (tenant_id, record_id, field_id, place, text, number, time)
     select $1, r.id, v.* from touched t
     join lateral (select o.id, o.${customColumn} from ${root.table} o where o.tenant_id = $1 and o.id = t.id limit 1) r on true
     cross join lateral (${fields.flatMap(rowsOf).join(' union all ')}) v(field_id, place, text, number, time)`,
    values,
  );
  await lookUp(tx, false);
}

/** A tenant may have millions of rows there: those of a few records are looked up each, and never read as a whole. */
async function lookUp(tx: TenantTransaction, on: boolean): Promise<void> {
  const sets = on ? 'off' : 'on';
  await tx.query(
    `set local enable_nestloop = on; set local enable_hashjoin = ${sets}; set local enable_mergejoin = ${sets}`,
  );
}

/** Rows of the field for the record `r`. */
function rowsOf(field: IndexedField): string[] {
  const column = columnByType[field.type];
  if (column === null) return [];
  const key = literal(field.key);
  const isList = field.type === 'tags';
  const value = indexedAs(column, field.type, isList ? 'e.entry' : valueSql('r', field));
  const columns = {
    text: column === 'text' ? value : 'null::text',
    number: column === 'number' ? value : 'null::double precision',
    time: column === 'time' ? value : 'null::timestamptz',
  };
  const place = isList ? 'e.place::integer' : '0';
  const from = isList
    ? `from jsonb_array_elements_text(r.${customColumn} -> ${key}) with ordinality e(entry, place)`
    : `where r.${customColumn} ? ${key}`;
  return [
    `select ${literal(field.id)}::uuid, ${place}, ${columns.text}, ${columns.number}, ${columns.time} ${from}`,
  ];
}
