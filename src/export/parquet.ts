/**
 * Exports as Parquet: COPY writes lines of values, and `file-formats/parquet` makes them columns with types. It is for
 * programs, and so has the profile `data` only: a column is named by its field's key, a choice by its own.
 */
import type { Transform } from 'node:stream';
import type { TenantTransaction } from '../database/with-tenant.ts';
import type { FieldDefinition } from '../datasets/define-dataset.ts';
import type { FieldTypeName } from '../field-types/field-type.ts';
import { type ColumnKind, decimalShape } from '../file-formats/parquet/column-kinds.ts';
import { parquetStream } from '../file-formats/parquet/parquet-stream.ts';
import { AppError } from '../platform/errors.ts';
import type { FormatContext } from './format.ts';
import type { ExportQuery } from './query.ts';

const columnKinds: Readonly<Record<FieldTypeName, ColumnKind>> = {
  text: 'text',
  email: 'text',
  phone: 'text',
  url: 'text',
  country: 'text',
  currency: 'text',
  timezone: 'text',
  uuid: 'uuid',
  reference: 'text',
  enum: 'text',
  tags: 'list',
  json: 'json',
  boolean: 'boolean',
  integer: 'integer',
  decimal: 'decimal',
  money: 'money',
  date: 'day',
  datetime: 'time',
};

export function parquet(
  query: ExportQuery,
  context: FormatContext,
): { readonly statement: string; readonly through: readonly Transform[] } {
  const columns = query.columns.map(({ header, field }) => ({
    name: header,
    kind: columnKindOf(field, context),
  }));
  return {
    statement: `copy (${query.cells(context, columnarSql)}) to stdout (format text, encoding 'UTF8')`,
    through: [parquetStream({ columns })],
  };
}

function columnKindOf({ type }: FieldDefinition, { daysOnly }: FormatContext): ColumnKind {
  return type === 'datetime' && daysOnly === true ? 'day' : columnKinds[type];
}

/** @param value SQL of the value as the database keeps it. @returns SQL of what `parquetStream` takes. */
function columnarSql(value: string, field: FieldDefinition, context: FormatContext): string {
  switch (columnKindOf(field, context)) {
    case 'day':
      return `(${value})::date - date '1970-01-01'`;
    case 'time':
      return `(extract(epoch from ${value}) * 1000000)::bigint`;
    case 'list':
      return `to_jsonb(${value})`;
    default:
      return value;
  }
}

/**
 * A decimal has 38 digits, 18 of them behind the point: readers of Parquet know no longer ones. A number that needs more
 * is not rounded in silence: the export is refused before its first byte.
 *
 * @throws AppError `export.invalid` naming the first such column, and how many records have one.
 */
export async function refuseLongDecimals(
  tx: TenantTransaction,
  query: ExportQuery,
  context: FormatContext,
): Promise<void> {
  const decimals = query.columns.filter(
    (column) => !column.isHidden && columnKindOf(column.field, context) === 'decimal',
  );
  if (decimals.length === 0) return;
  const { precision, scale } = decimalShape;
  const counts = decimals.map(
    (_, i) =>
      `count(*) filter (where abs(c${i}) >= 1e${precision - scale} or min_scale(c${i}) > ${scale})::int as c${i}`,
  );
  const cells = query.cellsOf(decimals, context, columnarSql);
  const { rows } = await tx.query<Record<string, number>>(
    `select ${counts.join(', ')} from (${cells}) t(${decimals.map((_, i) => `c${i}`).join(', ')})`,
  );
  for (const [i, { field }] of decimals.entries()) {
    const records = rows[0]?.[`c${i}`] ?? 0;
    if (records === 0) continue;
    throw new AppError(
      'export.invalid',
      `${field.label} of ${records.toLocaleString('en')} ${records === 1 ? 'record' : 'records'} has more digits than a number in Parquet holds (${precision - scale} before the point, ${scale} behind it). Leave the column out, or take CSV, JSON or NDJSON, which hold all of them.`,
      { field: field.key },
    );
  }
}
