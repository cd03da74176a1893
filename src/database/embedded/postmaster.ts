import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../platform/errors.ts';
import { askServer, socketFile } from './answer.ts';
import { limits } from './limits.ts';
import { currentFolderOf, folderIdentity, type ProcessSeen, seeProcess, seeProcesses } from './processes.ts';
import type { Place } from './site.ts';

/**
 * accepting: sessions can be opened. busy: it starts, recovers or stops. deaf: it runs, but its socket is not
 * there any more, so nobody can reach it. gone: nothing serves this cluster.
 */
export type State = 'accepting' | 'busy' | 'deaf' | 'gone';

/** What a server is known by. */
type ServerId = Pick<Place, 'cluster' | 'mark'>;

/** The mark of a cluster's processes: kept while the folder is moved, and never shared with a copy. */
export function markOf(cluster: string): string {
  return `clientele-${folderIdentity(cluster)}`;
}

/** The process id in `postmaster.pid`; undefined without a file, or with one cut off by a crash. */
export function pidOnFile(cluster: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile(cluster), 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The running postmaster of the cluster, as far as this process can see it. */
export function postmasterOf(place: ServerId): number | undefined {
  const pid = pidOnFile(place.cluster);
  return pid !== undefined && whoseIs(pid, place) === 'ours' ? pid : undefined;
}

/**
 * Whose process a pid file speaks of. A pid alone tells nothing: the machine may have been started anew since
 * and given it to anybody. A PostgreSQL without any mark was not started by us; unless it certainly stands in
 * another folder, it counts as one that somebody started by hand on this one.
 */
function whoseIs(pid: number, server: ServerId): 'ours' | 'nobody' | 'another' | 'by hand' {
  const seen = seeProcess(pid);
  if (!seen) return 'nobody';
  if (!isPostgres(seen)) return 'another';
  if (bearsMark(seen, server.mark)) return 'ours';
  if (/\bclientele-\d+-\d+\b/.test(seen.command)) return 'another';
  const folder = currentFolderOf(pid);
  return folder === undefined || folder === folderIdentity(server.cluster) ? 'by hand' : 'another';
}

/** A postmaster goes by its program's name, its children by the title they give themselves. */
function isPostgres({ program, command }: ProcessSeen): boolean {
  return program === 'postgres' || command.startsWith('postgres: ');
}

function bearsMark({ command }: ProcessSeen, mark: string): boolean {
  return command.split(/[ =:]/).includes(mark);
}

/**
 * How the server is. Its pid file and its process are one witness, its socket the other: a server in another
 * container, on a common volume, is no process here but answers all the same, and must not get a second beside
 * it on the same files.
 */
export async function observe(place: Place): Promise<State> {
  const pid = pidOnFile(place.cluster);
  const whose = pid === undefined ? 'nobody' : whoseIs(pid, place);
  if (whose === 'by hand') {
    throw new AppError(
      'database.unreachable',
      `Process ${pid} seems to be a PostgreSQL that somebody started by hand on ${place.cluster}. Stop it, then try again.`,
    );
  }
  // Until it is ready, every question would be one more refusal in its log.
  if (whose === 'ours' && !saysReady(place.cluster)) return 'busy';
  const answer = await askServer(place.socketFolder);
  if (answer !== 'silent') return answer;
  if (whose !== 'ours') return 'gone';
  return existsSync(socketFile(place.socketFolder)) ? 'busy' : 'deaf';
}

/** The eighth line of `postmaster.pid`: it says ready after the sockets were made and recovery is through. */
export function saysReady(cluster: string): boolean {
  try {
    return readFileSync(pidFile(cluster), 'utf8').split('\n')[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

/**
 * Waits until nothing that a dead server left behind can still write. After the postmaster died, a backend in
 * the middle of a statement works on and may even commit; it ends when it next waits for anything. It gets time
 * to finish, then is told to quit, then is killed: all of that is safe, since the next start recovers from the
 * log, in which a commit either is or is not. Returns false when a server turns up in the meantime: the
 * processes were those of one just starting.
 */
export async function outliveOrphans(place: Place): Promise<boolean> {
  const began = Date.now();
  for (;;) {
    if (postmasterOf(place) !== undefined) return false;
    const orphans = orphansOf(place);
    if (orphans.length === 0) return true;
    const waitedMs = Date.now() - began;
    if (waitedMs > limits.orphanGraceMsMax + limits.orphanQuitMsMax) signal(orphans, 'SIGKILL');
    else if (waitedMs > limits.orphanGraceMsMax) signal(orphans, 'SIGQUIT');
    await sleep(limits.orphanPollMs);
  }
}

/** Processes of the cluster's server: its backends, and the postmaster where there is one. */
export function orphansOf(place: Place): number[] {
  return seeProcesses()
    .filter((seen) => seen.uid === place.account.uid && isPostgres(seen) && bearsMark(seen, place.mark))
    .map(({ pid }) => pid);
}

/**
 * Removes what a dead server left: PostgreSQL itself does so when the pid is free, but refuses to start when
 * some other process of its account has got it since. The caller has made sure that no server is there.
 */
export function removeRemains(place: Place): void {
  for (const path of [
    pidFile(place.cluster),
    socketFile(place.socketFolder),
    `${socketFile(place.socketFolder)}.lock`,
  ]) {
    rmSync(path, { force: true });
  }
}

/**
 * Stops the server: at once for its clients, but with everything written; harder when it takes too long. One
 * that runs in another container cannot be signalled from here, and is left to whoever leaves it last there.
 */
export async function stopPostmaster(place: Place): Promise<void> {
  for (const [name, waitMsMax] of [
    ['SIGINT', limits.stopFastMsMax],
    ['SIGQUIT', limits.stopImmediateMsMax],
    ['SIGKILL', limits.stopImmediateMsMax],
  ] as const) {
    const pid = postmasterOf(place);
    if (pid === undefined) return;
    signal([pid], name);
    const deadline = Date.now() + waitMsMax;
    // Its pid file goes a moment before the process itself.
    while (whoseIs(pid, place) === 'ours' && Date.now() < deadline) await sleep(limits.pollMs);
  }
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      // It ended in the meantime, which is what was wanted.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function pidFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}
