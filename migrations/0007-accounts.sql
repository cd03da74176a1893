-- Who signs in. These tables are read before a tenant is known, so they lie outside row security, in a schema of their
-- own that only the app enters. The first six are better-auth's, in our names; a test asks it whether it lacks anything.

create schema auth;
grant usage on schema auth to clientele_app;

create table auth."user" (
  id uuid primary key,
  -- In small letters.
  email text not null unique check (length(email) <= 320),
  email_verified boolean not null,
  name text not null,
  image text,
  two_factor_enabled boolean,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
comment on table auth."user" is 'Who signs in. What somebody may do stands in the members of a tenant.';

create table auth.session (
  id uuid primary key,
  user_id uuid not null references auth."user" (id) on delete cascade,
  -- Worth nothing without the signature that only cookies and bearer tokens have.
  token text not null unique,
  active_tenant_id uuid,
  ip_address text,
  user_agent text,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index session_user_id_idx on auth.session (user_id);
create index session_expires_at_idx on auth.session (expires_at);

-- The ways in which a user signs in: a password (provider credential), or somebody's word for him.
create table auth.account (
  id uuid primary key,
  user_id uuid not null references auth."user" (id) on delete cascade,
  provider_id text not null,
  account_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (provider_id, account_id)
);
create index account_user_id_idx on auth.account (user_id);

-- What was promised for a while: password resets, second factors on their way. The identifier is a hash.
create table auth.verification (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index verification_identifier_idx on auth.verification (identifier);
create index verification_expires_at_idx on auth.verification (expires_at);

-- Secrets and backup codes are encrypted.
create table auth.two_factor (
  id uuid primary key,
  user_id uuid not null references auth."user" (id) on delete cascade,
  secret text not null,
  backup_codes text not null,
  verified boolean,
  failed_verification_count integer,
  locked_until timestamptz
);
create index two_factor_secret_idx on auth.two_factor (secret);
create index two_factor_user_id_idx on auth.two_factor (user_id);

create table auth.rate_limit (
  id uuid primary key,
  key text not null unique,
  count integer not null,
  last_request bigint not null
);

create table auth.memberships (
  user_id uuid not null references auth."user" (id) on delete cascade,
  tenant_id uuid not null,
  primary key (user_id, tenant_id)
);
create index memberships_tenant_id_idx on auth.memberships (tenant_id);
comment on table auth.memberships is 'Where to look for a user: the tenants with a member of his. The role stands there.';

create table auth.api_keys (
  id uuid primary key,
  tenant_id uuid not null,
  name text not null check (length(name) between 1 and 255),
  -- The first characters of the token, by which people know it.
  prefix text not null,
  -- SHA-256 of the token, which is shown once and kept nowhere.
  hash bytea not null unique check (octet_length(hash) = 32),
  permissions text[] not null,
  expires_at timestamptz,
  -- A member of the tenant.
  created_by uuid,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_keys_tenant_id_idx on auth.api_keys (tenant_id, created_at);

-- The one-time link of the first start; the hash is SHA-256.
create table auth.setup_tokens (
  hash bytea primary key check (octet_length(hash) = 32),
  expires_at timestamptz not null,
  used_at timestamptz
);

grant select, insert, update, delete on
  auth."user", auth.session, auth.account, auth.verification, auth.two_factor, auth.rate_limit,
  auth.memberships, auth.api_keys, auth.setup_tokens
  to clientele_app;
