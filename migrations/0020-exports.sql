-- What was taken out: who, what, when. Written before the first byte leaves and completed after the last.

create table exports (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  dataset text not null,
  format text not null check (format in ('csv', 'json', 'ndjson')),
  profile text not null check (profile in ('spreadsheet', 'data')),
  -- Keys of the fields in the order of the columns, and of those that were asked for and may not be read.
  fields text[] not null,
  fields_left_out text[] not null,
  -- As it was asked for. It may hold personal data, as the records that it names do.
  filter jsonb,
  state text not null check (state in ('running', 'done', 'broken_off')),
  -- Null until it has ended.
  records bigint,
  -- Of the file as it left, compressed where it was.
  bytes bigint,
  sha256 text,
  -- Where the program calls it: command line, API, one of the older systems' calls.
  source text not null,
  created_by uuid,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (tenant_id, id)
);
create index exports_created on exports (tenant_id, created_at desc, id desc);

alter table exports enable row level security;
alter table exports force row level security;
create policy tenant on exports
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on exports to clientele_app;
