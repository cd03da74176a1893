-- Field history, which is the journal of undo too, and the chain of audit entries over it.

-- What one write changed in one record. `before` and `after` hold the fields that changed and no others.
create table changes (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  dataset text not null,
  record_id uuid not null,
  -- The run that wrote it, in which of its phases and chunks, for which row of the file. `release`: another record
  -- gave up what may be had only once. `references`: to records of the same file, written when all of those are there.
  import_id uuid,
  phase text check (phase in ('commit', 'release', 'references', 'undo commit', 'undo release', 'undo references')),
  chunk integer,
  row bigint,
  before jsonb not null,
  after jsonb not null,
  -- Parts that came to be with this change, for undo to take away again.
  parts_created text[] not null,
  -- Which of several rows of a part the fields are of, by part.
  part_ids jsonb,
  -- sha256 of salt, before and after; the salt keeps short values from being guessed from the digest.
  salt bytea not null,
  digest bytea not null,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (tenant_id, id)
);
create index changes_record on changes (tenant_id, record_id);
create index changes_import on changes (tenant_id, import_id, phase, chunk) where import_id is not null;

-- What happened, to what, and the digest of the changes: no personal data. Each entry's hash covers the one before.
create table audit_entries (
  tenant_id uuid not null references tenants (id),
  seq bigint not null,
  action text not null,
  subject_type text not null,
  subject_id uuid,
  detail jsonb not null,
  digest bytea,
  actor uuid,
  at timestamptz not null,
  hash bytea not null,
  primary key (tenant_id, seq)
);

-- The head of each tenant's chain. Locked by the last statement of a transaction, never earlier.
create table audit_heads (
  tenant_id uuid not null references tenants (id),
  seq bigint not null,
  hash bytea not null,
  primary key (tenant_id)
);
