/**
 * A zip file as it is written by stream (APPNOTE 6.3.10): entries whose size is known only behind them, and the
 * directory at the end. What lies or reaches beyond 4 GiB is written as zip64 has it. Whether an entry may do so must
 * be said before it begins: Excel does not open a workbook one of whose local headers speaks of zip64.
 */

export interface ZipEntry {
  /** ASCII. */
  readonly name: string;
  /** It may be larger than 4 GiB: its local header says zip64, and the sizes behind it have eight bytes. */
  readonly mayBeLarge?: boolean;
  /** Byte at which its header begins. */
  readonly offset: number;
  readonly crc: number;
  /** Deflated. */
  readonly compressed: number;
  readonly size: number;
}

/** Sizes of an entry that may not be large stay below. */
export const entryBytesMax = 0xffff_ffff;

const deflated = 8;
/** The sizes stand behind the entry. */
const sizesFollow = 8;
const versionPlain = 20;
const version64 = 45;
const dayOfDos = 33;

/** What stands before the bytes of an entry. Its sizes follow them, as `dataDescriptor` has them. */
export function localHeader(name: string, mayBeLarge = false): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x0403_4b50, 0);
  header.writeUInt16LE(mayBeLarge ? version64 : versionPlain, 4);
  header.writeUInt16LE(sizesFollow, 6);
  header.writeUInt16LE(deflated, 8);
  header.writeUInt16LE(dayOfDos, 12);
  header.writeUInt16LE(name.length, 26);
  const extra = mayBeLarge ? extra64([0, 0]) : Buffer.alloc(0);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, Buffer.from(name, 'latin1'), extra]);
}

export function dataDescriptor({ crc, compressed, size, mayBeLarge = false }: ZipEntry): Buffer {
  const descriptor = Buffer.alloc(mayBeLarge ? 24 : 16);
  descriptor.writeUInt32LE(0x0807_4b50, 0);
  descriptor.writeUInt32LE(crc, 4);
  if (mayBeLarge) {
    descriptor.writeBigUInt64LE(BigInt(compressed), 8);
    descriptor.writeBigUInt64LE(BigInt(size), 16);
  } else {
    descriptor.writeUInt32LE(compressed, 8);
    descriptor.writeUInt32LE(size, 12);
  }
  return descriptor;
}

/** @param offset the byte at which it begins. */
export function centralDirectory(entries: readonly ZipEntry[], offset: number): Buffer {
  const directory = Buffer.concat(entries.map(directoryEntry));
  const needs64 = offset > entryBytesMax - directory.length;
  return Buffer.concat([
    directory,
    ...(needs64 ? [end64(entries.length, directory.length, offset)] : []),
    endOfDirectory(entries.length, directory.length, needs64 ? entryBytesMax : offset),
  ]);
}

function directoryEntry({ name, offset, crc, compressed, size, mayBeLarge = false }: ZipEntry): Buffer {
  // In the order in which the extra field has them, and only those that need it.
  const far = [size, compressed, offset].filter((value) => value >= entryBytesMax);
  const version = far.length > 0 || mayBeLarge ? version64 : versionPlain;
  const extra = far.length > 0 ? extra64(far) : Buffer.alloc(0);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x0201_4b50, 0);
  entry.writeUInt16LE(version, 4);
  entry.writeUInt16LE(version, 6);
  entry.writeUInt16LE(sizesFollow, 8);
  entry.writeUInt16LE(deflated, 10);
  entry.writeUInt16LE(dayOfDos, 14);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(Math.min(compressed, entryBytesMax), 20);
  entry.writeUInt32LE(Math.min(size, entryBytesMax), 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt16LE(extra.length, 30);
  entry.writeUInt32LE(Math.min(offset, entryBytesMax), 42);
  return Buffer.concat([entry, Buffer.from(name, 'latin1'), extra]);
}

/** The extra field of zip64 (4.5.3): values that have no room where they belong. */
function extra64(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + values.length * 8);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(values.length * 8, 2);
  for (const [i, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + i * 8);
  return extra;
}

/** The end of the directory as zip64 has it, and the place where it stands. */
function end64(entries: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(76);
  end.writeUInt32LE(0x0606_4b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(version64, 12);
  end.writeUInt16LE(version64, 14);
  end.writeBigUInt64LE(BigInt(entries), 24);
  end.writeBigUInt64LE(BigInt(entries), 32);
  end.writeBigUInt64LE(BigInt(bytes), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  end.writeUInt32LE(0x0706_4b50, 56);
  end.writeBigUInt64LE(BigInt(offset + bytes), 64);
  end.writeUInt32LE(1, 72);
  return end;
}

function endOfDirectory(entries: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}
