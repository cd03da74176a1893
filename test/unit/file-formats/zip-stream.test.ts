/** Bytes become the only file of an archive, which the importer and the plain reading of its structures open again. */
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { crc32, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { zipStream } from '../../../src/file-formats/packing/zip-stream.ts';
import {
  centralDirectory,
  dataDescriptor,
  localHeader,
} from '../../../src/file-formats/packing/zip-writer.ts';
import { readText } from './reading.ts';

async function zipped(content: Buffer, pieceBytes = 10_000): Promise<Buffer> {
  const stream = zipStream('customers-2026-01-31.csv');
  const done = buffer(stream);
  for (let at = 0; at < content.length; at += pieceBytes) stream.write(content.subarray(at, at + pieceBytes));
  stream.end();
  return done;
}

const csv = `id,name\n${Array.from({ length: 30_000 }, (_, i) => `${i},Ann ${i}\n`).join('')}`;

describe('an archive', () => {
  test('is read by the importer', async () => {
    const { rows, inspection } = await readText(await zipped(Buffer.from(csv)));
    expect(inspection.dialect.packing).toBe('zip');
    expect(rows).toHaveLength(30_000);
  });

  test.each([0, 1, 300_000])('has one file, of its name, with %i bytes', async (size) => {
    const content = randomBytes(size);
    const file = await zipped(content);
    const end = file.length - 22;
    expect(file.toString('latin1', end, end + 4)).toBe('PK\x05\x06');
    expect([file.readUInt16LE(end + 8), file.readUInt16LE(end + 10)]).toEqual([1, 1]);
    const entry = file.readUInt32LE(end + 16);
    const [crc, compressed, length] = [16, 20, 24].map((at) => file.readUInt32LE(entry + at)) as [
      number,
      number,
      number,
    ];
    expect([crc, length]).toEqual([crc32(content), size]);
    const name = file.toString('latin1', entry + 46, entry + 46 + file.readUInt16LE(entry + 28));
    expect(name).toBe('customers-2026-01-31.csv');
    const start = 30 + file.readUInt16LE(26) + file.readUInt16LE(28);
    expect(inflateRawSync(file.subarray(start, start + compressed))).toEqual(content);
    // Its sizes stand behind it, in eight bytes each, as the header before it says.
    const behind = file.subarray(start + compressed, entry);
    expect(behind).toHaveLength(24);
    expect([8, 16].map((at) => Number(behind.readBigUInt64LE(at)))).toEqual([compressed, size]);
    expect([file.readUInt16LE(4), file.readUInt16LE(30 + name.length)]).toEqual([45, 1]);
  });
});

test('an entry beyond 4 GiB has its sizes and its place in the extra field, in their order', () => {
  const entry = {
    ...{ name: 'big', offset: 0, crc: 7, mayBeLarge: true },
    ...{ compressed: 5_000_000_000, size: 9_000_000_000 },
  };
  const descriptor = dataDescriptor(entry);
  const end = localHeader('big', true).length + entry.compressed + descriptor.length;
  const directory = centralDirectory([entry], end);
  expect([20, 24, 42].map((at) => directory.readUInt32LE(at))).toEqual([0xffff_ffff, 0xffff_ffff, 0]);
  const extra = 46 + 'big'.length;
  expect([directory.readUInt16LE(extra), directory.readUInt16LE(extra + 2)]).toEqual([1, 16]);
  expect([4, 12].map((at) => Number(directory.readBigUInt64LE(extra + at)))).toEqual([
    9_000_000_000, 5_000_000_000,
  ]);
  expect(Number(descriptor.readBigUInt64LE(16))).toBe(9_000_000_000);
  expect(directory.readUInt32LE(directory.length - 6)).toBe(0xffff_ffff);
});
