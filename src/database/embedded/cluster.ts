import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../platform/errors.ts';
import { childEnvironment, runAs, weAreRoot } from './accounts.ts';
import type { Binaries } from './binaries.ts';
import { limits } from './limits.ts';
import { enter, replaceFile, type Site, type SitePaths } from './site.ts';

/**
 * Makes PostgreSQL's data folder where there is none; to be called under the starting lock. It is built beside
 * its place and renamed when complete, so that a kill in between leaves nothing but a folder to sweep away.
 *
 * The locale is PostgreSQL's own C.UTF-8: the same order and the same case rules on every machine, no library
 * of the system in it, and indexes that never break through an upgrade of one.
 */
export async function createCluster(site: Site, binaries: Binaries): Promise<void> {
  sweepUnfinished(site.cluster);
  const password = randomBytes(32).toString('base64url');
  // Before the cluster, so that there never is one whose password nobody knows.
  replaceFile(site.passwordFile, `${password}\n`, site.owner);
  const building = mkdtempSync(`${site.cluster}.building-`);
  const fresh = join(building, 'cluster');
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(join(building, 'password'), password, { mode: 0o600 });
  for (const path of weAreRoot() ? [building, fresh, join(building, 'password')] : []) {
    lchownSync(path, site.account.uid, site.account.gid);
  }
  try {
    await initdb(site, fresh, binaries);
    renameSync(fresh, site.cluster);
    syncFolder(site.folder);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

/** Refuses a cluster that another major version made; PostgreSQL reads no other's files. */
export function refuseOtherMajor({ cluster }: SitePaths, binaries: Binaries): void {
  const made = majorOf(cluster);
  if (made === undefined || made === binaries.major) return;
  throw new AppError(
    'database.outdated',
    `The database in ${cluster} was made by PostgreSQL ${made}, and this program runs PostgreSQL ${binaries.version}. Run it with a PostgreSQL ${made} (CLIENTELE_POSTGRES_BIN) and move the data by a dump, or choose an empty data folder.`,
  );
}

/** The major version that made the cluster; undefined where there is none. */
export function majorOf(cluster: string): number | undefined {
  const file = join(cluster, 'PG_VERSION');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
}

/** The password of the login `postgres`; refuses when its file was lost. */
export function readPassword({ passwordFile }: SitePaths): string {
  if (existsSync(passwordFile)) return readFileSync(passwordFile, 'utf8').trim();
  throw new AppError(
    'database.unreachable',
    `${passwordFile}, which holds the database's password, is missing. Restore it from a backup of the data folder.`,
  );
}

/** The password is handed over in a file of the account's, 0600, that lies beside the fresh folder. */
async function initdb(site: Site, fresh: string, binaries: Binaries): Promise<void> {
  const { currentFolder, name } = enter(site, fresh);
  const options = [
    `--pgdata=${name}`,
    '--username=postgres',
    `--pwfile=${name}/../password`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
    '--no-instructions',
  ];
  const where = {
    ...runAs(site.account),
    cwd: currentFolder,
    env: childEnvironment(),
    timeout: limits.commandMsMax,
  };
  try {
    await promisify(execFile)(join(binaries.bin, 'initdb'), options, where);
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new AppError(
      'database.unreachable',
      `The database could not be made in ${site.folder} as ${site.account.name}: ${stderr.trim() || String(cause)}`,
      {},
      { cause },
    );
  }
}

/** The initdb of a process that was killed may still be at work in there; then a later start sweeps the rest. */
function sweepUnfinished(cluster: string): void {
  const parent = dirname(cluster);
  const prefix = `${basename(cluster)}.building-`;
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(prefix))) {
    try {
      rmSync(join(parent, name), { recursive: true, force: true, maxRetries: 3, retryDelay: 20 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    }
  }
}

/** A rename is on disk only when the folder is. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
