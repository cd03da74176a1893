/** A run's progress on a terminal: one line that is written over, on standard error. Nothing when that is no terminal. */

import type { Progress, Watch } from '../import/progress.ts';
import { stopwatch } from '../platform/clock.ts';

const words: Readonly<Record<Progress['doing'], string>> = {
  reading: 'Reading and checking',
  checking: 'Comparing with the records',
  writing: 'Writing',
  undoing: 'Taking back',
  waiting: 'Waiting for another import of this tenant',
};

const repaintMs = 100;

export interface ProgressLine {
  readonly watch: Watch;
  /** Takes the line away, so that what follows stands alone. */
  end(): void;
}

export function progressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  if (!canRepaint(stream)) return { watch: () => {}, end: () => {} };
  let doing: Progress['doing'] | undefined;
  let seconds = stopwatch();
  let painted = Number.NEGATIVE_INFINITY;
  return {
    watch: (progress) => {
      if (progress.doing !== doing) {
        doing = progress.doing;
        seconds = stopwatch();
        painted = Number.NEGATIVE_INFINITY;
      }
      if (performance.now() - painted < repaintMs) return;
      painted = performance.now();
      repaint(stream, describe(progress, seconds()));
    },
    end: () => {
      repaint(stream, '');
    },
  };
}

export function canRepaint(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && process.env.TERM !== 'dumb';
}

/** Writes the line over. It is cut where the terminal ends: of a line that went on in the next, half would stay. */
export function repaint(stream: NodeJS.WriteStream, line: string): void {
  // Some terminals do not know how wide they are.
  const width = stream.columns > 1 ? stream.columns : 80;
  stream.write(`\r\x1b[2K${line.slice(0, width - 1)}`);
}

/** `Writing: 412,000 of 1,000,000 rows, 61,200 rows/s, 10 s left` */
export function describe({ doing, rowsDone, rowsTotal }: Progress, seconds: number): string {
  if (rowsDone === 0) return `${words[doing]} …`;
  const rate = rowsDone / Math.max(seconds, 0.001);
  const of = rowsTotal === null ? '' : ` of ${rowsTotal.toLocaleString('en')}`;
  const left = rowsTotal === null ? '' : `, ${Math.ceil(Math.max(rowsTotal - rowsDone, 0) / rate)} s left`;
  return `${words[doing]}: ${rowsDone.toLocaleString('en')}${of} rows, ${Math.round(rate).toLocaleString('en')} rows/s${left}`;
}
