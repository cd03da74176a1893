-- The loader's own place. It has nothing else in this database.

create schema staging;
grant usage, create on schema staging to clientele_loader;
grant usage on schema staging to clientele_app;
