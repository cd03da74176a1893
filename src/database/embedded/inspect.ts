import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import { type Account, ownAccount, ownerOf, serverAccount, weAreRoot } from './accounts.ts';
import { type BinariesSought, nativeFolder, tryBinaries } from './binaries.ts';
import { majorOf } from './cluster.ts';
import { missingLinks } from './library-links.ts';
import { markOf, observe, orphansOf, pidOnFile, postmasterOf, type State } from './postmaster.ts';
import { accountFor, type Place, type SitePaths, sitePaths } from './site.ts';
import { recordedSocketFolder } from './socket-folder.ts';

/** One thing that was looked at. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string;
  readonly ok: boolean;
  /** One sentence: how it is. */
  readonly says: string;
  /** What to do about it; only where it is not well. */
  readonly mend?: string;
}

/**
 * How the embedded server of a data folder is, for `doctor`. Starts nothing and changes nothing, and may be
 * asked while the server runs. What the next start mends by itself is well.
 */
export async function inspectEmbedded(
  options: BinariesSought & { readonly dataFolder: string },
): Promise<Finding[]> {
  const paths = sitePaths(resolve(options.dataFolder));
  const programs = await inspectPrograms(options, paths);
  const folder = inspectFolder(paths);
  const findings = [programs.finding, folder];
  if (!folder.ok || !existsSync(paths.cluster)) return findings;
  const place = placeOf(paths);
  return [
    ...findings,
    inspectVersion(paths, programs.major),
    await inspectServer(place),
    inspectMembers(place),
  ];
}

function placeOf(paths: SitePaths): Place {
  return {
    ...paths,
    owner: ownerOf(paths.folder),
    account: accountFor(paths),
    reachable: true,
    socketFolder: recordedSocketFolder(paths),
    mark: markOf(paths.cluster),
  };
}

function well(check: string, says: string): Finding {
  return { check, ok: true, says };
}

function wrong(check: string, says: string, mend: string): Finding {
  return { check, ok: false, says, mend };
}

interface ProgramsSeen {
  readonly finding: Finding;
  readonly major?: number;
}

async function inspectPrograms(sought: BinariesSought, paths: SitePaths): Promise<ProgramsSeen> {
  const check = 'PostgreSQL programs';
  try {
    const native = sought.binFolder ? undefined : (sought.nativeFolder ?? nativeFolder());
    const bin = native === undefined ? (sought.binFolder ?? '') : join(native, 'bin');
    const account = existsSync(dirname(paths.folder)) ? accountFor(paths) : serverAccount('/');
    const found = await tryBinaries(bin, account);
    if (typeof found === 'string')
      return { finding: await whyNotInPlace(check, bin, native, account, found) };
    return { finding: well(check, `PostgreSQL ${found.version} in ${bin}.`), major: found.major };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { finding: wrong(check, error.message, 'Set DATABASE_URL or CLIENTELE_POSTGRES_BIN.') };
  }
}

/** Missing links are made, and programs that only the server's account cannot run are copied; the rest is wrong. */
async function whyNotInPlace(
  check: string,
  bin: string,
  native: string | undefined,
  account: Account,
  reason: string,
): Promise<Finding> {
  const links = native === undefined ? 0 : missingLinks(native).length;
  if (links > 0) {
    return well(
      check,
      `${links} links between the libraries of ${bin} are missing; the next start makes them.`,
    );
  }
  if (native !== undefined && typeof (await tryBinaries(bin, ownAccount())) !== 'string') {
    return well(check, `${account.name} cannot run the programs in ${bin}; the next start uses a copy.`);
  }
  return wrong(
    check,
    `The programs in ${bin} do not run: ${reason}.`,
    'Set DATABASE_URL to a PostgreSQL 16 or newer, or CLIENTELE_POSTGRES_BIN to the bin folder of an installed one.',
  );
}

function inspectFolder({ folder }: SitePaths): Finding {
  const check = 'database folder';
  const self = ownAccount();
  const nearest = [folder, ...foldersAbove(folder)].find((path) => existsSync(path)) ?? '/';
  const choose = 'or choose another data folder by CLIENTELE_DATA.';
  if (!mayWrite(nearest)) {
    return wrong(
      check,
      `${nearest} cannot be written to by ${self.name}.`,
      `Give it to ${self.name}, ${choose}`,
    );
  }
  if (nearest !== folder) return well(check, `${folder} is not there yet; the next start makes it.`);
  const owner = ownerOf(folder);
  if (weAreRoot() || owner.uid === self.uid) return well(check, `${folder} can be written to.`);
  return wrong(check, `${folder} belongs to ${owner.name}.`, `Run the program as ${owner.name}, ${choose}`);
}

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...foldersAbove(above)];
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function inspectVersion(paths: SitePaths, programs: number | undefined): Finding {
  const check = 'database version';
  const made = majorOf(paths.cluster);
  if (made === undefined) {
    return wrong(
      check,
      `${paths.cluster} is no database.`,
      'Restore it from a backup, or remove the folder.',
    );
  }
  if (made === (programs ?? made)) return well(check, `It was made by PostgreSQL ${made}.`);
  return wrong(
    check,
    `It was made by PostgreSQL ${made}, and the programs are PostgreSQL ${programs}.`,
    `Name the bin folder of a PostgreSQL ${made} in CLIENTELE_POSTGRES_BIN, and move the data by a dump.`,
  );
}

async function inspectServer(place: Place): Promise<Finding> {
  const check = 'database server';
  try {
    return well(check, sayState(await observe(place), place));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return wrong(check, error.message, `Stop process ${pidOnFile(place.cluster)}.`);
  }
}

function sayState(state: State, place: Place): string {
  const pid = postmasterOf(place);
  const who = pid === undefined ? 'in another container' : `process ${pid}`;
  if (state === 'accepting') return `It runs (${who}).`;
  if (state === 'busy') return `It is starting, recovering or stopping (${who}).`;
  if (state === 'deaf') return `It runs (${who}) without its socket; the next command restarts it.`;
  const orphans = orphansOf(place);
  if (orphans.length > 0)
    return `It died, and the next start waits for what is left of it (${orphans.join(', ')}).`;
  const stale = pidOnFile(place.cluster);
  return stale === undefined
    ? 'It does not run.'
    : `It does not run; it died as process ${stale}, and the next start recovers.`;
}

/**
 * Linux lists the file locks there are, with their holders: what SQLite calls a shared lock is a read lock on
 * the 510 bytes from 1073741826 on (sqlite3's os.h, SHARED_FIRST). Only looked at, never tried, since to hold
 * the lock even for a moment would tell a leaving process that others remain.
 */
function inspectMembers({ membersLock }: SitePaths): Finding {
  const check = 'processes';
  if (!existsSync('/proc/locks') || !existsSync(membersLock)) {
    return well(check, 'Which processes use the database cannot be told here.');
  }
  const { ino } = statSync(membersLock, { bigint: true });
  const held = new RegExp(`READ\\s+(\\d+)\\s+\\w+:\\w+:${ino}\\s+1073741826\\b`, 'g');
  const pids = [...readFileSync('/proc/locks', 'utf8').matchAll(held)].map(([, pid]) => pid);
  if (pids.length === 0) return well(check, 'No process that can be seen from here uses it.');
  return well(check, `It is used by process ${pids.join(', ')}.`);
}
