/**
 * Copies of files that lie elsewhere, in a folder of the data folder, since a file that is worked on is read several
 * times from its start. Any number of processes may share the folder. What was not used for longest goes first when it
 * grows beyond its bound.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { writeWhole } from './local.ts';

/** Whoever was given a path opens it at once: a copy that was asked for just now is never taken away. */
const justUsedMs = 60_000;
/** Nothing writes for so long without a byte: whoever wrote it has died. */
const partialMs = 3_600_000;

export interface CacheOptions {
  /** Absolute. */
  readonly folder: string;
  readonly bytesMax: number;
}

interface Copy {
  readonly path: string;
  readonly bytes: number;
  readonly usedAt: number;
  readonly partial: boolean;
}

export class Cache {
  private readonly folder: string;
  private readonly bytesMax: number;
  private readonly fetching = new Map<string, Promise<string>>();

  constructor({ folder, bytesMax }: CacheOptions) {
    this.folder = folder;
    this.bytesMax = bytesMax;
  }

  /** @param fetch called when there is no copy yet, once for all who ask at the same time. */
  async path(key: string, fetch: () => Promise<Readable>): Promise<string> {
    const path = this.pathOf(key);
    const now = new Date();
    const there = await utimes(path, now, now).then(
      () => true,
      () => false,
    );
    if (there) return path;
    const underWay = this.fetching.get(path);
    if (underWay !== undefined) return underWay;
    const fetched = this.copy(path, fetch).finally(() => this.fetching.delete(path));
    this.fetching.set(path, fetched);
    return fetched;
  }

  async remove(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  private async copy(path: string, fetch: () => Promise<Readable>): Promise<string> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.makeRoom();
    await writeWhole(path, await fetch());
    return path;
  }

  private async makeRoom(): Promise<void> {
    const copies = await this.copies();
    let bytes = copies.reduce((total, copy) => total + copy.bytes, 0);
    for (const copy of copies.sort((a, b) => a.usedAt - b.usedAt)) {
      const idleMs = Date.now() - copy.usedAt;
      if (copy.partial ? idleMs < partialMs : bytes <= this.bytesMax || idleMs < justUsedMs) continue;
      await rm(copy.path, { force: true });
      bytes -= copy.bytes;
    }
  }

  private async copies(): Promise<Copy[]> {
    const names = await readdir(this.folder);
    const found = await Promise.all(
      names.map(async (name): Promise<Copy[]> => {
        const path = join(this.folder, name);
        // One that another process has just removed is none.
        const stats = await stat(path).catch(() => undefined);
        if (stats === undefined) return [];
        return [{ path, bytes: stats.size, usedAt: stats.mtimeMs, partial: name.endsWith('.partial') }];
      }),
    );
    return found.flat();
  }

  private pathOf(key: string): string {
    return join(this.folder, createHash('sha256').update(key).digest('hex'));
  }
}
