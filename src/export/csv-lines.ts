/**
 * COPY ends its lines with LF; RFC 4180 wants CRLF. A line feed within quotes is the cell's own and stays. The bytes
 * pass once through a loop that tells the two apart, 64 KiB at a time.
 */
import { Transform } from 'node:stream';

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export class CsvLines {
  private quoted = false;

  /** @param bytes CSV with quotes doubled within quotes, cut anywhere. @returns the same with CRLF at the end of each line. */
  withCrlf(bytes: Buffer): Buffer {
    const ends = this.lineEnds(bytes);
    if (ends.length === 0) return bytes;
    const written = Buffer.allocUnsafe(bytes.length + ends.length);
    let from = 0;
    let at = 0;
    for (const end of ends) {
      at += bytes.copy(written, at, from, end);
      written[at] = carriageReturn;
      written[at + 1] = lineFeed;
      at += 2;
      from = end + 1;
    }
    bytes.copy(written, at, from);
    return written;
  }

  private lineEnds(bytes: Buffer): number[] {
    const ends: number[] = [];
    const { length } = bytes;
    let { quoted } = this;
    for (let at = 0; at < length; at += 1) {
      const byte = bytes[at];
      if (byte === quote) quoted = !quoted;
      else if (byte === lineFeed && !quoted) ends.push(at);
    }
    this.quoted = quoted;
    return ends;
  }
}

/** @param before the header's bytes. */
export function crlfStream(before: Buffer): Transform {
  const lines = new CsvLines();
  const stream = new Transform({
    transform: (bytes: Buffer, _, done) => done(null, lines.withCrlf(bytes)),
  });
  stream.push(before);
  return stream;
}
