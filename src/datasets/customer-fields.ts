/**
 * Every field of a customer, one line a field: key, label and what is special about it. The order is that in which
 * a file and a form show them.
 */

import { generalNotes, weeklySchedule } from './customer-shapes.ts';
import {
  accountStatuses,
  addressTypes,
  billingCycles,
  customerTypes,
  genders,
  reminderPreferences,
  riskProfiles,
  segments,
  sources,
  statuses,
  subscriptionStatuses,
} from './customer-values.ts';
import type { AlongsideColumn, ColumnOf, FieldDefinition } from './define-dataset.ts';
import {
  boolean,
  choice,
  country,
  currency,
  date,
  datetime,
  decimal,
  email,
  inPart,
  integer,
  json,
  money,
  phone,
  reference,
  tags,
  text,
  timezone,
  url,
  uuid,
} from './fields.ts';

const member = { dataset: 'users', by: ['email', 'id'] };
/** The user id of somebody who signs in; a member has it beside his own. */
const account = { dataset: 'users', by: ['email'], key: 'user_id' };
const otherCustomer = { dataset: 'customers', by: ['number', 'email', 'external_id', 'id'] };
const percent = [0, 100] as const;
const count = [0, 2_147_483_647] as const;

/** An archived customer has the time since when, and the status to which unarchiving returns. */
const archiving: AlongsideColumn[] = [
  {
    column: 'archived_at',
    sqlType: 'timestamptz',
    sql: (status, at, old) =>
      `case when ${status} = 'archived' then coalesce(${old('archived_at')}, ${at}) end`,
  },
  {
    column: 'archived_by',
    sqlType: 'uuid',
    sql: (status, _, old) => `case when ${status} = 'archived' then ${old('archived_by')} end`,
  },
  {
    column: 'status_before_archive',
    sqlType: 'text',
    sql: (status, _, old) =>
      `case when ${status} = 'archived' then coalesce(${old('status_before_archive')}, ${old('status')}) end`,
  },
];

/** What orders here make of it comes on top, and may go again: what the file said is kept beside. */
const broughtAlong = (column: string): AlongsideColumn[] => [
  { column, sqlType: 'timestamptz', sql: (value) => value },
];

/** A name of a company and no name of a person makes a company. A full name has been split into first and last by then. */
const defaultType = (of: ColumnOf): string =>
  `case when ${of('company_name')} is not null and ${of('first_name')} is null and ${of('last_name')} is null ` +
  `then 'company' else 'individual' end`;

const defaultDisplayName = (of: ColumnOf): string =>
  `case when ${of('type')} <> 'individual' then ${of('company_name')} ` +
  `else nullif(btrim(concat_ws(' ', ${of('first_name')}, ${of('last_name')})), '') end`;

/** The name of a person is split in two; that of an organisation is not. */
const byFullName = { field: 'display_name', when: (of: ColumnOf) => `${of('type')} = 'individual'` };

// biome-ignore format: one field is one line, however long.
const identityFields = inPart('customers', [
  uuid('id', 'ID', { importable: 'match', aliases: ['customer_uuid'] }),
  text('number', 'Customer Number', { importable: 'create-only', max: 50, unique: true, exportDefault: true, aliases: ['customer no', 'cust no', 'client number'] }),
  reference('user_id', 'User', account, { importable: 'no', unique: true, aliases: ['userId'] }),
  text('external_id', 'External ID', { max: 255, unique: true, aliases: ['shopify_customer_id', 'source id', 'crm id', 'record id', 'contact id', 'square customer id'] }),
  choice('type', 'Customer Type', customerTypes, { default: { sql: defaultType }, exportDefault: true, aliases: ['user_type', 'customer_type', 'customerType'] }),
  choice('status', 'Status', statuses, { default: 'active', alongside: archiving }),
  choice('account_status', 'Account Status', accountStatuses, { default: 'active', exportDefault: true }),
  text('first_name', 'First Name', { max: 255, impliedBy: byFullName, exportDefault: true, aliases: ['firstName', 'given name', 'forename'] }),
  text('last_name', 'Last Name', { max: 255, indexed: true, impliedBy: byFullName, exportDefault: true, aliases: ['lastName', 'surname', 'family name'] }),
  text('display_name', 'Display Name', { max: 511, default: { sql: defaultDisplayName }, follows: ['first_name', 'last_name', 'company_name', 'type'], aliases: ['full name', 'name'] }),
]);

// biome-ignore format: one field is one line, however long.
const contactFields = inPart('customers', [
  email('email', 'Email', { max: 255, unique: true, exportDefault: true, aliases: ['email address', 'e-mail', 'mail'] }),
  boolean('email_verified', 'Email Verified', { default: 'false' }),
  datetime('email_verified_at', 'Email Verified At'),
  phone('phone', 'Phone Number', { max: 50, normalColumn: 'phone_e164', exportDefault: true, aliases: ['phone_number', 'mobile', 'telephone', 'cell'] }),
  text('phone_country_code', 'Phone Country Code', { max: 5 }),
  boolean('phone_verified', 'Phone Verified', { default: 'false' }),
  datetime('phone_verified_at', 'Phone Verified At'),
  email('secondary_email', 'Secondary Email', { max: 255 }),
  boolean('secondary_email_verified', 'Secondary Email Verified', { default: 'false' }),
  phone('secondary_phone', 'Secondary Phone', { max: 50, aliases: ['secondary_phone_number'] }),
  text('job_title', 'Job Title', { max: 100, aliases: ['jobTitle', 'title', 'position'] }),
  url('avatar_url', 'Avatar URL', { max: 2048, aliases: ['profile_image_url'] }),
  url('website', 'Website', { max: 255 }),
]);

// biome-ignore format: one field is one line, however long.
const relationFields = [
  ...inPart('customers', [
    choice('source', 'Source', sources, { aliases: ['lead source'] }),
    choice('segment', 'Segment', segments, { default: 'new', exportDefault: true }),
    text('journey_stage', 'Journey Stage', { max: 50, aliases: ['lifecycle stage'] }),
    tags('tags', 'Tags', { aliases: ['labels', 'metadata.tags'] }),
  ]),
  ...inPart('groups', [tags('groups', 'Groups', { aliases: ['customer groups', 'lists'] })]),
  ...inPart('notes', [text('note', 'Note', { max: 10_000, exportable: false, column: 'content' })]),
  ...inPart('customers', [
    text('preferred_language', 'Language', { max: 10, default: 'en', aliases: ['language', 'locale'] }),
    tags('languages', 'Languages'),
    // Null in these two means the tenant's own, so that a tenant that changes its currency or zone takes its customers along.
    currency('preferred_currency', 'Currency', { aliases: ['currency'] }),
    timezone('timezone', 'Timezone'),
    boolean('marketing_opt_in', 'Marketing Opt-in', { default: 'false', aliases: ['accepts_marketing', 'accepts marketing'] }),
    boolean('email_opt_in', 'Email Opt-in', { default: 'true', aliases: ['accepts email marketing'] }),
    boolean('sms_opt_in', 'SMS Opt-in', { default: 'false', aliases: ['accepts sms marketing'] }),
    boolean('whatsapp_opt_in', 'WhatsApp Opt-in', { default: 'false' }),
    boolean('push_opt_in', 'Push Opt-in', { default: 'false', aliases: ['push_notifications_opt_in'] }),
    choice('risk_profile', 'Risk Profile', riskProfiles),
    money('store_credit_balance', 'Store Credit', { default: '0' }),
    text('referral_code', 'Referral Code', { max: 50, unique: true }),
    reference('referred_by', 'Referred By', otherCustomer, { aliases: ['referred_by_user_id'] }),
    boolean('referral_bonus_credited', 'Referral Bonus Credited', { default: 'false' }),
    text('suspended_reason', 'Suspended Reason', { max: 2000 }),
    datetime('suspended_until', 'Suspended Until'),
    boolean('loyalty_enrolled', 'Loyalty Enrolled', { default: 'false' }),
    text('loyalty_tier', 'Loyalty Tier', { max: 50, absent: ['none'] }),
    decimal('loyalty_points', 'Loyalty Points', { default: '0' }),
    decimal('lifetime_points', 'Lifetime Points', { default: '0' }),
    datetime('loyalty_enrolled_at', 'Loyalty Enrolled At', { aliases: ['loyalty_enrollment_date'] }),
    text('subscription_plan', 'Subscription Plan', { max: 100 }),
    choice('subscription_status', 'Subscription Status', subscriptionStatuses),
    choice('billing_cycle', 'Billing Cycle', billingCycles),
    datetime('subscription_started_at', 'Subscription Start', { aliases: ['subscription_start_date'] }),
    boolean('auto_renew', 'Auto Renew', { default: 'false' }),
    reference('assigned_to', 'Assigned To', member, { aliases: ['owner', 'account manager'] }),
    datetime('last_contact_at', 'Last Contact'),
    datetime('next_follow_up_at', 'Next Follow-up'),
    datetime('last_seen_at', 'Last Seen', { aliases: ['last_login'] }),
    json('general_notes', 'General Notes', { max: 5000, shape: generalNotes, aliases: ['notes'] }),
    json('metadata', 'Metadata', { max: 5000 }),
  ]),
];

// Totals in a file are opening totals of another product; what the program computes or keeps cannot be imported.
// biome-ignore format: one field is one line, however long.
const totalAndRecordFields = [
  ...inPart('customers', [
    integer('orders_count', 'Total Orders', { range: count, default: '0', aliases: ['total_orders', 'order_count'] }),
    money('total_spent', 'Total Spent', { default: '0', scaledColumn: 'total_spent_scaled', aliases: ['total_revenue', 'totalRevenue', 'lifetime spend'] }),
    money('average_order_value', 'Avg Order Value', { importable: 'no' }),
    datetime('first_order_at', 'First Order', { alongside: broughtAlong('opening_first_order_at') }),
    datetime('last_order_at', 'Last Order', { alongside: broughtAlong('opening_last_order_at'), aliases: ['last_order_date'] }),
    integer('notes_count', 'Notes Count', { importable: 'no' }),
    integer('total_invoices', 'Total Invoices', { importable: 'no', default: '0' }),
  ]),
  ...inPart('derived', [
    boolean('is_guest', 'Guest', { importable: 'no', sql: (column) => `${column('status')} = 'guest'` }),
    boolean('archived', 'Archived', { importable: 'no', sql: (column) => `${column('status')} = 'archived'` }),
  ]),
  ...inPart('customers', [
    datetime('archived_at', 'Archived At', { importable: 'no' }),
    reference('archived_by', 'Archived By', member, { importable: 'no' }),
    datetime('created_at', 'Created At', { importable: 'create-only', exportDefault: true }),
    datetime('updated_at', 'Updated At', { importable: 'no' }),
    reference('created_by', 'Created By', member, { importable: 'no' }),
    reference('updated_by', 'Updated By', member, { importable: 'no' }),
  ]),
];

// biome-ignore format: one field is one line, however long.
const profileFields = [
  ...inPart('individual', [
    date('date_of_birth', 'Date of Birth', { aliases: ['dob', 'birthday', 'birthdate'] }),
    choice('gender', 'Gender', genders),
  ]),
  ...inPart('customers', [text('company_name', 'Company Name', { max: 255, aliases: ['company', 'business_name', 'organisation', 'organization', 'account name'] })]),
  ...inPart('business', [
    text('business_type', 'Business Type', { max: 50 }),
    text('tax_id', 'Tax ID', { max: 50, aliases: ['gstin', 'gst', 'pan', 'vat', 'vat number'] }),
  ]),
  ...inPart('customers', [text('industry', 'Industry', { max: 100 })]),
  ...inPart('business', [money('annual_revenue', 'Annual Revenue')]),
  ...inPart('care', [
    text('paying_org', 'Paying Org', { max: 255 }),
    boolean('has_split_payment', 'Has Split Payment', { default: 'false' }),
    decimal('provider_split', 'Provider Split', { range: percent }),
    decimal('payment_split', 'Payment Split', { range: percent }),
    json('schedule', 'Schedule', { shape: weeklySchedule, aliases: ['schedule (json)'] }),
    text('emergency_contact_name', 'Emergency Contact Name', { max: 255 }),
    phone('emergency_contact_phone', 'Emergency Contact Phone', { max: 50 }),
    text('medical_notes', 'Medical Notes', { max: 5000, sensitive: true }),
    text('medication_notes', 'Medication Notes', { max: 5000, sensitive: true }),
    text('driver_notes', 'Driver Notes', { max: 5000 }),
    text('mobility_requirements', 'Mobility Requirements', { max: 2000 }),
    boolean('reminder_opt_in', 'Reminder Opt In', { default: 'false' }),
    choice('reminder_preference', 'Reminder Preference', reminderPreferences, { default: 'none' }),
    boolean('is_login_enabled', 'Login Enabled', { default: 'false' }),
  ]),
  ...inPart('customers', [text('username', 'Username', { max: 50, unique: true, normalColumn: 'username_norm' })]),
];

// biome-ignore format: one field is one line, however long.
const addressFields = inPart('address', [
  text('address_label', 'Address Label', { max: 50, column: 'label', default: 'Primary' }),
  choice('address_type', 'Address Type', addressTypes, { column: 'type', default: 'both' }),
  text('recipient_name', 'Recipient Name', { max: 255 }),
  text('address_company', 'Address Company', { max: 255, column: 'company' }),
  phone('address_phone', 'Address Phone', { max: 50, column: 'phone' }),
  text('address_line1', 'Address Line 1', { max: 255, column: 'line1', aliases: ['address', 'address_line_1', 'street', 'address1'] }),
  text('address_line2', 'Address Line 2', { max: 255, column: 'line2', aliases: ['address_line_2', 'address2'] }),
  text('city', 'City', { max: 100, aliases: ['town'] }),
  text('state_province', 'State', { max: 100, aliases: ['state', 'province', 'county', 'region'] }),
  text('postal_code', 'Postal Code', { max: 20, aliases: ['zip', 'zipCode', 'postcode', 'zip code'] }),
  text('country', 'Country', { max: 100 }),
  country('country_code', 'Country Code', { impliedBy: { field: 'country' } }),
  decimal('latitude', 'Latitude', { range: [-90, 90] }),
  decimal('longitude', 'Longitude', { range: [-180, 180] }),
  text('delivery_instructions', 'Delivery Instructions', { max: 2000 }),
]);

export const customerFields: readonly FieldDefinition[] = [
  ...identityFields,
  ...contactFields,
  ...relationFields,
  ...totalAndRecordFields,
  ...profileFields,
  ...addressFields,
];
