/** What the converted files of one call are called. */
import { realpathSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { usageError } from '../command.ts';
import type { OutputFormat } from './convert.ts';

const packed = /\.(?:gz|zip)$/i;
const known = /\.(?:csv|tsv|tab|psv|txt|dat|json|jsonl|ndjson|xlsx|xlsm)$/i;

/**
 * `in/customers.csv.gz` becomes `DIR/customers.csv`. Where two files would become one, the later ones keep all of
 * their name.
 * @throws AppError usage.invalid when a file would be written over one that is read.
 */
export function outputNames(files: readonly string[], folder: string, format: OutputFormat): string[] {
  const sources = new Set(files.map(realPath));
  const taken = new Set<string>();
  return files.map((file) => {
    const whole = file === '-' ? 'stdin' : basename(file);
    let target = join(folder, `${whole.replace(packed, '').replace(known, '')}.${format}`);
    for (let count = 1; taken.has(target); count++) {
      target = join(folder, `${whole}${count === 1 ? '' : ` (${count})`}.${format}`);
    }
    taken.add(target);
    if (sources.has(realPath(target)))
      throw usageError(`"${target}" is read, and would be written over: choose another --out-dir`);
    return target;
  });
}

/** Where links lead to; of what is not there, where it would be. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
