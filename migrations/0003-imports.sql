-- Import runs: the run, its plan, its problems, and the chunks that are written.

create table imports (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  dataset text not null,
  state text not null check (state in ('uploaded', 'inspected', 'mapped', 'checking', 'checked', 'held', 'committing', 'done',
    'cancelling', 'cancelled', 'failed', 'undoing', 'undone')),
  file_name text not null,
  file_bytes bigint not null,
  file_sha256 text not null,
  -- Where the file store keeps the source.
  source text not null,
  -- What was asked: mode, match keys, rules, whether to go on to commit. Fixed once the check begins.
  options jsonb not null,
  -- What was found out about the file: dialect, columns, samples, notes.
  inspection jsonb,
  mapping jsonb,
  -- How each column is read: date order, decimal separator; settled by the survey.
  readings jsonb,
  -- Rows of the file that make a chunk: row n is in chunk (n - 1) / chunk_rows.
  chunk_rows integer not null,
  rows_read bigint,
  -- The manifest: rows that staging must hold for this run before anything is written from it.
  rows_staged bigint,
  rows_invalid bigint,
  -- The check's answer: counts by outcome, records by field changed, samples.
  report jsonb,
  -- The tenant's count of finished writing runs when the check looked.
  checked_epoch bigint,
  -- The number before the first of the block that is reserved for this run.
  number_base bigint,
  created_count bigint not null,
  updated_count bigint not null,
  unchanged_count bigint not null,
  skipped_count bigint not null,
  failed_count bigint not null,
  -- What undoing it came to: counts, and what was left alone.
  undo_report jsonb,
  -- Why the run failed, when it did.
  failure jsonb,
  -- Who works on the run: the lease is his while the token is, and the token changes hands once the time is over.
  lease_token uuid,
  lease_until timestamptz,
  created_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz,
  primary key (tenant_id, id)
);
create index imports_created on imports (tenant_id, created_at desc, id desc);
create index imports_sha256 on imports (tenant_id, file_sha256);
-- One run a tenant writes at a time.
create unique index imports_writing on imports (tenant_id) where state in ('committing', 'cancelling', 'undoing');

-- What the check decided for each staged row. Commit executes it and decides nothing.
create table import_plan (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  row bigint not null,
  outcome text not null check (outcome in ('create', 'update', 'unchanged', 'skip', 'fail')),
  -- The reason, for skip and fail.
  code text,
  details jsonb,
  -- The record to create, or the one that was found; its version when it was looked at.
  record_id uuid,
  version integer,
  -- Fields an update changes.
  changed text[],
  -- Ids that the row's references were resolved to, by field.
  refs jsonb
);
create index import_plan_row on import_plan (tenant_id, import_id, chunk, row);

create table import_problems (
  tenant_id uuid not null,
  import_id uuid not null,
  row bigint not null,
  -- 0-based column of the file; absent when the row as a whole is meant.
  column_index integer,
  field text,
  code text not null,
  details jsonb not null,
  line bigint,
  byte_offset bigint,
  warning boolean not null
);
create index import_problems_row on import_problems (tenant_id, import_id, row);

-- The checkpoint: a set of chunks, each recorded in the transaction that wrote it.
create table import_chunks (
  tenant_id uuid not null,
  import_id uuid not null,
  phase text not null check (phase in ('commit', 'references', 'undo commit', 'undo references')),
  chunk integer not null,
  created_count integer not null,
  updated_count integer not null,
  unchanged_count integer not null,
  skipped_count integer not null,
  failed_count integer not null,
  at timestamptz not null,
  primary key (tenant_id, import_id, phase, chunk),
  foreign key (tenant_id, import_id) references imports (tenant_id, id)
);
