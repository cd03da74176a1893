/** What both file stores promise: the folder, and the bucket of an S3 service in a process of its own. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import type { FileStore } from '../../../src/file-store/file-store.ts';
import { LocalStore } from '../../../src/file-store/local.ts';
import { S3Store } from '../../../src/file-store/s3.ts';
import { useS3 } from '../../support/s3.ts';

const MiB = 1024 * 1024;
process.env.CLIENTELE_FILE_BYTES_MAX = String(20 * MiB);
const folder = mkdtempSync(join(tmpdir(), 'clientele-files-'));
const s3 = await useS3();

afterAll(() => rmSync(folder, { recursive: true }));

function localFiles(): string[] {
  const files = join(folder, 'files');
  if (!existsSync(files)) return [];
  return readdirSync(files, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

/** Bytes that differ everywhere, in pieces of odd sizes as a network gives them. */
function bytesOf(length: number): Buffer {
  const block = createHash('sha512').update(String(length)).digest();
  const bytes = Buffer.alloc(length, block);
  for (let i = 0; i + 4 <= length; i += 4096) bytes.writeUInt32LE(i, i);
  return bytes;
}

function inPieces(bytes: Buffer, pieceBytes = 65_521): Readable {
  return Readable.from(
    (function* () {
      for (let i = 0; i < bytes.length; i += pieceBytes) yield bytes.subarray(i, i + pieceBytes);
    })(),
  );
}

const stores: readonly (readonly [string, FileStore, () => string[]])[] = [
  ['folder', new LocalStore(folder), localFiles],
  ['S3 service', new S3Store(s3.config, folder), s3.files],
];

describe.each(stores)('in a %s, a file', (_name, store, kept) => {
  test.each([
    ['that is empty', 0],
    ['of one byte', 1],
    ['that is just one part of an upload', 8 * MiB],
    ['that is a byte more than a part', 8 * MiB + 1],
    ['of several parts', 19 * MiB + 12_345],
  ])('%s comes out as it went in, with its size and its hash', async (_what, length) => {
    const bytes = bytesOf(length);
    const stored = await store.put(`tenant/${length}/source`, inPieces(bytes));
    expect(stored).toEqual({ bytes: length, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect((await buffer(await store.read(`tenant/${length}/source`))).equals(bytes)).toBe(true);
    expect((await readFile(await store.localPath(`tenant/${length}/source`))).equals(bytes)).toBe(true);
  });

  test('is read in part, from one byte to another', async () => {
    const bytes = bytesOf(9 * MiB);
    await store.put('tenant/part/source', inPieces(bytes));
    for (const [first, last] of [
      [0, 9],
      [1000, 8 * MiB + 10],
      [9 * MiB - 1, 9 * MiB - 1],
    ] as const) {
      const part = await buffer(await store.read('tenant/part/source', { first, last }));
      expect(part.equals(bytes.subarray(first, last + 1)), `${first}-${last}`).toBe(true);
    }
    await store.remove('tenant/part/source');
  });

  test.each([
    ['of several parts', 17 * MiB],
    ['that has hardly begun', 100],
  ])('%s that breaks off leaves nothing', async (_what, length) => {
    const before = kept();
    const breaking = Readable.from(
      (async function* () {
        yield* inPieces(bytesOf(length));
        throw new Error('The client has gone.');
      })(),
    );
    await expect(store.put('broken/source', breaking)).rejects.toThrow('The client has gone.');
    expect(await store.exists('broken/source')).toBe(false);
    expect(kept()).toEqual(before);
  });

  test('whose connection is closed in the middle leaves nothing', async () => {
    const before = kept();
    let pieces = 0;
    const source = new Readable({
      read() {
        pieces += 1;
        if (pieces > 170) this.destroy();
        else this.push(Buffer.alloc(64 * 1024));
      },
    });
    await expect(store.put('closed/source', source)).rejects.toThrow();
    expect(kept()).toEqual(before);
  });

  test('whose connection is closed already leaves nothing', async () => {
    const before = kept();
    const source = inPieces(bytesOf(100));
    source.destroy();
    await expect(store.put('closed/source', source)).rejects.toThrow();
    expect(kept()).toEqual(before);
  });

  test('that is too large is refused while it is read, and leaves nothing', async () => {
    const before = kept();
    let given = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          given += MiB;
          yield Buffer.alloc(MiB);
        }
      })(),
    );
    await expect(store.put('large/source', endless)).rejects.toMatchObject({ code: 'file.too_large' });
    expect(given).toBeLessThan(64 * MiB);
    expect(endless.destroyed).toBe(true);
    expect(kept()).toEqual(before);
  });

  test('that is removed is gone, and may be removed again', async () => {
    await store.put('removed/source', inPieces(bytesOf(10)));
    expect(await store.exists('removed/source')).toBe(true);
    await store.localPath('removed/source');
    await store.remove('removed/source');
    await store.remove('removed/source');
    expect(await store.exists('removed/source')).toBe(false);
    await expect(store.read('removed/source')).rejects.toMatchObject({ code: 'file.not_found' });
    await expect(store.localPath('removed/source')).rejects.toMatchObject({ code: 'file.not_found' });
  });

  test('takes the place of an earlier one of its name', async () => {
    await store.put('again/source', inPieces(bytesOf(10)));
    await store.put('again/source', inPieces(bytesOf(20)));
    expect(await buffer(await store.read('again/source'))).toHaveLength(20);
  });
});

describe('an S3 service', () => {
  test('that does not answer is a refusal that says so, and no failure of the file', async () => {
    const nobody = new S3Store({ ...s3.config, endpoint: 'http://127.0.0.1:1' }, folder);
    const refusal = { code: 'file.store_unreachable' };
    await expect(nobody.put('a', inPieces(bytesOf(10)))).rejects.toMatchObject(refusal);
    await expect(nobody.read('a')).rejects.toMatchObject(refusal);
    await expect(nobody.localPath('a')).rejects.toMatchObject(refusal);
    await expect(nobody.exists('a')).rejects.toMatchObject(refusal);
  });

  test('that has no such bucket is one, too', async () => {
    const elsewhere = new S3Store({ ...s3.config, bucket: 'nowhere' }, folder);
    await expect(elsewhere.put('a', inPieces(bytesOf(10)))).rejects.toMatchObject({
      code: 'file.store_unreachable',
    });
  });

  test('whose answer breaks off is one, and half a file is never taken for the whole', async () => {
    const breaking = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('only half of it', () => response.destroy());
    });
    await new Promise<void>((resolve) => breaking.listen(0, '127.0.0.1', resolve));
    const { port } = breaking.address() as AddressInfo;
    const store = new S3Store({ ...s3.config, endpoint: `http://127.0.0.1:${port}` }, folder);
    const copies = () => readdirSync(join(folder, 'cache'));
    const before = copies();
    await expect(store.localPath('a')).rejects.toMatchObject({ code: 'file.store_unreachable' });
    expect(copies()).toEqual(before);
    breaking.close();
  });

  test('keeps files under the prefix', async () => {
    const other = new S3Store({ ...s3.config, prefix: 'other/' }, folder);
    await new S3Store(s3.config, folder).put('prefixed', inPieces(bytesOf(10)));
    expect(await other.exists('prefixed')).toBe(false);
    await expect(other.localPath('prefixed')).rejects.toMatchObject({ code: 'file.not_found' });
  });
});
