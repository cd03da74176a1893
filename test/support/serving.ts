/** The server as an operator starts it: a process of its own, on a port that is free. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/clientele', import.meta.url));

export interface Serving {
  readonly child: ChildProcess;
  readonly url: string;
  /** What it has printed so far. */
  readonly lines: readonly string[];
  /** What it has written to its log so far. */
  readonly log: string;
  /** Ends it by a signal. @returns its exit code, once it has ended; null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * Waits until it listens.
 *
 * @param environment added to this process's own. Unless it names a port, one is taken that is free.
 */
export async function serve(
  command: 'start' | 'serve',
  environment: Readonly<Record<string, string>>,
): Promise<Serving> {
  const child = spawn(program, [command], {
    env: { ...process.env, CLIENTELE_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let log = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /(http:\/\/\S+?:[1-9]\d*)(?=[\s/])/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then((code) => reject(new Error(`It ended with ${code} before it listened: ${log}`)));
  });
  return {
    child,
    url,
    get lines() {
      return output.split('\n');
    },
    get log() {
      return log;
    },
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
