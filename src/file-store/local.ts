/** Files in a folder of the data folder. Whatever is written gets its name only when it is whole. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Measured, notFound } from './measured.ts';
import type { ByteRange, FileStore, StoredFile } from './store.ts';

/** Cheap to hash and to copy. */
const pieceBytes = 1024 * 1024;

export class LocalStore implements FileStore {
  private readonly folder: string;

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'files');
  }

  async put(key: string, source: Readable): Promise<StoredFile> {
    const measured = new Measured();
    await writeWhole(this.pathOf(key), source, (pieces) => measured.pass(source, pieces));
    return measured.result();
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const file = await open(this.pathOf(key)).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? notFound(error) : error;
    });
    const part = range === undefined ? {} : { start: range.first, end: range.last };
    return file.createReadStream({ highWaterMark: pieceBytes, ...part });
  }

  async localPath(key: string): Promise<string> {
    if (!(await this.exists(key))) throw notFound();
    return this.pathOf(key);
  }

  /** The path is the store's own. */
  async releaseLocal(): Promise<void> {}

  async remove(key: string): Promise<void> {
    const path = this.pathOf(key);
    await rm(path, { force: true });
    await removePartial(path);
    // The folder of its own, too, when nothing else lies there.
    await rmdir(dirname(path)).catch(() => {});
  }

  async exists(key: string): Promise<boolean> {
    return access(this.pathOf(key)).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false;
        throw error;
      },
    );
  }

  /** Keys are ours; one that would leave the folder is a bug. */
  private pathOf(key: string): string {
    const path = join(this.folder, key);
    if (!path.startsWith(this.folder + sep)) throw new Error('A file key leaves the store.');
    return path;
  }
}

/** Writes a file beside its name and gives it the name at the end; whatever goes wrong, nothing is left. */
export async function writeWhole(
  path: string,
  source: Readable,
  through: (pieces: AsyncIterable<Buffer>) => AsyncIterable<Buffer> = (pieces) => pieces,
): Promise<void> {
  const partial = `${path}.${randomBytes(6).toString('hex')}.partial`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Made before anything can go wrong: a file that a stream was still opening would come after it was removed.
  const file = await open(partial, 'wx', 0o600);
  try {
    await pipeline(source, through, file.createWriteStream({ highWaterMark: pieceBytes }));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** What is left of a file whose writer was killed. */
async function removePartial(path: string): Promise<void> {
  const names = await readdir(dirname(path)).catch(() => []);
  const left = names.filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.partial'));
  await Promise.all(left.map((name) => rm(join(dirname(path), name), { force: true })));
}

/** @returns the bytes of a file on this machine as a stream, in pieces that are cheap to hash and to copy. */
export function readLocalFile(path: string): Readable {
  return createReadStream(path, { highWaterMark: pieceBytes });
}
