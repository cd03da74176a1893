/**
 * Finds the one file in a zip archive (APPNOTE.TXT 6.3: end record 4.3.16, zip64 4.3.14 and 4.3.15, directory 4.3.12,
 * local header 4.3.7). What the directory claims is checked again while unpacking.
 */
import { crc32, createInflateRaw } from 'node:zlib';
import { AppError } from '../platform/errors.ts';
import { fileSize, readFileBytes, readPart } from './file-bytes.ts';
import { workbook } from './file-kind.ts';
import type { ReadLimits } from './limits.ts';
import { chunkBytes } from './limits.ts';
import { through } from './zlib-stream.ts';

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly headerAt: number;
}

const endSignature = Buffer.from('PK\x05\x06', 'latin1');
const endRecordBytes = 22;
const commentBytesMax = 0xffff;
const directoryBytesMax = 1024 * 1024;
const stored = 0;
const deflated = 8;

/** The unpacked bytes of the only file in the archive. */
export async function* unzip(path: string, limits: ReadLimits): AsyncGenerator<Buffer> {
  const entry = await onlyEntry(path, limits);
  const from = await dataStart(path, entry);
  const packed = readFileBytes(path, from, from + entry.packed);
  const unpacked =
    entry.method === stored ? packed : through(packed, createInflateRaw({ chunkSize: chunkBytes }), damaged);
  let size = 0;
  let crc = 0;
  for await (const chunk of unpacked) {
    size += chunk.length;
    if (size > entry.unpacked) throw damaged();
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (size !== entry.unpacked || crc !== entry.crc) throw damaged();
}

async function onlyEntry(path: string, limits: ReadLimits): Promise<Entry> {
  const entries = await readDirectory(path);
  if (entries.some((entry) => entry.name === '[Content_Types].xml')) throw workbook();
  if (entries.some((entry) => entry.name === 'mimetype' && entry.method === stored)) {
    throw workbook('an OpenDocument file or an e-book');
  }
  const files = entries.filter((entry) => !entry.name.endsWith('/') && !isByTheWay(entry.name));
  const [entry, ...others] = files;
  if (entry === undefined) throw new AppError('file.zip', 'The zip archive has no file in it.');
  if (others.length > 0) {
    const names = files
      .slice(0, 3)
      .map((file) => `"${file.name}"`)
      .join(', ');
    throw new AppError(
      'file.zip',
      `The zip archive has ${files.length} files (${names} …); import one at a time.`,
    );
  }
  checkEntry(entry, limits);
  return entry;
}

/** What macOS and Windows add to archives. */
function isByTheWay(name: string): boolean {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return (
    name.startsWith('__MACOSX/') ||
    base === '.DS_Store' ||
    base.startsWith('._') ||
    base.toLowerCase() === 'thumbs.db'
  );
}

function checkEntry(entry: Entry, limits: ReadLimits): void {
  if ((entry.flags & 1) !== 0)
    throw new AppError('file.zip', `"${entry.name}" in the zip archive is encrypted.`);
  if (entry.method !== stored && entry.method !== deflated) {
    throw new AppError(
      'file.zip',
      `"${entry.name}" is packed by a method (${entry.method}) that is not supported; use deflate.`,
    );
  }
  if (entry.unpacked > limits.fileBytesMax) {
    throw new AppError(
      'file.too_large',
      `"${entry.name}" unpacks to more than ${limits.fileBytesMax} bytes.`,
    );
  }
  if (entry.method === stored && entry.packed !== entry.unpacked) throw damaged();
}

async function readDirectory(path: string): Promise<Entry[]> {
  const size = await fileSize(path);
  const tailFrom = Math.max(0, size - endRecordBytes - commentBytesMax);
  const tail = await readPart(path, tailFrom, size - tailFrom);
  const end = tail.lastIndexOf(endSignature);
  if (end === -1 || end + endRecordBytes > tail.length) {
    throw new AppError('file.zip', 'The zip archive is cut off or damaged: its directory is missing.');
  }
  let [directorySize, directoryAt] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (directorySize === 0xffffffff || directoryAt === 0xffffffff || tail.readUInt16LE(end + 10) === 0xffff) {
    [directorySize, directoryAt] = await readZip64End(path, tail, end);
  }
  if (directorySize > directoryBytesMax)
    throw new AppError('file.zip', 'The zip archive has too many files; import one at a time.');
  if (directoryAt + directorySize > size) throw damaged();
  return parseDirectory(await readPart(path, directoryAt, directorySize));
}

async function readZip64End(path: string, tail: Buffer, end: number): Promise<[size: number, at: number]> {
  const locator = end - 20;
  if (locator < 0 || tail.readUInt32LE(locator) !== 0x07064b50) throw damaged();
  const record = await readPart(path, safe(tail.readBigUInt64LE(locator + 8)), 56);
  if (record.length < 56 || record.readUInt32LE(0) !== 0x06064b50) throw damaged();
  return [safe(record.readBigUInt64LE(40)), safe(record.readBigUInt64LE(48))];
}

function parseDirectory(directory: Buffer): Entry[] {
  const entries: Entry[] = [];
  let at = 0;
  while (at + 46 <= directory.length) {
    if (directory.readUInt32LE(at) !== 0x02014b50) throw damaged();
    const nameLength = directory.readUInt16LE(at + 28);
    const extraLength = directory.readUInt16LE(at + 30);
    const next = at + 46 + nameLength + extraLength + directory.readUInt16LE(at + 32);
    if (next > directory.length) throw damaged();
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const [unpacked, packed, headerAt] = zip64Sizes(extra, [
      directory.readUInt32LE(at + 24),
      directory.readUInt32LE(at + 20),
      directory.readUInt32LE(at + 42),
    ]);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packed,
      unpacked,
      headerAt,
    });
    at = next;
  }
  return entries;
}

type Sizes = [unpacked: number, packed: number, headerAt: number];

/** Sizes that do not fit 32 bits stand in the extra field 1, in this order, only those that do not fit. */
function zip64Sizes(extra: Buffer, sizes: Sizes): Sizes {
  if (sizes.every((size) => size !== 0xffffffff)) return sizes;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let value = at + 4;
    return sizes.map((size) => {
      if (size !== 0xffffffff) return size;
      value += 8;
      if (value > extra.length) throw damaged();
      return safe(extra.readBigUInt64LE(value - 8));
    }) as Sizes;
  }
  throw damaged();
}

async function dataStart(path: string, entry: Entry): Promise<number> {
  const header = await readPart(path, entry.headerAt, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) throw damaged();
  const from = entry.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (from + entry.packed > (await fileSize(path))) throw damaged();
  return from;
}

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged();
  return Number(value);
}

function damaged(cause?: unknown): AppError {
  return new AppError(
    'file.zip',
    'The zip archive is cut off or damaged; pack the file again.',
    {},
    { cause },
  );
}
