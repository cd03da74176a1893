/** What a file is, by its first bytes and not by its name. */
import { AppError } from '../platform/errors.ts';
import { otherWorkbook } from './office-kind.ts';

export type Packing = 'none' | 'gzip' | 'zip';

interface Signature {
  readonly name: string;
  readonly at?: number;
  readonly bytes: string;
}

/** Files that hold no table we could read. The bytes are written in Latin-1. */
const binaries: readonly Signature[] = [
  { name: 'a PDF document', bytes: '%PDF-' },
  { name: 'a PNG image', bytes: '\x89PNG\r\n\x1a\n' },
  { name: 'a JPEG image', bytes: '\xff\xd8\xff' },
  { name: 'a GIF image', bytes: 'GIF87a' },
  { name: 'a GIF image', bytes: 'GIF89a' },
  { name: 'a TIFF image', bytes: 'II*\0' },
  { name: 'a TIFF image', bytes: 'MM\0*' },
  { name: 'a WebP image', at: 8, bytes: 'WEBP' },
  { name: 'a sound file', at: 8, bytes: 'WAVE' },
  { name: 'an MP3 file', bytes: 'ID3' },
  { name: 'a video', at: 4, bytes: 'ftyp' },
  { name: 'an RTF document', bytes: '{\\rtf' },
  { name: 'a PostScript document', bytes: '%!PS' },
  { name: 'a Parquet file', bytes: 'PAR1' },
  { name: 'an ORC file', bytes: 'ORC\0' },
  { name: 'an Avro file', bytes: 'Obj\x01' },
  { name: 'an Arrow file', bytes: 'ARROW1\0\0' },
  { name: 'a SQLite database', bytes: 'SQLite format 3\0' },
  { name: 'an Access database', at: 4, bytes: 'Standard Jet DB' },
  { name: 'an Access database', at: 4, bytes: 'Standard ACE DB' },
  { name: 'a PostgreSQL dump', bytes: 'PGDMP' },
  { name: 'an Outlook mail folder', bytes: '!BDN' },
  { name: 'a program', bytes: '\x7fELF' },
  { name: 'a program', bytes: 'MZ\x90\0' },
  { name: 'a program', bytes: '\xcf\xfa\xed\xfe' },
  { name: 'a program', bytes: '\xca\xfe\xba\xbe' },
  { name: 'a WebAssembly module', bytes: '\0asm' },
  { name: 'a 7-Zip archive', bytes: '7z\xbc\xaf\x27\x1c' },
  { name: 'a RAR archive', bytes: 'Rar!\x1a\x07' },
  { name: 'a tar archive', at: 257, bytes: 'ustar' },
  { name: 'a file packed by bzip2', bytes: 'BZh' },
  { name: 'a file packed by xz', bytes: '\xfd7zXZ\0' },
  { name: 'a file packed by zstd', bytes: '\x28\xb5\x2f\xfd' },
  { name: 'a file packed by lz4', bytes: '\x04\x22\x4d\x18' },
  { name: 'a file packed by compress', bytes: '\x1f\x9d' },
];

const oleBytes = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1';
const gzipBytes = '\x1f\x8b\x08';
const zipBytes = ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'];

/** How the file is packed. */
export function packingOf(head: Buffer): Packing {
  if (startsWith(head, gzipBytes)) return 'gzip';
  return zipBytes.some((bytes) => startsWith(head, bytes)) ? 'zip' : 'none';
}

/**
 * Refuses what is not text at all, or not a table.
 * @param head the first bytes of the file, after unpacking.
 * @throws AppError file.workbook, file.binary or file.unreadable, saying what the file is.
 */
export function refuseOtherKinds(head: Buffer, packing: Packing): void {
  if (isCompoundFile(head))
    throw otherWorkbook('an Excel workbook of the old kind (.xls), or another Office document');
  if (packing !== 'none' && packingOf(head) !== 'none') {
    throw new AppError(
      'file.zip',
      'A packed file lies within the packed file; unpack it once and try again.',
    );
  }
  const binary = binaries.find((signature) => startsWith(head, signature.bytes, signature.at));
  if (binary !== undefined) {
    throw new AppError(
      'file.binary',
      `The file is ${binary.name}, not text. Export the rows as CSV or JSON.`,
    );
  }
  refuseMarkup(head);
  refuseOtherText(head);
}

/** A file of the old Office, or a workbook that is encrypted. */
export function isCompoundFile(head: Buffer): boolean {
  return startsWith(head, oleBytes);
}

/** Text of which each kind has a form of its own, which no delimiter makes a table of. */
const otherText: readonly { readonly what: string; readonly begins: RegExp }[] = [
  { what: 'a file of address cards (vCard)', begins: /^begin:vcard\r?\n/i },
  { what: 'a calendar (iCalendar)', begins: /^begin:vcalendar\r?\n/i },
  {
    what: 'a list of a directory (LDIF)',
    begins: /^(?:version: ?1\r?\n\s*)?dn::? ?[^\r\n]*=[^\r\n]*\r?\n[a-z-]+::? /i,
  },
  {
    what: 'a program of SQL',
    begins:
      /^(?:--[^\r\n]*\r?\n\s*|\/\*(?:(?!\*\/)[\s\S])*\*\/;?\s*|set [^;]*;\s*)*(?:insert into [^,\r\n(]+[(\s]|(?:create|drop) table [^,\r\n]*[(;]|begin;|copy [^\r\n]*from stdin)/i,
  },
];

function refuseOtherText(head: Buffer): void {
  const start = head
    .toString('latin1', 0, 4096)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  const found = otherText.find(({ begins }) => begins.test(start));
  if (found === undefined) return;
  throw new AppError(
    'file.unreadable',
    `The file is ${found.what}, not a table. Export the rows as CSV or JSON.`,
  );
}

/** "Excel" files of many systems are web pages or XML under another name. */
function refuseMarkup(head: Buffer): void {
  const start = head
    .toString('latin1', 0, 2048)
    .replace(/^\xef\xbb\xbf/, '')
    .replaceAll('\0', '')
    .trimStart()
    .toLowerCase();
  if (!/^<(\?xml|!doctype|html|head|body|meta|table|div|style|script|!--|workbook|feed|rss|svg)/.test(start))
    return;
  if (start.includes('urn:schemas-microsoft-com:office:spreadsheet'))
    throw otherWorkbook('an Excel workbook in XML');
  const what = start.startsWith('<?xml') ? 'XML' : 'a web page';
  throw new AppError('file.unreadable', `The file is ${what}, not a table. Export the rows as CSV or JSON.`);
}

/**
 * Refuses text that cannot be text: control characters of many kinds, as random bytes have them.
 * @param sample bytes that are neither UTF-16 nor UTF-32.
 */
export function refuseControlBytes(sample: Buffer): void {
  const counts = new Uint32Array(32);
  for (const byte of sample) if (byte < 32) (counts[byte] as number)++;
  let controls = 0;
  let kinds = 0;
  for (let byte = 0; byte < 32; byte++) {
    if (byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d) continue;
    controls += counts[byte] as number;
    if ((counts[byte] as number) > 0) kinds++;
  }
  if ((kinds > 4 && controls > sample.length / 50) || (counts[0] as number) > sample.length / 4) {
    throw new AppError(
      'file.binary',
      'The file is not text: it is full of control bytes. Export the rows as CSV or JSON.',
    );
  }
}

function startsWith(head: Buffer, bytes: string, at = 0): boolean {
  return head.length >= at + bytes.length && head.toString('latin1', at, at + bytes.length) === bytes;
}
