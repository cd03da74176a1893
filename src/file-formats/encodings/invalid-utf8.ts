/** Bytes that are not UTF-8 (RFC 3629): where they stand, and how they are shown. */
import { isUtf8 } from 'node:buffer';

/** Where the first byte stands that makes `bytes` no UTF-8. */
export function firstInvalid(bytes: Buffer): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isUtf8(bytes.subarray(0, wholeCharacters(bytes, middle)))) valid = middle;
    else invalid = middle;
  }
  return wholeCharacters(bytes, valid);
}

/** The largest length up to `length` that does not cut a character that could still become whole. */
export function wholeCharacters(bytes: Uint8Array, length: number): number {
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back] as number;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? length - back : length;
    }
  }
  return length;
}

/** How much of a text is searched for bytes to show. */
const searchedBytes = 4096;

/** The text, with bytes that are no part of a character as `\xNN`. */
export function showInvalid(bytes: Buffer): string {
  let shown = '';
  let rest = bytes.subarray(0, searchedBytes);
  while (!isUtf8(rest)) {
    const valid = firstInvalid(rest);
    shown += `${rest.toString('utf8', 0, valid)}\\x${(rest[valid] as number).toString(16).padStart(2, '0')}`;
    rest = rest.subarray(valid + 1);
  }
  return shown + rest.toString() + bytes.toString('utf8', searchedBytes);
}
