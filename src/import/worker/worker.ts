/**
 * The worker: brings on the runs that it is woken for, and looks by itself now and then for those that nobody works
 * on. A run whose process was killed is free when its lease is over, and one whose waking was lost is there all the
 * same, so both go on here within a minute.
 */
import type { Database } from '../../database/connect.ts';
import { noteFailure } from '../../database/note-failure.ts';
import { throughOutages } from '../../database/retrying.ts';
import { configuration } from '../../platform/config.ts';
import { log } from '../../platform/log.ts';
import { listTenants } from '../../tenants/tenants.ts';
import { type RunName, workOn } from '../drive.ts';
import { byTurns, openRunsOf } from './open-runs.ts';
import { sweeping } from './sweep.ts';

/** Tells workers, of this process and of others, that a run can go on. Nothing is lost when it does not. */
export interface Wakes {
  /** Never fails. */
  wake(run: RunName): Promise<void>;
  /** Runs that somebody was to be woken for, so many at most; each is told to one worker only. */
  take(runsMax: number): Promise<readonly RunName[]>;
}

export interface WorkerOptions {
  /** Ends the worker: it leaves its runs to others after the chunk that is being written. */
  readonly stop: AbortSignal;
  /** End as soon as no run is left that is held by somebody or waits for anybody. */
  readonly untilIdle?: boolean;
  /** Without it, the worker looks more often. */
  readonly wakes?: Wakes;
}

const takeEveryMs = 500;
const lookUnwokenMs = 2000;
const setAsideMs = 60_000;

/**
 * Works on several runs at once, so that a large one keeps no other tenant's waiting. One that has to wait for another
 * run of its tenant is given back, and looked at again when that one rests.
 *
 * @returns how many runs it brought to rest.
 */
export function work(database: Database, options: WorkerOptions): Promise<number> {
  return new Worker(database, options).work();
}

class Worker {
  private readonly database: Database;
  private readonly options: WorkerOptions;
  private readonly atWork = new Map<string, Promise<void>>();
  private readonly setAside = new SetAside();
  private lookAt = 0;
  private brought = 0;

  constructor(database: Database, options: WorkerOptions) {
    this.database = database;
    this.options = options;
  }

  async work(): Promise<number> {
    const { stop, untilIdle = false, wakes } = this.options;
    const sweep = sweeping(this.database);
    while (!stop.aborted) {
      if (performance.now() >= this.lookAt) {
        const idle = await this.look();
        await sweep();
        if (idle && untilIdle) break;
      }
      if (wakes !== undefined && this.room > 0) for (const run of await this.take(wakes)) this.begin(run);
      await this.pause();
    }
    await Promise.all(this.atWork.values());
    return this.brought;
  }

  private get room(): number {
    return configuration().limits.workerRuns - this.atWork.size;
  }

  /** @returns whether every run rests, but for those at which this worker failed. */
  private async look(): Promise<boolean> {
    const { untilIdle = false, wakes } = this.options;
    const everyMs =
      wakes === undefined || untilIdle ? lookUnwokenMs : configuration().limits.workerLookSeconds * 1000;
    this.lookAt = performance.now() + everyMs;
    const tenants = await throughOutages(this.database, async () => {
      const found = [];
      for (const { id } of await listTenants(this.database)) found.push(await openRunsOf(this.database, id));
      return found;
    });
    const free = byTurns(tenants.map((tenant) => tenant.free)).filter(this.setAside.lacks);
    for (const run of free.slice(0, this.room)) this.begin(run);
    return !tenants.some(({ open }) => open.some(this.setAside.lacks));
  }

  /** A queue that fails is as good as one that says nothing: the worker looks by itself, and waits for the database. */
  private async take(wakes: Wakes): Promise<RunName[]> {
    try {
      return (await wakes.take(this.room)).filter(this.setAside.lacks);
    } catch (error) {
      noteFailure(error, 'the queue could not be asked');
      this.lookAt = 0;
      return [];
    }
  }

  private begin(run: RunName): void {
    if (this.atWork.has(run.importId)) return;
    const ends = this.bringOn(run).finally(() => this.atWork.delete(run.importId));
    this.atWork.set(run.importId, ends);
  }

  /** A run at which the program fails must not end the worker. */
  private async bringOn(of: RunName): Promise<void> {
    try {
      const { run, rested = false } = await workOn(this.database, of, this.options.stop);
      if (!rested) return;
      this.brought += 1;
      log().info({ import: run.id, state: run.state }, 'an import was brought to its end');
    } catch (error) {
      log().error({ err: error, import: of.importId }, 'an import could not be brought on');
      this.setAside.add(of);
    }
    await this.wakeNext(of.tenantId);
  }

  /** There is room for others of the tenant now. */
  private async wakeNext(tenantId: string): Promise<void> {
    const { wakes, stop } = this.options;
    this.lookAt = wakes === undefined ? 0 : this.lookAt;
    if (wakes === undefined || stop.aborted) return;
    try {
      const { free } = await openRunsOf(this.database, tenantId);
      for (const run of free.filter(this.setAside.lacks)) await wakes.wake(run);
    } catch (error) {
      log().warn({ err: error }, 'the next import of a tenant could not be woken');
    }
  }

  /** Until it is time to take or to look again, one of the runs at work has ended, or the worker is to stop. */
  private async pause(): Promise<void> {
    const { stop, wakes } = this.options;
    const lookMs = this.lookAt - performance.now();
    const end = new AbortController();
    const time = new Promise<void>((resolve) => {
      const timer = setTimeout(
        resolve,
        Math.max(wakes === undefined ? lookMs : Math.min(takeEveryMs, lookMs), 0),
      );
      AbortSignal.any([stop, end.signal]).addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    await Promise.race([time, ...this.atWork.values()]);
    end.abort();
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
