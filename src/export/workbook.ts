/** Exports as workbooks: COPY writes lines of values, and `file-formats/xlsx` makes them the cells of sheets. */
import type { Transform } from 'node:stream';
import type { TenantTransaction } from '../database/with-tenant.ts';
import type { FieldDefinition } from '../datasets/define-dataset.ts';
import type { FieldTypeName } from '../field-types/field-type.ts';
import { currencyDecimals } from '../field-types/numbers/currency-signs.ts';
import { cellCharactersMax } from '../file-formats/xlsx/cell-text.ts';
import { workbookStream } from '../file-formats/xlsx/workbook.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { FormatContext } from './format.ts';
import type { ChosenColumn, ExportQuery } from './query.ts';
import { cellKindOf, typedSql } from './workbook-cells.ts';

/** @returns what COPY is asked for, and what its bytes pass through. */
export function workbook(
  query: ExportQuery,
  title: string,
  context: FormatContext,
): { readonly statement: string; readonly through: readonly Transform[] } {
  const columns = query.columns.map(({ header, field }) => ({ header, kind: cellKindOf(field, context) }));
  const moneyDecimals = currencyDecimals(context.currency);
  return {
    statement: `copy (${query.cells(context, typedSql)}) to stdout (format text, encoding 'UTF8')`,
    through: [workbookStream({ title, columns, moneyDecimals, createdAt: now() })],
  };
}

/**
 * A cell of a workbook holds 32,767 characters. A text that is longer is not cut in silence: the export is refused
 * before its first byte, and says where the text stands.
 *
 * @throws AppError `export.invalid` naming the first such column, and in how many records its text is too long.
 */
export async function refuseLongCells(
  tx: TenantTransaction,
  query: ExportQuery,
  context: FormatContext,
): Promise<void> {
  const { columns } = query;
  const tooLong = columns.find(({ header }) => header.length > cellCharactersMax);
  if (tooLong !== undefined) throw refusal(tooLong.field, `The header of ${tooLong.field.label}`);
  const doubtful = columns.filter(mayBeLong);
  if (doubtful.length === 0) return;
  const names = doubtful.map((_, at) => `c${at}`);
  const counts = names.map((name) => `count(*) filter (where ${isLongSql(`t.${name}`)})::int as ${name}`);
  const { rows } = await tx.query<Record<string, number>>(
    `select ${counts.join(', ')} from (${query.cellsOf(doubtful, context, typedSql)}) t(${names.join(', ')})`,
  );
  const found = names.findIndex((name) => (rows[0]?.[name] ?? 0) > 0);
  const field = doubtful[found]?.field;
  if (field === undefined) return;
  const records = rows[0]?.[`c${found}`] ?? 0;
  throw refusal(
    field,
    `${field.label} of ${records.toLocaleString('en')} ${records === 1 ? 'record' : 'records'}`,
  );
}

/** How much longer a text may be than its field's limit: characters may count twice, and JSON is spaced out when it is shown. */
const growth: Partial<Record<FieldTypeName, number>> = { text: 2, json: 6 };

function mayBeLong({ field: { type, max = Infinity }, isHidden }: ChosenColumn): boolean {
  if (isHidden || !['text', 'tags', 'json'].includes(type)) return false;
  // A list's limit is that of one name.
  return max * (growth[type] ?? Infinity) > cellCharactersMax;
}

/** Characters beyond U+FFFF count twice, as Excel counts. Most texts are short in bytes, and are not looked at. */
function isLongSql(text: string): string {
  const units = `length(${text}) + length(regexp_replace(${text}, '[\\u0001-\\uFFFF]', '', 'g'))`;
  return `case when octet_length(${text}) > ${cellCharactersMax} then ${units} > ${cellCharactersMax} end`;
}

function refusal(field: FieldDefinition, what: string): AppError {
  const most = cellCharactersMax.toLocaleString('en');
  return new AppError(
    'export.invalid',
    `${what} is longer than the ${most} characters that a cell of a workbook holds. Leave the column out, or take CSV, JSON or NDJSON, which hold all of it.`,
    { field: field.key },
  );
}
