/**
 * Text that was UTF-8, was read as something else, and saved again: `Ã©` for `é`. It cannot be told with certainty
 * from text that is meant so, and is never mended in silence: it is loaded as it stands, and pointed out. So is text
 * with replacement characters, in which letters were lost before it came here.
 */
import { isUtf8 } from 'node:buffer';
import iconv from './code-pages.ts';

/** What UTF-8 was taken for. */
const misread = ['windows-1252', 'macintosh', 'cp850', 'cp437'] as const;

interface Misreading {
  readonly bytes: ReadonlyMap<string, number>;
  /** A first byte of UTF-8 and one that follows, as this encoding shows them. */
  readonly pattern: RegExp;
}

/** First bytes of accented Latin letters, Greek, Cyrillic, Hebrew, Arabic, and typographic signs. */
const firstBytes = [0xc2, 0xc3, 0xc4, 0xc5, 0xce, 0xcf, 0xd0, 0xd1, 0xd7, 0xd8, 0xd9, 0xe2];
const plausible = /^[\u00a0-\u024f\u0370-\u052f\u05d0-\u05ea\u0600-\u06ff\u2010-\u203a\u20ac\u2122]+$/u;
const beyondAscii = /[^\p{ASCII}]+/gu;

/** Two characters beyond ASCII together, or a replacement character: most text has none. */
const suspicious = /[^\p{ASCII}]{2}|\ufffd/u;

let misreadings: readonly Misreading[] | undefined;

/** @returns the piece that looks decoded wrongly, with what stands around it; undefined when nothing does. */
export function findMojibake(text: string): string | undefined {
  if (!suspicious.test(text)) return undefined;
  const lost = text.indexOf('\ufffd');
  if (lost !== -1) return around(text, lost, 1);
  misreadings ??= misread.map(misreadingAs);
  for (const { pattern, bytes } of misreadings) {
    if (!pattern.test(text)) continue;
    for (const run of text.matchAll(beyondAscii)) {
      if (wasUtf8(run[0], bytes)) return around(text, run.index, run[0].length);
    }
  }
  return undefined;
}

function around(text: string, at: number, length: number): string {
  return text.slice(Math.max(0, at - 12), at + length + 12).trim();
}

function wasUtf8(run: string, bytes: ReadonlyMap<string, number>): boolean {
  if (run.length < 2) return false;
  const original = Array.from(run, (character) => bytes.get(character));
  if (original.includes(undefined)) return false;
  const buffer = Buffer.from(original as number[]);
  return isUtf8(buffer) && plausible.test(buffer.toString());
}

function misreadingAs(encoding: string): Misreading {
  const bytes = new Map<string, number>();
  const shown: string[] = [];
  for (let byte = 0x80; byte < 0x100; byte++) {
    const character = iconv.decode(Buffer.of(byte), encoding);
    // Some programs keep bytes without a meaning as control characters.
    shown[byte] = character === '\ufffd' ? String.fromCharCode(byte) : character;
    bytes.set(shown[byte] as string, byte);
  }
  const first = firstBytes.map((byte) => shown[byte]).join('');
  const next = shown.slice(0x80, 0xc0).join('');
  return { bytes, pattern: new RegExp(`[${escaped(first)}][${escaped(next)}]`, 'u') };
}

function escaped(characters: string): string {
  return characters.replace(/[\\\]^-]/g, '\\$&');
}
