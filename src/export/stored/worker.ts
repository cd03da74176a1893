/**
 * The worker of exports: makes the files that it is woken for, and looks by itself now and then for those that nobody
 * makes. A waking names a tenant and no export: the tenant's oldest is taken, and when he has more, his next waking goes
 * to the end of the queue. So tenants take turns, whoever asked for how many.
 */
import type { Database } from '../../database/connect.ts';
import { noteFailure } from '../../database/note-failure.ts';
import { throughOutages } from '../../database/retrying.ts';
import type { FileStore } from '../../file-store/file-store.ts';
import { configuration } from '../../platform/config.ts';
import { listTenants } from '../../tenants/tenants.ts';
import { bringOn } from './bring-on.ts';
import { openExportsOf, takeNext } from './lease.ts';

/** Tells workers, of this process and of others, that a file of a tenant can be made. Nothing is lost when it does not. */
export interface ExportWakes {
  /** Never fails. */
  wake(tenantId: string): Promise<void>;
  /** Tenants for whom somebody was to be woken, so many at most; each is told to one worker only. */
  take(tenantsMax: number): Promise<readonly string[]>;
}

export interface ExportWorkerOptions {
  /** Ends the worker: it leaves its exports to others, who begin them anew. */
  readonly stop: AbortSignal;
  /** End as soon as no file is left to be made. */
  readonly untilIdle?: boolean;
  readonly wakes: ExportWakes;
}

const takeEveryMs = 500;
const lookIdleMs = 2000;

/** @returns how many exports it brought to their end. */
export function workOnExports(
  database: Database,
  files: FileStore,
  options: ExportWorkerOptions,
): Promise<number> {
  return new ExportWorker(database, files, options).work();
}

class ExportWorker {
  private readonly database: Database;
  private readonly files: FileStore;
  private readonly options: ExportWorkerOptions;
  private readonly atWork = new Set<Promise<void>>();
  /** Found by looking, and not yet turned to. */
  private found: string[] = [];
  private lookAt = 0;
  private brought = 0;

  constructor(database: Database, files: FileStore, options: ExportWorkerOptions) {
    this.database = database;
    this.files = files;
    this.options = options;
  }

  async work(): Promise<number> {
    const { stop, untilIdle = false } = this.options;
    while (!stop.aborted) {
      if (performance.now() >= this.lookAt && (await this.look()) && untilIdle) break;
      while (this.room > 0 && !stop.aborted) {
        const tenantId = await this.nextTenant();
        if (tenantId === undefined) break;
        await this.begin(tenantId);
      }
      await this.pause();
    }
    await Promise.all(this.atWork);
    return this.brought;
  }

  private get room(): number {
    return exportsAtOnce() - this.atWork.size;
  }

  /** @returns whether there is nothing to be made, by anybody. */
  private async look(): Promise<boolean> {
    const everyMs = this.options.untilIdle ? lookIdleMs : configuration().limits.workerLookSeconds * 1000;
    this.lookAt = performance.now() + everyMs;
    let isIdle = true;
    const found: string[] = [];
    await throughOutages(this.database, async () => {
      for (const { id } of await listTenants(this.database)) {
        const { isAny, isNext } = await openExportsOf(this.database, id);
        isIdle &&= !isAny;
        if (isNext && !found.includes(id)) found.push(id);
      }
    });
    this.found = found;
    return isIdle;
  }

  private async nextTenant(): Promise<string | undefined> {
    try {
      const [woken] = await this.options.wakes.take(1);
      return woken ?? this.found.shift();
    } catch (error) {
      noteFailure(error, 'the queue of exports could not be asked');
      return this.found.shift();
    }
  }

  private async begin(tenantId: string): Promise<void> {
    const { stop } = this.options;
    const taken = await takeNext(this.database, tenantId).catch((error: unknown) => {
      noteFailure(error, 'an export could not be taken');
      return null;
    });
    if (taken === null) return;
    const making = bringOn(this.database, this.files, taken, stop)
      .then((isAtEnd) => {
        if (isAtEnd) this.brought += 1;
      })
      .catch((error: unknown) =>
        noteFailure(error, 'an export could not be brought on; its lease ends by itself'),
      )
      .then(() => (stop.aborted ? undefined : this.wakeNext(tenantId)))
      .finally(() => {
        this.atWork.delete(making);
        if (this.options.untilIdle) this.lookAt = 0;
      });
    this.atWork.add(making);
    await this.wakeNext(tenantId);
  }

  /** There is more of the tenant's, and room for it. */
  private async wakeNext(tenantId: string): Promise<void> {
    try {
      const { isNext } = await openExportsOf(this.database, tenantId);
      if (isNext) await this.options.wakes.wake(tenantId);
    } catch (error) {
      noteFailure(error, 'the next export of a tenant could not be woken');
    }
  }

  /** Until it is time to ask or to look again, a file was made, or the worker is to stop. */
  private async pause(): Promise<void> {
    const { stop } = this.options;
    const waitMs = Math.max(Math.min(takeEveryMs, this.lookAt - performance.now()), 0);
    const ended = Promise.withResolvers<void>();
    const timer = setTimeout(ended.resolve, waitMs);
    const wake = (): void => ended.resolve();
    stop.addEventListener('abort', wake, { once: true });
    if (stop.aborted) wake();
    await Promise.race([ended.promise, ...this.atWork]);
    clearTimeout(timer);
    stop.removeEventListener('abort', wake);
  }
}

/** Each holds a connection for as long as it lasts; the rest of them is left for what is short. */
function exportsAtOnce(): number {
  const { workerExports, appConnectionsMax } = configuration().limits;
  return Math.max(1, Math.min(workerExports, appConnectionsMax - 2));
}
