/** From a file on disk to its text as UTF-8 bytes: read, unpacked and transcoded by stream. */

import { byteOrderMark, markBytesMax } from './encodings/byte-order-mark.ts';
import { type Transcoder, transcoderFor } from './encodings/transcode.ts';
import type { Packing } from './file-kind.ts';
import type { ReadLimits } from './limits.ts';
import { openBytes } from './packing/unpack.ts';

export interface TextSource {
  /** UTF-8, but for bytes that could not be decoded; without byte-order mark. */
  readonly chunks: AsyncIterable<Buffer>;
  /** As in ByteSource: room in front of each chunk. */
  readonly room: number;
  /** How many bytes of the unpacked file bytes[from, to) of the text were made from. */
  readonly measure: (bytes: Uint8Array, from: number, to: number) => number;
  /** Bytes of the file before the text: its byte-order mark. Known when the first chunk is there. */
  base: number;
}

export interface TextLocation {
  readonly path: string;
  readonly packing: Packing;
  readonly encoding: string;
}

export function openText({ path, packing, encoding }: TextLocation, limits: ReadLimits): TextSource {
  const bytes = openBytes(path, packing, limits);
  const transcoder = transcoderFor(encoding);
  const source = {
    base: 0,
    room: transcoder === undefined ? bytes.room : 0,
    measure:
      transcoder === undefined
        ? sameSize
        : (text: Uint8Array, from: number, to: number) => transcoder.measure(text, from, to),
  };
  const unmarked = withoutMark(bytes.chunks, encoding, source);
  return Object.assign(source, {
    chunks: transcoder === undefined ? unmarked : transcode(unmarked, transcoder),
  });
}

function sameSize(_text: Uint8Array, from: number, to: number): number {
  return to - from;
}

async function* withoutMark(
  chunks: AsyncIterable<Buffer>,
  encoding: string,
  source: { base: number },
): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    // A first chunk of a byte or two can come out of unpacking.
    const start: Buffer = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (start.length < markBytesMax) {
      head = start;
      continue;
    }
    head = undefined;
    source.base = byteOrderMark(start, encoding);
    yield start.subarray(source.base);
  }
  if (head !== undefined && head.length > 0) {
    source.base = byteOrderMark(head, encoding);
    yield head.subarray(source.base);
  }
}

async function* transcode(chunks: AsyncIterable<Buffer>, transcoder: Transcoder): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield transcoder.write(chunk);
  yield transcoder.end();
}
