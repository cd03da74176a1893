import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { AppError } from '../../platform/errors.ts';

/**
 * Who runs the server. PostgreSQL refuses to run as root, so a program that runs as root starts it as somebody
 * else; a plain user starts it as himself.
 */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** In this order: made for us, made for PostgreSQL, made for anything that should have no rights. */
const preferredNames = ['clientele', 'postgres', '_postgres', 'nobody', 'daemon'];

export function weAreRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** The account this process runs as. */
export function ownAccount(): Account {
  const uid = process.geteuid?.() ?? 0;
  return { uid, gid: process.getegid?.() ?? 0, name: nameOf(uid) };
}

/** The account a file or folder belongs to. */
export function ownerOf(path: string): Account {
  const { uid, gid } = statSync(path);
  return { uid, gid, name: nameOf(uid) };
}

/**
 * Who shall run the server on this data folder. For root that is the folder's owner, where that is a plain user
 * who can be looked up (initdb insists on that), so that he can later run the program himself; otherwise an
 * existing account without rights.
 */
export function serverAccount(dataFolder: string): Account {
  if (!weAreRoot()) return ownAccount();
  const known = knownAccounts().filter((account) => account.uid > 0);
  const ownerUid = statSync(dataFolder).uid;
  const found =
    known.find((account) => account.uid === ownerUid) ??
    preferredNames.map((name) => known.find((account) => account.name === name)).find(Boolean) ??
    known[0];
  if (found) return found;
  throw new AppError(
    'database.unreachable',
    'PostgreSQL does not run as root, and this machine has no other account to run it as. Add one (useradd --system clientele), or set DATABASE_URL.',
  );
}

/** The options that make a child process run as the account: none when it already would. */
export function runAs(account: Account): { uid?: number; gid?: number } {
  return weAreRoot() && account.uid !== 0 ? { uid: account.uid, gid: account.gid } : {};
}

/**
 * The environment of every child: nothing that steers PostgreSQL (PGDATA, PGOPTIONS, locale) gets through, and
 * the path of libraries does, since some systems find libstdc++ by it alone.
 */
export function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '/usr/local/bin:/usr/bin:/bin', LD_LIBRARY_PATH } = process.env;
  return { PATH, LC_ALL: 'C', TZ: 'UTC', ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }) };
}

/** Whether the account gets into the folder: tried, because mode bits do not know of ACLs and mount options. */
export async function canEnter(account: Account, folder: string): Promise<boolean> {
  try {
    await promisify(execFile)('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {
      ...runAs(account),
      cwd: '/',
      env: childEnvironment(),
    });
    return true;
  } catch {
    return false;
  }
}

function nameOf(uid: number): string {
  return knownAccounts().find((account) => account.uid === uid)?.name ?? `uid ${uid}`;
}

function knownAccounts(): Account[] {
  let text = '';
  try {
    text = readFileSync('/etc/passwd', 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}
