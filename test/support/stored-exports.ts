/** Workers of exports within a test: they make whatever files are to be made, without a queue. */
import type { Database } from '../../src/database/connect.ts';
import { type ExportWakes, workOnExports } from '../../src/export/stored/worker.ts';
import type { FileStore } from '../../src/file-store/file-store.ts';
import { fileStore } from '../../src/file-store/file-store.ts';

/** Wakes nobody: a worker finds everything by looking. */
export const asleep: ExportWakes = { wake: async () => {}, take: async () => [] };

/** Works until nothing is left to be made. @returns how many exports were brought to their end. */
export function makeFiles(database: Database, files: FileStore = fileStore()): Promise<number> {
  const stop = new AbortController().signal;
  return workOnExports(database, files, { stop, untilIdle: true, wakes: asleep });
}
