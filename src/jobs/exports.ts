/** The queue that wakes workers for exports. */
import type { PgBoss } from 'pg-boss';
import type { ExportWakes } from '../export/stored/worker.ts';

const queue = 'export';

interface Waking {
  readonly tenantId: string;
}

/** @param noteFailure is told what failed; whatever it is, a worker finds the export by itself. */
export function exportWakes(boss: PgBoss, noteFailure: (error: unknown, what: string) => void): ExportWakes {
  return {
    wake: async (tenantId) => {
      const waking: Waking = { tenantId };
      await boss.send(queue, waking, { singletonKey: tenantId }).catch((error: unknown) => {
        noteFailure(error, 'no worker could be woken for an export');
      });
    },
    take: async (tenantsMax) => {
      const jobs = await boss.fetch<Waking>(queue, { batchSize: tenantsMax });
      if (jobs.length === 0) return [];
      // To be told is all that a job is for.
      await boss.complete(
        queue,
        jobs.map(({ id }) => id),
      );
      return jobs.map(({ data }) => data.tenantId);
    },
  };
}
