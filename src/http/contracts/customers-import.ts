/** One path of two systems: JSON is the commerce back office's call (A), a form the console's (E). */
import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import { assertMay } from '../access.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { mediaTypeOf } from '../register-route.ts';
import { commerceImportAnswer, commerceImportSchema, importRows } from './commerce.ts';
import { consoleFormSchema, consoleImportAnswer, importForm } from './console.ts';
import { rowsLimits } from './rows.ts';

const importCustomers = defineRoute({
  method: 'POST',
  path: '/customers/import',
  name: 'customers.import',
  summary: 'Bring in customers: JSON rows, or a file in a form',
  description:
    'As JSON: rows with `mode`, each with first name, last name and e-mail. As a form: `file` (CSV or JSON), `overwrite` (otherwise existing records are skipped) and `skipErrors` (otherwise one bad row leaves nothing written); a customer imports his own record so. Rows that failed can be fetched as a file: `GET /imports/{X-Import-Id}/rejects`.',
  scope: 'tenant',
  permission: 'customers:import or own record',
  body: { json: commerceImportSchema.optional(), form: { file: 'file', fields: consoleFormSchema } },
  limits: rowsLimits,
  answers: { 200: z.union([commerceImportAnswer, consoleImportAnswer]), 422: consoleImportAnswer },
  handler: async (call) => {
    if (mediaTypeOf(call.request) === 'multipart/form-data') return importForm(call);
    assertMay(call.caller, 'customers:import');
    if (call.json === undefined)
      throw new AppError('request.invalid', 'A body is missing: send JSON or a form.');
    return importRows(call, call.json);
  },
});

export const customersImportRoutes: readonly Route[] = [importCustomers];
