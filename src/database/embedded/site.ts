import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lchownSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import { makeFolder } from '../../platform/make-folder.ts';
import { type Account, canEnter, ownAccount, ownerOf, serverAccount, weAreRoot } from './accounts.ts';

/**
 * Where everything of the embedded server lies: in `<data folder>/postgres`,
 *
 *   starting.lock   held while somebody starts or stops the server (an exclusive file lock)
 *   members.lock    held by every process that uses it (a shared file lock)
 *   password        of the login `postgres`, made with the cluster
 *   server.log      what the server says, and server.log.1, the end of what it said before
 *   cluster/        PostgreSQL's own data folder
 *   socket/         the socket, in a folder that only the server's account and root can enter
 *   socket-folder   where the socket is instead, if its path would be too long
 *   binaries/       a copy of the programs, where they could not be run in place
 */
export interface SitePaths {
  readonly folder: string;
  readonly startingLock: string;
  readonly membersLock: string;
  readonly passwordFile: string;
  readonly logFile: string;
  readonly cluster: string;
  readonly socketFolder: string;
  readonly socketFolderFile: string;
}

export interface Site extends SitePaths {
  /** To whom our files are given, so that he can use the data folder without root. */
  readonly owner: Account;
  /** Who runs the server. */
  readonly account: Account;
  /** Whether the server's account can reach the folder by its path; see `enter`. */
  readonly reachable: boolean;
}

/** A site whose cluster is made: what a server runs on, and is known by. */
export interface Place extends Site {
  /** Where clients find the socket; `socketFolder` stands for it from here on. */
  readonly socketFolder: string;
  /** Stands in the command line of the server and in the title of each of its processes. */
  readonly mark: string;
}

/** The paths, with nothing made or looked at. */
export function sitePaths(dataFolder: string): SitePaths {
  const folder = join(resolve(dataFolder), 'postgres');
  return {
    folder,
    startingLock: join(folder, 'starting.lock'),
    membersLock: join(folder, 'members.lock'),
    passwordFile: join(folder, 'password'),
    logFile: join(folder, 'server.log'),
    cluster: join(folder, 'cluster'),
    socketFolder: join(folder, 'socket'),
    socketFolderFile: join(folder, 'socket-folder'),
  };
}

/** Makes what is missing of the data folder and of our folder in it. May be done by any number at once. */
export async function openSite(dataFolder: string): Promise<Site> {
  makeOwnedFolder(resolve(dataFolder), ownAccount());
  const paths = sitePaths(realpathSync(dataFolder));
  makeOwnedFolder(paths.folder, weAreRoot() ? ownerOf(dirname(paths.folder)) : ownAccount());
  const owner = ownerOf(paths.folder);
  refuseSomebodyElses(paths, owner);
  const account = accountFor(paths);
  if (weAreRoot() && account.uid === 0) refuseRoots(paths);
  const reachable = !weAreRoot() || (await canEnter(account, paths.folder));
  if (!reachable) refuseUnreachable(paths, account);
  return { ...paths, owner, account, reachable };
}

/** A cluster that is there is run by whom it belongs to: PostgreSQL accepts nobody else. */
export function accountFor(paths: SitePaths): Account {
  return existsSync(paths.cluster) ? ownerOf(paths.cluster) : serverAccount(dirname(paths.folder));
}

/**
 * How a process of the server's account gets to a folder of the site, and what it shall call it there.
 *
 * Usually by its path. But the data folder of root is often beneath /root, which nobody else may pass through,
 * and the server must not run as root. Then root, who may, steps into the folder before it becomes the other
 * account, and the server knows the folder only as the one it stands in: Linux calls that /proc/self/cwd, and
 * reaches it without asking for the folders above. So the data stays where it was asked for, whatever is
 * above it.
 */
export function enter(site: Site, folder: string): { currentFolder: string; name: string } {
  return site.reachable
    ? { currentFolder: '/', name: folder }
    : { currentFolder: folder, name: currentFolderName };
}

const currentFolderName = '/proc/self/cwd';

/**
 * Root's folders may be passed through by the server's account, but not listed; a plain user's are his alone.
 * A data folder that is there already is left as it is.
 */
function makeOwnedFolder(path: string, owner: Account): void {
  if (existsSync(path)) return;
  try {
    makeFolder(path, 0o755);
    chmodSync(path, weAreRoot() ? 0o711 : 0o700);
    if (weAreRoot()) lchownSync(path, owner.uid, owner.gid);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    const message = `The folder ${path} cannot be made (${reason}). Give ${ownAccount().name} the right to, or choose another data folder by CLIENTELE_DATA.`;
    throw new AppError('database.unreachable', message, {}, { cause });
  }
}

function refuseSomebodyElses({ folder }: SitePaths, owner: Account): void {
  const self = ownAccount();
  if (weAreRoot() || owner.uid === self.uid) return;
  throw new AppError(
    'database.unreachable',
    `The database in ${folder} belongs to ${owner.name}, and this program runs as ${self.name}. Run it as ${owner.uid === 0 ? 'root' : `${owner.name} or as root`}, or choose another data folder by CLIENTELE_DATA.`,
  );
}

/** As it is after root has copied it. */
function refuseRoots({ folder, cluster }: SitePaths): never {
  const { name } = serverAccount(dirname(folder));
  throw new AppError(
    'database.unreachable',
    `The database in ${cluster} belongs to root, and PostgreSQL does not run as root. Give it to another account: chown -R ${name} "${cluster}".`,
  );
}

function refuseUnreachable({ folder }: SitePaths, account: Account): void {
  const passable = (lstatSync(folder).mode & 0o001) !== 0 || lstatSync(folder).uid === account.uid;
  if (passable && existsSync(currentFolderName)) return;
  throw new AppError(
    'database.unreachable',
    `PostgreSQL does not run as root, and ${account.name}, as whom it would run, cannot enter ${folder}. Let everybody pass through it and the folders above (chmod o+x), or choose another data folder by CLIENTELE_DATA.`,
  );
}

/** Makes the file, empty, for the site's owner alone, where there is none; one that is there is not even opened. */
export function createFile(path: string, owner: Account): void {
  try {
    closeSync(openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600));
    if (weAreRoot()) lchownSync(path, owner.uid, owner.gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Writes the file as a whole or not at all, readable by the site's owner alone. */
export function replaceFile(path: string, text: string, owner: Account): void {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(fresh, text, { mode: 0o600, flag: 'wx', flush: true });
  if (weAreRoot()) lchownSync(fresh, owner.uid, owner.gid);
  renameSync(fresh, path);
}
