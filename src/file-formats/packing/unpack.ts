/** The bytes of a file after unpacking: as they are, out of gzip, or the only file of a zip. */
import { createGunzip } from 'node:zlib';
import { AppError } from '../../platform/errors.ts';
import { fileSize, readFileBytes, roomBytes } from '../file-bytes.ts';
import type { Packing } from '../file-kind.ts';
import { chunkBytes, type ReadLimits } from '../limits.ts';
import { unzip } from './zip.ts';
import { through } from './zlib-stream.ts';

export interface ByteSource {
  readonly chunks: AsyncGenerator<Buffer>;
  /** Free bytes in front of each chunk, and one after it, in memory that is the chunk's alone; 0 when there are none. */
  readonly room: number;
}

/**
 * @throws AppError while reading: file.not_found, file.too_large (on disk or unpacked), file.unreadable and file.zip
 * for what is cut off or damaged.
 */
export function openBytes(path: string, packing: Packing, limits: ReadLimits): ByteSource {
  if (packing === 'none') return { chunks: checked(path, readFileBytes(path), limits), room: roomBytes };
  const unpacked = packing === 'zip' ? unzip(path, limits) : gunzip(path);
  return { chunks: bounded(path, unpacked, limits), room: 0 };
}

async function* checked(
  path: string,
  chunks: AsyncGenerator<Buffer>,
  limits: ReadLimits,
): AsyncGenerator<Buffer> {
  await checkSize(path, limits);
  yield* chunks;
}

/** Stops at a bomb: a file that unpacks to more than a file may have, or to far more than text packs to. */
async function* bounded(
  path: string,
  chunks: AsyncGenerator<Buffer>,
  limits: ReadLimits,
): AsyncGenerator<Buffer> {
  const packed = await checkSize(path, limits);
  const most = Math.min(limits.fileBytesMax, Math.max(limits.bombBytesMin, packed * limits.bombRatioMax));
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > most) {
      throw new AppError(
        'file.too_large',
        `The file unpacks to more than ${most} bytes, which is more than is allowed.`,
      );
    }
    yield chunk;
  }
}

async function checkSize(path: string, limits: ReadLimits): Promise<number> {
  const size = await fileSize(path);
  if (size > limits.fileBytesMax) {
    throw new AppError(
      'file.too_large',
      `The file has ${size} bytes; ${limits.fileBytesMax} are allowed. Split it.`,
    );
  }
  return size;
}

function gunzip(path: string): AsyncGenerator<Buffer> {
  return through(readFileBytes(path), createGunzip({ chunkSize: chunkBytes }), (cause) => {
    const cut = (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
    const what = cut ? 'is cut off: its end is missing' : 'is damaged';
    return new AppError('file.unreadable', `The gzip file ${what}. Fetch or pack it again.`, {}, { cause });
  });
}
