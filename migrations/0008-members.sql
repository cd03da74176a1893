-- Agencies, settings, members who sign in, invitations; and indexes for reading the audit trail.

-- The agency. One level: a tenant that has a parent is nobody's parent. It never changes.
alter table tenants add column parent_id uuid references tenants (id) check (parent_id <> id);
-- What is not set here has its default; src/tenants/settings-schema.ts says what there is.
alter table tenants add column settings jsonb not null default '{}';
create index tenants_parent on tenants (parent_id) where parent_id is not null;
grant update (name, country, currency, timezone, language, settings) on tenants to clientele_app;

-- Of the account (auth."user"); null until the invitation is accepted, and for somebody who only has customers assigned.
alter table members add column user_id uuid;
-- The role that a member of an agency has in the tenants below it; null: none.
alter table members add column site_role text check (site_role in ('owner', 'admin', 'staff', 'viewer'));
alter table members add column invited_at timestamptz;
alter table members add column accepted_at timestamptz;
-- A member who was removed stays as a row: journal, trail and undo name him by his id. His e-mail is free again.
alter table members add column removed_at timestamptz;
alter table members drop constraint members_tenant_id_email_key;
create unique index members_email on members (tenant_id, email) where removed_at is null;
create unique index members_user on members (tenant_id, user_id) where removed_at is null and user_id is not null;
-- Asked under a lock by whoever changes or removes an owner. Customers who sign in are members too, and may be many.
create index members_owners on members (tenant_id, id) where role = 'owner' and removed_at is null;

create table invitations (
  tenant_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  -- sha256 of the token, which only the mail has.
  token_hash bytea not null,
  invited_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, token_hash),
  foreign key (tenant_id, member_id) references members (tenant_id, id)
);
-- One invitation of a member is open at a time.
create unique index invitations_open on invitations (tenant_id, member_id) where accepted_at is null and revoked_at is null;
alter table invitations enable row level security;
alter table invitations force row level security;
create policy tenant on invitations
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on invitations to clientele_app;

-- The trail is read newest first, by one of these at a time.
create index audit_entries_action on audit_entries (tenant_id, action, seq);
create index audit_entries_subject_type on audit_entries (tenant_id, subject_type, seq);
create index audit_entries_subject on audit_entries (tenant_id, subject_id, seq) where subject_id is not null;
create index audit_entries_actor on audit_entries (tenant_id, actor, seq) where actor is not null;
create index audit_entries_at on audit_entries (tenant_id, at);
