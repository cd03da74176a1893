-- Written by "npm run schema" from a migrated database. To be read, not to be run or edited.

create extension btree_gin;

create extension pg_trgm;

create schema auth;
grant usage on schema auth to clientele_app;

create schema public;
grant usage on schema public to clientele_app;
grant usage on schema public to clientele_loader;
grant usage on schema public to public;

create schema staging;
grant create, usage on schema staging to clientele_loader;
grant usage on schema staging to clientele_app;

create table auth."user" (
  id uuid not null,
  email text not null,
  email_verified boolean not null,
  name text not null,
  image text,
  two_factor_enabled boolean,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint user_pkey PRIMARY KEY (id),
  constraint user_email_key UNIQUE (email),
  constraint user_email_check CHECK ((length(email) <= 320))
);
alter table auth."user" owner to clientele_owner;
grant delete, insert, select, update on auth."user" to clientele_app;
comment on table auth."user" is 'Who signs in. What somebody may do stands in the members of a tenant.';

create table auth.account (
  id uuid not null,
  user_id uuid not null,
  provider_id text not null,
  account_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamp with time zone,
  refresh_token_expires_at timestamp with time zone,
  scope text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint account_pkey PRIMARY KEY (id),
  constraint account_provider_id_account_id_key UNIQUE (provider_id, account_id),
  constraint account_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
);
alter table auth.account owner to clientele_owner;
CREATE INDEX account_user_id_idx ON auth.account USING btree (user_id);
grant delete, insert, select, update on auth.account to clientele_app;

create table auth.api_keys (
  id uuid not null,
  tenant_id uuid not null,
  name text not null,
  prefix text not null,
  hash bytea not null,
  permissions text[] not null,
  expires_at timestamp with time zone,
  created_by uuid,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_hash_key UNIQUE (hash),
  constraint api_keys_hash_check CHECK ((octet_length(hash) = 32)),
  constraint api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255)))
);
alter table auth.api_keys owner to clientele_owner;
CREATE INDEX api_keys_tenant_id_idx ON auth.api_keys USING btree (tenant_id, created_at);
grant delete, insert, select, update on auth.api_keys to clientele_app;

create table auth.memberships (
  user_id uuid not null,
  tenant_id uuid not null,
  constraint memberships_pkey PRIMARY KEY (user_id, tenant_id),
  constraint memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
);
alter table auth.memberships owner to clientele_owner;
CREATE INDEX memberships_tenant_id_idx ON auth.memberships USING btree (tenant_id);
grant delete, insert, select, update on auth.memberships to clientele_app;
comment on table auth.memberships is 'Where to look for a user: the tenants with a member of his. The role stands there.';

create table auth.rate_limit (
  id uuid not null,
  key text not null,
  count integer not null,
  last_request bigint not null,
  constraint rate_limit_pkey PRIMARY KEY (id),
  constraint rate_limit_key_key UNIQUE (key)
);
alter table auth.rate_limit owner to clientele_owner;
grant delete, insert, select, update on auth.rate_limit to clientele_app;

create table auth.session (
  id uuid not null,
  user_id uuid not null,
  token text not null,
  active_tenant_id uuid,
  ip_address text,
  user_agent text,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint session_pkey PRIMARY KEY (id),
  constraint session_token_key UNIQUE (token),
  constraint session_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
);
alter table auth.session owner to clientele_owner;
CREATE INDEX session_expires_at_idx ON auth.session USING btree (expires_at);
CREATE INDEX session_user_id_idx ON auth.session USING btree (user_id);
grant delete, insert, select, update on auth.session to clientele_app;

create table auth.setup_tokens (
  hash bytea not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint setup_tokens_pkey PRIMARY KEY (hash),
  constraint setup_tokens_hash_check CHECK ((octet_length(hash) = 32))
);
alter table auth.setup_tokens owner to clientele_owner;
grant delete, insert, select, update on auth.setup_tokens to clientele_app;

create table auth.two_factor (
  id uuid not null,
  user_id uuid not null,
  secret text not null,
  backup_codes text not null,
  verified boolean,
  failed_verification_count integer,
  locked_until timestamp with time zone,
  constraint two_factor_pkey PRIMARY KEY (id),
  constraint two_factor_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
);
alter table auth.two_factor owner to clientele_owner;
CREATE INDEX two_factor_secret_idx ON auth.two_factor USING btree (secret);
CREATE INDEX two_factor_user_id_idx ON auth.two_factor USING btree (user_id);
grant delete, insert, select, update on auth.two_factor to clientele_app;

create table auth.verification (
  id uuid not null,
  identifier text not null,
  value text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint verification_pkey PRIMARY KEY (id)
);
alter table auth.verification owner to clientele_owner;
CREATE INDEX verification_expires_at_idx ON auth.verification USING btree (expires_at);
CREATE INDEX verification_identifier_idx ON auth.verification USING btree (identifier);
grant delete, insert, select, update on auth.verification to clientele_app;

create table public.assets (
  tenant_id uuid not null,
  id uuid not null,
  version integer not null,
  quote_id uuid,
  format text,
  status text,
  quality_score numeric,
  url text,
  created_at timestamp with time zone not null,
  created_by uuid,
  updated_at timestamp with time zone not null,
  updated_by uuid,
  custom jsonb not null default '{}'::jsonb,
  constraint assets_pkey PRIMARY KEY (tenant_id, id),
  constraint assets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint assets_tenant_id_quote_id_fkey FOREIGN KEY (tenant_id, quote_id) REFERENCES quotes(tenant_id, id)
);
alter table public.assets owner to clientele_owner;
CREATE INDEX assets_created ON public.assets USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX assets_quote ON public.assets USING btree (tenant_id, quote_id) WHERE (quote_id IS NOT NULL);
CREATE INDEX assets_status ON public.assets USING btree (tenant_id, status, created_at DESC, id DESC);
alter table public.assets enable row level security;
alter table public.assets force row level security;
create policy tenant on assets using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on assets to clientele_app;

create table public.audit_entries (
  tenant_id uuid not null,
  seq bigint not null,
  action text not null,
  subject_type text not null,
  subject_id uuid,
  detail jsonb not null,
  digest bytea,
  actor uuid,
  at timestamp with time zone not null,
  hash bytea not null,
  constraint audit_entries_pkey PRIMARY KEY (tenant_id, seq),
  constraint audit_entries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table public.audit_entries owner to clientele_owner;
CREATE INDEX audit_entries_action ON public.audit_entries USING btree (tenant_id, action, seq);
CREATE INDEX audit_entries_actor ON public.audit_entries USING btree (tenant_id, actor, seq) WHERE (actor IS NOT NULL);
CREATE INDEX audit_entries_at ON public.audit_entries USING btree (tenant_id, at);
CREATE INDEX audit_entries_subject ON public.audit_entries USING btree (tenant_id, subject_id, seq) WHERE (subject_id IS NOT NULL);
CREATE INDEX audit_entries_subject_type ON public.audit_entries USING btree (tenant_id, subject_type, seq);
alter table public.audit_entries enable row level security;
alter table public.audit_entries force row level security;
create policy tenant on audit_entries using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant insert, select on audit_entries to clientele_app;

create table public.audit_heads (
  tenant_id uuid not null,
  seq bigint not null,
  hash bytea not null,
  constraint audit_heads_pkey PRIMARY KEY (tenant_id),
  constraint audit_heads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table public.audit_heads owner to clientele_owner;
alter table public.audit_heads enable row level security;
alter table public.audit_heads force row level security;
create policy tenant on audit_heads using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant insert, select, update on audit_heads to clientele_app;

create table public.boards (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  created_at timestamp with time zone not null,
  import_id uuid,
  constraint boards_pkey PRIMARY KEY (tenant_id, id),
  constraint boards_tenant_id_name_key UNIQUE (tenant_id, name),
  constraint boards_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint boards_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255)))
);
alter table public.boards owner to clientele_owner;
alter table public.boards enable row level security;
alter table public.boards force row level security;
create policy tenant on boards using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on boards to clientele_app;

create table public.business_profiles (
  tenant_id uuid not null,
  customer_id uuid not null,
  business_type text,
  tax_id text,
  annual_revenue numeric(19,4),
  constraint business_profiles_pkey PRIMARY KEY (tenant_id, customer_id),
  constraint business_profiles_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers(tenant_id, id),
  constraint business_profiles_business_type_check CHECK ((length(business_type) <= 50)),
  constraint business_profiles_tax_id_check CHECK ((length(tax_id) <= 50))
) with (autovacuum_analyze_scale_factor=0.005, autovacuum_analyze_threshold=2000);
alter table public.business_profiles owner to clientele_owner;
alter table public.business_profiles enable row level security;
alter table public.business_profiles force row level security;
create policy tenant on business_profiles using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on business_profiles to clientele_app;

create table public.care_profiles (
  tenant_id uuid not null,
  customer_id uuid not null,
  paying_org text,
  has_split_payment boolean not null,
  provider_split numeric,
  payment_split numeric,
  schedule jsonb,
  emergency_contact_name text,
  emergency_contact_phone text,
  medical_notes text,
  medication_notes text,
  driver_notes text,
  mobility_requirements text,
  reminder_opt_in boolean not null,
  reminder_preference text not null,
  is_login_enabled boolean not null,
  constraint care_profiles_pkey PRIMARY KEY (tenant_id, customer_id),
  constraint care_profiles_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers(tenant_id, id),
  constraint care_profiles_driver_notes_check CHECK ((length(driver_notes) <= 5000)),
  constraint care_profiles_emergency_contact_name_check CHECK ((length(emergency_contact_name) <= 255)),
  constraint care_profiles_emergency_contact_phone_check CHECK ((length(emergency_contact_phone) <= 50)),
  constraint care_profiles_medical_notes_check CHECK ((length(medical_notes) <= 5000)),
  constraint care_profiles_medication_notes_check CHECK ((length(medication_notes) <= 5000)),
  constraint care_profiles_mobility_requirements_check CHECK ((length(mobility_requirements) <= 2000)),
  constraint care_profiles_paying_org_check CHECK ((length(paying_org) <= 255)),
  constraint care_profiles_payment_split_check CHECK (((payment_split >= (0)::numeric) AND (payment_split <= (100)::numeric))),
  constraint care_profiles_provider_split_check CHECK (((provider_split >= (0)::numeric) AND (provider_split <= (100)::numeric))),
  constraint care_profiles_reminder_preference_check CHECK ((reminder_preference = ANY (ARRAY['sms'::text, 'email'::text, 'both'::text, 'none'::text])))
) with (autovacuum_analyze_scale_factor=0.005, autovacuum_analyze_threshold=2000);
alter table public.care_profiles owner to clientele_owner;
alter table public.care_profiles enable row level security;
alter table public.care_profiles force row level security;
create policy tenant on care_profiles using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on care_profiles to clientele_app;

create table public.changes (
  tenant_id uuid not null,
  id uuid not null,
  dataset text not null,
  record_id uuid not null,
  import_id uuid,
  phase text,
  chunk integer,
  "row" bigint,
  before jsonb not null,
  after jsonb not null,
  parts_created text[] not null,
  part_ids jsonb,
  salt bytea not null,
  digest bytea not null,
  changed_by uuid,
  changed_at timestamp with time zone not null,
  operation_id uuid,
  constraint changes_pkey PRIMARY KEY (tenant_id, id),
  constraint changes_phase_check CHECK ((phase = ANY (ARRAY['commit'::text, 'release'::text, 'references'::text, 'undo commit'::text, 'undo release'::text, 'undo references'::text])))
) with (autovacuum_analyze_scale_factor=0.005, autovacuum_analyze_threshold=2000);
alter table public.changes owner to clientele_owner;
CREATE INDEX changes_import ON public.changes USING btree (tenant_id, import_id, phase, chunk) WHERE (import_id IS NOT NULL);
CREATE INDEX changes_operation ON public.changes USING btree (tenant_id, operation_id) WHERE (operation_id IS NOT NULL);
CREATE INDEX changes_record ON public.changes USING btree (tenant_id, record_id);
alter table public.changes enable row level security;
alter table public.changes force row level security;
create policy tenant on changes using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant insert, select on changes to clientele_app;

create table public.custom_fields (
  tenant_id uuid not null,
  id uuid not null,
  dataset text not null,
  key text not null,
  label text not null,
  type text not null,
  limits jsonb not null,
  aliases text[] not null,
  sensitive boolean not null,
  filterable boolean not null,
  "position" integer not null,
  revision integer not null,
  index_state text not null,
  settled_up_to uuid,
  deleted_at timestamp with time zone,
  removing boolean not null default false,
  created_at timestamp with time zone not null,
  created_by uuid,
  updated_at timestamp with time zone not null,
  updated_by uuid,
  constraint custom_fields_pkey PRIMARY KEY (tenant_id, id),
  constraint custom_fields_tenant_id_dataset_key_key UNIQUE (tenant_id, dataset, key),
  constraint custom_fields_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint custom_fields_index_state_check CHECK ((index_state = ANY (ARRAY['none'::text, 'filling'::text, 'ready'::text, 'emptying'::text]))),
  constraint custom_fields_key_check CHECK ((key ~ '^[a-z][a-z0-9_]{0,49}$'::text)),
  constraint custom_fields_label_check CHECK (((length(label) >= 1) AND (length(label) <= 100)))
);
alter table public.custom_fields owner to clientele_owner;
alter table public.custom_fields enable row level security;
alter table public.custom_fields force row level security;
create policy tenant on custom_fields using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on custom_fields to clientele_app;

create table public.custom_values (
  tenant_id uuid not null,
  record_id uuid not null,
  field_id uuid not null,
  place integer not null,
  text text collate "C",
  number double precision,
  "time" timestamp with time zone,
  constraint custom_values_pkey PRIMARY KEY (tenant_id, record_id, field_id, place),
  constraint custom_values_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table public.custom_values owner to clientele_owner;
CREATE INDEX custom_values_number ON public.custom_values USING btree (tenant_id, field_id, number, record_id) WHERE (number IS NOT NULL);
CREATE INDEX custom_values_text ON public.custom_values USING btree (tenant_id, field_id, text, record_id) WHERE (text IS NOT NULL);
CREATE INDEX custom_values_time ON public.custom_values USING btree (tenant_id, field_id, "time", record_id) WHERE ("time" IS NOT NULL);
alter table public.custom_values enable row level security;
alter table public.custom_values force row level security;
create policy tenant on custom_values using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on custom_values to clientele_app;

create table public.customer_addresses (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  version integer not null,
  label text,
  type text not null,
  is_default_billing boolean not null,
  is_default_shipping boolean not null,
  recipient_name text,
  company text,
  phone text,
  phone_country_code text,
  line1 text,
  line2 text,
  city text,
  state_province text,
  postal_code text,
  country text,
  country_code text,
  latitude numeric,
  longitude numeric,
  delivery_instructions text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  updated_by uuid,
  custom jsonb not null default '{}'::jsonb,
  constraint customer_addresses_pkey PRIMARY KEY (tenant_id, id),
  constraint customer_addresses_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers(tenant_id, id),
  constraint customer_addresses_city_check CHECK ((length(city) <= 100)),
  constraint customer_addresses_company_check CHECK ((length(company) <= 255)),
  constraint customer_addresses_country_check CHECK ((length(country) <= 100)),
  constraint customer_addresses_country_code_check CHECK ((country_code ~ '^[A-Z]{2}$'::text)),
  constraint customer_addresses_delivery_instructions_check CHECK ((length(delivery_instructions) <= 2000)),
  constraint customer_addresses_label_check CHECK ((length(label) <= 50)),
  constraint customer_addresses_latitude_check CHECK (((latitude >= ('-90'::integer)::numeric) AND (latitude <= (90)::numeric))),
  constraint customer_addresses_line1_check CHECK ((length(line1) <= 255)),
  constraint customer_addresses_line2_check CHECK ((length(line2) <= 255)),
  constraint customer_addresses_longitude_check CHECK (((longitude >= ('-180'::integer)::numeric) AND (longitude <= (180)::numeric))),
  constraint customer_addresses_phone_check CHECK ((length(phone) <= 50)),
  constraint customer_addresses_phone_country_code_check CHECK ((length(phone_country_code) <= 5)),
  constraint customer_addresses_postal_code_check CHECK ((length(postal_code) <= 20)),
  constraint customer_addresses_recipient_name_check CHECK ((length(recipient_name) <= 255)),
  constraint customer_addresses_state_province_check CHECK ((length(state_province) <= 100)),
  constraint customer_addresses_type_check CHECK ((type = ANY (ARRAY['billing'::text, 'shipping'::text, 'both'::text, 'company'::text, 'other'::text])))
) with (autovacuum_analyze_scale_factor=0.005, autovacuum_analyze_threshold=2000);
alter table public.customer_addresses owner to clientele_owner;
CREATE INDEX customer_addresses_customer ON public.customer_addresses USING btree (tenant_id, customer_id);
CREATE UNIQUE INDEX customer_addresses_default_billing ON public.customer_addresses USING btree (tenant_id, customer_id) WHERE is_default_billing;
CREATE UNIQUE INDEX customer_addresses_default_shipping ON public.customer_addresses USING btree (tenant_id, customer_id) WHERE is_default_shipping;
CREATE INDEX customer_addresses_place ON public.customer_addresses USING gin (tenant_id, city, state_province, country, country_code);
alter table public.customer_addresses enable row level security;
alter table public.customer_addresses force row level security;
create policy tenant on customer_addresses using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on customer_addresses to clientele_app;

create table public.customer_group_members (
  tenant_id uuid not null,
  customer_id uuid not null,
  group_id uuid not null,
  constraint customer_group_members_pkey PRIMARY KEY (tenant_id, customer_id, group_id),
  constraint customer_group_members_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers(tenant_id, id),
  constraint customer_group_members_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES customer_groups(tenant_id, id)
) with (autovacuum_analyze_scale_factor=0.005, autovacuum_analyze_threshold=2000);
alter table public.customer_group_members owner to clientele_owner;
CREATE INDEX customer_group_members_group ON public.customer_group_members USING btree (tenant_id, group_id);
alter table public.customer_group_members enable row level security;
alter table public.customer_group_members force row level security;
create policy tenant on customer_group_members using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on customer_group_members to clientele_app;

create table public.customer_groups (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  created_at timestamp with time zone not null,
  import_id uuid,
  constraint customer_groups_pkey PRIMARY KEY (tenant_id, id),
  constraint customer_groups_tenant_id_name_key UNIQUE (tenant_id, name),
  constraint customer_groups_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint customer_groups_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255)))
);
alter table public.customer_groups owner to clientele_owner;
alter table public.customer_groups enable row level security;
alter table public.customer_groups force row level security;
create policy tenant on customer_groups using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on customer_groups to clientele_app;

create table public.customer_notes (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  content text not null,
  created_at timestamp with time zone not null,
  created_by uuid,
  constraint customer_notes_pkey PRIMARY KEY (tenant_id, id),
  constraint customer_notes_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers(tenant_id, id),
  constraint customer_notes_content_check CHECK (((length(content) >= 1) AND (length(content) <= 10000)))
) with (autovacuum_analyze_scale_factor=0.005, autovacuum_analyze_threshold=2000);
alter table public.customer_notes owner to clientele_owner;
CREATE INDEX customer_notes_customer ON public.customer_notes USING btree (tenant_id, customer_id, created_at DESC);
alter table public.customer_notes enable row level security;
alter table public.customer_notes force row level security;
create policy tenant on customer_notes using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on customer_notes to clientele_app;

create table public.customers (
  tenant_id uuid not null,
  id uuid not null,
  version integer not null,
  number text not null,
  user_id uuid,
  external_id text,
  type text not null,
  status text not null,
  account_status text not null,
  first_name text,
  last_name text,
  display_name text not null,
  company_name text,
  email text,
  email_verified boolean not null,
  email_verified_at timestamp with time zone,
  phone text,
  phone_e164 text,
  phone_country_code text,
  phone_verified boolean not null,
  phone_verified_at timestamp with time zone,
  secondary_email text,
  secondary_email_verified boolean not null,
  secondary_phone text,
  job_title text,
  avatar_url text,
  website text,
  source text,
  segment text not null,
  journey_stage text,
  industry text,
  username text,
  username_norm text,
  tags text[] not null,
  preferred_language text not null,
  languages text[] not null,
  preferred_currency text,
  timezone text,
  marketing_opt_in boolean not null,
  email_opt_in boolean not null,
  sms_opt_in boolean not null,
  whatsapp_opt_in boolean not null,
  push_opt_in boolean not null,
  risk_profile text,
  store_credit_balance numeric(19,4) not null,
  referral_code text,
  referred_by uuid,
  referral_bonus_credited boolean not null,
  suspended_reason text,
  suspended_until timestamp with time zone,
  loyalty_enrolled boolean not null,
  loyalty_tier text,
  loyalty_points numeric not null,
  lifetime_points numeric not null,
  loyalty_enrolled_at timestamp with time zone,
  subscription_plan text,
  subscription_status text,
  billing_cycle text,
  subscription_started_at timestamp with time zone,
  auto_renew boolean not null,
  assigned_to uuid,
  last_contact_at timestamp with time zone,
  next_follow_up_at timestamp with time zone,
  last_seen_at timestamp with time zone,
  general_notes jsonb,
  metadata jsonb,
  orders_count integer not null,
  total_spent numeric(19,4) not null,
  average_order_value numeric(19,4) generated always as (
CASE
    WHEN (orders_count > 0) THEN round((total_spent / (orders_count)::numeric), 4)
    ELSE NULL::numeric
END) stored,
  first_order_at timestamp with time zone,
  last_order_at timestamp with time zone,
  notes_count integer not null,
  total_invoices integer not null,
  status_before_archive text,
  archived_at timestamp with time zone,
  archived_by uuid,
  created_at timestamp with time zone not null,
  created_by uuid,
  updated_at timestamp with time zone not null,
  updated_by uuid,
  deleted_at timestamp with time zone,
  deleted_by uuid,
  ordered_count bigint not null default 0,
  ordered_total numeric not null default 0,
  opening_first_order_at timestamp with time zone,
  opening_last_order_at timestamp with time zone,
  custom jsonb not null default '{}'::jsonb,
  search_text text not null generated always as (lower(((((((display_name ||
CASE
    WHEN (strpos(display_name, first_name) > 0) THEN ''::text
    ELSE COALESCE(('
'::text || first_name), ''::text)
END) ||
CASE
    WHEN (strpos(display_name, last_name) > 0) THEN ''::text
    ELSE COALESCE(('
'::text || last_name), ''::text)
END) ||
CASE
    WHEN (strpos(display_name, company_name) > 0) THEN ''::text
    ELSE COALESCE(('
'::text || company_name), ''::text)
END) || COALESCE(('
'::text || email), ''::text)) ||
CASE
    WHEN (translate(phone, ' '::text, ''::text) = phone_e164) THEN ''::text
    ELSE COALESCE(('
'::text || phone), ''::text)
END) || COALESCE(('
'::text || phone_e164), ''::text)))) stored,
  total_spent_scaled bigint not null generated always as (((LEAST(GREATEST(total_spent, '-922337203685477.5807'::numeric), 922337203685477.5807) * (10000)::numeric))::bigint) stored,
  constraint customers_pkey PRIMARY KEY (tenant_id, id),
  constraint customers_tenant_id_assigned_to_fkey FOREIGN KEY (tenant_id, assigned_to) REFERENCES members(tenant_id, id),
  constraint customers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint customers_tenant_id_referred_by_fkey FOREIGN KEY (tenant_id, referred_by) REFERENCES customers(tenant_id, id),
  constraint customers_account_status_check CHECK ((account_status = ANY (ARRAY['active'::text, 'suspended'::text, 'closed'::text]))),
  constraint customers_avatar_url_check CHECK ((length(avatar_url) <= 2048)),
  constraint customers_billing_cycle_check CHECK ((billing_cycle = ANY (ARRAY['monthly'::text, 'yearly'::text]))),
  constraint customers_check CHECK (((status = 'archived'::text) = (archived_at IS NOT NULL))),
  constraint customers_company_name_check CHECK ((length(company_name) <= 255)),
  constraint customers_display_name_check CHECK ((length(display_name) <= 511)),
  constraint customers_email_check CHECK ((length(email) <= 255)),
  constraint customers_external_id_check CHECK ((length(external_id) <= 255)),
  constraint customers_first_name_check CHECK ((length(first_name) <= 255)),
  constraint customers_industry_check CHECK ((length(industry) <= 100)),
  constraint customers_job_title_check CHECK ((length(job_title) <= 100)),
  constraint customers_journey_stage_check CHECK ((length(journey_stage) <= 50)),
  constraint customers_last_name_check CHECK ((length(last_name) <= 255)),
  constraint customers_loyalty_tier_check CHECK ((length(loyalty_tier) <= 50)),
  constraint customers_number_check CHECK ((length(number) <= 50)),
  constraint customers_phone_check CHECK ((length(phone) <= 50)),
  constraint customers_phone_country_code_check CHECK ((length(phone_country_code) <= 5)),
  constraint customers_preferred_language_check CHECK ((length(preferred_language) <= 10)),
  constraint customers_referral_code_check CHECK ((length(referral_code) <= 50)),
  constraint customers_risk_profile_check CHECK ((risk_profile = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text]))),
  constraint customers_secondary_email_check CHECK ((length(secondary_email) <= 255)),
  constraint customers_secondary_phone_check CHECK ((length(secondary_phone) <= 50)),
  constraint customers_source_check CHECK ((source = ANY (ARRAY['website'::text, 'referral'::text, 'social_media'::text, 'advertising'::text, 'trade_show'::text, 'cold_call'::text, 'email_campaign'::text, 'other'::text]))),
  constraint customers_status_check CHECK ((status = ANY (ARRAY['lead'::text, 'prospect'::text, 'active'::text, 'inactive'::text, 'guest'::text, 'archived'::text]))),
  constraint customers_subscription_plan_check CHECK ((length(subscription_plan) <= 100)),
  constraint customers_subscription_status_check CHECK ((subscription_status = ANY (ARRAY['active'::text, 'paused'::text, 'cancelled'::text]))),
  constraint customers_suspended_reason_check CHECK ((length(suspended_reason) <= 2000)),
  constraint customers_type_check CHECK ((type = ANY (ARRAY['individual'::text, 'company'::text, 'non_profit'::text, 'government'::text]))),
  constraint customers_username_check CHECK ((length(username) <= 50)),
  constraint customers_website_check CHECK ((length(website) <= 255))
) with (autovacuum_analyze_scale_factor=0.005, autovacuum_analyze_threshold=2000, fillfactor=90);
alter table public.customers owner to clientele_owner;
CREATE INDEX customers_assigned_to ON public.customers USING btree (tenant_id, assigned_to) WHERE (assigned_to IS NOT NULL);
CREATE INDEX customers_created ON public.customers USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX customers_deleted ON public.customers USING btree (tenant_id, deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE INDEX customers_deleted_email ON public.customers USING btree (tenant_id, email) WHERE ((deleted_at IS NOT NULL) AND (email IS NOT NULL));
CREATE INDEX customers_deleted_external_id ON public.customers USING btree (tenant_id, external_id) WHERE ((deleted_at IS NOT NULL) AND (external_id IS NOT NULL));
CREATE UNIQUE INDEX customers_email ON public.customers USING btree (tenant_id, email) WHERE ((deleted_at IS NULL) AND (email IS NOT NULL));
CREATE UNIQUE INDEX customers_external_id ON public.customers USING btree (tenant_id, external_id) WHERE ((deleted_at IS NULL) AND (external_id IS NOT NULL));
CREATE INDEX customers_facets ON public.customers USING gin (tenant_id, status, segment, type, account_status, source, industry);
CREATE INDEX customers_last_contact ON public.customers USING btree (tenant_id, last_contact_at DESC, id DESC) WHERE (last_contact_at IS NOT NULL);
CREATE INDEX customers_last_name ON public.customers USING btree (tenant_id, last_name, id);
CREATE INDEX customers_next_follow_up ON public.customers USING btree (tenant_id, next_follow_up_at, id) WHERE (next_follow_up_at IS NOT NULL);
CREATE UNIQUE INDEX customers_number ON public.customers USING btree (tenant_id, number);
CREATE INDEX customers_phone ON public.customers USING btree (tenant_id, phone_e164) WHERE (phone_e164 IS NOT NULL);
CREATE UNIQUE INDEX customers_referral_code ON public.customers USING btree (tenant_id, referral_code) WHERE ((deleted_at IS NULL) AND (referral_code IS NOT NULL));
CREATE INDEX customers_referred_by ON public.customers USING btree (tenant_id, referred_by) WHERE (referred_by IS NOT NULL);
CREATE INDEX customers_search ON public.customers USING gin (tenant_id, search_text gin_trgm_ops);
CREATE INDEX customers_tags ON public.customers USING gin (tenant_id, lower_texts(tags));
CREATE INDEX customers_total_spent ON public.customers USING btree (tenant_id, total_spent_scaled DESC, id DESC);
CREATE UNIQUE INDEX customers_user ON public.customers USING btree (tenant_id, user_id) WHERE ((deleted_at IS NULL) AND (user_id IS NOT NULL));
CREATE UNIQUE INDEX customers_username ON public.customers USING btree (tenant_id, username_norm) WHERE ((deleted_at IS NULL) AND (username_norm IS NOT NULL));
alter table public.customers enable row level security;
alter table public.customers force row level security;
create policy search on customers for select to clientele_search using (true);
create policy tenant on customers using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on customers to clientele_app;
grant select on customers to clientele_search;

create table public.daily_metrics (
  tenant_id uuid not null,
  id uuid not null,
  version integer not null,
  date date not null,
  revenue numeric(19,4),
  orders bigint,
  new_customers bigint,
  new_leads bigint,
  quiz_completions bigint,
  pin_impressions bigint,
  pin_clicks bigint,
  created_at timestamp with time zone not null,
  created_by uuid,
  updated_at timestamp with time zone not null,
  updated_by uuid,
  custom jsonb not null default '{}'::jsonb,
  constraint daily_metrics_pkey PRIMARY KEY (tenant_id, id),
  constraint daily_metrics_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table public.daily_metrics owner to clientele_owner;
CREATE UNIQUE INDEX daily_metrics_date ON public.daily_metrics USING btree (tenant_id, date);
alter table public.daily_metrics enable row level security;
alter table public.daily_metrics force row level security;
create policy tenant on daily_metrics using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on daily_metrics to clientele_app;

create table public.export_downloads (
  tenant_id uuid not null,
  id uuid not null,
  export_id uuid not null,
  link_id uuid,
  taken_by uuid,
  begun_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  first_byte bigint not null,
  last_byte bigint not null,
  bytes bigint,
  is_whole boolean not null,
  constraint export_downloads_pkey PRIMARY KEY (tenant_id, id),
  constraint export_downloads_tenant_id_export_id_fkey FOREIGN KEY (tenant_id, export_id) REFERENCES exports(tenant_id, id),
  constraint export_downloads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint export_downloads_tenant_id_link_id_fkey FOREIGN KEY (tenant_id, link_id) REFERENCES export_links(tenant_id, id)
);
alter table public.export_downloads owner to clientele_owner;
CREATE INDEX export_downloads_export ON public.export_downloads USING btree (tenant_id, export_id, id);
alter table public.export_downloads enable row level security;
alter table public.export_downloads force row level security;
create policy tenant on export_downloads using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on export_downloads to clientele_app;

create table public.export_links (
  tenant_id uuid not null,
  id uuid not null,
  export_id uuid not null,
  token_hash bytea not null,
  expires_at timestamp with time zone not null,
  created_by uuid,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint export_links_pkey PRIMARY KEY (tenant_id, id),
  constraint export_links_tenant_id_export_id_fkey FOREIGN KEY (tenant_id, export_id) REFERENCES exports(tenant_id, id),
  constraint export_links_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table public.export_links owner to clientele_owner;
CREATE INDEX export_links_export ON public.export_links USING btree (tenant_id, export_id, id);
CREATE UNIQUE INDEX export_links_token ON public.export_links USING btree (tenant_id, token_hash);
alter table public.export_links enable row level security;
alter table public.export_links force row level security;
create policy tenant on export_links using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on export_links to clientele_app;

create table public.export_schedule_runs (
  tenant_id uuid not null,
  id uuid not null,
  schedule_id uuid not null,
  due_at timestamp with time zone not null,
  cause text not null,
  state text not null,
  attempts integer not null,
  try_at timestamp with time zone,
  lease_token uuid,
  lease_until timestamp with time zone,
  made jsonb,
  baseline jsonb,
  delivered jsonb not null,
  failures jsonb not null,
  asked_by uuid,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  constraint export_schedule_runs_pkey PRIMARY KEY (tenant_id, id),
  constraint export_schedule_runs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint export_schedule_runs_tenant_id_schedule_id_fkey FOREIGN KEY (tenant_id, schedule_id) REFERENCES export_schedules(tenant_id, id),
  constraint export_schedule_runs_cause_check CHECK ((cause = ANY (ARRAY['clock'::text, 'asked'::text]))),
  constraint export_schedule_runs_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'skipped'::text])))
);
alter table public.export_schedule_runs owner to clientele_owner;
CREATE UNIQUE INDEX export_schedule_runs_due ON public.export_schedule_runs USING btree (tenant_id, schedule_id, due_at);
CREATE INDEX export_schedule_runs_of ON public.export_schedule_runs USING btree (tenant_id, schedule_id, id);
CREATE UNIQUE INDEX export_schedule_runs_one ON public.export_schedule_runs USING btree (tenant_id, schedule_id) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));
CREATE INDEX export_schedule_runs_open ON public.export_schedule_runs USING btree (tenant_id, created_at, id) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));
alter table public.export_schedule_runs enable row level security;
alter table public.export_schedule_runs force row level security;
create policy tenant on export_schedule_runs using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on export_schedule_runs to clientele_app;

create table public.export_schedules (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  name_norm text not null,
  template_id uuid not null,
  cron text not null,
  timezone text not null,
  mode text not null,
  destination jsonb not null,
  secret text,
  runs_as text not null,
  runs_as_id uuid,
  runs_as_user uuid,
  paused_at timestamp with time zone,
  failing_since timestamp with time zone,
  next_at timestamp with time zone,
  baseline jsonb,
  created_by uuid,
  created_at timestamp with time zone not null,
  updated_by uuid,
  updated_at timestamp with time zone not null,
  constraint export_schedules_pkey PRIMARY KEY (tenant_id, id),
  constraint export_schedules_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint export_schedules_tenant_id_template_id_fkey FOREIGN KEY (tenant_id, template_id) REFERENCES export_templates(tenant_id, id),
  constraint export_schedules_mode_check CHECK ((mode = ANY (ARRAY['whole'::text, 'changed'::text]))),
  constraint export_schedules_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint export_schedules_runs_as_check CHECK ((runs_as = ANY (ARRAY['member'::text, 'key'::text, 'operator'::text])))
);
alter table public.export_schedules owner to clientele_owner;
CREATE INDEX export_schedules_due ON public.export_schedules USING btree (tenant_id, next_at);
CREATE UNIQUE INDEX export_schedules_name ON public.export_schedules USING btree (tenant_id, name_norm);
CREATE INDEX export_schedules_template ON public.export_schedules USING btree (tenant_id, template_id);
alter table public.export_schedules enable row level security;
alter table public.export_schedules force row level security;
create policy tenant on export_schedules using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on export_schedules to clientele_app;

create table public.export_templates (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  name_norm text not null,
  dataset text not null,
  content jsonb not null,
  created_by uuid,
  created_at timestamp with time zone not null,
  updated_by uuid,
  updated_at timestamp with time zone not null,
  constraint export_templates_pkey PRIMARY KEY (tenant_id, id),
  constraint export_templates_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint export_templates_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);
alter table public.export_templates owner to clientele_owner;
CREATE UNIQUE INDEX export_templates_name ON public.export_templates USING btree (tenant_id, name_norm);
alter table public.export_templates enable row level security;
alter table public.export_templates force row level security;
create policy tenant on export_templates using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on export_templates to clientele_app;

create table public.exports (
  tenant_id uuid not null,
  id uuid not null,
  dataset text not null,
  format text not null,
  profile text not null,
  fields text[] not null,
  fields_left_out text[] not null,
  filter jsonb,
  state text not null,
  records bigint,
  bytes bigint,
  sha256 text,
  source text not null,
  created_by uuid,
  created_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  made_as text not null default 'answer'::text,
  asked jsonb,
  failure jsonb,
  file_name text,
  media_type text,
  file_key text,
  leases uuid[] not null default '{}'::uuid[],
  expires_at timestamp with time zone,
  file_removed_at timestamp with time zone,
  is_sensitive boolean not null default false,
  attempts integer not null default 0,
  lease_token uuid,
  lease_until timestamp with time zone,
  progress jsonb,
  progress_seq bigint not null default 0,
  constraint exports_pkey PRIMARY KEY (tenant_id, id),
  constraint exports_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint exports_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'json'::text, 'ndjson'::text, 'xlsx'::text, 'parquet'::text]))),
  constraint exports_made_as_check CHECK ((made_as = ANY (ARRAY['answer'::text, 'file'::text]))),
  constraint exports_profile_check CHECK ((profile = ANY (ARRAY['spreadsheet'::text, 'data'::text]))),
  constraint exports_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'broken_off'::text, 'failed'::text, 'cancelled'::text])))
);
alter table public.exports owner to clientele_owner;
CREATE INDEX exports_created ON public.exports USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX exports_kept ON public.exports USING btree (tenant_id, id) WHERE ((made_as = 'file'::text) AND (file_removed_at IS NULL));
CREATE INDEX exports_open ON public.exports USING btree (tenant_id, created_at, id) WHERE ((made_as = 'file'::text) AND (state = ANY (ARRAY['waiting'::text, 'running'::text])));
alter table public.exports enable row level security;
alter table public.exports force row level security;
create policy tenant on exports using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on exports to clientele_app;

create table public.idempotency_keys (
  tenant_id uuid not null,
  caller_id uuid not null,
  key text not null,
  call_sha256 bytea not null,
  started_at timestamp with time zone not null,
  status integer,
  answer jsonb,
  run_id uuid,
  constraint idempotency_keys_pkey PRIMARY KEY (tenant_id, caller_id, key),
  constraint idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)))
);
alter table public.idempotency_keys owner to clientele_owner;
CREATE INDEX idempotency_keys_started ON public.idempotency_keys USING btree (tenant_id, started_at);
alter table public.idempotency_keys enable row level security;
alter table public.idempotency_keys force row level security;
create policy tenant on idempotency_keys using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on idempotency_keys to clientele_app;

create table public.import_chunks (
  tenant_id uuid not null,
  import_id uuid not null,
  phase text not null,
  chunk integer not null,
  created_count integer not null,
  updated_count integer not null,
  unchanged_count integer not null,
  skipped_count integer not null,
  failed_count integer not null,
  at timestamp with time zone not null,
  constraint import_chunks_pkey PRIMARY KEY (tenant_id, import_id, phase, chunk),
  constraint import_chunks_tenant_id_import_id_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES imports(tenant_id, id),
  constraint import_chunks_phase_check CHECK ((phase = ANY (ARRAY['commit'::text, 'references'::text, 'undo commit'::text, 'undo references'::text])))
);
alter table public.import_chunks owner to clientele_owner;
alter table public.import_chunks enable row level security;
alter table public.import_chunks force row level security;
create policy tenant on import_chunks using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on import_chunks to clientele_app;

create table public.import_made (
  tenant_id uuid not null,
  import_id uuid not null,
  dataset text not null,
  key text not null,
  record_id uuid not null,
  "row" bigint not null,
  made boolean not null,
  constraint import_made_pkey PRIMARY KEY (tenant_id, import_id, dataset, key)
);
alter table public.import_made owner to clientele_owner;
alter table public.import_made enable row level security;
alter table public.import_made force row level security;
create policy tenant on import_made using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on import_made to clientele_app;

create table public.import_plan (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  "row" bigint not null,
  outcome text not null,
  code text,
  details jsonb,
  record_id uuid,
  version integer,
  changed text[],
  refs jsonb,
  constraint import_plan_outcome_check CHECK ((outcome = ANY (ARRAY['create'::text, 'update'::text, 'unchanged'::text, 'skip'::text, 'fail'::text])))
);
alter table public.import_plan owner to clientele_owner;
CREATE INDEX import_plan_row ON public.import_plan USING btree (tenant_id, import_id, chunk, "row");
alter table public.import_plan enable row level security;
alter table public.import_plan force row level security;
create policy tenant on import_plan using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on import_plan to clientele_app;

create table public.import_problems (
  tenant_id uuid not null,
  import_id uuid not null,
  "row" bigint not null,
  column_index integer,
  field text,
  code text not null,
  details jsonb not null,
  line bigint,
  byte_offset bigint,
  warning boolean not null
);
alter table public.import_problems owner to clientele_owner;
CREATE INDEX import_problems_row ON public.import_problems USING btree (tenant_id, import_id, "row");
alter table public.import_problems enable row level security;
alter table public.import_problems force row level security;
create policy tenant on import_problems using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on import_problems to clientele_app;

create table public.imports (
  tenant_id uuid not null,
  id uuid not null,
  dataset text not null,
  state text not null,
  file_name text not null,
  file_bytes bigint not null,
  file_sha256 text not null,
  source text not null,
  options jsonb not null,
  inspection jsonb,
  mapping jsonb,
  readings jsonb,
  chunk_rows integer not null,
  rows_read bigint,
  rows_staged bigint,
  rows_invalid bigint,
  report jsonb,
  checked_epoch bigint,
  number_base bigint,
  created_count bigint not null,
  updated_count bigint not null,
  unchanged_count bigint not null,
  skipped_count bigint not null,
  failed_count bigint not null,
  undo_report jsonb,
  failure jsonb,
  lease_token uuid,
  lease_until timestamp with time zone,
  created_by uuid,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  progress jsonb,
  progress_seq bigint not null default 0,
  source_removed_at timestamp with time zone,
  custom_fields jsonb,
  rows_removed_at timestamp with time zone,
  constraint imports_pkey PRIMARY KEY (tenant_id, id),
  constraint imports_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint imports_state_check CHECK ((state = ANY (ARRAY['uploaded'::text, 'inspected'::text, 'mapped'::text, 'checking'::text, 'checked'::text, 'held'::text, 'committing'::text, 'done'::text, 'cancelling'::text, 'cancelled'::text, 'failed'::text, 'undoing'::text, 'undone'::text])))
);
alter table public.imports owner to clientele_owner;
CREATE INDEX imports_created ON public.imports USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX imports_open ON public.imports USING btree (tenant_id, created_at, id) WHERE (state = ANY (ARRAY['uploaded'::text, 'inspected'::text, 'mapped'::text, 'checking'::text, 'committing'::text, 'cancelling'::text, 'undoing'::text, 'checked'::text]));
CREATE INDEX imports_rows_kept ON public.imports USING btree (tenant_id, updated_at) WHERE (rows_removed_at IS NULL);
CREATE INDEX imports_sha256 ON public.imports USING btree (tenant_id, file_sha256);
CREATE INDEX imports_sources_kept ON public.imports USING btree (tenant_id, updated_at) WHERE (source_removed_at IS NULL);
CREATE UNIQUE INDEX imports_writing ON public.imports USING btree (tenant_id) WHERE (state = ANY (ARRAY['committing'::text, 'cancelling'::text, 'undoing'::text]));
alter table public.imports enable row level security;
alter table public.imports force row level security;
create policy tenant on imports using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on imports to clientele_app;

create table public.individual_profiles (
  tenant_id uuid not null,
  customer_id uuid not null,
  date_of_birth date,
  gender text,
  constraint individual_profiles_pkey PRIMARY KEY (tenant_id, customer_id),
  constraint individual_profiles_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers(tenant_id, id),
  constraint individual_profiles_gender_check CHECK ((gender = ANY (ARRAY['male'::text, 'female'::text, 'other'::text, 'prefer_not_to_say'::text])))
) with (autovacuum_analyze_scale_factor=0.005, autovacuum_analyze_threshold=2000);
alter table public.individual_profiles owner to clientele_owner;
alter table public.individual_profiles enable row level security;
alter table public.individual_profiles force row level security;
create policy tenant on individual_profiles using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on individual_profiles to clientele_app;

create table public.invitations (
  tenant_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  token_hash bytea not null,
  invited_by uuid,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  accepted_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint invitations_pkey PRIMARY KEY (tenant_id, id),
  constraint invitations_tenant_id_token_hash_key UNIQUE (tenant_id, token_hash),
  constraint invitations_tenant_id_member_id_fkey FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, id)
);
alter table public.invitations owner to clientele_owner;
CREATE UNIQUE INDEX invitations_open ON public.invitations USING btree (tenant_id, member_id) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));
alter table public.invitations enable row level security;
alter table public.invitations force row level security;
create policy tenant on invitations using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant insert, select, update on invitations to clientele_app;

create table public.leads (
  tenant_id uuid not null,
  id uuid not null,
  version integer not null,
  email text not null,
  segment text,
  source text,
  quiz_completed boolean,
  converted boolean,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  created_at timestamp with time zone not null,
  created_by uuid,
  updated_at timestamp with time zone not null,
  updated_by uuid,
  custom jsonb not null default '{}'::jsonb,
  constraint leads_pkey PRIMARY KEY (tenant_id, id),
  constraint leads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint leads_email_check CHECK ((length(email) <= 255))
) with (autovacuum_analyze_scale_factor=0.005, autovacuum_analyze_threshold=2000);
alter table public.leads owner to clientele_owner;
CREATE INDEX leads_created ON public.leads USING btree (tenant_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX leads_email ON public.leads USING btree (tenant_id, email);
CREATE INDEX leads_segment ON public.leads USING btree (tenant_id, segment, created_at DESC, id DESC);
CREATE INDEX leads_source ON public.leads USING btree (tenant_id, source, created_at DESC, id DESC);
alter table public.leads enable row level security;
alter table public.leads force row level security;
create policy tenant on leads using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on leads to clientele_app;

create table public.members (
  tenant_id uuid not null,
  id uuid not null,
  email text not null,
  name text,
  role text not null,
  created_at timestamp with time zone not null,
  user_id uuid,
  site_role text,
  invited_at timestamp with time zone,
  accepted_at timestamp with time zone,
  removed_at timestamp with time zone,
  constraint members_pkey PRIMARY KEY (tenant_id, id),
  constraint members_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'staff'::text, 'viewer'::text, 'customer'::text]))),
  constraint members_site_role_check CHECK ((site_role = ANY (ARRAY['owner'::text, 'admin'::text, 'staff'::text, 'viewer'::text])))
);
alter table public.members owner to clientele_owner;
CREATE UNIQUE INDEX members_email ON public.members USING btree (tenant_id, email) WHERE (removed_at IS NULL);
CREATE INDEX members_owners ON public.members USING btree (tenant_id, id) WHERE ((role = 'owner'::text) AND (removed_at IS NULL));
CREATE UNIQUE INDEX members_user ON public.members USING btree (tenant_id, user_id) WHERE ((removed_at IS NULL) AND (user_id IS NOT NULL));
alter table public.members enable row level security;
alter table public.members force row level security;
create policy tenant on members using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on members to clientele_app;

create table public.migrations (
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null,
  constraint migrations_pkey PRIMARY KEY (name)
);
alter table public.migrations owner to clientele_owner;
grant select on migrations to clientele_app;

create table public.orders (
  tenant_id uuid not null,
  id uuid not null,
  version integer not null,
  number text not null,
  shopify_order_id text,
  customer_id uuid,
  total numeric(19,4),
  subtotal numeric(19,4),
  discount_total numeric(19,4),
  item_count bigint,
  currency text,
  status text,
  attribution_channel text,
  coupon_code text,
  line_items jsonb,
  created_at timestamp with time zone not null,
  created_by uuid,
  updated_at timestamp with time zone not null,
  updated_by uuid,
  custom jsonb not null default '{}'::jsonb,
  constraint orders_pkey PRIMARY KEY (tenant_id, id),
  constraint orders_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers(tenant_id, id),
  constraint orders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint orders_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint orders_number_check CHECK ((length(number) <= 255)),
  constraint orders_shopify_order_id_check CHECK ((length(shopify_order_id) <= 255))
) with (autovacuum_analyze_scale_factor=0.005, autovacuum_analyze_threshold=2000);
alter table public.orders owner to clientele_owner;
CREATE INDEX orders_created ON public.orders USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX orders_customer ON public.orders USING btree (tenant_id, customer_id, created_at DESC) WHERE (customer_id IS NOT NULL);
CREATE UNIQUE INDEX orders_number ON public.orders USING btree (tenant_id, number);
CREATE UNIQUE INDEX orders_shopify_order_id ON public.orders USING btree (tenant_id, shopify_order_id) WHERE (shopify_order_id IS NOT NULL);
CREATE INDEX orders_status ON public.orders USING btree (tenant_id, status, created_at DESC, id DESC);
alter table public.orders enable row level security;
alter table public.orders force row level security;
create policy tenant on orders using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on orders to clientele_app;

create table public.pins (
  tenant_id uuid not null,
  id uuid not null,
  version integer not null,
  title text not null,
  board_name text,
  status text,
  impressions bigint,
  saves bigint,
  clicks bigint,
  engagement_rate numeric,
  published_at timestamp with time zone,
  link text,
  pinterest_pin_id text,
  created_at timestamp with time zone not null,
  created_by uuid,
  updated_at timestamp with time zone not null,
  updated_by uuid,
  custom jsonb not null default '{}'::jsonb,
  constraint pins_pkey PRIMARY KEY (tenant_id, id),
  constraint pins_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint pins_board_name_check CHECK ((length(board_name) <= 255)),
  constraint pins_pinterest_pin_id_check CHECK ((length(pinterest_pin_id) <= 255))
);
alter table public.pins owner to clientele_owner;
CREATE INDEX pins_board ON public.pins USING btree (tenant_id, board_name) WHERE (board_name IS NOT NULL);
CREATE INDEX pins_created ON public.pins USING btree (tenant_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX pins_pinterest_pin_id ON public.pins USING btree (tenant_id, pinterest_pin_id) WHERE (pinterest_pin_id IS NOT NULL);
CREATE INDEX pins_published ON public.pins USING btree (tenant_id, published_at DESC, id DESC) WHERE (published_at IS NOT NULL);
CREATE INDEX pins_status ON public.pins USING btree (tenant_id, status, created_at DESC, id DESC);
alter table public.pins enable row level security;
alter table public.pins force row level security;
create policy tenant on pins using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on pins to clientele_app;

create table public.quotes (
  tenant_id uuid not null,
  id uuid not null,
  version integer not null,
  text text not null,
  text_key text not null,
  attribution text,
  collection text,
  mood text,
  status text,
  assets_count integer not null,
  created_at timestamp with time zone not null,
  created_by uuid,
  updated_at timestamp with time zone not null,
  updated_by uuid,
  custom jsonb not null default '{}'::jsonb,
  constraint quotes_pkey PRIMARY KEY (tenant_id, id),
  constraint quotes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table public.quotes owner to clientele_owner;
CREATE INDEX quotes_created ON public.quotes USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX quotes_status ON public.quotes USING btree (tenant_id, status, created_at DESC, id DESC);
CREATE INDEX quotes_text ON public.quotes USING btree (tenant_id, text_key);
alter table public.quotes enable row level security;
alter table public.quotes force row level security;
create policy tenant on quotes using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, maintain, select, update on quotes to clientele_app;

create table public.removed_records (
  tenant_id uuid not null,
  dataset text not null,
  record_id uuid not null,
  removed_at timestamp with time zone not null,
  owner_id uuid,
  constraint removed_records_pkey PRIMARY KEY (tenant_id, dataset, record_id),
  constraint removed_records_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table public.removed_records owner to clientele_owner;
alter table public.removed_records enable row level security;
alter table public.removed_records force row level security;
create policy tenant on removed_records using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on removed_records to clientele_app;

create table public.tenant_counters (
  tenant_id uuid not null,
  name text not null,
  value bigint not null,
  constraint tenant_counters_pkey PRIMARY KEY (tenant_id, name),
  constraint tenant_counters_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
alter table public.tenant_counters owner to clientele_owner;
alter table public.tenant_counters enable row level security;
alter table public.tenant_counters force row level security;
create policy tenant on tenant_counters using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select, update on tenant_counters to clientele_app;

create table public.tenants (
  id uuid not null,
  slug text not null,
  name text not null,
  country text,
  currency text not null,
  timezone text not null,
  language text not null,
  created_at timestamp with time zone not null,
  parent_id uuid,
  settings jsonb not null default '{}'::jsonb,
  custom_fields_version uuid,
  custom_fields_unsettled boolean not null default false,
  constraint tenants_pkey PRIMARY KEY (id),
  constraint tenants_slug_key UNIQUE (slug),
  constraint tenants_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES tenants(id),
  constraint tenants_check CHECK ((parent_id <> id)),
  constraint tenants_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
  constraint tenants_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint tenants_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
  constraint tenants_slug_check CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text))
);
alter table public.tenants owner to clientele_owner;
CREATE INDEX tenants_parent ON public.tenants USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX tenants_unsettled ON public.tenants USING btree (id) WHERE custom_fields_unsettled;
grant insert, select on tenants to clientele_app;
grant update (name, country, currency, timezone, language, settings, custom_fields_version, custom_fields_unsettled) on tenants to clientele_app;
comment on table public.tenants is 'The directory of tenants: who there is, before a tenant is set. No data of theirs.';

create table staging.addresses (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  "row" bigint not null,
  new_id uuid not null,
  customer text,
  address_label text,
  address_type text,
  is_default_billing boolean,
  is_default_shipping boolean,
  recipient_name text,
  address_company text,
  address_line1 text,
  address_line2 text,
  city text,
  state_province text,
  postal_code text,
  country text,
  country_code text,
  address_phone text,
  phone_country_code text,
  latitude numeric,
  longitude numeric,
  delivery_instructions text,
  given text[],
  custom jsonb
);
alter table staging.addresses owner to clientele_loader;
CREATE INDEX addresses_row ON staging.addresses USING btree (tenant_id, import_id, chunk, "row");
alter table staging.addresses enable row level security;
create policy tenant on staging.addresses using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select on staging.addresses to clientele_app;

create table staging.analytics (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  "row" bigint not null,
  new_id uuid not null,
  given text[],
  date date,
  revenue numeric(19,4),
  orders bigint,
  new_customers bigint,
  new_leads bigint,
  quiz_completions bigint,
  pin_impressions bigint,
  pin_clicks bigint,
  custom jsonb
);
alter table staging.analytics owner to clientele_loader;
CREATE INDEX analytics_row ON staging.analytics USING btree (tenant_id, import_id, chunk, "row");
alter table staging.analytics enable row level security;
create policy tenant on staging.analytics using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select on staging.analytics to clientele_app;

create table staging.assets (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  "row" bigint not null,
  new_id uuid not null,
  given text[],
  id uuid,
  quote_text text,
  format text,
  status text,
  quality_score numeric,
  url text,
  created_at timestamp with time zone,
  custom jsonb
);
alter table staging.assets owner to clientele_loader;
CREATE INDEX assets_row ON staging.assets USING btree (tenant_id, import_id, chunk, "row");
alter table staging.assets enable row level security;
create policy tenant on staging.assets using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select on staging.assets to clientele_app;

create table staging.customers (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  "row" bigint not null,
  new_id uuid not null,
  id uuid,
  number text,
  external_id text,
  type text,
  status text,
  account_status text,
  first_name text,
  last_name text,
  display_name text,
  email text,
  email_verified boolean,
  email_verified_at timestamp with time zone,
  phone text,
  phone_e164 text,
  phone_country_code text,
  phone_verified boolean,
  phone_verified_at timestamp with time zone,
  secondary_email text,
  secondary_email_verified boolean,
  secondary_phone text,
  job_title text,
  avatar_url text,
  website text,
  source text,
  segment text,
  journey_stage text,
  tags text[],
  groups text[],
  note text,
  preferred_language text,
  languages text[],
  preferred_currency text,
  timezone text,
  marketing_opt_in boolean,
  email_opt_in boolean,
  sms_opt_in boolean,
  whatsapp_opt_in boolean,
  push_opt_in boolean,
  risk_profile text,
  store_credit_balance numeric(19,4),
  referral_code text,
  referred_by text,
  referral_bonus_credited boolean,
  suspended_reason text,
  suspended_until timestamp with time zone,
  loyalty_enrolled boolean,
  loyalty_tier text,
  loyalty_points numeric,
  lifetime_points numeric,
  loyalty_enrolled_at timestamp with time zone,
  subscription_plan text,
  subscription_status text,
  billing_cycle text,
  subscription_started_at timestamp with time zone,
  auto_renew boolean,
  assigned_to text,
  last_contact_at timestamp with time zone,
  next_follow_up_at timestamp with time zone,
  last_seen_at timestamp with time zone,
  general_notes jsonb,
  metadata jsonb,
  orders_count integer,
  total_spent numeric(19,4),
  first_order_at timestamp with time zone,
  last_order_at timestamp with time zone,
  created_at timestamp with time zone,
  date_of_birth date,
  gender text,
  company_name text,
  business_type text,
  tax_id text,
  industry text,
  annual_revenue numeric(19,4),
  paying_org text,
  has_split_payment boolean,
  provider_split numeric,
  payment_split numeric,
  schedule jsonb,
  emergency_contact_name text,
  emergency_contact_phone text,
  medical_notes text,
  medication_notes text,
  driver_notes text,
  mobility_requirements text,
  reminder_opt_in boolean,
  reminder_preference text,
  is_login_enabled boolean,
  username text,
  username_norm text,
  address_label text,
  address_type text,
  recipient_name text,
  address_company text,
  address_phone text,
  address_line1 text,
  address_line2 text,
  city text,
  state_province text,
  postal_code text,
  country text,
  country_code text,
  latitude numeric,
  longitude numeric,
  delivery_instructions text,
  given text[],
  custom jsonb
);
alter table staging.customers owner to clientele_loader;
CREATE INDEX customers_row ON staging.customers USING btree (tenant_id, import_id, chunk, "row");
alter table staging.customers enable row level security;
create policy tenant on staging.customers using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select on staging.customers to clientele_app;

create table staging.leads (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  "row" bigint not null,
  new_id uuid not null,
  given text[],
  id uuid,
  email text,
  segment text,
  source text,
  quiz_completed boolean,
  converted boolean,
  created_at timestamp with time zone,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  custom jsonb
);
alter table staging.leads owner to clientele_loader;
CREATE INDEX leads_row ON staging.leads USING btree (tenant_id, import_id, chunk, "row");
alter table staging.leads enable row level security;
create policy tenant on staging.leads using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select on staging.leads to clientele_app;

create table staging.orders (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  "row" bigint not null,
  new_id uuid not null,
  given text[],
  id uuid,
  number text,
  shopify_order_id text,
  customer_email text,
  total numeric(19,4),
  subtotal numeric(19,4),
  discount_total numeric(19,4),
  item_count bigint,
  currency text,
  status text,
  created_at timestamp with time zone,
  attribution_channel text,
  coupon_code text,
  line_items jsonb,
  line_sku text,
  line_title text,
  line_quantity bigint,
  line_unit_price numeric(19,4),
  custom jsonb
);
alter table staging.orders owner to clientele_loader;
CREATE INDEX orders_row ON staging.orders USING btree (tenant_id, import_id, chunk, "row");
alter table staging.orders enable row level security;
create policy tenant on staging.orders using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select on staging.orders to clientele_app;

create table staging.pins (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  "row" bigint not null,
  new_id uuid not null,
  given text[],
  id uuid,
  title text,
  board_name text,
  status text,
  impressions bigint,
  saves bigint,
  clicks bigint,
  engagement_rate numeric,
  published_at timestamp with time zone,
  link text,
  pinterest_pin_id text,
  created_at timestamp with time zone,
  custom jsonb
);
alter table staging.pins owner to clientele_loader;
CREATE INDEX pins_row ON staging.pins USING btree (tenant_id, import_id, chunk, "row");
alter table staging.pins enable row level security;
create policy tenant on staging.pins using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select on staging.pins to clientele_app;

create table staging.quotes (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  "row" bigint not null,
  new_id uuid not null,
  given text[],
  id uuid,
  text text,
  text_key text,
  attribution text,
  collection text,
  mood text,
  status text,
  created_at timestamp with time zone,
  custom jsonb
);
alter table staging.quotes owner to clientele_loader;
CREATE INDEX quotes_row ON staging.quotes USING btree (tenant_id, import_id, chunk, "row");
alter table staging.quotes enable row level security;
create policy tenant on staging.quotes using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
grant delete, insert, select on staging.quotes to clientele_app;

CREATE OR REPLACE FUNCTION public.find_customers(words text[], with_tags text[], most integer)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  tenant constant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
  tags constant text[] := lower_texts(coalesce(with_tags, '{}'));
  matches text := 'true';
  word text;
  newest integer;
  found_ids uuid[];
begin
  if tenant is null then
    raise exception 'No tenant is set.' using errcode = 'insufficient_privilege';
  end if;
  foreach word in array coalesce(words, '{}') loop
    matches := matches || format(' and (search_text like %1$L or number = any (%2$L) or external_id = any (%3$L))',
      '%' || regexp_replace(lower(word), '([\\%_])', '\\\1', 'g') || '%', array[word, upper(word)], array[word, upper(word), lower(word)]);
  end loop;
  if cardinality(tags) > 0 then
    matches := matches || ' and lower_texts(tags) @> $2';
  end if;
  if most is null then
    return query execute format('select id from customers where tenant_id = $1 and deleted_at is null and %s', matches)
      using tenant, tags;
    return;
  end if;
  foreach newest in array array[5000, 100000] loop
    execute format('select array_agg(id order by created_at desc, id desc) from (select id, created_at from (
        select id, created_at, search_text, number, external_id, tags from customers where tenant_id = $1 and deleted_at is null
        order by created_at desc, id desc limit $3) n where %s order by created_at desc, id desc limit $4) f', matches)
      into found_ids using tenant, tags, newest, most;
    if cardinality(found_ids) >= most then
      return query select unnest(found_ids);
      return;
    end if;
    -- Rare among the newest: the index has few of them.
    exit when coalesce(cardinality(found_ids), 0) < 10;
  end loop;
  return query execute format('with f as materialized (
      select id, created_at from customers where tenant_id = $1 and deleted_at is null and %s)
    select id from f order by created_at desc, id desc limit $3', matches) using tenant, tags, most;
end $function$
;
alter function find_customers(text[],text[],integer) owner to clientele_search;
grant execute on function find_customers(text[],text[],integer) to clientele_app;

CREATE OR REPLACE FUNCTION public.lower_texts(texts text[])
 RETURNS text[]
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$ begin return lower(texts::text)::text[]; end $function$
;
