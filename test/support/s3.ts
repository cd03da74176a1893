/** An S3 service for a test file, in a process of its own, and this process's environment to use it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { S3Config } from '../../src/platform/config.ts';

export interface TestS3 {
  readonly config: S3Config;
  /** With which a process of the program uses it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Everything that the service keeps, parts of unfinished uploads among it. */
  files(): string[];
  /** Ends the service, with nobody listening where it was. */
  end(): Promise<void>;
  /** Starts it again after `end`, with the same files at the same place. */
  begin(): Promise<void>;
}

/** Call it with `await` at the top of a test file, before anything reads the configuration. */
export async function useS3(): Promise<TestS3> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-s3-'));
  const script = fileURLToPath(new URL('s3-server.ts', import.meta.url));
  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [script, folder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let server = start();
  const port = await portOf(server);
  const end = async (): Promise<void> => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await ended;
  };
  const begin = async (): Promise<void> => {
    server = start(String(port));
    await portOf(server);
  };
  afterAll(async () => {
    await end();
    rmSync(folder, { recursive: true });
  });
  const config = {
    bucket: 'files',
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    prefix: 'kept/',
  };
  const environment = {
    CLIENTELE_S3_BUCKET: config.bucket,
    CLIENTELE_S3_ENDPOINT: config.endpoint,
    CLIENTELE_S3_PREFIX: config.prefix,
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
  };
  Object.assign(process.env, environment);
  const files = (): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  return { config, environment, files, end, begin };
}

async function portOf(server: ChildProcess): Promise<number> {
  if (server.stdout === null) throw new Error('The S3 service has no output.');
  for await (const line of createInterface(server.stdout)) return Number(line);
  throw new Error('The S3 service did not start.');
}
