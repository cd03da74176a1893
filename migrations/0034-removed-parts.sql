-- What a removed record was a part of: an address that an undone import takes away leaves no row that would tell a
-- schedule of changes that its customer is another one now.
alter table removed_records add column owner_id uuid;
