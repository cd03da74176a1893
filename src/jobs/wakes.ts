/** The queues that wake workers, one for imports and one for exports. */
import type { PgBoss } from 'pg-boss';
import { noteFailure } from '../database/note-failure.ts';
import type { ExportWakes } from '../export/stored/worker.ts';
import type { RunName } from '../import/drive.ts';
import type { Wakes } from '../import/worker/worker.ts';

export function importWakes(boss: PgBoss): Wakes {
  const { wake, take } = openQueue<RunName>(boss, 'import');
  return { wake: (run) => wake(run, run.importId), take };
}

export function exportWakes(boss: PgBoss): ExportWakes {
  const { wake, take } = openQueue<Pick<RunName, 'tenantId'>>(boss, 'export');
  return {
    wake: (tenantId) => wake({ tenantId }, tenantId),
    take: async (tenantsMax) => (await take(tenantsMax)).map(({ tenantId }) => tenantId),
  };
}

interface Queue<Waking> {
  /** @param key of which one job waits at most. */
  wake(waking: Waking, key: string): Promise<void>;
  take(jobsMax: number): Promise<Waking[]>;
}

/** Whatever fails here, a worker finds by itself what there is to do. */
function openQueue<Waking extends object>(boss: PgBoss, queue: 'import' | 'export'): Queue<Waking> {
  return {
    wake: async (waking, key) => {
      await boss.send(queue, waking, { singletonKey: key }).catch((error: unknown) => {
        noteFailure(error, `no worker could be woken for an ${queue}`);
      });
    },
    take: async (jobsMax) => {
      const jobs = await boss.fetch<Waking>(queue, { batchSize: jobsMax });
      if (jobs.length === 0) return [];
      // To be told is all that a job is for: it is over now, and whatever happens to the work happens by its lease.
      await boss.complete(
        queue,
        jobs.map(({ id }) => id),
      );
      return jobs.map(({ data }) => data);
    },
  };
}
