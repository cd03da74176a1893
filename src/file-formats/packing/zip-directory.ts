/**
 * The directory of a zip archive (APPNOTE.TXT 6.3: end record 4.3.16, zip64 4.3.14 and 4.3.15, directory 4.3.12, local
 * header 4.3.7), and the bytes of one of its files. What the directory claims is checked again while unpacking.
 */
import { crc32, createInflateRaw } from 'node:zlib';
import { AppError } from '../../platform/errors.ts';
import { fileSize, readFileBytes, readPart } from '../file-bytes.ts';
import { chunkBytes } from '../limits.ts';
import { through } from './zlib-stream.ts';

export interface PackedFile {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  /** Bytes as they lie in the archive. */
  readonly packed: number;
  /** Bytes that it claims to unpack to. */
  readonly unpacked: number;
  /** Byte of the archive at which its header begins. */
  readonly headerAt: number;
}

export const stored = 0;
const deflated = 8;
const endSignature = Buffer.from('PK\x05\x06', 'latin1');
const endRecordBytes = 22;
const commentBytesMax = 0xffff;
const headerBytes = 30;

/** @throws AppError `file.zip` when the directory cannot be read, or has more bytes than `bytesMax`. */
export async function readZipDirectory(path: string, bytesMax: number): Promise<PackedFile[]> {
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
  if (directorySize > bytesMax)
    throw new AppError('file.zip', 'The zip archive has too many files; import one at a time.');
  if (directoryAt + directorySize > size) throw damagedZip();
  return parseDirectory(await readPart(path, directoryAt, directorySize));
}

/** The unpacked bytes of one file, which are what the directory says of them, or the last of them never come. */
export async function* unpackedBytes(path: string, file: PackedFile): AsyncGenerator<Buffer> {
  const from = await dataStart(path, file);
  const packed = readFileBytes(path, from, from + file.packed);
  const unpacked =
    file.method === stored
      ? packed
      : through(packed, createInflateRaw({ chunkSize: chunkBytes }), damagedZip);
  let size = 0;
  let crc = 0;
  for await (const chunk of unpacked) {
    size += chunk.length;
    if (size > file.unpacked) throw damagedZip();
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (size !== file.unpacked || crc !== file.crc) throw damagedZip();
}

/** @throws AppError `file.zip` for a file that is encrypted, or packed by a method that is not read. */
export function assertUnpackable({ name, flags, method, packed, unpacked }: PackedFile): void {
  if ((flags & 1) !== 0) throw new AppError('file.zip', `"${name}" in the zip archive is encrypted.`);
  if (method !== stored && method !== deflated) {
    throw new AppError(
      'file.zip',
      `"${name}" is packed by a method (${method}) that is not supported; use deflate.`,
    );
  }
  if (method === stored && packed !== unpacked) throw damagedZip();
}

async function readZip64End(path: string, tail: Buffer, end: number): Promise<[size: number, at: number]> {
  const locator = end - 20;
  if (locator < 0 || tail.readUInt32LE(locator) !== 0x07064b50) throw damagedZip();
  const record = await readPart(path, safe(tail.readBigUInt64LE(locator + 8)), 56);
  if (record.length < 56 || record.readUInt32LE(0) !== 0x06064b50) throw damagedZip();
  return [safe(record.readBigUInt64LE(40)), safe(record.readBigUInt64LE(48))];
}

function parseDirectory(directory: Buffer): PackedFile[] {
  const files: PackedFile[] = [];
  let at = 0;
  while (at + 46 <= directory.length) {
    if (directory.readUInt32LE(at) !== 0x02014b50) throw damagedZip();
    const nameLength = directory.readUInt16LE(at + 28);
    const extraLength = directory.readUInt16LE(at + 30);
    const next = at + 46 + nameLength + extraLength + directory.readUInt16LE(at + 32);
    if (next > directory.length) throw damagedZip();
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const [unpacked, packed, headerAt] = zip64Sizes(extra, [
      directory.readUInt32LE(at + 24),
      directory.readUInt32LE(at + 20),
      directory.readUInt32LE(at + 42),
    ]);
    files.push({
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
  return files;
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
      if (value > extra.length) throw damagedZip();
      return safe(extra.readBigUInt64LE(value - 8));
    }) as Sizes;
  }
  throw damagedZip();
}

async function dataStart(path: string, file: PackedFile): Promise<number> {
  const nameBytes = Buffer.byteLength(file.name);
  const header = await readPart(path, file.headerAt, headerBytes + nameBytes);
  if (header.length < headerBytes || header.readUInt32LE(0) !== 0x04034b50) throw damagedZip();
  const nameLength = header.readUInt16LE(26);
  if (header.toString('utf8', headerBytes, headerBytes + nameLength) !== file.name) throw damagedZip();
  const from = file.headerAt + headerBytes + nameLength + header.readUInt16LE(28);
  if (from + file.packed > (await fileSize(path))) throw damagedZip();
  return from;
}

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damagedZip();
  return Number(value);
}

function damagedZip(cause?: unknown): AppError {
  return new AppError(
    'file.zip',
    'The zip archive is cut off or damaged; pack the file again.',
    {},
    { cause },
  );
}
