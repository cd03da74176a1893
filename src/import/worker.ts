/**
 * The worker: looks again and again for runs that nobody works on, and brings them on. A run whose process was killed
 * is free when its lease is over, so it goes on here within a minute.
 */
import type { Database } from '../database/connect.ts';
import { throughOutages } from '../database/retrying.ts';
import { withTenant } from '../database/with-tenant.ts';
import { datasets } from '../datasets/registry.ts';
import { configuration } from '../platform/config.ts';
import { log } from '../platform/log.ts';
import { listTenants } from '../tenants/tenants.ts';
import { advanceRun, type RunName } from './drive.ts';
import { leaseIsFree } from './lease.ts';
import { dropWritten } from './stage.ts';
import { workingStates, writingStates } from './states.ts';

export interface WorkerOptions {
  /** Ends the worker after the runs it is at. */
  readonly stop: AbortSignal;
  /** End as soon as no run is left that is held by somebody or waits for anybody. */
  readonly untilIdle?: boolean;
}

interface OpenRun extends RunName {
  readonly free: boolean;
}

const lookEveryMs = 2000;
const setAsideMs = 60_000;
const sweepEveryMs = 60_000;

/**
 * Works on several runs at once, so that a large one keeps no other tenant's waiting. One that has to wait for another
 * run of its tenant is given back, and looked at again.
 *
 * @returns how many runs it brought to rest.
 */
export async function work(database: Database, { stop, untilIdle = false }: WorkerOptions): Promise<number> {
  const atWork = new Map<string, Promise<void>>();
  const setAside = new SetAside();
  let brought = 0;
  const begin = (run: RunName): void => {
    const ends = bringOn(database, run, setAside).then((rested) => {
      atWork.delete(run.importId);
      if (rested) brought += 1;
    });
    atWork.set(run.importId, ends);
  };
  const sweep = sweeping(database);
  while (!stop.aborted) {
    const open = (await throughOutages(database, () => openRuns(database))).filter(setAside.lacks);
    const room = configuration().limits.workerRuns - atWork.size;
    const free = open.filter((run) => run.free && !atWork.has(run.importId));
    for (const run of free.slice(0, room)) begin(run);
    await sweep();
    if (open.length === 0 && untilIdle) break;
    await pauseUntil(stop, atWork.values());
  }
  await Promise.all(atWork.values());
  return brought;
}

/** @returns whether the run rests now. A run at which the program fails must not end the worker. */
async function bringOn(database: Database, of: RunName, setAside: SetAside): Promise<boolean> {
  try {
    const run = await advanceRun(database, of);
    if (run === null || run.state === 'checked') return false;
    log().info({ import: run.id, state: run.state }, 'an import was brought to its end');
    return true;
  } catch (error) {
    log().error({ err: error, import: of.importId }, 'an import could not be brought on');
    setAside.add(of);
    return false;
  }
}

/** Runs at which this worker failed, for as long as it leaves them alone. */
class SetAside {
  private readonly until = new Map<string, number>();

  readonly add = ({ importId }: RunName): void => {
    this.until.set(importId, performance.now() + setAsideMs);
  };

  readonly lacks = ({ importId }: RunName): boolean =>
    (this.until.get(importId) ?? Number.NEGATIVE_INFINITY) < performance.now();
}

/** Runs that can go on, in every tenant; the oldest of each first. One that has to wait for its turn is not free. */
async function openRuns(database: Database): Promise<OpenRun[]> {
  const open: OpenRun[] = [];
  for (const { id } of await listTenants(database)) {
    const { rows } = await withTenant(database, id, (tx) =>
      tx.query<{ id: string; free: boolean }>(
        `select id, ${leaseIsFree} and (state <> 'checked' or not exists (
             select from imports w where w.tenant_id = $1 and w.state = any ($3))) as free
         from imports
         where tenant_id = $1 and (state = any ($2) or (state = 'checked' and (options ->> 'commit')::boolean)) order by created_at`,
        [id, workingStates, writingStates],
      ),
    );
    open.push(...rows.map((row) => ({ tenantId: id, importId: row.id, free: row.free })));
  }
  return open;
}

/** @returns what removes, now and then, the staged rows of runs whose process died before it did. */
function sweeping(database: Database): () => Promise<void> {
  let sweptAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - sweptAt < sweepEveryMs) return;
    sweptAt = performance.now();
    await throughOutages(database, async () => {
      for (const { id } of await listTenants(database)) {
        await withTenant(database, id, async (tx) => {
          for (const dataset of datasets) await dropWritten(tx, dataset);
        });
      }
    });
  };
}

/** Until it is time to look again, one of the runs at work has ended, or the worker is to stop. */
async function pauseUntil(stop: AbortSignal, atWork: Iterable<Promise<void>>): Promise<void> {
  const end = new AbortController();
  const time = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, lookEveryMs);
    AbortSignal.any([stop, end.signal]).addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  await Promise.race([time, ...atWork]);
  end.abort();
}
