/** Counts, hashes and limits the bytes of a file on their way into the store. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { bytesPassed } from '../platform/garbage.ts';
import type { StoredFile } from './store.ts';

export class Measured {
  private readonly hash = createHash('sha256');
  private readonly bytesMax = configuration().limits.fileBytesMax;
  private bytes = 0;

  /**
   * @param pieces those of the source.
   * @throws AppError `file.too_large` as soon as the bytes pass the limit; an Error when the source was closed before its
   *   end, of which a loop over it need not hear.
   */
  async *pass(source: Readable, pieces: AsyncIterable<Buffer> = source): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      this.bytes += piece.length;
      if (this.bytes > this.bytesMax) throw tooLarge(this.bytesMax);
      this.hash.update(piece);
      bytesPassed(piece.length);
      yield piece;
    }
    if (!source.readableEnded) throw new Error('The file was closed before its end.');
  }

  /** Once, when all bytes have passed. */
  result(): StoredFile {
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}

export function tooLarge(bytesMax: number): AppError {
  return new AppError(
    'file.too_large',
    `The file is larger than ${bytesMax} bytes, the most that is taken.`,
    {
      bytesMax,
    },
  );
}

export function notFound(cause?: unknown): AppError {
  return new AppError('file.not_found', 'The file is no longer in the file store.', {}, { cause });
}
