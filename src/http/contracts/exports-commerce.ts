/** Contract A, the commerce back office: its export dialog. */
import { z } from 'zod';
import { customers } from '../../datasets/customers.ts';
import type { FilterNode, RecordFilter } from '../../datasets/query/filter-schema.ts';
import { mediaTypes } from '../../export/encode.ts';
import { refuseFields } from '../../platform/field-errors.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { selectionLimits } from '../routes/export-call.ts';
import { answerFile } from './exports-answer.ts';

/** Where its headers are other words than ours. */
const headers: Readonly<Record<string, string>> = { account_status: 'Status', status: 'Customer Status' };

const day = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

const exportBody = z.strictObject({
  scope: z.enum(['all', 'selected']).default('all'),
  format: z.enum(['csv', 'xlsx']).default('csv'),
  selectedIds: z.array(z.uuid()).max(50_000).optional(),
  selectedColumns: z.array(z.string().min(1).max(100)).min(1).max(1000).optional(),
  filters: z
    .strictObject({
      user_type: z.enum(['individual', 'business', 'all']).optional(),
      account_status: z.string().max(50).optional(),
      segment: z.string().max(50).optional(),
      search: z.string().max(200).optional(),
    })
    .optional(),
  dateRange: z
    .strictObject({
      from: day.optional(),
      to: day.optional(),
      field: z.enum(['created_at', 'last_login']).default('created_at'),
    })
    .optional(),
});

type ExportBody = z.output<typeof exportBody>;

const exportCustomers = defineRoute({
  method: 'POST',
  path: '/customers/export',
  name: 'customers.export',
  summary: 'Customers as a file for spreadsheets, all or a selection',
  description:
    'CSV is UTF-8 with a byte-order mark; labels, Yes and No, days as YYYY-MM-DD. A workbook has typed cells. `business` means every type but individual.',
  scope: 'tenant',
  permission: 'customers:export',
  body: { json: exportBody },
  limits: selectionLimits,
  answers: { 200: [mediaTypes.csv.split(';')[0] ?? '', mediaTypes.xlsx] },
  handler: async (call) =>
    answerFile(call, 'customers', {
      format: call.json.format,
      profile: 'spreadsheet',
      manner: { daysOnly: true },
      columns: (call.json.selectedColumns ?? defaultColumns()).map(columnOf),
      filter: filterOf(call.json),
      source: 'customers export',
    }),
});

function defaultColumns(): string[] {
  return customers.fields.filter((field) => field.exportDefault === true).map(({ key }) => key);
}

function columnOf(named: string) {
  const key = customers.keyFor(named) ?? named;
  return { field: key, header: headers[key] };
}

function filterOf({ scope, selectedIds, filters = {}, dateRange }: ExportBody): RecordFilter {
  if (scope === 'selected') {
    if (selectedIds === undefined || selectedIds.length === 0)
      throw refuseFields('request.rule', [
        { pointer: '/selectedIds', code: 'required', message: 'No customers selected.' },
      ]);
    return { ids: selectedIds };
  }
  const { user_type: type = 'all', account_status: status, segment, search } = filters;
  const conditions: FilterNode[] = [
    ...(type === 'individual' ? [is('type', 'individual')] : []),
    ...(type === 'business' ? [{ field: 'type', operator: 'is_not', value: 'individual' } as const] : []),
    ...(isAll(status) ? [] : [is('account_status', status)]),
    ...(isAll(segment) ? [] : [is('segment', segment)]),
    ...rangeOf(dateRange),
  ];
  return { where: { and: conditions }, search };
}

function is(field: string, value: string): FilterNode {
  return { field, operator: 'is', value };
}

function isAll(value: string | undefined): value is undefined | 'all' {
  return value === undefined || value === 'all' || value === '';
}

function rangeOf(range: ExportBody['dateRange']): FilterNode[] {
  if (range === undefined) return [];
  const field = range.field === 'last_login' ? 'last_seen_at' : 'created_at';
  return [
    ...(range.from === undefined ? [] : [{ field, operator: 'at_least', value: range.from } as const]),
    ...(range.to === undefined ? [] : [{ field, operator: 'at_most', value: range.to } as const]),
  ];
}

export const commerceExportRoutes: readonly Route[] = [exportCustomers];
