-- What became of each row is kept for a while, and then removed: when, is remembered. The sweep looks for those that are due.

alter table imports add column rows_removed_at timestamptz;
create index imports_sources_kept on imports (tenant_id, updated_at) where source_removed_at is null;
create index imports_rows_kept on imports (tenant_id, updated_at) where rows_removed_at is null;
