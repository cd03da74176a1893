/** What a worker tidies up now and then, in every tenant. */
import type { Database } from '../../database/connect.ts';
import { throughOutages } from '../../database/retrying.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { datasets } from '../../datasets/registry.ts';
import { log } from '../../platform/log.ts';
import { listTenants, type Tenant } from '../../tenants/tenants.ts';
import { dropWritten } from '../staging/stage.ts';
import { removeOldRows, removeOldSources } from './retention.ts';

const dropEveryMs = 60_000;
const removeEveryMs = 3_600_000;

/**
 * @returns what removes the staged rows of runs whose process died before it did, and what is older of runs than their
 *   tenant keeps it; called often, it does so now and then.
 */
export function sweeping(database: Database): () => Promise<void> {
  const dropStaged = every(dropEveryMs, () =>
    throughOutages(database, () => inEveryTenant(database, ({ id }) => dropStagedOf(database, id))),
  );
  const removeOld = every(removeEveryMs, () =>
    inEveryTenant(database, async ({ id, settings }) => {
      const kept = { tenantId: id, ...settings.retention };
      await removeOldSources(database, kept);
      await removeOldRows(database, kept);
    }).catch((error: unknown) => {
      log().warn({ err: error }, 'what is old of imports could not be removed; it is the next time');
    }),
  );
  return async () => {
    await dropStaged();
    await removeOld();
  };
}

function every(ms: number, work: () => Promise<void>): () => Promise<void> {
  let doneAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - doneAt < ms) return;
    doneAt = performance.now();
    await work();
  };
}

async function inEveryTenant(database: Database, work: (tenant: Tenant) => Promise<void>): Promise<void> {
  for (const tenant of await listTenants(database)) await work(tenant);
}

function dropStagedOf(database: Database, tenantId: string): Promise<void> {
  return withTenant(database, tenantId, async (tx) => {
    for (const dataset of datasets) await dropWritten(tx, dataset);
  });
}
