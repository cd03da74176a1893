/** Runs bin/clientele as a process of its own, as a person or a script does. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/clientele', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

export interface RunOptions {
  /** Added to this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly input?: string | Buffer;
  /** Another path to the program, such as a link. */
  readonly path?: string;
  /** Sent to the program when the promise is kept. */
  readonly signal?: { readonly name: NodeJS.Signals; readonly when: Promise<void> };
}

export async function runProgram(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = spawn(options.path ?? program, args, {
    cwd: options.folder,
    env: { ...process.env, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  void options.signal?.when.then(() => child.kill(options.signal?.name));
  // A program that ends without reading its input is no fault of the test.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const [output, errors, [code, signal]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (...result) => resolve(result));
    }),
  ]);
  return { code, signal, output, errors };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(pieces).toString('utf8');
}
