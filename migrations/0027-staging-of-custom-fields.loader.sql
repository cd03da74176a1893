-- Values of the tenant's own fields, as the column custom of the record keeps them: only those that the row has.

alter table staging.customers add column custom jsonb;
alter table staging.addresses add column custom jsonb;
alter table staging.leads add column custom jsonb;
alter table staging.orders add column custom jsonb;
alter table staging.pins add column custom jsonb;
alter table staging.quotes add column custom jsonb;
alter table staging.assets add column custom jsonb;
alter table staging.analytics add column custom jsonb;
