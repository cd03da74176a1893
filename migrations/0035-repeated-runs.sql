-- Under which id a repeatable call brings its rows in: the run of a call whose process died is found again by it.
alter table idempotency_keys add column run_id uuid;
