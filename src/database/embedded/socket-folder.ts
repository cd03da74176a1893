import { existsSync, lchownSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type Account, weAreRoot } from './accounts.ts';
import { socketFile } from './answer.ts';
import { limits } from './limits.ts';
import { type Place, replaceFile, type Site, type SitePaths } from './site.ts';

/**
 * Makes the socket's folder, 0700 and the server account's own, and returns it. It stays the same through
 * restarts, so that connections find the server again.
 *
 * Where the path would not fit into a socket's address, the folder is made under a random name among the
 * system's temporary ones, and that name is put on record. Everybody may write there, so the folder on record
 * is used again only if it still is the account's own and closed to others.
 */
export function openSocketFolder(site: Site): string {
  if (fits(site.socketFolder)) {
    if (!isPrivate(site.socketFolder, site.account)) makePrivate(site.socketFolder, site.account);
    return site.socketFolder;
  }
  const recorded = recordedSocketFolder(site);
  if (fits(recorded) && isPrivate(recorded, site.account)) return recorded;
  // Root's own folder for temporary files may be one that the server's account cannot enter.
  const parents = weAreRoot() ? [] : [tmpdir()].filter((folder) => fits(join(folder, 'clientele-XXXXXX')));
  const made = mkdtempSync(join(parents[0] ?? '/tmp', 'clientele-'));
  if (weAreRoot()) lchownSync(made, site.account.uid, site.account.gid);
  replaceFile(site.socketFolderFile, `${made}\n`, site.owner);
  return made;
}

/** Where the socket is, or would be, with nothing made. */
export function recordedSocketFolder(paths: SitePaths): string {
  if (fits(paths.socketFolder) || !existsSync(paths.socketFolderFile)) return paths.socketFolder;
  return readFileSync(paths.socketFolderFile, 'utf8').trim();
}

/** What the server calls the folder: it stands in its cluster where it could not reach the folder by its path. */
export function socketFolderForServer(place: Place): string {
  return place.reachable || !place.socketFolder.startsWith(place.folder) ? place.socketFolder : '../socket';
}

/** A folder among the system's temporary ones goes away with the server. */
export function closeSocketFolder(place: Place): void {
  if (place.socketFolder.startsWith(place.folder)) return;
  rmSync(place.socketFolder, { recursive: true, force: true });
  rmSync(place.socketFolderFile, { force: true });
}

function fits(folder: string): boolean {
  return Buffer.byteLength(socketFile(folder)) <= limits.socketPathBytesMax;
}

function isPrivate(path: string, account: Account): boolean {
  if (!isAbsolute(path) || !existsSync(path)) return false;
  const seen = lstatSync(path);
  return seen.isDirectory() && seen.uid === account.uid && (seen.mode & 0o077) === 0;
}

function makePrivate(path: string, account: Account): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { mode: 0o700 });
  if (weAreRoot()) lchownSync(path, account.uid, account.gid);
}
