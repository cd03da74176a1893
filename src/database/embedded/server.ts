import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { port } from './answer.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { createCluster, readPassword, refuseOtherMajor } from './cluster.ts';
import { type FileLock, tryLock, waitForLock } from './file-lock.ts';
import { type Ending, launch } from './launch.ts';
import { limits } from './limits.ts';
import {
  markOf,
  observe,
  outliveOrphans,
  postmasterOf,
  removeRemains,
  stopPostmaster,
} from './postmaster.ts';
import { boundLog } from './server-log.ts';
import { createFile, openSite, type Place, type Site } from './site.ts';
import { closeSocketFolder, openSocketFolder } from './socket-folder.ts';

/**
 * The private PostgreSQL of a data folder, for when no DATABASE_URL is set.
 *
 * All our processes on one data folder share one server. It is detached from whoever starts it and belongs to
 * nobody: each process that uses it is a *member*, and the last to leave stops it. Two file locks that end with
 * their holder (file-lock.ts) carry all of that. Every start and stop, and every joining and leaving, happens
 * under the exclusive `starting.lock`; a member holds `members.lock` shared for as long as it uses the server.
 * Who leaves and then gets `members.lock` exclusively was the last. A killed member has left by being killed;
 * if it was the last, the server stays up, and the next member finds it running and stops it when it leaves.
 */
export interface EmbeddedServer {
  readonly connection: {
    /** The folder of the socket, as `pg` takes it for a host. It stays the same when the server is restarted. */
    readonly host: string;
    readonly port: number;
    readonly user: 'postgres';
    readonly password: string;
    readonly database: 'postgres';
  };
  /** The postmaster's process id, or undefined when it does not run (or runs in another container). */
  pid(): number | undefined;
  /**
   * Brings the server back if it died, and returns when it takes sessions. Call it when a connection could not
   * be opened or broke, then connect anew: what was committed is there. Cheap while the server is well.
   */
  ensureRunning(): Promise<void>;
  /** Leaves, and stops the server if nobody else uses it. Close the connections before. */
  release(): Promise<void>;
}

export interface EmbeddedServerOptions {
  /** Made where it is missing. Everything of the server is in its folder `postgres` (site.ts). */
  readonly dataFolder: string;
  /** The bin folder of an installed PostgreSQL 17 or newer to run, else CLIENTELE_POSTGRES_BIN, else the package's. */
  readonly binFolder?: string;
  /** The folder `native` of the package of binaries, where it is not to be found by its name. */
  readonly nativeFolder?: string;
}

/**
 * Joins the server of the data folder, and makes and starts it where needed. Any number of processes, and any
 * number of callers in one, may do so at once; each gets a handle of its own to release.
 *
 * Refuses (`database.unreachable`) when there are no binaries for the platform, the folder is somebody else's,
 * or PostgreSQL does not start; (`database.outdated`) when another major version made the folder.
 */
export async function acquireEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  refuseWindows();
  const site = await openSite(options.dataFolder);
  createFile(site.startingLock, site.owner);
  createFile(site.membersLock, site.owner);
  const member = await whileStarting(site, () => join(site, options));
  return handleOf(options, member);
}

interface Member {
  readonly membership: FileLock;
  readonly place: Place;
  readonly password: string;
}

function handleOf(options: EmbeddedServerOptions, { membership, place, password }: Member): EmbeddedServer {
  let released: Promise<void> | undefined;
  return {
    connection: { host: place.socketFolder, port, user: 'postgres', password, database: 'postgres' },
    pid: () => postmasterOf(place),
    async ensureRunning() {
      if (released) throw new Error('The embedded server was released; it cannot be ensured to run.');
      if ((await observe(place)) === 'accepting') return;
      await whileStarting(place, () => bringUp(place, options));
    },
    release() {
      released ??= whileStarting(place, () => leave(place, membership));
      return released;
    },
  };
}

async function whileStarting<Result>(site: Site, work: () => Promise<Result>): Promise<Result> {
  const starting = await waitForLock(site.startingLock, 'exclusive', limits.lockWaitMsMax);
  try {
    return await work();
  } finally {
    starting.release();
  }
}

/** A member first, so that a start that takes long, or a kill during it, leaves nothing undecided. */
async function join(site: Site, options: EmbeddedServerOptions): Promise<Member> {
  const membership = await waitForLock(site.membersLock, 'shared', limits.lockWaitMsMax);
  try {
    if (!existsSync(site.cluster)) await createCluster(site, await binariesFor(site, options));
    const place = { ...site, socketFolder: openSocketFolder(site), mark: markOf(site.cluster) };
    const password = readPassword(place);
    await bringUp(place, options);
    boundLog(place);
    return { membership, place, password };
  } catch (error) {
    membership.release();
    throw error;
  }
}

function binariesFor(site: Site, options: EmbeddedServerOptions): Promise<Binaries> {
  const { binFolder = configuration().postgresBin, nativeFolder } = options;
  return findBinaries({ binFolder, nativeFolder }, site.account, site.folder);
}

/** Does what the server's state asks for, until it takes sessions. */
async function bringUp(place: Place, options: EmbeddedServerOptions): Promise<void> {
  const began = Date.now();
  for (;;) {
    const state = await observe(place);
    if (state === 'accepting') return;
    const waitedMs = Date.now() - began;
    if (waitedMs > limits.startMsMax) throw neverReady(place);
    if (state === 'deaf') await stopPostmaster(place);
    const ending = state === 'gone' ? await startAnew(place, options) : undefined;
    if (ending && (!ending.passing || waitedMs > limits.startAgainMsMax)) throw ending.refusal;
    await sleep(ending ? limits.startAgainMs : limits.pollMs);
  }
}

/** Returns how it ended if it did; nothing when it runs, or another server turned up while this one was awaited. */
async function startAnew(place: Place, options: EmbeddedServerOptions): Promise<Ending | undefined> {
  const binaries = await binariesFor(place, options);
  refuseOtherMajor(place, binaries);
  if (!(await outliveOrphans(place))) return undefined;
  removeRemains(place);
  return launch(place, binaries);
}

function neverReady({ cluster, logFile }: Place): AppError {
  const seconds = limits.startMsMax / 1000;
  const message = `The database in ${cluster} has not been ready for ${seconds} seconds; it may still be recovering. See ${logFile}, and try again later.`;
  return new AppError('database.unreachable', message);
}

async function leave(place: Place, membership: FileLock): Promise<void> {
  membership.release();
  const alone = tryLock(place.membersLock, 'exclusive');
  if (!alone) return;
  try {
    await stopPostmaster(place);
    closeSocketFolder(place);
  } finally {
    alone.release();
  }
}

function refuseWindows(): void {
  if (process.platform !== 'win32') return;
  throw new AppError(
    'database.unreachable',
    'The private PostgreSQL runs on Linux and macOS. On Windows, set DATABASE_URL to a PostgreSQL 16 or newer.',
  );
}
