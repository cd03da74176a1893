/** What schedules leave behind, for as long as it is of use. */
import type { Database } from '../../database/connect.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { configuration } from '../../platform/config.ts';
import { listTenants } from '../../tenants/tenants.ts';

/** Longer than any schedule follows changes, so that none is passed over by a clock that is wrong. */
const spareDays = 30;

/** Removes, in every tenant, runs that have long been over, and the marks of removed records that no schedule asks for. */
export async function removeOld(database: Database): Promise<void> {
  const { scheduleHistoryDays, changesDaysMax } = configuration().limits;
  for (const { id } of await listTenants(database)) {
    await withTenant(database, id, async (tx) => {
      await tx.query(
        'delete from export_schedule_runs where tenant_id = $1 and finished_at < now() - make_interval(days => $2)',
        [id, scheduleHistoryDays],
      );
      await tx.query(
        'delete from removed_records where tenant_id = $1 and removed_at < now() - make_interval(days => $2)',
        [id, changesDaysMax + spareDays],
      );
    });
  }
}
