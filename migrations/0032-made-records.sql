-- Records that a run makes since its rows name them and nobody has them: the guest of an order. The check lists them, the
-- commit makes those that are still needed, and undoing the run finds them here.

create table import_made (
  tenant_id uuid not null,
  import_id uuid not null,
  -- Of the record, and the key that the rows name it by.
  dataset text not null,
  key text not null,
  record_id uuid not null,
  -- The first row that names it, whose own id it bears: records of two kinds may have the same one.
  row bigint not null,
  -- By the run, and not by somebody else since.
  made boolean not null,
  primary key (tenant_id, import_id, dataset, key)
);

alter table import_made enable row level security;
alter table import_made force row level security;
create policy tenant on import_made
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on import_made to clientele_app;
