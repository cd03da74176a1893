-- Templates that run by the clock, each of their runs, and the records that are gone for good.

create table export_schedules (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  name text not null check (length(name) between 1 and 100),
  name_norm text not null,
  template_id uuid not null,
  -- Five fields, on the clock of the zone.
  cron text not null,
  timezone text not null,
  mode text not null check (mode in ('whole', 'changed')),
  -- Where to, without anything that is secret.
  destination jsonb not null,
  -- What is: sealed with the installation's key.
  secret text,
  -- Whose permissions a run has: of a member (an agency's by his user), of a key, or of the operator.
  runs_as text not null check (runs_as in ('member', 'key', 'operator')),
  runs_as_id uuid,
  runs_as_user uuid,
  paused_at timestamptz,
  -- Since when no run has gone well; its maker was told then.
  failing_since timestamptz,
  -- Null while it is paused.
  next_at timestamptz,
  -- Of the last run that went well: from where on a record counts as changed. Null: the next run is whole.
  baseline jsonb,
  created_by uuid,
  created_at timestamptz not null,
  updated_by uuid,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, template_id) references export_templates (tenant_id, id)
);
create unique index export_schedules_name on export_schedules (tenant_id, name_norm);
create index export_schedules_due on export_schedules (tenant_id, next_at);
create index export_schedules_template on export_schedules (tenant_id, template_id);

alter table export_schedules enable row level security;
alter table export_schedules force row level security;
create policy tenant on export_schedules
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on export_schedules to clientele_app;

create table export_schedule_runs (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  schedule_id uuid not null,
  -- One run for each time, whoever is first.
  due_at timestamptz not null,
  cause text not null check (cause in ('clock', 'asked')),
  state text not null check (state in ('waiting', 'running', 'done', 'failed', 'skipped')),
  -- How often it was begun, and when it is to be tried again.
  attempts integer not null,
  try_at timestamptz,
  lease_token uuid,
  lease_until timestamptz,
  -- The files that were made for it, once, however often it is tried; null until they are there.
  made jsonb,
  -- From where on records are changed for the next run, once this one has gone well.
  baseline jsonb,
  -- Where it has arrived already.
  delivered jsonb not null,
  -- Why each attempt failed.
  failures jsonb not null,
  -- Who asked for it, when it was not the clock.
  asked_by uuid,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, schedule_id) references export_schedules (tenant_id, id)
);
create unique index export_schedule_runs_due on export_schedule_runs (tenant_id, schedule_id, due_at);
create index export_schedule_runs_open on export_schedule_runs (tenant_id, created_at, id) where state in ('waiting', 'running');
-- A run that is not over keeps the next one from beginning.
create unique index export_schedule_runs_one on export_schedule_runs (tenant_id, schedule_id) where state in ('waiting', 'running');
create index export_schedule_runs_of on export_schedule_runs (tenant_id, schedule_id, id);

alter table export_schedule_runs enable row level security;
alter table export_schedule_runs force row level security;
create policy tenant on export_schedule_runs
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on export_schedule_runs to clientele_app;

-- Records whose row is gone: an undone import takes what it created away. A schedule of changes lists them.
create table removed_records (
  tenant_id uuid not null references tenants (id),
  dataset text not null,
  record_id uuid not null,
  removed_at timestamptz not null,
  primary key (tenant_id, dataset, record_id)
);

alter table removed_records enable row level security;
alter table removed_records force row level security;
create policy tenant on removed_records
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on removed_records to clientele_app;
