/** Byte-order marks (Unicode 16, 23.8), the longer ones first: that of UTF-32LE begins with that of UTF-16LE. */
import { normalEncoding } from './transcode.ts';

const marks: readonly (readonly [encoding: string, ...bytes: number[]])[] = [
  ['utf-32le', 0xff, 0xfe, 0x00, 0x00],
  ['utf-32be', 0x00, 0x00, 0xfe, 0xff],
  ['gb18030', 0x84, 0x31, 0x95, 0x33],
  ['utf-8', 0xef, 0xbb, 0xbf],
  ['utf-16le', 0xff, 0xfe],
  ['utf-16be', 0xfe, 0xff],
];

export const markBytesMax = 4;

/** The encoding that the file's first bytes name; undefined when they do not. */
export function markedEncoding(head: Uint8Array): string | undefined {
  return marks.find(([, ...bytes]) => bytes.every((byte, index) => head[index] === byte))?.[0];
}

/** How many bytes the mark of this encoding takes at the beginning of `head`. */
export function byteOrderMark(head: Uint8Array, encoding: string): number {
  const name = normalEncoding(encoding);
  const mark = marks.find(
    ([marked, ...bytes]) => normalEncoding(marked) === name && bytes.every((byte, i) => head[i] === byte),
  );
  return mark === undefined ? 0 : mark.length - 1;
}
