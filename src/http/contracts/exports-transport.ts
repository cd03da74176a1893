/**
 * Contract B, the passenger-transport office: its file of customers, 27 columns in order. Contract E's file is asked for
 * at the same address, with `format`.
 */
import { z } from 'zod';
import type { FilterNode, RecordFilter } from '../../datasets/query/filter-schema.ts';
import { mediaTypes } from '../../export/encode.ts';
import type { ColumnChoice } from '../../export/query.ts';
import { assertMay } from '../access.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { answerFile } from './exports-answer.ts';
import { answerConsoleFile } from './exports-console.ts';

const columns: readonly (readonly [field: string, header: string])[] = [
  ['id', 'ID'],
  ['display_name', 'Name'],
  ['address_line1', 'Address'],
  ['address_line2', 'Address Line 2'],
  ['city', 'City'],
  ['state_province', 'County'],
  ['postal_code', 'Postcode'],
  ['phone', 'Phone'],
  ['email', 'Email'],
  ['paying_org', 'Paying Org'],
  ['has_split_payment', 'Has Split Payment'],
  ['provider_split', 'Provider Split'],
  ['payment_split', 'Payment Split'],
  ['emergency_contact_name', 'Emergency Contact Name'],
  ['emergency_contact_phone', 'Emergency Contact Phone'],
  ['medical_notes', 'Medical Notes'],
  ['medication_notes', 'Medication Notes'],
  ['driver_notes', 'Driver Notes'],
  ['mobility_requirements', 'Mobility Requirements'],
  ['reminder_opt_in', 'Reminder Opt In'],
  ['reminder_preference', 'Reminder Preference'],
  ['is_login_enabled', 'Login Enabled'],
  ['username', 'Username'],
  ['schedule', 'Schedule (JSON)'],
  ['archived', 'Archived'],
  ['created_at', 'Created At'],
  ['updated_at', 'Updated At'],
];

/** What the caller may not read stays, empty; what a record has no part for is what a new one would have. */
const choices = columns.map(
  ([field, header]): ColumnChoice => ({ field, header, absent: 'default', unreadable: 'blank' }),
);

const yesOrNo = z.enum(['true', 'false']);

const query = z.strictObject({
  search: z.string().max(200).optional(),
  paying_org: z.string().max(255).optional(),
  is_login_enabled: yesOrNo.optional(),
  reminder_opt_in: yesOrNo.optional(),
  status: z.string().max(50).optional(),
  type: z.string().max(50).optional(),
  segment: z.string().max(50).optional(),
  archived: z.enum(['true', 'false', 'all']).default('false'),
  format: z
    .enum(['json', 'csv', 'excel'])
    .optional()
    .describe('The file of the console; the other members do not go with it'),
});

const exportCustomers = defineRoute({
  method: 'GET',
  path: '/customers/export',
  name: 'customers.exportAll',
  summary: 'Every customer that matches, as CSV with 27 columns; with `format`, the console’s file',
  description:
    'No byte-order mark; lines end with CRLF; true and false, ISO 8601 times; formulas are guarded. Columns that the caller may not read are empty. With `format` it is the console’s file, of which a customer who is signed in gets his own record.',
  scope: 'tenant',
  permission: 'customers:export or own record',
  query,
  answers: { 200: ['text/csv', 'application/json', mediaTypes.xlsx] },
  handler: async (call) => {
    if (call.query.format !== undefined) return answerConsoleFile(call, call.query.format);
    assertMay(call.caller, 'customers:export');
    return answerFile(call, 'customers', {
      format: 'csv',
      profile: 'data',
      manner: { guarded: true },
      columns: choices,
      filter: filterOf(call.query),
      source: 'customers export',
    });
  },
});

const archivedOf = { true: 'only', false: 'no', all: 'all' } as const;

function filterOf({ search, archived, ...asked }: z.output<typeof query>): RecordFilter {
  const { is_login_enabled: login, reminder_opt_in: reminders, format: _, ...texts } = asked;
  const and = [
    ...Object.entries(texts).flatMap(([field, value]): FilterNode[] =>
      value === undefined ? [] : [{ field, operator: 'is', value }],
    ),
    ...flag('is_login_enabled', login),
    ...flag('reminder_opt_in', reminders),
  ];
  return { where: { and }, search, archived: archivedOf[archived] };
}

/** A record without the part reads as a new one would: no. */
function flag(field: string, wanted: 'true' | 'false' | undefined): FilterNode[] {
  if (wanted === undefined) return [];
  return [{ field, operator: wanted === 'true' ? 'is' : 'is_not', value: true }];
}

export const transportExportRoutes: readonly Route[] = [exportCustomers];
