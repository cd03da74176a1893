/** What a format has no room for is refused before the first byte, in the snapshot that the file would be made from. */
import type { TenantTransaction } from '../database/with-tenant.ts';
import type { CsvStyle, ExportFormat } from './encode.ts';
import type { FormatContext } from './format.ts';
import { refuseLongDecimals } from './parquet.ts';
import type { ExportQuery } from './query.ts';
import { refuseUnencodable } from './unencodable.ts';
import { refuseLongCells } from './workbook.ts';

/** @throws AppError `export.invalid` naming the field, and how many records have such a value. */
export async function refuseUnfit(
  tx: TenantTransaction,
  query: ExportQuery,
  { format, csv }: { readonly format: ExportFormat; readonly csv: CsvStyle },
  context: FormatContext,
): Promise<void> {
  if (format === 'xlsx') await refuseLongCells(tx, query, context);
  if (format === 'parquet') await refuseLongDecimals(tx, query, context);
  if (format === 'csv' && csv.encoding !== undefined)
    await refuseUnencodable(tx, query, context, csv.encoding);
}
