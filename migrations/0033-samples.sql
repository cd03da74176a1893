-- The server takes samples of a table once a tenth of it has changed. Where many tenants share it, a new one of a
-- hundred thousand customers is less than that, and until then the planner knows nothing of it.
alter table customers set (autovacuum_analyze_scale_factor = 0.005, autovacuum_analyze_threshold = 2000);
alter table customer_addresses set (autovacuum_analyze_scale_factor = 0.005, autovacuum_analyze_threshold = 2000);
alter table individual_profiles set (autovacuum_analyze_scale_factor = 0.005, autovacuum_analyze_threshold = 2000);
alter table business_profiles set (autovacuum_analyze_scale_factor = 0.005, autovacuum_analyze_threshold = 2000);
alter table care_profiles set (autovacuum_analyze_scale_factor = 0.005, autovacuum_analyze_threshold = 2000);
alter table customer_group_members set (autovacuum_analyze_scale_factor = 0.005, autovacuum_analyze_threshold = 2000);
alter table customer_notes set (autovacuum_analyze_scale_factor = 0.005, autovacuum_analyze_threshold = 2000);
alter table orders set (autovacuum_analyze_scale_factor = 0.005, autovacuum_analyze_threshold = 2000);
alter table leads set (autovacuum_analyze_scale_factor = 0.005, autovacuum_analyze_threshold = 2000);
alter table changes set (autovacuum_analyze_scale_factor = 0.005, autovacuum_analyze_threshold = 2000);

-- So that a run can have samples taken at its end. Servers before 17 let nobody but the owner.
do $$
begin
  if current_setting('server_version_num')::int >= 170000 then
    grant maintain on customers, individual_profiles, business_profiles, care_profiles, customer_addresses,
      customer_group_members, customer_notes, leads, orders, pins, quotes, assets, daily_metrics to clientele_app;
  end if;
end
$$;
