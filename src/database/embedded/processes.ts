import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/** A process as the system tells of it. */
export interface ProcessSeen {
  readonly pid: number;
  readonly uid: number;
  /** The name of its program, without the folder. */
  readonly program: string;
  /** The command line, its arguments parted by blanks; PostgreSQL's children write their own. */
  readonly command: string;
}

/** The process, or undefined when there is none or only what a dead one's parent has not collected (a zombie). */
export function seeProcess(pid: number): ProcessSeen | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return hasProc() ? seeInProc(pid) : seeByPs(['-p', String(pid)])[0];
}

/** Every process that may be looked at. */
export function seeProcesses(): ProcessSeen[] {
  if (!hasProc()) return seeByPs(['-A']);
  const seen = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => seeInProc(Number(name)));
  return seen.filter((process) => process !== undefined);
}

/**
 * The device and inode of a process's current folder, which the kernel follows through renames; undefined where
 * it cannot be told (no /proc, or root in a container that may not look into other accounts' processes).
 */
export function currentFolderOf(pid: number): string | undefined {
  try {
    return folderIdentity(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Device and inode: what stays the same while a folder is moved, and never is the same for a copy. */
export function folderIdentity(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}-${ino}`;
}

function hasProc(): boolean {
  return existsSync('/proc/self/cmdline');
}

function seeInProc(pid: number): ProcessSeen | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (line === '') return undefined;
    const [program = '', ...rest] = line.split('\0');
    return {
      pid,
      uid: statSync(`/proc/${pid}`).uid,
      program: basename(program),
      command: [program, ...rest].join(' ').trim(),
    };
  } catch {
    return undefined;
  }
}

function seeByPs(which: string[]): ProcessSeen[] {
  let text = '';
  try {
    text = execFileSync('ps', [...which, '-ww', '-o', 'pid=,uid=,stat=,command='], { encoding: 'utf8' });
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [, pid, uid, state, command] = /^\s*(\d+)\s+(-?\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || command === undefined || state?.startsWith('Z')) return [];
    const program = basename(command.split(' -', 1)[0] ?? '');
    return [{ pid: Number(pid), uid: Number(uid), program, command }];
  });
}
