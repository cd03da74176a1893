/** Which of a file's ids are the tenant's own: what decides whether "Customer ID" is an id, a number or another product's. */
import type { TenantTransaction } from '../../database/with-tenant.ts';
import type { Dataset } from '../../datasets/define-dataset.ts';
import type { Inspection } from '../../file-formats/rows.ts';
import { idHeader, type OwnIds, ownIdsByForm } from './customer-id.ts';

/** Looks the samples of the columns that name the record up among the tenant's numbers; their form tells for the others. */
export async function ownIdsOf(
  tx: TenantTransaction,
  dataset: Dataset,
  inspection: Inspection,
): Promise<OwnIds> {
  if (dataset.numbers === undefined) return ownIdsByForm;
  const columns = inspection.columns.filter(({ name }) => idHeader(name) !== undefined);
  const samples = columns.flatMap(({ index }) =>
    inspection.sample.map((cells) => (cells[index] ?? '').trim()),
  );
  const { rows } = await tx.query<{ number: string }>(
    `select ${dataset.numbers.field} as number from ${dataset.root.table}
     where tenant_id = $1 and ${dataset.numbers.field} = any ($2)`,
    [tx.tenantId, [...new Set(samples)].filter((text) => !text.includes('\0'))],
  );
  const known = new Set(rows.map(({ number }) => number));
  return { isId: ownIdsByForm.isId, isNumber: (text) => known.has(text) || ownIdsByForm.isNumber(text) };
}
