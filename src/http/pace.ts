/** An upload that hardly moves holds a connection and a file for as long as it likes: it is cut off. */
import { finished, type Readable, Transform } from 'node:stream';
import { stopwatch } from '../platform/clock.ts';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { brokenOff } from './read-json.ts';

/** @returns the same bytes; the stream fails with `request.too_slow` when they come slower than the limit, on average. */
export function paced(source: Readable): Readable {
  const { uploadBytesPerSecondMin, uploadGraceSeconds } = configuration().limits;
  const seconds = stopwatch();
  let bytes = 0;
  const counted = new Transform({
    highWaterMark: 1024 * 1024,
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const look = setInterval(() => {
    // While the store is slower than the client, the client is not to blame.
    const isWaiting = counted.readableLength >= counted.readableHighWaterMark;
    if (isWaiting || seconds() < uploadGraceSeconds || bytes / seconds() >= uploadBytesPerSecondMin) return;
    counted.destroy(
      new AppError(
        'request.too_slow',
        `The file came at less than ${uploadBytesPerSecondMin} bytes a second.`,
      ),
    );
  }, 1000);
  counted.once('close', () => clearInterval(look));
  // It may fail before its reader begins, who is told of it all the same.
  counted.on('error', () => {});
  // Also of one that was over before anybody listened: a short form comes all at once.
  finished(source, { writable: false }, (error) => {
    if (error) counted.destroy(brokenOff());
  });
  return source.pipe(counted);
}
