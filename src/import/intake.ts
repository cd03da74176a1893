/** A file arrives: it is stored, and a run is made for it. From then on the run goes on in whatever process works on it. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { Database } from '../database/connect.ts';
import { throughOutages } from '../database/retrying.ts';
import { withTenant } from '../database/with-tenant.ts';
import { readLocalFile, removeFile, storeFile } from '../file-store/local.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { insertRun, type NewRun, type RunOptions } from './run.ts';

export interface Arrival {
  readonly tenantId: string;
  readonly dataset: string;
  readonly options: RunOptions;
  /** The member who imports; null on the command line. */
  readonly by: string | null;
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
  const id = newId();
  const source = `${arrival.tenantId}/imports/${id}/source`;
  const stored = await storeFile(source, bytes);
  try {
    const run: NewRun = {
      id,
      dataset: arrival.dataset,
      fileName: name,
      fileBytes: stored.bytes,
      fileSha256: stored.sha256,
      source,
      options: arrival.options,
      createdBy: arrival.by,
      at: now(),
    };
    await throughOutages(database, () => withTenant(database, arrival.tenantId, (tx) => insertRun(tx, run)));
  } catch (error) {
    await removeFile(source);
    throw error;
  }
  return id;
}

async function assertReadable(path: string): Promise<void> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new AppError('file.not_found', `The file ${path} cannot be read (${error.code ?? error.message}).`);
  });
  const stats = await file.stat();
  await file.close();
  if (stats.isDirectory()) throw new AppError('file.not_found', `${path} is a folder; name a file.`);
}
