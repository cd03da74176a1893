/** Copies on this machine of files that lie elsewhere. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Cache } from '../../../src/file-store/cache.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clientele-cache-'));
});
afterEach(() => rm(folder, { recursive: true }));

const bytesOf = (text: string) => async () => Readable.from([Buffer.from(text)]);

async function unusedFor(path: string, minutes: number): Promise<void> {
  const then = new Date(Date.now() - minutes * 60_000);
  await utimes(path, then, then);
}

describe('a copy', () => {
  test('is fetched once, also for those who ask at the same time', async () => {
    const cache = new Cache({ folder, bytesMax: 100 });
    let fetched = 0;
    const fetch = async () => {
      fetched += 1;
      return Readable.from([Buffer.from('whole')]);
    };
    const paths = await Promise.all([cache.path('a', fetch), cache.path('a', fetch)]);
    paths.push(await cache.path('a', fetch));
    expect(new Set(paths).size).toBe(1);
    expect(await readFile(paths[0] ?? '', 'utf8')).toBe('whole');
    expect(fetched).toBe(1);
  });

  test('that breaks off is none, and is fetched again', async () => {
    const cache = new Cache({ folder, bytesMax: 100 });
    const breaking = async () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('half');
          throw new Error('The service has gone.');
        })(),
      );
    await expect(cache.path('a', breaking)).rejects.toThrow('The service has gone.');
    expect(await readdir(folder)).toEqual([]);
    expect(await readFile(await cache.path('a', bytesOf('whole')), 'utf8')).toBe('whole');
  });

  test('that was not used for longest goes when there is no room, and one that is used just now stays', async () => {
    const cache = new Cache({ folder, bytesMax: 10 });
    const old = await cache.path('old', bytesOf('12345678'));
    const older = await cache.path('older', bytesOf('12345678'));
    const used = await cache.path('used', bytesOf('12345678'));
    await unusedFor(old, 5);
    await unusedFor(older, 10);
    await cache.path('new', bytesOf('1'));
    expect([old, older, used].map(existsSync)).toEqual([false, false, true]);
  });

  test('stays while there is room', async () => {
    const cache = new Cache({ folder, bytesMax: 20 });
    const [a, b] = [await cache.path('a', bytesOf('12345678')), await cache.path('b', bytesOf('12345678'))];
    await unusedFor(a, 10);
    await unusedFor(b, 5);
    await cache.path('c', bytesOf('1'));
    expect([a, b].map(existsSync)).toEqual([true, true]);
  });

  test('that a killed process left half is removed, but not one that is being written', async () => {
    const cache = new Cache({ folder, bytesMax: 0 });
    const [left, written] = [join(folder, 'left.partial'), join(folder, 'written.partial')];
    await writeFile(left, 'half');
    await writeFile(written, 'half');
    await unusedFor(left, 90);
    await unusedFor(written, 10);
    await cache.path('a', bytesOf('1'));
    expect([left, written].map(existsSync)).toEqual([false, true]);
  });
});
