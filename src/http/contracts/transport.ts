/** Contract B, the passenger-transport office: many customers in one call. */
import { z } from 'zod';
import { archiveCustomers, unarchiveCustomers } from '../../customers/archive.ts';
import { deleteCustomers, type RestoreResult, restoreCustomers } from '../../customers/delete.ts';
import type { CustomersNamed, OperationResult } from '../../customers/operation.ts';
import type { Database } from '../../database/connect.ts';
import { customers } from '../../datasets/customers.ts';
import { unitedKingdomRules } from '../../datasets/united-kingdom.ts';
import { type BatchResult, importBatch, updateBatch } from '../../import/batch/batch.ts';
import type { BatchOutcome } from '../../import/batch/outcomes.ts';
import { type CheckedRow, distinct, distinctValues } from '../../import/batch/row-checks.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { assertLength, headersFor, listOf, reasonOf, rowSchema, rowsLimits, runOf, textIn } from './rows.ts';

const itemsMax = 500;

const query = z.strictObject({
  atomic: z.enum(['true', 'false']).default('false').describe('All or nothing'),
});

const errorsSchema = z.array(z.object({ row: z.int(), name: z.string().nullable(), error: z.string() }));

const bulkAnswer = z.object({
  success: z.array(z.object({ row: z.int(), customerId: z.string(), name: z.string() })),
  errors: errorsSchema,
  summary: z.object({ total: z.int(), created: z.int(), failed: z.int() }),
});

const bulk = defineRoute({
  method: 'POST',
  path: '/customers/bulk',
  name: 'customers.bulkCreate',
  summary: 'Create up to 500 customers',
  description:
    '`name` and `phone` are required; `name` stands for first and last name. 201 when all were created, 207 when some were, 422 when none was. Rows that failed can be fetched as a file: `GET /imports/{X-Import-Id}/rejects`.',
  scope: 'tenant',
  permission: 'customers:write',
  query,
  body: { json: z.strictObject({ customers: listOf(rowSchema(customers), itemsMax) }) },
  limits: rowsLimits,
  answers: { 201: bulkAnswer, 207: bulkAnswer, 422: bulkAnswer },
  handler: async ({ services, tenant, caller, runId, query: { atomic }, json: { customers: rows } }) => {
    assertLength(rows, 'customers', itemsMax);
    const result = await importBatch(services.database, {
      tenantId: tenant.id,
      by: caller.id,
      ...runOf(runId),
      dataset: 'customers',
      source: 'customers bulk',
      rows,
      mode: 'create',
      // By no key: what exists already is an error here, and nothing to leave out in silence.
      match: [],
      required: ['display_name', 'phone'],
      checks: [
        unitedKingdomRules(tenant.country),
        distinctValues(customers),
        distinct({ field: 'phone', label: 'Name and phone', of: nameAndPhone }),
      ],
      atomic: atomic === 'true',
    });
    const created = result.outcomes.filter(({ outcome }) => outcome === 'created');
    const body = {
      success: created.map(({ row, id }) => ({
        row,
        customerId: id ?? '',
        name: nameIn(rows[row - 1]) ?? '',
      })),
      errors: errorsOf(result, rows),
      summary: { total: rows.length, created: created.length, failed: result.counts.failed },
    };
    return { status: statusOf(201, created.length, rows.length), body, headers: headersOf(result) };
  },
});

const updateAnswer = z.object({
  success: z.array(z.object({ row: z.int(), customerId: z.string() })),
  errors: errorsSchema,
  summary: z.object({ total: z.int(), updated: z.int(), failed: z.int() }),
});

const customerName = z
  .union([z.string(), z.number()])
  .transform(String)
  .describe('An id, a customer number or an external id');

const bulkUpdate = defineRoute({
  method: 'PUT',
  path: '/customers/bulk-update',
  name: 'customers.bulkUpdate',
  summary: 'Change up to 500 customers, of each only the fields given',
  description: 'Null clears a field. 200 when all were updated, 207 when some were, 422 when none was.',
  scope: 'tenant',
  permission: 'customers:write',
  query,
  body: {
    json: z.strictObject({
      updates: listOf(rowSchema(customers, { customer_id: { type: ['string', 'number'] } }), itemsMax),
    }),
  },
  limits: rowsLimits,
  answers: { 200: updateAnswer, 207: updateAnswer, 422: updateAnswer },
  handler: async ({ services, tenant, caller, runId, query: { atomic }, json: { updates } }) => {
    assertLength(updates, 'updates', itemsMax);
    const result = await updateBatch(services.database, {
      tenantId: tenant.id,
      by: caller.id,
      ...runOf(runId),
      source: 'customers bulk-update',
      updates,
      checks: [unitedKingdomRules(tenant.country)],
      atomic: atomic === 'true',
    });
    const updated = result.outcomes.filter(({ outcome }) => outcome === 'updated' || outcome === 'unchanged');
    const body = {
      success: updated.map(({ row, id }) => ({ row, customerId: id ?? '' })),
      errors: errorsOf(result, updates),
      summary: { total: updates.length, updated: updated.length, failed: result.counts.failed },
    };
    return { status: statusOf(200, updated.length, updates.length), body, headers: headersOf(result) };
  },
});

/** Who has no e-mail is known by the name and the phone together: a household may share a phone. */
function nameAndPhone(get: CheckedRow['get']): string | null {
  const parts = [get('first_name'), get('last_name')].filter((part) => part !== null);
  const name = get('display_name') ?? parts.join(' ');
  const phone = get('phone_e164') ?? get('phone')?.replace(/[^0-9+]/g, '');
  return name === '' || phone === undefined ? null : `${name}, ${phone}`;
}

/** All, some, or none of the rows went in. */
function statusOf<All extends number>(all: All, done: number, total: number): All | 207 | 422 {
  if (done === total) return all;
  return done > 0 ? 207 : 422;
}

/** The rows at fault; where the call is all or nothing, the others are not among them. */
function errorsOf({ outcomes }: BatchResult, rows: readonly unknown[]) {
  return outcomes
    .filter(({ outcome }) => outcome === 'failed')
    .map((outcome) => ({ row: outcome.row, name: nameIn(rows[outcome.row - 1]), error: errorText(outcome) }));
}

/** Here a name is one field. */
const nameFields: readonly (string | null)[] = ['display_name', 'first_name'];

function errorText(outcome: BatchOutcome): string {
  const lacksName = outcome.problems.some(
    ({ code, field }) => code === 'value.required' && nameFields.includes(field),
  );
  return lacksName ? 'Name is missing.' : reasonOf(outcome);
}

function nameIn(row: unknown): string | null {
  const parts = [textIn(row, 'first_name'), textIn(row, 'last_name')].filter((part) => part !== null);
  return textIn(row, 'display_name') ?? (parts.length === 0 ? null : parts.join(' '));
}

function headersOf({ importId, ignoredKeys }: BatchResult) {
  return headersFor({ importIds: [importId], ignoredKeys });
}

interface Selection<Done extends string> {
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly permission: 'customers:write' | 'customers:delete';
  /** `archived`: the key of the count, and the verb of the sentence. */
  readonly done: Done;
  readonly work: (
    database: Database,
    named: CustomersNamed,
  ) => Promise<OperationResult & Partial<RestoreResult>>;
}

/** The four calls that do one thing to a selection. Those it does not concern are passed over. */
function selectionRoute<Done extends string>({ path, done, work, ...described }: Selection<Done>): Route {
  return defineRoute({
    ...described,
    method: 'POST',
    path,
    description:
      'Names are ids, customer numbers or external ids. Customers that this does not concern are passed over.',
    scope: 'tenant',
    body: { json: z.strictObject({ customer_ids: listOf(customerName, itemsMax) }) },
    answers: {
      200: z.object({
        message: z.string(),
        [done]: z.int(),
        requested: z.int(),
        customers: z.array(z.object({ id: z.string(), name: z.string() })),
      }),
    },
    handler: async ({ services, tenant, caller, json: { customer_ids: names } }) => {
      assertLength(names, 'customer_ids', itemsMax);
      const result = await work(services.database, { tenantId: tenant.id, by: caller.id, names });
      const { length: count } = result.customers;
      const message = [`${count} customer(s) ${done} successfully`, ...refusals(result)].join('. ');
      const body = { message, [done]: count, requested: result.requested, customers: [...result.customers] };
      return { status: 200, body };
    },
  });
}

/** Why customers that were asked for stay as they are, where that needs saying. */
function refusals({ refused = [] }: Partial<RestoreResult>): string[] {
  return refused.map(({ name, reason }) => `${name} stays deleted: ${reason.replace(/\.$/, '')}`);
}

export const transportRoutes: readonly Route[] = [
  bulk,
  bulkUpdate,
  selectionRoute({
    path: '/customers/bulk-archive',
    name: 'customers.bulkArchive',
    summary: 'Archive up to 500 customers',
    permission: 'customers:write',
    done: 'archived',
    work: archiveCustomers,
  }),
  selectionRoute({
    path: '/customers/bulk-unarchive',
    name: 'customers.bulkUnarchive',
    summary: 'Take up to 500 customers out of the archive',
    permission: 'customers:write',
    done: 'unarchived',
    work: unarchiveCustomers,
  }),
  selectionRoute({
    path: '/customers/bulk-delete',
    name: 'customers.bulkDelete',
    summary: 'Delete up to 500 customers; they can be restored',
    permission: 'customers:delete',
    done: 'deleted',
    work: deleteCustomers,
  }),
  selectionRoute({
    path: '/customers/bulk-restore',
    name: 'customers.bulkRestore',
    summary: 'Restore up to 500 deleted customers',
    permission: 'customers:delete',
    done: 'restored',
    work: restoreCustomers,
  }),
];
