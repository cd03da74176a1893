import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../platform/errors.ts';
import { limits } from './limits.ts';

/**
 * Locks that die with their holder.
 *
 * Node offers no `flock`. A lock file with a pid in it needs somebody to decide that its holder is dead, and
 * every such decision can race with another (or with a reused pid). The kernel's own file locks have no such
 * question: they end with the process, however it ends. SQLite, which is part of Node, takes them: an open read
 * transaction is a shared lock on the file, `BEGIN EXCLUSIVE` an exclusive one. Nothing is ever stored in the
 * file; it stays empty. The locks hold between processes, containers with a common volume, worker threads, and
 * within one process, because SQLite counts them there itself.
 *
 * One rule follows from POSIX: closing any descriptor of a file drops every lock the process has on it. So
 * these files are never opened by anything but SQLite, save for their exclusive creation (`createFile`), which
 * by its nature opens a file that nobody can have locked yet. Whoever copies a data folder leaves them out.
 */
export interface FileLock {
  release(): void;
}

/**
 * Locks that are held, so that an owner who forgets his keeps it until the process ends: SQLite would close a
 * connection, and free its lock, as soon as it is collected as garbage.
 */
const held = new Set<FileLock>();

/** The lock, or undefined when others hold it in a way that excludes this one. Does not wait. */
export function tryLock(path: string, kind: 'shared' | 'exclusive'): FileLock | undefined {
  const file = openLockFile(path);
  try {
    file.exec(kind === 'exclusive' ? 'BEGIN EXCLUSIVE' : 'BEGIN; SELECT count(*) FROM sqlite_schema');
  } catch (error) {
    file.close();
    if (isBusy(error)) return undefined;
    throw unlockable(path, error);
  }
  const lock = {
    release() {
      if (held.delete(lock)) file.close();
    },
  };
  held.add(lock);
  return lock;
}

/** Waits for the lock without blocking the thread; refuses after `waitMsMax`. */
export async function waitForLock(
  path: string,
  kind: 'shared' | 'exclusive',
  waitMsMax: number,
): Promise<FileLock> {
  const deadline = Date.now() + waitMsMax;
  for (;;) {
    const lock = tryLock(path, kind);
    if (lock) return lock;
    if (Date.now() > deadline) {
      throw new AppError(
        'database.unreachable',
        `Another process has been starting or stopping the database for ${Math.round(waitMsMax / 1000)} seconds and holds ${path}. End it, then try again.`,
      );
    }
    await sleep(limits.lockRetryMs);
  }
}

function openLockFile(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw unlockable(path, error);
  }
}

function unlockable(path: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const mend = isFull(cause)
    ? 'Make room on the disk.'
    : 'The data folder must be on a file system with locks and belong to whoever runs the program.';
  const message = `${path} cannot be locked (${reason}). ${mend}`;
  return new AppError('database.unreachable', message, {}, { cause });
}

const isFull = (error: unknown): boolean => (error as { errcode?: unknown }).errcode === 13;

/** SQLITE_BUSY is 5; an extended code keeps it in its low byte. */
function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' && (errcode & 0xff) === 5;
}
