/** Contract C, the shop owner's customer desk. */
import { z } from 'zod';
import { customers } from '../../datasets/customers.ts';
import { importInBatches } from '../../import/batch/in-batches.ts';
import { distinctValues, requiring } from '../../import/batch/row-checks.ts';
import { defineRoute, type Route } from '../define-route.ts';
import {
  customerRows,
  headersFor,
  isLeftOut,
  reasonOf,
  rowsLimits,
  runOf,
  stayConnected,
  textIn,
  without,
} from './rows.ts';

/** Rows are counted as in a file, where the header is the first. */
const headerRows = 1;

const importRows = defineRoute({
  method: 'POST',
  path: '/customers/import-rows',
  name: 'customers.importRows',
  summary: 'Bring in customers as rows, matched by e-mail',
  description: 'First name and e-mail are required. `row` in the answer counts a header as row 1.',
  scope: 'tenant',
  permission: 'customers:import',
  body: { json: z.strictObject({ rows: customerRows }) },
  limits: rowsLimits,
  answers: {
    200: z.object({
      success: z.boolean().describe('Whether there were no errors'),
      imported: z.int(),
      updated: z.int().describe('Changed, or found to be as they are'),
      skipped: z.int().describe('Skipped or failed'),
      errors: z.array(z.object({ row: z.int(), message: z.string() })),
    }),
  },
  handler: async ({ services, request, tenant, caller, runId, json }) => {
    stayConnected(request);
    const result = await importInBatches(services.database, {
      tenantId: tenant.id,
      by: caller.id,
      ...runOf(runId),
      dataset: 'customers',
      source: 'customers import-rows',
      rows: json.rows.map(withWholeAddress),
      rowsBefore: headerRows,
      mode: 'upsert',
      match: ['email'],
      checks: [requiring(customers, ['first_name', 'email']), distinctValues(customers)],
    });
    const { created, updated, unchanged, skipped, failed } = result.counts;
    const errors = result.outcomes
      .filter(isLeftOut)
      .map((outcome) => ({ row: outcome.row, message: reasonOf(outcome) }));
    return {
      status: 200,
      body: {
        success: errors.length === 0,
        imported: created,
        updated: updated + unchanged,
        skipped: skipped + failed,
        errors,
      },
      headers: headersFor(result),
    };
  },
});

/** An address is one with its first line, city and country; parts of one are passed over. */
function withWholeAddress(row: unknown): unknown {
  const has = (field: string): boolean => textIn(row, field) !== null;
  if (has('address_line1') && has('city') && (has('country') || has('country_code'))) return row;
  return without(row, (field) => customers.field(field).part === 'address');
}

export const shopDeskRoutes: readonly Route[] = [importRows];
