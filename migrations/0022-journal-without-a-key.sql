-- The journal is written by whoever holds the tenant's transaction, which row security checks on each row already: the
-- key to the tenant said the same again, for 4 µs a row, 6 % of an update.

alter table changes drop constraint changes_tenant_id_fkey;
