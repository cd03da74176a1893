/** The file of an export, while it is in the file store. */
import { AppError } from '../platform/errors.ts';
import type { ExportEntry, KeptFile } from './history.ts';

/** @throws AppError `export.move` while there is no file, or was to be none; `export.gone` when there is none any more. */
export function fileThere({ state, file, madeAs }: ExportEntry): KeptFile {
  if (file === null) {
    const reason = madeAs === 'answer' ? 'was an answer, and is not kept' : `is ${state}`;
    throw new AppError('export.move', `There is no file: the export ${reason}.`);
  }
  if (file.isRemoved || Date.parse(file.expiresAt) <= Date.now()) throw gone();
  return file;
}

export function gone(): AppError {
  return new AppError('export.gone', 'The file of this export is not kept any more: export again.');
}
