/**
 * The bytes of one text while it is read, no more of them than a cell may have; and what Excel writes in place of
 * characters that XML does not hold: `_x000B_` for U+000B, `_x005F_` for an underscore (ECMA-376 part 1, 22.9.2.19).
 */
import { Problem } from '../../platform/problems.ts';
import { wholeCharacters } from '../encodings/invalid-utf8.ts';
import { unreadable } from '../json/json-value.ts';

const underscore = 0x5f;
const startBytes = 4096;

export class CellText {
  bytes = Buffer.allocUnsafeSlow(startBytes);
  /** Bytes that are kept. */
  length = 0;
  /** Bytes that there are. */
  found = 0;
  /** An underscore is among them, which may begin an escape. */
  hasUnderscore = false;
  /** All of them are ASCII. */
  isAscii = true;
  private readonly bytesMax: number;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  clear(): void {
    this.length = 0;
    this.found = 0;
    this.hasUnderscore = false;
    this.isAscii = true;
  }

  take(source: Uint8Array, from: number, to: number): void {
    this.found += to - from;
    const kept = Math.min(to - from, this.bytesMax - this.length);
    if (this.length + kept > this.bytes.length) this.grow(this.length + kept);
    const { bytes } = this;
    let at = this.length;
    let all = 0;
    for (let i = from; i < from + kept; i += 1, at += 1) {
      const byte = source[i] as number;
      if (byte === underscore) this.hasUnderscore = true;
      all |= byte;
      bytes[at] = byte;
    }
    if (all > 0x7f) this.isAscii = false;
    this.length = at;
  }

  private grow(length: number): void {
    const longer = Buffer.allocUnsafeSlow(Math.max(length, this.bytes.length * 2));
    this.bytes.copy(longer, 0, 0, this.length);
    this.bytes = longer;
  }
}

/** What keeps a text from being a value; undefined for nearly every one. */
export function textProblem(text: CellText, bytesMax: number): Problem | undefined {
  if (text.found > text.length) {
    text.length = wholeCharacters(text.bytes, text.length);
    return new Problem('cell.too_long', { found: text.found, max: bytesMax });
  }
  if (!text.hasUnderscore) return undefined;
  return unescapedProblem(text.bytes.toString('utf8', 0, text.length));
}

/** @param escaped as it stands in the file. */
function unescapedProblem(escaped: string): Problem | undefined {
  const string = unescapedText(escaped);
  if (string.includes('\0')) return new Problem('cell.nul');
  return string.isWellFormed()
    ? undefined
    : unreadable('it holds half of a character (a lone surrogate)', 'text');
}

const escapeForm = /_x([0-9A-Fa-f]{4})_/g;

export function unescapedText(text: string): string {
  return text.includes('_x')
    ? text.replace(escapeForm, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;
}
