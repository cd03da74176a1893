/** zlib's transforms as async generators, with refusals in place of zlib's errors. */
import { pipeline, Readable, type Transform } from 'node:stream';
import type { AppError } from '../../platform/errors.ts';

/** Chunks through one of zlib's transforms; what zlib says of bad input becomes the refusal given. */
export async function* through(
  chunks: AsyncGenerator<Buffer>,
  transform: Transform,
  refusal: (cause: unknown) => AppError,
): AsyncGenerator<Buffer> {
  // The error reaches the loop below through the transform, which the pipeline destroys with it.
  pipeline(Readable.from(chunks, { objectMode: false }), transform, () => {});
  try {
    for await (const chunk of transform) yield chunk as Buffer;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw typeof code === 'string' && code.startsWith('Z_') ? refusal(cause) : cause;
  }
}
