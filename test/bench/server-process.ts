/** The server as `npm start` runs it, in a process of its own, and what the operating system says of that process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { installationFolder } from '../../src/platform/config.ts';

export interface Server {
  readonly child: ChildProcess;
  readonly url: string;
}

export async function startServer(folder: string): Promise<Server> {
  const child = spawn(join(installationFolder, 'bin', 'clientele'), ['start'], {
    env: {
      ...process.env,
      CLIENTELE_DATA: folder,
      CLIENTELE_PORT: '0',
      CLIENTELE_CALLS_PER_MINUTE_MAX: '1000000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('The server has no output.');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^Clientele is running: (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { child, url };
  }
  throw new Error('The server ended before it was running.');
}

export async function stopServer({ child }: Server): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

export interface ProcessFigures {
  readonly rssMb: number;
  /** The most that the process held at any time. */
  readonly peakRssMb: number;
  /** In user and system mode. */
  readonly cpuSeconds: number;
}

const ticksPerSecond = 100;

/** Of Linux' /proc; the other systems have no such files. */
export function processFigures({ child }: Server): ProcessFigures {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024);
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  // The name, in brackets, may hold spaces: the state follows it, as the third of the fields (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    rssMb: megabytes('VmRSS'),
    peakRssMb: megabytes('VmHWM'),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
  };
}
