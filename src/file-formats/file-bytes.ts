/** The bytes of a file as it lies on disk, or of a part of it. */
import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../platform/errors.ts';
import { chunkBytes } from './limits.ts';

/** Free bytes in front of every chunk that `readFileBytes` gives, in memory that is the chunk's alone. */
export const roomBytes = 16 * 1024;

/**
 * Reads bytes [from, to) of a file, the next chunk while the last one is being worked on.
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
    let ahead = readChunk(file, position, to);
    for (;;) {
      const chunk = await ahead;
      if (chunk.length === 0) return;
      position += chunk.length;
      ahead = readChunk(file, position, to);
      // A failure is met where the chunk is awaited; it must not count as unhandled until then.
      ahead.catch(() => {});
      yield chunk;
    }
  } finally {
    await file.close();
  }
}

async function readChunk(file: FileHandle, position: number, to: number): Promise<Buffer> {
  const size = Math.min(chunkBytes, to - position);
  if (size <= 0) return Buffer.alloc(0);
  const memory = Buffer.allocUnsafeSlow(roomBytes + size + 1);
  const { bytesRead } = await file.read(memory, roomBytes, size, position);
  return memory.subarray(roomBytes, roomBytes + bytesRead);
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
