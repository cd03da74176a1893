/** The bytes of a file as it lies on disk, or of a part of it. */
import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../platform/errors.ts';
import { bytesPassed } from '../platform/garbage.ts';
import { chunkBytes } from './limits.ts';

/** Free bytes in front of every chunk that `readFileBytes` gives, in memory that is the chunk's alone. */
export const roomBytes = 16 * 1024;

/** Chunks that one call of the operating system fills; calls cost more than they read. */
const chunksPerRead = 4;

/**
 * Reads bytes [from, to) of a file, the next chunks while the last ones are being worked on.
 * Each chunk has `roomBytes` free bytes before it and one after it.
 */
export async function* readFileBytes(
  path: string,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer> {
  const file = await openFile(path);
  try {
    let position = from;
    let ahead = readChunks(file, position, to, 1);
    for (;;) {
      const chunks = await ahead;
      if (chunks.length === 0) return;
      for (const chunk of chunks) {
        position += chunk.length;
        bytesPassed(chunk.length);
      }
      ahead = readChunks(file, position, to, chunksPerRead);
      // A failure is met where the chunks are awaited; it must not count as unhandled until then.
      ahead.catch(() => {});
      yield* chunks;
    }
  } finally {
    await file.close();
  }
}

/** @returns as many of `count` chunks as the file has from `position` on, each with something in it. */
async function readChunks(file: FileHandle, position: number, to: number, count: number): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for (let left = to - position; left > 0 && chunks.length < count; left -= chunkBytes) {
    const size = Math.min(chunkBytes, left);
    chunks.push(Buffer.allocUnsafeSlow(roomBytes + size + 1).subarray(roomBytes, roomBytes + size));
  }
  if (chunks.length === 0) return [];
  let { bytesRead: left } = await file.readv(chunks, position);
  return chunks.flatMap((chunk) => {
    const filled = chunk.subarray(0, left);
    left = Math.max(0, left - chunk.length);
    return filled.length > 0 ? [filled] : [];
  });
}

/** Bytes [from, from + size) of a file, fewer where it ends. */
export async function readPart(path: string, from: number, size: number): Promise<Buffer> {
  const file = await openFile(path);
  try {
    const part = Buffer.alloc(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await file.read(part, filled, size - filled, from + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return part.subarray(0, filled);
  } finally {
    await file.close();
  }
}

/** @returns the size of a file in bytes. @throws AppError when it is not there, or is no file. */
export async function fileSize(path: string): Promise<number> {
  const file = await openFile(path);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new AppError('file.unreadable', `"${path}" is not a file.`);
    return found.size;
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new AppError('file.not_found', `There is no file "${path}".`);
    if (code === 'EACCES' || code === 'EPERM') {
      throw new AppError(
        'file.unreadable',
        `The file "${path}" may not be read by this user.`,
        {},
        { cause },
      );
    }
    throw cause;
  }
}
