-- Exports that are kept under a name, to be made again.

create table export_templates (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  name text not null check (length(name) between 1 and 100),
  -- In small letters and one form of Unicode: what is compared.
  name_norm text not null,
  dataset text not null,
  -- Columns, filter, order, format and its style, as they were checked when it was saved.
  content jsonb not null,
  created_by uuid,
  created_at timestamptz not null,
  updated_by uuid,
  updated_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index export_templates_name on export_templates (tenant_id, name_norm);

alter table export_templates enable row level security;
alter table export_templates force row level security;
create policy tenant on export_templates
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on export_templates to clientele_app;
