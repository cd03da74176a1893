import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { seeProcess } from '../../../src/database/embedded/processes.ts';
import {
  acquireEmbeddedServer,
  type EmbeddedServer,
  type EmbeddedServerOptions,
} from '../../../src/database/embedded/server.ts';

export const asRoot = process.geteuid?.() === 0;

/** An account without rights, as whom root's tests try what a plain user sees. */
export const nobody = asRoot ? { uid: numberOf('-u'), gid: numberOf('-g') } : { uid: -1, gid: -1 };

function numberOf(option: '-u' | '-g'): number {
  return Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
}

/** What a member says: after joining its server and connection, later the server's process, or its refusal. */
interface Said {
  readonly pid?: number;
  readonly connection: EmbeddedServer['connection'];
  readonly code?: string;
  readonly message?: string;
}

/** Another process that uses the embedded server. */
export interface OtherMember {
  readonly process: ChildProcessWithoutNullStreams;
  hears(): Promise<Said>;
  tell(command: 'ensure' | 'release'): Promise<Said>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

const started = new Set<ChildProcessWithoutNullStreams>();
const folders = new Set<string>();
const taken = new Set<EmbeddedServer>();

export function spawnMember(
  options: EmbeddedServerOptions,
  account: { uid?: number; gid?: number } = {},
): OtherMember {
  const program = fileURLToPath(new URL('embedded-member.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { ...account, cwd: '/' });
  started.add(child);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const hears = async (): Promise<Said> =>
    JSON.parse((await lines.next()).value ?? '{"message":"it ended without a word"}');
  return {
    process: child,
    hears,
    tell(command) {
      child.stdin.write(`${command}\n`);
      return hears();
    },
    async kill(signal) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

/** A folder for data that is there already and that the server's account can pass through. */
export function newFolder(mode = 0o711): string {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-embedded-'));
  chmodSync(folder, mode);
  folders.add(folder);
  return folder;
}

let template: Promise<string> | undefined;

/** A data folder whose cluster is made: a copy of one, for making each takes the better part of a second. */
export async function madeFolder(): Promise<string> {
  template ??= makeTemplate();
  const folder = join(newFolder(), 'data');
  execFileSync('cp', ['-Rp', await template, folder]);
  return folder;
}

async function makeTemplate(): Promise<string> {
  const dataFolder = join(newFolder(), 'data');
  const server = await acquireEmbeddedServer({ dataFolder });
  await server.release();
  return dataFolder;
}

/** Joins in this process; left behind after each test file. */
export async function acquire(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const server = await acquireEmbeddedServer(options);
  taken.add(server);
  return server;
}

/** Runs one statement in a session of its own. */
export async function ask(
  connection: EmbeddedServer['connection'],
  sql: string,
): Promise<Record<string, unknown>> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows[0];
  } finally {
    await client.end();
  }
}

/** Looks again and again until it holds; the test's own time limit ends it otherwise. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function postgresFolder(dataFolder: string): string {
  return join(dataFolder, 'postgres');
}

/** Ends what the file's tests started, whatever became of them, and removes their folders. */
export async function cleanUp(): Promise<void> {
  for (const child of started) child.kill('SIGKILL');
  await Promise.allSettled([...taken].map((server) => server.release()));
  for (const folder of folders) {
    for (const file of globSync('**/cluster/postmaster.pid', { cwd: folder })) {
      const pid = Number.parseInt(readFileSync(join(folder, file), 'utf8'), 10);
      if (seeProcess(pid)?.program === 'postgres') process.kill(pid, 'SIGQUIT');
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}
