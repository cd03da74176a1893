-- Exports that become a file in the file store: asked for now, made by a worker, taken later. With links to such a file,
-- and every time that it was taken.

alter table exports drop constraint exports_state_check;
alter table exports add constraint exports_state_check
  check (state in ('waiting', 'running', 'done', 'broken_off', 'failed', 'cancelled'));
-- What becomes of it: an answer, streamed to whoever asks, or a file in the store.
alter table exports add column made_as text not null default 'answer' check (made_as in ('answer', 'file'));
-- What a worker is to make the file of, as checked JSON; null where the process that was asked makes it itself, and in the end.
alter table exports add column asked jsonb;
alter table exports add column failure jsonb;
alter table exports add column file_name text;
alter table exports add column media_type text;
-- In the file store, once it is there whole.
alter table exports add column file_key text;
-- Every lease under which a process has begun to write: one that was killed leaves something to remove.
alter table exports add column leases uuid[] not null default '{}';
-- From then on the file cannot be taken any more; null while there is none.
alter table exports add column expires_at timestamptz;
alter table exports add column file_removed_at timestamptz;
-- Whether anything sensitive is in the file, or decided what is: only who may read that may take it.
alter table exports add column is_sensitive boolean not null default false;
-- How often a worker has begun.
alter table exports add column attempts integer not null default 0;
-- Who makes the file, and until when it is his. Without a token, the time says before when nobody tries again.
alter table exports add column lease_token uuid;
alter table exports add column lease_until timestamptz;
-- How far it has come, and a number that grows with each change.
alter table exports add column progress jsonb;
alter table exports add column progress_seq bigint not null default 0;

create index exports_open on exports (tenant_id, created_at, id)
  where made_as = 'file' and state in ('waiting', 'running');
create index exports_kept on exports (tenant_id, id) where made_as = 'file' and file_removed_at is null;

-- Whoever has the token takes the file. The token is nowhere: of it there is the sha256.
create table export_links (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  export_id uuid not null,
  token_hash bytea not null,
  expires_at timestamptz not null,
  created_by uuid,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, export_id) references exports (tenant_id, id)
);
create unique index export_links_token on export_links (tenant_id, token_hash);
create index export_links_export on export_links (tenant_id, export_id, id);

alter table export_links enable row level security;
alter table export_links force row level security;
create policy tenant on export_links
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on export_links to clientele_app;

-- Each time that a file in the store was taken. Written before the first byte leaves and completed after the last.
create table export_downloads (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  export_id uuid not null,
  -- By which link; null where a member, a key or the command line took it.
  link_id uuid,
  -- A member's id, or a key's.
  taken_by uuid,
  begun_at timestamptz not null,
  ended_at timestamptz,
  -- The part of the file that was asked for, as places of its first and last byte.
  first_byte bigint not null,
  last_byte bigint not null,
  -- That left; null until it has ended.
  bytes bigint,
  -- Whether all of the file left.
  is_whole boolean not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, export_id) references exports (tenant_id, id),
  foreign key (tenant_id, link_id) references export_links (tenant_id, id)
);
create index export_downloads_export on export_downloads (tenant_id, export_id, id);

alter table export_downloads enable row level security;
alter table export_downloads force row level security;
create policy tenant on export_downloads
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on export_downloads to clientele_app;

-- A job says of a tenant that a file of his can be made. One waits for each tenant at most.
select jobs.create_queue('export', '{"policy": "short", "retryLimit": 2, "expireInSeconds": 60, "retentionSeconds": 86400, "deleteAfterSeconds": 3600}');
