-- Rows of a small JSON batch each have keys of their own: a field that a row has not is left as it is, one that it has
-- blank may be cleared. Null for rows of files, which all have the same columns.

alter table staging.customers add column given text[];
alter table staging.addresses add column given text[];
