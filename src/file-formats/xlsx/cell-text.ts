/**
 * The bytes of a sheet while they are written, and how a text becomes XML. What XML cannot hold, or would change, is
 * written as Excel does it: `_x000B_` for the character U+000B (ECMA-376 part 1, 22.9.2.19), and `_x005F_` for an
 * underscore that would begin such a form.
 */

/** Most characters of a cell, in units of UTF-16. */
export const cellCharactersMax = 32_767;

const startBytes = 512 * 1024;

const backslash = 0x5c;
const underscore = 0x5f;
const smallX = 0x78;
const carriageReturn = 0x0d;
const lastThree = 0xef;
const notCharacter = 0xbf;

/** By byte: 1 where it does not pass as it is. */
const special = new Uint8Array(256);
for (let byte = 0; byte < 0x20; byte += 1) special[byte] = 1;
for (const byte of [...Buffer.from('&<>_\\'), lastThree]) special[byte] = 1;

/** What stands for a character behind a backslash in COPY's text format. */
const escaped: ReadonlyMap<number, number> = new Map([
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, carriageReturn],
  [0x74, 0x09],
  [0x76, 0x0b],
]);

const entities: ReadonlyMap<number, Uint8Array> = new Map(
  Object.entries({ '&': '&amp;', '<': '&lt;', '>': '&gt;' }).map(([character, entity]) => [
    character.charCodeAt(0),
    Uint8Array.from(Buffer.from(entity)),
  ]),
);
const digits = Buffer.from('0123456789ABCDEF');

/** Bytes one after another, in one buffer that is used again. Whoever puts some has reserved the room for them. */
export class WorkbookText {
  length = 0;
  private bytes = Buffer.allocUnsafe(startBytes);

  clear(): void {
    this.length = 0;
  }

  /** @returns what was put; the next `clear` gives its memory away. */
  taken(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Takes back what was put since. */
  cutTo(length: number): void {
    this.length = length;
  }

  /** Makes room for so many bytes more. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.length + bytes, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  putByte(byte: number): void {
    this.bytes[this.length] = byte;
    this.length += 1;
  }

  put(part: Uint8Array): void {
    this.putPart(part, part.length);
  }

  putPart(part: Uint8Array, length: number): void {
    const { bytes, length: at } = this;
    for (let i = 0; i < length; i += 1) bytes[at + i] = part[i] as number;
    this.length = at + length;
  }

  /** Digits, with zeros before them. */
  putDigits(value: number, places: number): void {
    let rest = value;
    for (let i = this.length + places - 1; i >= this.length; i -= 1) {
      const tenth = Math.floor(rest / 10);
      this.bytes[i] = 0x30 + (rest - tenth * 10);
      rest = tenth;
    }
    this.length += places;
  }

  putAscii(text: string): void {
    for (let i = 0; i < text.length; i += 1) this.bytes[this.length + i] = text.charCodeAt(i);
    this.length += text.length;
  }

  /** Bytes that need nothing done to them. */
  putRaw(from: Buffer, start: number, end: number): void {
    const { bytes, length: at } = this;
    for (let i = start; i < end; i += 1) bytes[at + i - start] = from[i] as number;
    this.length = at + end - start;
  }

  /** @param line UTF-8 in COPY's text format. */
  putText(line: Buffer, from: number, to: number): void {
    const { bytes } = this;
    let written = this.length;
    for (let at = from; at < to; at += 1) {
      const byte = line[at] as number;
      if (special[byte] === 0) {
        bytes[written] = byte;
        written += 1;
        continue;
      }
      this.length = written;
      at += this.putSpecial(line, at, to, byte);
      written = this.length;
    }
    this.length = written;
  }

  /** @returns how many bytes beyond the first it took. */
  private putSpecial(line: Buffer, at: number, to: number, byte: number): number {
    if (byte === backslash) {
      const next = line[at + 1] ?? backslash;
      this.putCharacter(escaped.get(next) ?? next);
      return 1;
    }
    if (byte === underscore) {
      if (isEscape(line, at, to)) this.putEscape(underscore);
      else this.putByte(underscore);
      return 0;
    }
    if (byte === lastThree) return this.putThree(line, at);
    this.putCharacter(byte);
    return 0;
  }

  /** One of ASCII. */
  private putCharacter(code: number): void {
    const entity = entities.get(code);
    if (entity !== undefined) this.put(entity);
    else if (code >= 0x20 || code === 0x09 || code === 0x0a) this.putByte(code);
    else this.putEscape(code);
  }

  /** U+FFFE and U+FFFF are no characters of XML. */
  private putThree(line: Buffer, at: number): number {
    const last = line[at + 2] ?? 0;
    if (line[at + 1] === notCharacter && last >= 0xbe) this.putEscape(last === 0xbe ? 0xfffe : 0xffff);
    else this.putRaw(line, at, at + 3);
    return 2;
  }

  private putEscape(code: number): void {
    this.putByte(underscore);
    this.putByte(smallX);
    for (const shift of [12, 8, 4, 0]) this.putByte(digits[(code >> shift) & 0xf] ?? 0x30);
    this.putByte(underscore);
  }
}

/**
 * `_xHHHH`, whatever follows: what follows may come to begin with an underscore itself.
 */
function isEscape(line: Buffer, at: number, to: number): boolean {
  if (at + 6 > to || line[at + 1] !== smallX) return false;
  for (let i = at + 2; i < at + 6; i += 1) if (!isHex(line[i] ?? 0)) return false;
  return true;
}

function isHex(byte: number): boolean {
  const small = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (small >= 0x61 && small <= 0x66);
}
