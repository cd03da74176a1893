/** Runs the program as its user does, in a process of its own, and measures that process. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { installationFolder } from '../../src/platform/config.ts';

export interface Measured {
  /** What `--json` printed. */
  readonly answer: Record<string, unknown>;
  /** Of the whole process, its start included. */
  readonly seconds: number;
  /** The most memory that the process held at any time, as the operating system counts it. */
  readonly peakRssMb: number;
}

/** Writes the process's peak, in kilobytes, to descriptor 3 when it ends; loaded before the program. */
const meter = `data:text/javascript,${encodeURIComponent(
  `import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));`,
)}`;

export async function runProgram(args: readonly string[], dataFolder: string): Promise<Measured> {
  const started = performance.now();
  const child = spawn(join(installationFolder, 'bin', 'clientele'), args, {
    env: { ...process.env, CLIENTELE_DATA: dataFolder, NODE_OPTIONS: `--import ${meter}` },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const [output, kilobytes, code] = await Promise.all([
    text(child.stdio[1] as NodeJS.ReadableStream),
    text(child.stdio[3] as NodeJS.ReadableStream),
    new Promise((resolve) => child.on('exit', resolve)),
  ]);
  if (code !== 0) throw new Error(`clientele ${args.join(' ')} ended with ${code}: ${output}`);
  return {
    answer: JSON.parse(output) as Record<string, unknown>,
    seconds: (performance.now() - started) / 1000,
    peakRssMb: Number(kilobytes) / 1024,
  };
}
