/** The program as a process that can be struck at any moment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/clientele', import.meta.url));

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

export interface Running {
  readonly ended: Promise<Ending>;
  isRunning(): boolean;
  signal(name: NodeJS.Signals): void;
}

const started = new Set<ChildProcess>();

/** @param environment is the whole of it. */
export function start(args: readonly string[], environment: NodeJS.ProcessEnv): Running {
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  started.add(child);
  const pieces = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    pieces.output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    pieces.errors += text;
  });
  const ended = new Promise<Ending>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      started.delete(child);
      resolve({ code, signal, ...pieces });
    });
  });
  return {
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    signal: (name) => void child.kill(name),
  };
}

/** Ends whatever was started and still runs, also what is only asleep. */
export function killAll(): void {
  for (const child of started) child.kill('SIGKILL');
}
