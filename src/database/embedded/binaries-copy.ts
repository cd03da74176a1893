import { createHash } from 'node:crypto';
import {
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { weAreRoot } from './accounts.ts';
import { completeLinks } from './library-links.ts';
import { limits } from './limits.ts';

/** Root's copies, shared by all data folders of the machine. */
const systemCache = '/var/cache/clientele';

/**
 * Copies the package's folder `native` to where the server's account can run it, and returns the copy.
 *
 * Where: for root in /var/cache/clientele if that, and /var/cache, are root's and nobody else can write to them;
 * otherwise in our own folder beneath the data folder, which is the caller's and can be entered by the server's
 * account. Never in the folder for temporary files: anybody could have planted a "copy" there, and such folders
 * are often mounted noexec.
 *
 * The copy is named by a digest of the paths and sizes of its files, so that another version of the package gets
 * another copy and nothing ever is overwritten under a running server. It is built under a random name and
 * renamed when complete; of two processes that copy at once, the second throws its own away. A copy whose files
 * no longer have those sizes (the power failed before they reached the disk) is made again.
 */
export async function copyBinaries(native: string, ownFolder: string): Promise<string> {
  const files = listFiles(native);
  const parent = cacheFolder(ownFolder);
  const copy = join(parent, `postgres-${digestOf(files)}`);
  if (isComplete(copy, files)) {
    completeLinks(copy);
    return copy;
  }
  sweepAbandoned(parent);
  const fresh = mkdtempSync(join(parent, '.copying-'));
  await copyFiles(native, fresh, files);
  completeLinks(fresh);
  await chmod(fresh, 0o755);
  await putInPlace(fresh, copy, files);
  return copy;
}

interface CopiedFile {
  readonly path: string;
  readonly bytes: number;
  readonly executable: boolean;
}

/** Everything but what only a compiler needs. Links are made anew in the copy. */
function listFiles(native: string, folder = ''): CopiedFile[] {
  return readdirSync(join(native, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'pkgconfig' ? [] : listFiles(native, path);
      if (!entry.isFile() || entry.name.endsWith('.a')) return [];
      return [{ path, bytes: statSync(join(native, path)).size, executable: dirname(path) === 'bin' }];
    });
}

function digestOf(files: readonly CopiedFile[]): string {
  const hash = createHash('sha256');
  for (const { path, bytes } of files) hash.update(`${path}\0${bytes}\n`);
  return hash.digest('hex').slice(0, 16);
}

function isComplete(copy: string, files: readonly CopiedFile[]): boolean {
  return existsSync(copy) && digestOf(listFiles(copy)) === digestOf(files);
}

function cacheFolder(ownFolder: string): string {
  if (weAreRoot()) {
    try {
      mkdirSync(systemCache, { recursive: true, mode: 0o755 });
      if ([dirname(systemCache), systemCache].every(isRootsAlone)) return systemCache;
    } catch {
      // A read-only or otherwise unusual system: the data folder can be written to, or nothing works anyway.
    }
  }
  const own = join(ownFolder, 'binaries');
  mkdirSync(own, { recursive: true, mode: 0o755 });
  return own;
}

function isRootsAlone(folder: string): boolean {
  const { uid, mode } = lstatSync(folder);
  return uid === 0 && (mode & 0o022) === 0 && (mode & 0o005) === 0o005;
}

/** The modes are set, not copied: an installation by root with umask 077 is readable by root alone. */
async function copyFiles(native: string, fresh: string, files: readonly CopiedFile[]): Promise<void> {
  for (const { path, executable } of files) {
    const target = join(fresh, path);
    await makeFolders(fresh, dirname(path));
    await copyFile(join(native, path), target, constants.COPYFILE_FICLONE);
    await chmod(target, executable ? 0o755 : 0o644);
  }
}

async function makeFolders(root: string, folder: string): Promise<void> {
  if (folder === '.' || existsSync(join(root, folder))) return;
  await makeFolders(root, dirname(folder));
  await mkdir(join(root, folder));
  await chmod(join(root, folder), 0o755);
}

async function putInPlace(fresh: string, copy: string, files: readonly CopiedFile[]): Promise<void> {
  if (existsSync(copy) && !isComplete(copy, files)) await rm(copy, { recursive: true, force: true });
  try {
    await rename(fresh, copy);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!isComplete(copy, files)) throw error;
  }
}

/** What a killed process left half copied; one that still copies has touched its folder within the hour. */
function sweepAbandoned(parent: string): void {
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith('.copying-'))) {
    const path = join(parent, name);
    const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changedAt > limits.abandonedCopyMsMin) rmSync(path, { recursive: true, force: true });
  }
}
