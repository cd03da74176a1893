-- A write to many records that is no import, such as archiving a selection: its changes are known by its id, which the
-- audit trail's entry has too.

alter table changes add column operation_id uuid;
create index changes_operation on changes (tenant_id, operation_id) where operation_id is not null;
