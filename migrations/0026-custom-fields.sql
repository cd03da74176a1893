-- Fields of a tenant's own: their definitions, the column that keeps their values, and the rows by which an index finds
-- a record by one of them.

-- Changes with every change of a definition, so that whoever keeps the definitions in memory knows that they are old;
-- null while the tenant has none.
alter table tenants add column custom_fields_version uuid;
-- Whether some work on the values is still to be done in the background: see index_state and removing.
alter table tenants add column custom_fields_unsettled boolean not null default false;
create index tenants_unsettled on tenants (id) where custom_fields_unsettled;
grant update (custom_fields_version, custom_fields_unsettled) on tenants to clientele_app;

create table custom_fields (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  dataset text not null,
  -- Names the field everywhere, and its value within the column custom of a record. It never changes.
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,49}$'),
  label text not null check (length(label) between 1 and 100),
  type text not null,
  -- What a value may be, by the type: {max, range, values}.
  limits jsonb not null,
  aliases text[] not null,
  sensitive boolean not null,
  filterable boolean not null,
  position integer not null,
  -- Grows when type or limits change: a run keeps to the revision that it was checked with.
  revision integer not null,
  -- Of custom_values: none, being filled, complete, being emptied.
  index_state text not null check (index_state in ('none', 'filling', 'ready', 'emptying')),
  -- The last record to which the work in the background came.
  settled_up_to uuid,
  -- A deleted definition hides its values, and may come back; one that is being removed takes them along.
  deleted_at timestamptz,
  removing boolean not null default false,
  created_at timestamptz not null,
  created_by uuid,
  updated_at timestamptz not null,
  updated_by uuid,
  primary key (tenant_id, id),
  unique (tenant_id, dataset, key)
);

-- What a run was checked with, of the fields that it maps; null where it maps none.
alter table imports add column custom_fields jsonb;

-- One object a record: a value under each key that has one, and nothing under the others.
alter table customers add column custom jsonb not null default '{}';
alter table customer_addresses add column custom jsonb not null default '{}';
alter table leads add column custom jsonb not null default '{}';
alter table orders add column custom jsonb not null default '{}';
alter table pins add column custom jsonb not null default '{}';
alter table quotes add column custom jsonb not null default '{}';
alter table assets add column custom jsonb not null default '{}';
alter table daily_metrics add column custom jsonb not null default '{}';

-- The values of filterable fields once more, in columns that an index may be asked by under row security. What is found
-- here is compared exactly in the record: texts are cut and in small letters, and numbers are rounded.
create table custom_values (
  tenant_id uuid not null references tenants (id),
  record_id uuid not null,
  field_id uuid not null,
  -- Of a list, which of its entries; else 0.
  place integer not null,
  text text collate "C",
  number double precision,
  time timestamptz,
  primary key (tenant_id, record_id, field_id, place)
);
create index custom_values_text on custom_values (tenant_id, field_id, text, record_id) where text is not null;
create index custom_values_number on custom_values (tenant_id, field_id, number, record_id) where number is not null;
create index custom_values_time on custom_values (tenant_id, field_id, time, record_id) where time is not null;

alter table custom_fields enable row level security;
alter table custom_fields force row level security;
create policy tenant on custom_fields
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on custom_fields to clientele_app;

alter table custom_values enable row level security;
alter table custom_values force row level security;
create policy tenant on custom_values
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on custom_values to clientele_app;
