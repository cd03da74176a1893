/** Small zip archives for tests (APPNOTE.TXT 6.3). */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer | string;
  readonly stored?: boolean;
  readonly encrypted?: boolean;
  /** What the directory claims instead of the truth. */
  readonly claims?: { readonly size?: number; readonly crc?: number };
  /** Sizes stand in the zip64 extra field. */
  readonly zip64?: boolean;
  /** The content as it lies in the archive, deflated already. */
  readonly packed?: Buffer;
  /** Said in the place of the method that was used. */
  readonly method?: number;
  /** Where the directory says that the file begins, instead of where it does. */
  readonly at?: number;
}

export function zipFile(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content);
    const data = entry.packed ?? (entry.stored ? content : deflateRawSync(content));
    const name = Buffer.from(entry.name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    directory.push(directoryEntry(entry, { content, data, name, at: entry.at ?? at }));
    parts.push(local, name, data);
    at += local.length + name.length + data.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listing, end]);
}

interface Packed {
  readonly content: Buffer;
  readonly data: Buffer;
  readonly name: Buffer;
  readonly at: number;
}

function directoryEntry(entry: ZipEntry, { content, data, name, at }: Packed): Buffer {
  const size = entry.claims?.size ?? content.length;
  const extra = entry.zip64 ? Buffer.alloc(20) : Buffer.alloc(0);
  if (entry.zip64) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(16, 2);
    extra.writeBigUInt64LE(BigInt(size), 4);
    extra.writeBigUInt64LE(BigInt(data.length), 12);
  }
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(entry.encrypted ? 1 : 0, 8);
  header.writeUInt16LE(entry.method ?? (entry.stored ? 0 : 8), 10);
  header.writeUInt32LE(entry.claims?.crc ?? crc32(content), 16);
  header.writeUInt32LE(entry.zip64 ? 0xffffffff : data.length, 20);
  header.writeUInt32LE(entry.zip64 ? 0xffffffff : size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(at, 42);
  return Buffer.concat([header, name, extra]);
}
