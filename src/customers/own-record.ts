/** The record of somebody who signs in as a customer of the tenant: at most one, named by his user id. */
import type { TenantTransaction } from '../database/with-tenant.ts';

/**
 * Fields that a customer writes himself. The others are the tenant's word on him: what he spent, his credit and points,
 * his status, who looks after him.
 */
export const ownFields: ReadonlySet<string> = new Set([
  'type',
  'first_name',
  'last_name',
  'display_name',
  'email',
  'phone',
  'phone_country_code',
  'secondary_email',
  'secondary_phone',
  'job_title',
  'avatar_url',
  'website',
  'preferred_language',
  'languages',
  'preferred_currency',
  'timezone',
  'marketing_opt_in',
  'email_opt_in',
  'sms_opt_in',
  'whatsapp_opt_in',
  'push_opt_in',
  'date_of_birth',
  'gender',
  'company_name',
  'business_type',
  'tax_id',
  'industry',
  'emergency_contact_name',
  'emergency_contact_phone',
  'reminder_opt_in',
  'reminder_preference',
  'address_label',
  'address_type',
  'recipient_name',
  'address_company',
  'address_phone',
  'address_line1',
  'address_line2',
  'city',
  'state_province',
  'postal_code',
  'country',
  'country_code',
  'latitude',
  'longitude',
  'delivery_instructions',
]);

/** @returns the id of the record, or null when the user has none here. */
export async function ownRecordOf(tx: TenantTransaction, userId: string): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    'select id from customers where tenant_id = $1 and user_id = $2 and deleted_at is null',
    [tx.tenantId, userId],
  );
  return rows[0]?.id ?? null;
}
