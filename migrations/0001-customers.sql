-- Tenants, their customers in parts, the audit trail and the import runs.
--
-- Rules that hold for every table with a tenant_id: it stands first in each key and index, row security is
-- enabled and forced, ids and times come from the program, nothing happens by trigger.

create table tenants (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null check (length(name) between 1 and 255),
  country text check (country ~ '^[A-Z]{2}$'),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  timezone text not null,
  language text not null,
  created_at timestamptz not null
);
comment on table tenants is 'The directory of tenants: who there is, before a tenant is set. No data of theirs.';

-- Numbers given out in blocks, each block in a short transaction of its own.
create table tenant_counters (
  tenant_id uuid not null references tenants (id),
  name text not null,
  value bigint not null,
  primary key (tenant_id, name)
);

create table members (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  email text not null,
  name text,
  role text not null check (role in ('owner', 'admin', 'staff', 'viewer', 'customer')),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, email)
);

create table customers (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  version integer not null,
  number text not null check (length(number) <= 50),
  user_id uuid,
  external_id text check (length(external_id) <= 255),
  type text not null check (type in ('individual', 'company', 'non_profit', 'government')),
  status text not null check (status in ('lead', 'prospect', 'active', 'inactive', 'guest', 'archived')),
  account_status text not null check (account_status in ('active', 'suspended', 'closed')),
  first_name text check (length(first_name) <= 255),
  last_name text check (length(last_name) <= 255),
  display_name text not null check (length(display_name) <= 511),
  company_name text check (length(company_name) <= 255),
  email text check (length(email) <= 255),
  email_verified boolean not null,
  email_verified_at timestamptz,
  phone text check (length(phone) <= 50),
  phone_e164 text,
  phone_country_code text check (length(phone_country_code) <= 5),
  phone_verified boolean not null,
  phone_verified_at timestamptz,
  secondary_email text check (length(secondary_email) <= 255),
  secondary_email_verified boolean not null,
  secondary_phone text check (length(secondary_phone) <= 50),
  job_title text check (length(job_title) <= 100),
  avatar_url text check (length(avatar_url) <= 2048),
  website text check (length(website) <= 255),
  source text check (source in ('website', 'referral', 'social_media', 'advertising', 'trade_show', 'cold_call', 'email_campaign', 'other')),
  segment text not null,
  journey_stage text check (length(journey_stage) <= 50),
  industry text check (length(industry) <= 100),
  username text check (length(username) <= 50),
  username_norm text,
  tags text[] not null,
  preferred_language text not null check (length(preferred_language) <= 10),
  languages text[] not null,
  preferred_currency text,
  timezone text,
  marketing_opt_in boolean not null,
  email_opt_in boolean not null,
  sms_opt_in boolean not null,
  whatsapp_opt_in boolean not null,
  push_opt_in boolean not null,
  risk_profile text check (risk_profile in ('low', 'medium', 'high')),
  store_credit_balance numeric(19, 4) not null,
  referral_code text check (length(referral_code) <= 50),
  referred_by uuid,
  referral_bonus_credited boolean not null,
  suspended_reason text check (length(suspended_reason) <= 2000),
  suspended_until timestamptz,
  loyalty_enrolled boolean not null,
  loyalty_tier text check (length(loyalty_tier) <= 50),
  loyalty_points numeric not null,
  lifetime_points numeric not null,
  loyalty_enrolled_at timestamptz,
  subscription_plan text check (length(subscription_plan) <= 100),
  subscription_status text check (subscription_status in ('active', 'paused', 'cancelled')),
  billing_cycle text check (billing_cycle in ('monthly', 'yearly')),
  subscription_started_at timestamptz,
  auto_renew boolean not null,
  assigned_to uuid,
  last_contact_at timestamptz,
  next_follow_up_at timestamptz,
  last_seen_at timestamptz,
  general_notes jsonb,
  metadata jsonb,
  orders_count integer not null,
  total_spent numeric(19, 4) not null,
  average_order_value numeric(19, 4) generated always as (case when orders_count > 0 then round(total_spent / orders_count, 4) end) stored,
  first_order_at timestamptz,
  last_order_at timestamptz,
  notes_count integer not null,
  total_invoices integer not null,
  status_before_archive text,
  archived_at timestamptz,
  archived_by uuid,
  created_at timestamptz not null,
  created_by uuid,
  updated_at timestamptz not null,
  updated_by uuid,
  deleted_at timestamptz,
  deleted_by uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, referred_by) references customers (tenant_id, id),
  foreign key (tenant_id, assigned_to) references members (tenant_id, id),
  check ((status = 'archived') = (archived_at is not null))
);
-- A number is never given twice, not even after its customer is deleted; the other keys are free again then.
create unique index customers_number on customers (tenant_id, number);
-- Most customers have no user name: an index does not hold the many that are absent.
create unique index customers_external_id on customers (tenant_id, external_id) where deleted_at is null and external_id is not null;
create unique index customers_email on customers (tenant_id, email) where deleted_at is null and email is not null;
create unique index customers_username on customers (tenant_id, username_norm) where deleted_at is null and username_norm is not null;
create unique index customers_referral_code on customers (tenant_id, referral_code) where deleted_at is null and referral_code is not null;
create unique index customers_user on customers (tenant_id, user_id) where deleted_at is null and user_id is not null;
create index customers_phone on customers (tenant_id, phone_e164) where phone_e164 is not null;
create index customers_referred_by on customers (tenant_id, referred_by) where referred_by is not null;
create index customers_assigned_to on customers (tenant_id, assigned_to) where assigned_to is not null;
create index customers_deleted on customers (tenant_id, deleted_at) where deleted_at is not null;
-- The order of the list, and of an export.
create index customers_created on customers (tenant_id, created_at desc, id desc);

create table individual_profiles (
  tenant_id uuid not null,
  customer_id uuid not null,
  date_of_birth date,
  gender text check (gender in ('male', 'female', 'other', 'prefer_not_to_say')),
  primary key (tenant_id, customer_id),
  foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);

create table business_profiles (
  tenant_id uuid not null,
  customer_id uuid not null,
  business_type text check (length(business_type) <= 50),
  tax_id text check (length(tax_id) <= 50),
  annual_revenue numeric(19, 4),
  primary key (tenant_id, customer_id),
  foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);

create table care_profiles (
  tenant_id uuid not null,
  customer_id uuid not null,
  paying_org text check (length(paying_org) <= 255),
  has_split_payment boolean not null,
  provider_split numeric check (provider_split between 0 and 100),
  payment_split numeric check (payment_split between 0 and 100),
  schedule jsonb,
  emergency_contact_name text check (length(emergency_contact_name) <= 255),
  emergency_contact_phone text check (length(emergency_contact_phone) <= 50),
  medical_notes text check (length(medical_notes) <= 5000),
  medication_notes text check (length(medication_notes) <= 5000),
  driver_notes text check (length(driver_notes) <= 5000),
  mobility_requirements text check (length(mobility_requirements) <= 2000),
  reminder_opt_in boolean not null,
  reminder_preference text not null check (reminder_preference in ('sms', 'email', 'both', 'none')),
  is_login_enabled boolean not null,
  primary key (tenant_id, customer_id),
  foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);

create table customer_addresses (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  version integer not null,
  label text check (length(label) <= 50),
  type text not null check (type in ('billing', 'shipping', 'both', 'company', 'other')),
  is_default_billing boolean not null,
  is_default_shipping boolean not null,
  recipient_name text check (length(recipient_name) <= 255),
  company text check (length(company) <= 255),
  phone text check (length(phone) <= 50),
  phone_country_code text check (length(phone_country_code) <= 5),
  line1 text check (length(line1) <= 255),
  line2 text check (length(line2) <= 255),
  city text check (length(city) <= 100),
  state_province text check (length(state_province) <= 100),
  postal_code text check (length(postal_code) <= 20),
  country text check (length(country) <= 100),
  country_code text check (country_code ~ '^[A-Z]{2}$'),
  latitude numeric check (latitude between -90 and 90),
  longitude numeric check (longitude between -180 and 180),
  delivery_instructions text check (length(delivery_instructions) <= 2000),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  updated_by uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
create index customer_addresses_customer on customer_addresses (tenant_id, customer_id);
create unique index customer_addresses_default_billing on customer_addresses (tenant_id, customer_id) where is_default_billing;
create unique index customer_addresses_default_shipping on customer_addresses (tenant_id, customer_id) where is_default_shipping;

create table customer_groups (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  name text not null check (length(name) between 1 and 255),
  created_at timestamptz not null,
  -- The run that made it, so that undoing the run takes it away again.
  import_id uuid,
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

create table customer_group_members (
  tenant_id uuid not null,
  customer_id uuid not null,
  group_id uuid not null,
  primary key (tenant_id, customer_id, group_id),
  foreign key (tenant_id, customer_id) references customers (tenant_id, id),
  foreign key (tenant_id, group_id) references customer_groups (tenant_id, id)
);
create index customer_group_members_group on customer_group_members (tenant_id, group_id);

create table customer_notes (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  content text not null check (length(content) between 1 and 10000),
  created_at timestamptz not null,
  created_by uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
create index customer_notes_customer on customer_notes (tenant_id, customer_id, created_at desc);
