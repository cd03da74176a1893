/**
 * UTF-8 becomes another encoding, by stream: the opposite of transcode.ts. A character that the encoding does not have
 * never becomes a question mark: whoever writes looks first (`holds`), and the stream breaks off at one.
 */
import { Transform } from 'node:stream';
import iconv from './code-pages.ts';

/** Those that spreadsheets and older programs still ask for; all of them can be read again. */
export const outputEncodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'windows-1253',
  'windows-1254',
  'windows-1257',
  'iso-8859-1',
  'iso-8859-2',
  'iso-8859-15',
  'macintosh',
  'shift_jis',
  'gb18030',
  'big5',
  'euc-kr',
] as const;
export type OutputEncoding = (typeof outputEncodings)[number];

/** Whether the encoding has a byte-order mark, and every character there is. */
export function isUnicode(encoding: OutputEncoding): boolean {
  return encoding.startsWith('utf-');
}

const unknown = 0;
const missing = 0xff;
const planeSize = 0x1_0000;

/** Which characters an encoding has, and their bytes. Each is asked for once. */
export class TextEncoding {
  readonly name: OutputEncoding;
  /** How many bytes a character of the first plane takes; `unknown` until it is asked for, `missing` for none. */
  private readonly sizes = new Uint8Array(planeSize);
  private readonly bytes = new Uint32Array(planeSize);

  constructor(name: OutputEncoding) {
    this.name = name;
  }

  holds(point: number): boolean {
    if (point >= planeSize) return this.encoded(point) !== undefined;
    return this.sizeOf(point) !== missing;
  }

  /**
   * Puts a character at `at`, for which there is room of four bytes. @returns where the next one goes.
   * @throws RangeError for a character that the encoding does not have.
   */
  put(point: number, into: Buffer, at: number): number {
    if (point >= planeSize) return at + (this.encoded(point) ?? refuse(this, point)).copy(into, at);
    const size = this.sizeOf(point);
    if (size === missing) refuse(this, point);
    const packed = this.bytes[point] as number;
    for (let i = 0; i < size; i += 1) into[at + i] = (packed >>> (8 * i)) & 0xff;
    return at + size;
  }

  private sizeOf(point: number): number {
    const known = this.sizes[point] as number;
    return known === unknown ? this.lookUp(point) : known;
  }

  private lookUp(point: number): number {
    const encoded = this.encoded(point);
    const size = encoded?.length ?? missing;
    this.sizes[point] = size;
    let packed = 0;
    for (let i = (encoded?.length ?? 0) - 1; i >= 0; i -= 1) packed = packed * 256 + (encoded?.[i] as number);
    this.bytes[point] = packed;
    return size;
  }

  /** Undefined unless the bytes are read as that very character. */
  private encoded(point: number): Buffer | undefined {
    const character = String.fromCodePoint(point);
    const bytes = iconv.encode(character, this.name);
    // The mark is taken off a text that is decoded, unless it is asked for.
    return iconv.decode(bytes, this.name, { stripBOM: false }) === character ? bytes : undefined;
  }
}

/** "ж" (U+0436) */
export function shownCharacter(point: number): string {
  return `“${String.fromCodePoint(point)}” (U+${point.toString(16).toUpperCase().padStart(4, '0')})`;
}

function refuse({ name }: TextEncoding, point: number): never {
  throw new RangeError(`The encoding ${name} has no character ${shownCharacter(point)}.`);
}

/** @returns takes UTF-8 cut anywhere. It fails with a RangeError at a character that the encoding does not have. */
export function encodingStream(name: OutputEncoding): Transform {
  const encoding = new TextEncoding(name);
  let cut = Buffer.alloc(0);
  return new Transform({
    transform: (bytes: Buffer, _, done) => {
      const all = cut.length === 0 ? bytes : Buffer.concat([cut, bytes]);
      const end = wholeCharacters(all);
      cut = Buffer.from(all.subarray(end));
      try {
        done(null, encodedBytes(all.subarray(0, end), encoding));
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

/** @returns how many bytes belong to characters that are whole. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return sizeInUtf8(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function encodedBytes(utf8: Buffer, encoding: TextEncoding): Buffer {
  const encoded = Buffer.allocUnsafe(utf8.length * 4);
  let written = 0;
  for (let at = 0; at < utf8.length; ) {
    const size = sizeInUtf8(utf8[at] as number);
    written = encoding.put(codePointAt(utf8, at, size), encoded, written);
    at += size;
  }
  return encoded.subarray(0, written);
}

/** By the first byte of a character (RFC 3629). */
function sizeInUtf8(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

function codePointAt(utf8: Buffer, at: number, size: number): number {
  const first = utf8[at] as number;
  if (size === 1) return first;
  let point = first & (0x7f >> size);
  for (let i = 1; i < size; i += 1) point = (point << 6) | ((utf8[at + i] as number) & 0x3f);
  return point;
}
