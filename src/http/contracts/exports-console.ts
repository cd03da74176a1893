/** Contract E, the console with self-service customers: its file of customers, in the keys of the older system. */
import { ownRecordOf } from '../../customers/own-record.ts';
import { withTenant } from '../../database/with-tenant.ts';
import type { RecordSql } from '../../datasets/query/record-sql.ts';
import type { ColumnChoice } from '../../export/query.ts';
import { assertMay } from '../access.ts';
import type { StreamAnswer, TenantCall } from '../define-route.ts';
import { consoleKey } from './console-keys.ts';
import { answerFile } from './exports-answer.ts';

const fields = [
  ...[
    'id',
    'created_at',
    'updated_at',
    'user_id',
    'display_name',
    'email',
    'phone',
    'company_name',
    'job_title',
  ],
  ...[
    'address_line1',
    'city',
    'state_province',
    'postal_code',
    'country',
    'website',
    'status',
    'assigned_to',
    'source',
  ],
  ...[
    'industry',
    'type',
    'preferred_currency',
    'preferred_language',
    'timezone',
    'general_notes',
    'metadata',
  ],
  ...['last_contact_at', 'next_follow_up_at', 'total_spent', 'total_invoices', 'created_by', 'updated_by'],
];

/** People are named by their ids there, and the tags stand in the metadata too. */
const values: Readonly<Record<string, (record: RecordSql) => string>> = {
  user_id: (record) => record.kept('user_id'),
  assigned_to: (record) => record.kept('assigned_to'),
  created_by: (record) => record.kept('created_by'),
  updated_by: (record) => record.kept('updated_by'),
  metadata: (record) =>
    `coalesce(${record.kept('metadata')}, '{}') || jsonb_build_object('tags', ${record.kept('tags')})`,
};

const columns: readonly ColumnChoice[] = [
  ...fields.map((field) => ({ field, header: consoleKey(field), value: values[field] })),
  { field: 'id', header: 'id' },
  { field: 'tags', header: 'tags' },
];

/** A customer who is signed in gets his own record; whoever may export gets all. */
export async function answerConsoleFile(
  call: TenantCall<unknown, unknown, unknown>,
  asked: 'csv' | 'json' | 'excel',
): Promise<StreamAnswer> {
  const { services, tenant, caller } = call;
  const format = asked === 'excel' ? 'xlsx' : asked;
  const isCustomer = caller.role === 'customer' && caller.userId !== null;
  if (!isCustomer) assertMay(caller, 'customers:export');
  const own = isCustomer
    ? await withTenant(services.database, tenant.id, (tx) => ownRecordOf(tx, caller.userId ?? ''))
    : null;
  return answerFile(call, 'customers', {
    format,
    profile: 'data',
    manner: { guarded: format === 'csv' },
    columns,
    filter: isCustomer ? { ids: own === null ? [] : [own] } : {},
    source: 'customers export',
  });
}
