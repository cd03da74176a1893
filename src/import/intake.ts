/** A file arrives: it is stored, and a run is made for it. From then on the run goes on in whatever process works on it. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { Database } from '../database/connect.ts';
import { throughOutages } from '../database/retrying.ts';
import { withTenant } from '../database/with-tenant.ts';
import { fileStore } from '../file-store/file-store.ts';
import { readLocalFile } from '../file-store/local.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { insertRun, loadRun, type NewRun, type RunOptions } from './run.ts';

export interface Arrival {
  readonly tenantId: string;
  readonly dataset: string;
  /** A function is asked when the file is in: a form may say afterwards how it is meant. */
  readonly options: RunOptions | (() => Promise<RunOptions>);
  /** The member who imports; null on the command line. */
  readonly by: string | null;
  /** Of the new run, when the client made one. */
  readonly id?: string;
}

/** @returns the id of the new run. @throws AppError `file.not_found`, `file.too_large` */
export async function takeFile(database: Database, path: string, arrival: Arrival): Promise<string> {
  await assertReadable(path);
  return takeStream(database, basename(path), readLocalFile(path), arrival);
}

/** @param name what the file is called where it comes from. @returns the id of the new run. */
export async function takeStream(
  database: Database,
  name: string,
  bytes: Readable,
  arrival: Arrival,
): Promise<string> {
  return (await takeArrival(database, name, bytes, arrival)).id;
}

/** What a form may say behind its file. */
export interface SaidLate extends Partial<Pick<Arrival, 'dataset' | 'options' | 'id'>> {
  readonly name?: string;
}

/**
 * @param saidLate asked when the file is in; counts more than what was said before.
 * @returns the run, and whether the file made it: one that comes again under the id of a run makes none.
 * @throws AppError `file.too_large`; `import.exists` for another file under the id of a run.
 */
export async function takeArrival(
  database: Database,
  name: string,
  bytes: Readable,
  arrival: Arrival,
  saidLate: () => Promise<SaidLate> = async () => ({}),
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  // A place of its own for each file: two that arrive at once under one id do not overwrite one another.
  const source = `${arrival.tenantId}/imports/${newId()}/source`;
  const stored = await fileStore().put(source, bytes);
  try {
    const said = { name, ...arrival, ...(await saidLate()) };
    const run: NewRun = {
      id: said.id ?? newId(),
      dataset: said.dataset,
      fileName: said.name,
      fileBytes: stored.bytes,
      fileSha256: stored.sha256,
      source,
      options: typeof said.options === 'function' ? await said.options() : said.options,
      createdBy: said.by,
      at: now(),
    };
    const kept = await throughOutages(database, () =>
      withTenant(database, said.tenantId, async (tx) => {
        await insertRun(tx, run);
        return loadRun(tx, run.id);
      }),
    );
    if (kept.source === source) return { id: kept.id, isNew: true };
    if (kept.fileSha256 !== stored.sha256) throw otherFile();
    await fileStore().remove(source);
    return { id: kept.id, isNew: false };
  } catch (error) {
    await fileStore().remove(source);
    throw error;
  }
}

export function otherFile(): AppError {
  return new AppError('import.exists', 'Another file was imported under this id: make a new one.');
}

async function assertReadable(path: string): Promise<void> {
  // Looked at and not opened: who writes into a pipe would be gone with its first reader.
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is none' : (error.code ?? error.message);
    throw new AppError('file.not_found', `The file ${path} cannot be read: ${reason}.`);
  });
  if (stats.isDirectory()) throw new AppError('file.not_found', `${path} is a folder; name a file.`);
  await access(path, constants.R_OK).catch(() => {
    throw new AppError('file.not_found', `The file ${path} cannot be read: you may not read it.`);
  });
}
