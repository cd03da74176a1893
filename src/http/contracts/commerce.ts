/** Contract A, the commerce back office: customers as JSON rows. */
import { z } from 'zod';
import { customers } from '../../datasets/customers.ts';
import { importInBatches } from '../../import/batch/in-batches.ts';
import { distinctValues, requiring } from '../../import/batch/row-checks.ts';
import type { TenantCall } from '../define-route.ts';
import { customerRows, headersFor, isLeftOut, reasonOf, runOf, stayConnected, textIn } from './rows.ts';

export const commerceImportSchema = z.strictObject({
  data: customerRows,
  mode: z.enum(['create', 'update', 'upsert']),
});

export const commerceImportAnswer = z.object({
  success: z.int().describe('Rows created, updated, or found to be as they are'),
  failed: z.int(),
  skipped: z.int(),
  errors: z
    .array(z.object({ row: z.int(), email: z.string().nullable(), error: z.string() }))
    .describe('One for each row that failed or was skipped'),
});

type CommerceImport = z.output<typeof commerceImportSchema>;

/** Each row has names and an e-mail, and is matched by the e-mail alone. */
export async function importRows(
  { services, request, tenant, caller, runId }: TenantCall<unknown, unknown, unknown>,
  { data, mode }: CommerceImport,
) {
  stayConnected(request);
  const result = await importInBatches(services.database, {
    tenantId: tenant.id,
    by: caller.id,
    ...runOf(runId),
    dataset: 'customers',
    source: 'customers import',
    rows: data,
    mode,
    match: ['email'],
    checks: [requiring(customers, ['first_name', 'last_name', 'email']), distinctValues(customers)],
  });
  const { created, updated, unchanged, failed, skipped } = result.counts;
  const errors = result.outcomes.filter(isLeftOut).map((outcome) => ({
    row: outcome.row,
    email: textIn(data[outcome.row - 1], 'email'),
    error: reasonOf(outcome),
  }));
  return {
    status: 200 as const,
    body: { success: created + updated + unchanged, failed, skipped, errors },
    headers: headersFor(result),
  };
}
