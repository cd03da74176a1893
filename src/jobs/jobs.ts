/**
 * The queue that wakes workers. A job says of a run that it can go on, and nothing else: who works on the run is
 * decided by its lease, and how far it has come stands in its row. A job that is lost costs a few seconds, until a
 * worker looks by itself; one that is told twice costs a look at the lease.
 *
 * The tables of pg-boss stand in the schema `jobs` and are made by the migrations, as the owner; here it works as the
 * login that owns nothing.
 */
import { PgBoss } from 'pg-boss';
import type { Database } from '../database/connect.ts';
import { noteFailure } from '../database/note-failure.ts';
import { throughOutages } from '../database/retrying.ts';
import { workOnExports } from '../export/stored/worker.ts';
import { endForgottenExports, removeOldFiles } from '../export/sweep.ts';
import { fileStore } from '../file-store/file-store.ts';
import type { RunName } from '../import/drive.ts';
import { type WorkerOptions, work } from '../import/worker/worker.ts';
import { tendCustomFields } from './custom-fields.ts';
import { workOnDueSchedules } from './schedules.ts';
import { exportWakes, importWakes } from './wakes.ts';

export type WorkOptions = Pick<WorkerOptions, 'untilIdle'>;

export interface Jobs {
  /**
   * Tells the workers of all processes that a run can go on; call it after what it needs is committed. Never fails:
   * whatever became of the telling, a worker finds the run by itself.
   */
  wake(run: RunName): Promise<void>;
  /** The same for exports: that a file of the tenant can be made. */
  wakeExports(tenantId: string): Promise<void>;
  /**
   * Works on imports, exports and schedules in this process until `stop`, or as long as `untilIdle` says.
   * @returns how many runs it brought to rest.
   */
  work(options?: WorkOptions): Promise<number>;
  /** Ends the work: imports are left to others after the chunk that is being written, exports at once. Returns when they are. */
  stop(): Promise<void>;
}

/** @throws Error when the tables of the queue are not those of the pg-boss that is installed. */
export async function openJobs(database: Database): Promise<Jobs> {
  // A private server may die at any moment, also while those who use it begin.
  const boss = await throughOutages(database, () => startBoss(database));
  const stopping = new AbortController();
  const atWork = new Set<Promise<unknown>>();
  const ofImports = importWakes(boss);
  const ofExports = exportWakes(boss);
  const workOnAll = async (options: WorkOptions): Promise<number> => {
    const stop = stopping.signal;
    const brought = await Promise.all([
      work(database, { ...options, wakes: ofImports, stop }),
      workOnExports(database, fileStore(), { ...options, wakes: ofExports, stop }),
      workOnDueSchedules(database, { ...options, stop }),
    ]);
    return brought.reduce((total, runs) => total + runs, 0);
  };
  return {
    wake: (run) => ofImports.wake(run),
    wakeExports: (tenantId) => ofExports.wake(tenantId),
    work: (options = {}) => {
      const endSweeping = sweepHourly(database);
      const endTending = tendCustomFields(database, noteFailure);
      const working = workOnAll(options).finally(() => Promise.all([endSweeping(), endTending()]));
      atWork.add(working);
      return working.finally(() => atWork.delete(working));
    },
    stop: async () => {
      stopping.abort();
      await Promise.allSettled(atWork);
      await boss.stop({ graceful: false, close: false });
    },
  };
}

async function startBoss(database: Database): Promise<PgBoss> {
  const boss = new PgBoss({
    schema: 'jobs',
    db: { executeSql: (text, values) => database.app.query(text, values as unknown[]) },
    migrate: false,
    createSchema: false,
    schedule: false,
    // What only the owner of the tables can do.
    reindex: false,
    monitorVacuum: false,
  });
  boss.on('error', (error) => noteFailure(error, 'the queue failed'));
  return boss.start();
}

const hourMs = 3_600_000;

/** What workers tidy up beside their runs, of exports. @returns what ends it, after the sweep that is under way. */
function sweepHourly(database: Database): () => Promise<void> {
  const sweep = async (): Promise<void> => {
    await endForgottenExports(database).catch((error: unknown) =>
      noteFailure(error, 'forgotten exports could not be ended; they are the next time'),
    );
    await removeOldFiles(database, fileStore()).catch((error: unknown) =>
      noteFailure(error, 'old files of exports could not be removed; they are the next time'),
    );
  };
  let sweeping = sweep();
  const timer = setInterval(() => {
    sweeping = sweep();
  }, hourMs);
  return () => {
    clearInterval(timer);
    return sweeping;
  };
}
