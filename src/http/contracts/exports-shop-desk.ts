/** Contract C, the shop owner's customer desk: its file of customers. */
import { z } from 'zod';
import { customers } from '../../datasets/customers.ts';
import type { FilterNode, Operator, RecordFilter } from '../../datasets/query/filter-schema.ts';
import { mediaTypes } from '../../export/encode.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { answerFile } from './exports-answer.ts';

/** Its headers, where they are other words than ours. */
const headers: Readonly<Record<string, string>> = {
  phone: 'Phone',
  is_guest: 'Guest',
  marketing_opt_in: 'Accepts Marketing',
  orders_count: 'Orders',
  average_order_value: 'Avg Order Value',
  created_at: 'Created',
  last_order_at: 'Last Order',
};

const unlessSaid = ['first_name', 'last_name', 'email', 'phone', 'status', 'orders_count', 'total_spent'];
const orderFields = ['orders_count', 'total_spent', 'average_order_value', 'last_order_at'];
const addressFields = ['address_line1', 'address_line2', 'city', 'state_province', 'postal_code', 'country'];

const amount = z.union([z.number(), z.string().regex(/^\d+(\.\d+)?$/)]);

const exportBody = z.strictObject({
  format: z.enum(['csv', 'xlsx']).default('csv'),
  includeFields: z.array(z.string().min(1).max(100)).max(1000).optional(),
  filters: z
    .strictObject({
      search: z.string().max(200).optional(),
      status: z.string().max(50).optional(),
      group: z.string().max(255).optional().describe('The name of a group'),
      hasOrders: z.boolean().optional(),
      minSpent: amount.optional(),
      maxSpent: amount.optional(),
      dateFrom: z.iso.date().optional(),
      dateTo: z.iso.date().optional(),
      acceptsMarketing: z.boolean().optional(),
    })
    .optional(),
  includeAddresses: z.boolean().default(false),
  includeOrderStats: z.boolean().default(false),
});

type ExportBody = z.output<typeof exportBody>;

const exportFile = defineRoute({
  method: 'POST',
  path: '/customers/export-file',
  name: 'customers.exportFile',
  summary: 'Customers as a file, with the fields that are chosen',
  scope: 'tenant',
  permission: 'customers:export',
  body: { json: exportBody },
  answers: { 200: [mediaTypes.csv.split(';')[0] ?? '', mediaTypes.xlsx] },
  handler: async (call) =>
    answerFile(call, 'customers-export', {
      format: call.json.format,
      profile: 'spreadsheet',
      columns: columnsOf(call.json),
      filter: filterOf(call.json.filters),
      source: 'customers export-file',
    }),
});

function columnsOf({ includeFields = [], includeAddresses, includeOrderStats }: ExportBody) {
  const chosen =
    includeFields.length === 0 ? unlessSaid : includeFields.map((named) => customers.keyFor(named) ?? named);
  const keys = [
    ...chosen,
    ...(includeOrderStats ? orderFields : []),
    ...(includeAddresses ? addressFields : []),
  ];
  return [...new Set(keys)].map((field) => ({ field, header: headers[field] }));
}

function filterOf(filters: ExportBody['filters'] = {}): RecordFilter {
  const { search, status, group, hasOrders, acceptsMarketing } = filters;
  const conditions: readonly [string, Operator, string | number | boolean | undefined][] = [
    ['status', 'is', status === 'all' ? undefined : status],
    ['groups', 'in_group', group],
    ['orders_count', hasOrders === true ? 'greater' : 'is', hasOrders === undefined ? undefined : 0],
    ['total_spent', 'at_least', filters.minSpent],
    ['total_spent', 'at_most', filters.maxSpent],
    ['created_at', 'at_least', filters.dateFrom],
    ['created_at', 'at_most', filters.dateTo],
    ['marketing_opt_in', 'is', acceptsMarketing],
  ];
  const and = conditions.flatMap(([field, operator, value]): FilterNode[] =>
    value === undefined ? [] : [{ field, operator, value }],
  );
  return { where: { and }, search, archived: status === 'archived' ? 'all' : 'no' };
}

export const shopDeskExportRoutes: readonly Route[] = [exportFile];
