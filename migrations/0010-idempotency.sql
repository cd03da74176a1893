-- Answers to calls that may be sent again: under the caller's key, for a day. No foreign key, so that it stands apart
-- from the tenant's data when that is sharded.

create table idempotency_keys (
  tenant_id uuid not null,
  -- The member, or the API key.
  caller_id uuid not null,
  key text not null check (length(key) between 1 and 255),
  -- Of method, address and body: the same key with another call is a mistake.
  call_sha256 bytea not null,
  started_at timestamptz not null,
  -- Null while the first call is at work.
  status integer,
  answer jsonb,
  primary key (tenant_id, caller_id, key)
);
create index idempotency_keys_started on idempotency_keys (tenant_id, started_at);

alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy tenant on idempotency_keys
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on idempotency_keys to clientele_app;
