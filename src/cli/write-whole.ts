/** A file that a command writes: under its name it is whole, or not there. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newId } from '../platform/ids.ts';

export async function writeWhole(stream: Readable, path: string): Promise<void> {
  const unfinished = `${path}.${newId()}.part`;
  try {
    await pipeline(stream, createWriteStream(unfinished, { mode: 0o600 }) as Writable);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
