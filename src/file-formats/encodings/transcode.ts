/**
 * Other encodings become UTF-8 by stream, so that everything behind needs to know only that. A byte that has no
 * meaning in its encoding becomes `undecodable`, which is never part of UTF-8: the check that finds broken UTF-8
 * finds it too, and no replacement character stands in its place.
 */
import iconv from './code-pages.ts';

export interface Transcoder {
  /** The UTF-8 of the characters that are whole by now. */
  write(chunk: Buffer): Buffer;
  /** What is left at the end. */
  end(): Buffer;
  /** How many bytes of the original bytes[from, to) of the UTF-8 were made from. */
  measure(bytes: Uint8Array, from: number, to: number): number;
}

const undecodable = 0xff;
const replacement = Buffer.from('\ufffd');

/** @returns undefined when the encoding is UTF-8 and nothing is to be done. */
export function transcoderFor(encoding: string): Transcoder | undefined {
  const name = normalEncoding(encoding);
  if (name === 'utf8') return undefined;
  if (name === 'utf16le' || name === 'utf16be') return new Utf16(name === 'utf16be');
  if (name === 'utf32le' || name === 'utf32be') return new Utf32(name === 'utf32be');
  return isSingleByte(name) ? new SingleByte(name) : new MultiByte(name);
}

/** Is this an encoding that files can be read in? */
export function isEncoding(encoding: string): boolean {
  const name = normalEncoding(encoding);
  return (
    !['utf7', 'utf7imap', 'base64', 'hex', 'binary', 'internal'].includes(name) && iconv.encodingExists(name)
  );
}

/** `UTF-8`, `utf8` and `Utf_8` are one name. */
export function normalEncoding(encoding: string): string {
  const name = encoding.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (name === 'ucs2' || name === 'utf16') return 'utf16le';
  return name === 'utf32' || name === 'ucs4' ? 'utf32le' : name;
}

function isSingleByte(name: string): boolean {
  return iconv.decode(allBytes(), name).length === 256;
}

function allBytes(): Buffer {
  return Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
}

class SingleByte implements Transcoder {
  /** Four bytes for each byte: how many it becomes, and those. */
  readonly #table = new Uint8Array(1024);

  constructor(name: string) {
    const characters = iconv.decode(allBytes(), name);
    for (let byte = 0; byte < 256; byte++) {
      const character = characters[byte] as string;
      const utf8 = character === '\ufffd' ? Buffer.of(undecodable) : Buffer.from(character);
      this.#table.set([utf8.length, ...utf8], byte * 4);
    }
  }

  write(chunk: Buffer): Buffer {
    const table = this.#table;
    const text = Buffer.allocUnsafe(chunk.length * 3);
    let at = 0;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] as number;
      if (byte < 0x80) {
        text[at++] = byte;
        continue;
      }
      const entry = byte * 4;
      const length = table[entry] as number;
      text[at] = table[entry + 1] as number;
      text[at + 1] = table[entry + 2] as number;
      text[at + 2] = table[entry + 3] as number;
      at += length;
    }
    return text.subarray(0, at);
  }

  end(): Buffer {
    return Buffer.alloc(0);
  }

  measure(bytes: Uint8Array, from: number, to: number): number {
    return countCharacters(bytes, from, to);
  }
}

class Utf16 implements Transcoder {
  readonly #bigEndian: boolean;
  #rest = Buffer.alloc(0);

  constructor(bigEndian: boolean) {
    this.#bigEndian = bigEndian;
  }

  write(chunk: Buffer): Buffer {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const text = Buffer.allocUnsafe((bytes.length >> 1) * 3 + 4);
    let written = 0;
    let at = 0;
    for (; at + 1 < bytes.length; at += 2) {
      const unit = this.#unit(bytes, at);
      if (unit < 0xd800 || unit > 0xdfff) {
        written = putCodePoint(text, written, unit);
        continue;
      }
      if (unit < 0xdc00 && at + 3 >= bytes.length) break;
      const next = unit < 0xdc00 ? this.#unit(bytes, at + 2) : 0;
      if (next >= 0xdc00 && next <= 0xdfff) {
        written = putCodePoint(text, written, 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00));
        at += 2;
      } else {
        text[written++] = undecodable;
      }
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    return text.subarray(0, written);
  }

  end(): Buffer {
    return this.#rest.length > 0 ? Buffer.of(undecodable) : Buffer.alloc(0);
  }

  measure(bytes: Uint8Array, from: number, to: number): number {
    let units = 0;
    for (let at = from; at < to; at++) {
      const byte = bytes[at] as number;
      if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 && byte !== undecodable ? 2 : 1;
    }
    return units * 2;
  }

  #unit(bytes: Buffer, at: number): number {
    const [first, second] = [bytes[at] as number, bytes[at + 1] as number];
    return this.#bigEndian ? (first << 8) | second : (second << 8) | first;
  }
}

class Utf32 implements Transcoder {
  readonly #bigEndian: boolean;
  #rest = Buffer.alloc(0);

  constructor(bigEndian: boolean) {
    this.#bigEndian = bigEndian;
  }

  write(chunk: Buffer): Buffer {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const text = Buffer.allocUnsafe(bytes.length + 4);
    let written = 0;
    let at = 0;
    for (; at + 3 < bytes.length; at += 4) {
      const point = this.#bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
      if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) text[written++] = undecodable;
      else written = putCodePoint(text, written, point);
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    return text.subarray(0, written);
  }

  end(): Buffer {
    return this.#rest.length > 0 ? Buffer.of(undecodable) : Buffer.alloc(0);
  }

  measure(bytes: Uint8Array, from: number, to: number): number {
    return countCharacters(bytes, from, to) * 4;
  }
}

/** Shift_JIS, GBK, Big5, EUC-KR and their like. */
class MultiByte implements Transcoder {
  readonly #name: string;
  readonly #decoder: iconv.DecoderStream;
  /** Bytes that a character takes in the encoding. */
  readonly #sizes = new Map<number, number>();

  constructor(name: string) {
    this.#name = name;
    this.#decoder = iconv.getDecoder(name);
  }

  write(chunk: Buffer): Buffer {
    return withoutReplacements(this.#decoder.write(chunk));
  }

  end(): Buffer {
    return withoutReplacements(this.#decoder.end() ?? '');
  }

  measure(bytes: Uint8Array, from: number, to: number): number {
    let size = 0;
    for (let at = from; at < to; ) {
      const byte = bytes[at] as number;
      if (byte < 0x80 || byte === undecodable) {
        size++;
        at++;
        continue;
      }
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      size += this.#sizeOf(Buffer.from(bytes.subarray(at, at + length)).toString());
      at += length;
    }
    return size;
  }

  #sizeOf(character: string): number {
    const point = character.codePointAt(0) ?? 0;
    let size = this.#sizes.get(point);
    if (size === undefined) {
      size = iconv.encode(character, this.#name).length;
      this.#sizes.set(point, size);
    }
    return size;
  }
}

function withoutReplacements(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (!text.includes('\ufffd')) return bytes;
  let written = 0;
  for (let at = 0; at < bytes.length; ) {
    const next = bytes.indexOf(replacement, at);
    const end = next === -1 ? bytes.length : next;
    bytes.copyWithin(written, at, end);
    written += end - at;
    if (next !== -1) bytes[written++] = undecodable;
    at = next === -1 ? end : end + replacement.length;
  }
  return bytes.subarray(0, written);
}

/** Writes a code point as UTF-8 (RFC 3629). @returns where the next one goes. */
function putCodePoint(text: Buffer, at: number, point: number): number {
  if (point < 0x80) {
    text[at] = point;
    return at + 1;
  }
  if (point < 0x800) {
    text[at] = 0xc0 | (point >> 6);
    text[at + 1] = 0x80 | (point & 0x3f);
    return at + 2;
  }
  if (point < 0x10000) {
    text[at] = 0xe0 | (point >> 12);
    text[at + 1] = 0x80 | ((point >> 6) & 0x3f);
    text[at + 2] = 0x80 | (point & 0x3f);
    return at + 3;
  }
  text[at] = 0xf0 | (point >> 18);
  text[at + 1] = 0x80 | ((point >> 12) & 0x3f);
  text[at + 2] = 0x80 | ((point >> 6) & 0x3f);
  text[at + 3] = 0x80 | (point & 0x3f);
  return at + 4;
}

function countCharacters(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (((bytes[at] as number) & 0xc0) !== 0x80) count++;
  return count;
}
