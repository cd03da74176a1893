-- A tenant's rows are seen and written only in a transaction that has named the tenant; with none named there are
-- no rows. The setting is read once a statement, in a subquery, so that the policy costs nothing by the row.

do $$
declare
  name text;
begin
  foreach name in array array[
    'tenant_counters', 'members', 'customers', 'individual_profiles', 'business_profiles', 'care_profiles',
    'customer_addresses', 'customer_groups', 'customer_group_members', 'customer_notes', 'changes', 'audit_entries',
    'audit_heads', 'imports', 'import_plan', 'import_problems', 'import_chunks'
  ] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format($policy$
      create policy tenant on %I
        using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
        with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
    $policy$, name);
  end loop;
end $$;

grant usage on schema public to clientele_app;
grant select, insert on tenants to clientele_app;
grant select, insert, update, delete on
  tenant_counters, members, customers, individual_profiles, business_profiles, care_profiles, customer_addresses,
  customer_groups, customer_group_members, customer_notes, imports, import_plan, import_problems, import_chunks
  to clientele_app;
-- The trail only grows.
grant select, insert on changes, audit_entries to clientele_app;
grant select, insert, update on audit_heads to clientele_app;
