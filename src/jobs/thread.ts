/**
 * The worker within a process that serves: in a thread of its own, so that reading and checking a file keeps no call
 * waiting. The thread works on the database by the process's logins; a private server that died is started again by
 * the process, which holds it.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Database } from '../database/connect.ts';
import { codeOf } from '../database/failures.ts';
import type { Logins } from '../database/logins.ts';
import { configuration } from '../platform/config.ts';
import { log } from '../platform/log.ts';

export interface ThreadData {
  readonly kind: Database['kind'];
  readonly logins: Logins;
}

/** What the thread asks, and what it is told. */
export type FromThread = { readonly asks: 'restore'; readonly number: number };
export type ToThread =
  | { readonly tells: 'stop' }
  | { readonly tells: 'restored'; readonly number: number; readonly failure?: string };

export interface WorkerThread {
  /** Leaves its runs to others after the chunk that is being written. Returns when the thread has ended. */
  stop(): Promise<void>;
}

export function startWorkerThread(database: Database): WorkerThread {
  const { kind, logins } = database;
  const workerData: ThreadData = { kind, logins: plain(logins) };
  const thread = new Worker(new URL('./thread-main.ts', import.meta.url), {
    workerData,
    env: { CLIENTELE_CHUNK_CONNECTIONS: String(chunkConnections()), ...process.env },
    // Three semi-spaces of 16 MiB, as the command line has for its imports; the process itself needs less.
    resourceLimits: { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 2048 },
  });
  const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  const tell = (message: ToThread): void => thread.postMessage(message);
  thread.on('message', ({ number }: FromThread) => {
    database.restore().then(
      () => tell({ tells: 'restored', number }),
      (error: unknown) => tell({ tells: 'restored', number, failure: String(error) }),
    );
  });
  thread.on('error', (error) => {
    const away = codeOf(error) === 'database.unreachable';
    log().fatal(
      { err: error },
      `the worker ended, ${away ? 'since the database is away' : 'by a bug of the program'}`,
    );
    process.exit(1);
  });
  return {
    stop: async () => {
      tell({ tells: 'stop' });
      await ended;
    },
  };
}

/** A core is left for calls: on two of them, chunks are committed one after the other, unless the configuration says otherwise. */
function chunkConnections(): number {
  return Math.max(1, Math.min(configuration().limits.chunkConnections, availableParallelism() - 1));
}

/** Only what can be handed to a thread: an address and a password are texts and numbers. */
function plain(logins: Logins): Logins {
  return JSON.parse(JSON.stringify(logins)) as Logins;
}
