/** Files that runs keep, in a folder of the data folder. A key names a file; a file that is there is whole. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';

export interface StoredFile {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** @returns where the file of a key lies. Keys are ours; one that would leave the folder is a bug. */
export function storedPath(key: string): string {
  const folder = join(configuration().dataFolder, 'files');
  const path = join(folder, key);
  if (!path.startsWith(folder + sep)) throw new Error('A file key leaves the store.');
  return path;
}

/**
 * Stores a stream under a key. It appears under its name only when it is whole.
 * @throws AppError `file.too_large` as soon as the bytes pass the limit.
 */
export async function storeFile(key: string, source: Readable): Promise<StoredFile> {
  const path = storedPath(key);
  const partial = `${path}.partial`;
  const hash = createHash('sha256');
  const bytesMax = configuration().limits.fileBytesMax;
  let bytes = 0;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await pipeline(
      source,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.length;
          if (bytes > bytesMax)
            throw new AppError(
              'file.too_large',
              `The file is larger than ${bytesMax} bytes, the most that is taken.`,
            );
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(partial, { mode: 0o600, highWaterMark: 1024 * 1024 }),
    );
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** @returns the bytes of a file on this machine as a stream, in pieces that are cheap to hash and to copy. */
export function readLocalFile(path: string): Readable {
  return createReadStream(path, { highWaterMark: 1024 * 1024 });
}

export async function removeFile(key: string): Promise<void> {
  await rm(storedPath(key), { force: true });
}
