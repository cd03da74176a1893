/** The one file in a zip archive. */
import { AppError } from '../../platform/errors.ts';
import type { ReadLimits } from '../limits.ts';
import { assertUnpackable, type PackedFile, readZipDirectory, unpackedBytes } from './zip-directory.ts';

const directoryBytesMax = 1024 * 1024;

/** The unpacked bytes of the only file in the archive. */
export async function* unzip(path: string, limits: ReadLimits): AsyncGenerator<Buffer> {
  yield* unpackedBytes(path, await onlyFile(path, limits));
}

async function onlyFile(path: string, limits: ReadLimits): Promise<PackedFile> {
  const packed = await readZipDirectory(path, directoryBytesMax);
  const files = packed.filter((file) => !file.name.endsWith('/') && !isByTheWay(file.name));
  const [file, ...others] = files;
  if (file === undefined) throw new AppError('file.zip', 'The zip archive has no file in it.');
  if (others.length > 0) {
    const names = files
      .slice(0, 3)
      .map(({ name }) => `"${name}"`)
      .join(', ');
    throw new AppError(
      'file.zip',
      `The zip archive has ${files.length} files (${names} …); import one at a time.`,
    );
  }
  assertUnpackable(file);
  if (file.unpacked > limits.fileBytesMax) {
    throw new AppError('file.too_large', `"${file.name}" unpacks to more than ${limits.fileBytesMax} bytes.`);
  }
  return file;
}

/** What macOS and Windows add to archives. */
function isByTheWay(name: string): boolean {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return (
    name.startsWith('__MACOSX/') ||
    base === '.DS_Store' ||
    base.startsWith('._') ||
    base.toLowerCase() === 'thumbs.db'
  );
}
