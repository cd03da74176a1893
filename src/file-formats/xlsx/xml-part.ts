/** The parts of a workbook that are XML, as UTF-8 by stream: OPC allows UTF-8 and UTF-16 (ECMA-376 part 2, 10.1.2). */
import { isUtf8 } from 'node:buffer';
import { AppError } from '../../platform/errors.ts';
import { bytesPassed } from '../../platform/garbage.ts';
import { wholeCharacters } from '../encodings/invalid-utf8.ts';
import { type Transcoder, transcoderFor } from '../encodings/transcode.ts';
import { XmlScanner, type XmlSink } from './xml-scanner.ts';
import { brokenXml } from './xml-text.ts';

/** What every part but sheets and texts stays below by far. */
const partBytesMax = 64 * 1024 * 1024;

/**
 * The tags of a part that is not large.
 * @throws AppError `file.unreadable` for what is no XML, or in another encoding; `file.too_large`
 */
export async function scanTags(chunks: AsyncIterable<Buffer>, seen: SeenTags): Promise<void> {
  for await (const _ of scannedXml(bounded(chunks), new Tags(seen)));
}

export interface SeenTags {
  readonly open: (tag: XmlScanner) => void;
  readonly close?: (tag: XmlScanner) => void;
}

class Tags implements XmlSink {
  private readonly seen: SeenTags;

  constructor(seen: SeenTags) {
    this.seen = seen;
  }

  open(tag: XmlScanner): void {
    this.seen.open(tag);
  }

  close(_code: number, tag: XmlScanner): void {
    this.seen.close?.(tag);
  }

  text(): void {
    // What such a part says stands in its attributes.
  }
}

async function* bounded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > partBytesMax) {
      const message = `A part of the workbook that has no rows in it has more than ${partBytesMax} bytes. Copy the sheet into a new workbook.`;
      throw new AppError('file.too_large', message);
    }
    yield chunk;
  }
}

/** A part of any size, piece by piece: after each, the sink has got what stands in it. */
export async function* scannedXml(chunks: AsyncIterable<Buffer>, sink: XmlSink): AsyncGenerator<void> {
  const scanner = new XmlScanner(sink);
  for await (const bytes of wholeUtf8(decoded(chunks))) {
    scanner.write(bytes);
    bytesPassed(bytes.length);
    yield;
  }
  scanner.end();
}

async function* decoded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let transcoder: Transcoder | undefined;
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst) transcoder = transcoderOf(chunk);
    isFirst = false;
    yield transcoder === undefined ? chunk : transcoder.write(chunk);
  }
  if (transcoder !== undefined) yield transcoder.end();
}

function transcoderOf(head: Buffer): Transcoder | undefined {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || second === 0) return transcoderFor('utf-16le');
  return (first === 0xfe && second === 0xff) || first === 0 ? transcoderFor('utf-16be') : undefined;
}

/** Pieces that end with a character. */
async function* wholeUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let cut: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = cut.length === 0 ? chunk : Buffer.concat([cut, chunk]);
    const end = wholeCharacters(bytes, bytes.length);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) throw brokenXml('it is not UTF-8');
    cut = bytes.subarray(end);
    if (whole.length > 0) yield whole;
  }
  if (cut.length > 0) throw brokenXml('it is not UTF-8');
}
