/**
 * Everything that can be set, with its bounds, in one place. Settings come from the environment. A limit's variable
 * is its name in capitals behind CLIENTELE_: `cellBytesMax` is CLIENTELE_CELL_BYTES_MAX.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { AppError } from './errors.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** The folder that holds package.json: where the program is installed. */
export const installationFolder = fileURLToPath(new URL('../..', import.meta.url));

const limit = (preset: number, { min, max }: { readonly min: number; readonly max: number }) =>
  z.coerce.number().int().min(min).max(max).default(preset);

const limitsSchema = z.object({
  /** Bytes of a file as it lies on disk, and of what it unpacks to. */
  fileBytesMax: limit(2 * GiB, { min: 1, max: 1024 * GiB }),
  /** A packed file that unpacks to more than `bombBytesMin` may grow by this factor at most. */
  bombRatioMax: limit(200, { min: 2, max: 100_000 }),
  bombBytesMin: limit(64 * MiB, { min: 1, max: 1024 * GiB }),
  columnsMax: limit(1000, { min: 1, max: 1600 }),
  /** UTF-8 bytes of a cell. */
  cellBytesMax: limit(64 * KiB, { min: 1, max: 16 * MiB }),
  /** Bytes of one row that are held in memory at once; a longer one is passed over and reported. */
  rowBytesMax: limit(16 * MiB, { min: 1, max: 256 * MiB }),
  /** Objects and arrays within each other, in JSON and NDJSON. */
  jsonDepthMax: limit(64, { min: 1, max: 1000 }),
  /** Rows that go through the pipeline at a time. */
  batchRowsMax: limit(4096, { min: 1, max: 100_000 }),
  /** Rows that one commit transaction writes. */
  chunkRows: limit(5000, { min: 1, max: 100_000 }),
  /** Transactions of one run that commit chunks at the same time. */
  chunkConnections: limit(2, { min: 1, max: 16 }),
  /** A chunk that met a deadlock or a serialization failure is tried again. */
  chunkAttemptsMax: limit(10, { min: 1, max: 100 }),
  /** How long a run belongs to a process that has stopped renewing it. */
  leaseSeconds: limit(20, { min: 2, max: 600 }),
  leaseRenewSeconds: limit(5, { min: 1, max: 300 }),
  /** How long a transaction may go on under a lease that is over, once another process wants to go on. */
  takeoverGraceSeconds: limit(5, { min: 1, max: 600 }),
  /** Runs that one worker brings on at the same time. */
  workerRuns: limit(4, { min: 1, max: 100 }),
  /** A transaction whose process has fallen silent is ended by the database, so that it cannot hold up a takeover. */
  idleInTransactionSecondsMax: limit(30, { min: 1, max: 600 }),
  /** How long to wait for a database that does not answer. */
  reconnectSecondsMax: limit(60, { min: 1, max: 3600 }),
  /** Two at least: a lease is renewed beside the transaction that does the work. */
  appConnectionsMax: limit(8, { min: 2, max: 100 }),
  loaderConnectionsMax: limit(4, { min: 1, max: 100 }),
});

export type Limits = Readonly<z.infer<typeof limitsSchema>>;

const settingsSchema = z.object({
  /** Where the private database, the files and the secret live. */
  CLIENTELE_DATA: z.string().min(1).optional(),
  /** A PostgreSQL server of your own, 16 or newer, instead of the private one. */
  DATABASE_URL: z.string().min(1).optional(),
  /** Passwords of the database logins derive from it; without one, a file in the data folder keeps one. */
  CLIENTELE_SECRET: z.string().min(16, 'needs 16 characters').optional(),
  CLIENTELE_LOG: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('warn'),
});

export interface Config {
  /** Absolute. */
  readonly dataFolder: string;
  readonly databaseUrl: string | undefined;
  readonly secret: string | undefined;
  readonly logLevel: z.infer<typeof settingsSchema>['CLIENTELE_LOG'];
  readonly limits: Limits;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param environment an empty variable counts as one that is not set.
 * @throws AppError usage.invalid, naming the variables that are wrong.
 */
export function readConfig(environment: Environment): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const settings = settingsSchema.safeParse(set);
  const limits = limitsSchema.safeParse(
    Object.fromEntries(Object.keys(limitsSchema.shape).map((name) => [name, set[variableOf(name)]])),
  );
  if (!settings.success || !limits.success) {
    throw new AppError('usage.invalid', complaint([...issuesOf(settings), ...issuesOf(limits)]));
  }
  const { CLIENTELE_DATA, DATABASE_URL, CLIENTELE_SECRET, CLIENTELE_LOG } = settings.data;
  return Object.freeze({
    dataFolder: CLIENTELE_DATA === undefined ? resolve(installationFolder, 'data') : resolve(CLIENTELE_DATA),
    databaseUrl: DATABASE_URL,
    secret: CLIENTELE_SECRET,
    logLevel: CLIENTELE_LOG,
    limits: Object.freeze(limits.data),
  });
}

let current: Config | undefined;

/** The configuration of this process, read from its environment when it is first asked for. */
export function configuration(): Config {
  current ??= readConfig(process.env);
  return current;
}

/** `cellBytesMax` → `CLIENTELE_CELL_BYTES_MAX` */
export function variableOf(limitName: string): string {
  return `CLIENTELE_${limitName.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

interface Issue {
  readonly name: string;
  readonly message: string;
}

function issuesOf(result: z.ZodSafeParseResult<unknown>): Issue[] {
  if (result.success) return [];
  return result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return { name: name in limitsSchema.shape ? variableOf(name) : name, message: issue.message };
  });
}

function complaint(issues: readonly Issue[]): string {
  return `The configuration is wrong: ${issues.map(({ name, message }) => `${name}: ${message}`).join('; ')}.`;
}
