-- Parquet among the formats of exports.

alter table exports drop constraint exports_format_check;
alter table exports add constraint exports_format_check check (format in ('csv', 'json', 'ndjson', 'xlsx', 'parquet'));
