-- A deleted customer is found again by its e-mail or external id, as it is by its number: without these, looking one up
-- reads all deleted ones of the tenant. They hold deleted customers only, so that no import pays for them.

create index customers_deleted_email on customers (tenant_id, email) where deleted_at is not null and email is not null;
create index customers_deleted_external_id on customers (tenant_id, external_id) where deleted_at is not null and external_id is not null;
