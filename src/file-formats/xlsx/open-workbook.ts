/**
 * A workbook as the parts of an archive (ECMA-376 part 2): which sheets there are, in which parts they and their texts
 * and formats stand. The archive is checked before anything in it is unpacked; what is unpacked is checked again.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../platform/errors.ts';
import { fileSize, readPart } from '../file-bytes.ts';
import { isCompoundFile, type Packing, packingOf } from '../file-kind.ts';
import type { ReadLimits } from '../limits.ts';
import { compoundFileRefusal, isWorkbook } from '../office-kind.ts';
import { openBytes } from '../packing/unpack.ts';
import { type PackedFile, readZipDirectory, unpackedBytes } from '../packing/zip-directory.ts';
import { assertSafeArchive } from './safe-archive.ts';
import { readWorkbookParts, type WorkbookParts } from './workbook-parts.ts';

export interface Workbook extends WorkbookParts {
  /** What the workbook is packed in once more. */
  readonly packing: Packing;
  /** The bytes of a part that is there, by its path without the leading slash. */
  bytes(part: string): AsyncGenerator<Buffer>;
  has(part: string): boolean;
  close(): Promise<void>;
}

const headBytes = 8;
const directoryBytesMax = 16 * 1024 * 1024;

/**
 * @returns undefined when the file is no workbook.
 * @throws AppError `file.not_found`
 * @throws AppError `file.workbook` for one of a kind that is not read, `file.zip`, `file.too_large` and
 *   `file.unreadable` for one that is damaged or hostile.
 */
export async function findWorkbook(path: string, limits: ReadLimits): Promise<Workbook | undefined> {
  await fileSize(path);
  const head = await readPart(path, 0, headBytes);
  if (isCompoundFile(head)) throw await compoundFileRefusal(path);
  const packing = packingOf(head);
  if (packing === 'none') return undefined;
  const files = packing === 'zip' ? await readZipDirectory(path, directoryBytesMax) : [];
  if (await isWorkbook(path, files)) return openArchive(path, files, 'none', limits);
  return findPackedWorkbook(path, packing, limits);
}

/** A workbook that was found before. */
export async function openWorkbook(path: string, limits: ReadLimits): Promise<Workbook> {
  const workbook = await findWorkbook(path, limits);
  if (workbook === undefined) throw new AppError('file.unreadable', 'The file is no workbook.');
  return workbook;
}

/** Within gzip, or the only file of a zip: it is unpacked to the disk first, since its parts are read as they are needed. */
async function findPackedWorkbook(
  path: string,
  packing: Packing,
  limits: ReadLimits,
): Promise<Workbook | undefined> {
  if (!(await holdsArchive(path, packing, limits))) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'clientele-workbook-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const unpacked = join(folder, 'unpacked.xlsx');
    await pipeline(openBytes(path, packing, limits).chunks, createWriteStream(unpacked, { mode: 0o600 }));
    const files = await readZipDirectory(unpacked, directoryBytesMax);
    if (await isWorkbook(unpacked, files))
      return { ...(await openArchive(unpacked, files, packing, limits)), close };
  } catch (error) {
    await close();
    throw error;
  }
  await close();
  return undefined;
}

/** What is packed begins as a zip does. A zip of several files is not looked into here. */
async function holdsArchive(path: string, packing: Packing, limits: ReadLimits): Promise<boolean> {
  try {
    for await (const chunk of openBytes(path, packing, limits).chunks) return packingOf(chunk) === 'zip';
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
  return false;
}

async function openArchive(
  path: string,
  files: readonly PackedFile[],
  packing: Packing,
  limits: ReadLimits,
): Promise<Workbook> {
  assertSafeArchive(files, limits);
  // Names of parts are equal without regard to case (ECMA-376 part 2, 6.2.2.3).
  const byName = new Map(files.map((file) => [file.name.toLowerCase(), file]));
  const bytes = (part: string): AsyncGenerator<Buffer> => {
    const file = byName.get(part.toLowerCase());
    if (file === undefined)
      throw new AppError('file.unreadable', `The workbook is damaged: it has no part "${part}".`);
    return unpackedBytes(path, file);
  };
  const has = (part: string): boolean => byName.has(part.toLowerCase());
  return { ...(await readWorkbookParts({ bytes, has })), packing, bytes, has, close: async () => {} };
}
