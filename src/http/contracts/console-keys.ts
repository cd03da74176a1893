/** How the console with self-service customers (contract E) calls the fields; all others it calls as everybody does. */
const keys: Readonly<Record<string, string>> = {
  id: '$id',
  user_id: 'userId',
  display_name: 'name',
  company_name: 'company',
  job_title: 'jobTitle',
  address_line1: 'address',
  state_province: 'state',
  postal_code: 'zipCode',
  assigned_to: 'assignedTo',
  type: 'customerType',
  preferred_currency: 'currency',
  preferred_language: 'language',
  general_notes: 'notes',
  last_contact_at: 'lastContactAt',
  next_follow_up_at: 'nextFollowUpAt',
  total_spent: 'totalRevenue',
  total_invoices: 'totalInvoices',
  created_at: '$createdAt',
  updated_at: '$updatedAt',
  created_by: 'createdBy',
  updated_by: 'updatedBy',
};

export function consoleKey(field: string): string {
  return keys[field] ?? field;
}
