/**
 * What an archive must be before anything in it is unpacked: few enough files, of sound names, that do not lie on top
 * of each other and do not claim to unpack to more than is allowed. While unpacking, each is held to what it claims.
 */
import { AppError } from '../../platform/errors.ts';
import type { ReadLimits } from '../limits.ts';
import { assertUnpackable, type PackedFile } from '../packing/zip-directory.ts';

/** @throws AppError `file.zip` or `file.too_large` */
export function assertSafeArchive(files: readonly PackedFile[], limits: ReadLimits): void {
  if (files.length > limits.archiveFilesMax) {
    throw refusal(`it has ${files.length} files in it, and ${limits.archiveFilesMax} are allowed`);
  }
  const seen = new Set<string>();
  for (const file of files) {
    assertName(file.name, seen);
    assertUnpackable(file);
    assertRatio(file, limits);
  }
  assertApart(files);
  const unpacked = files.reduce((sum, file) => sum + file.unpacked, 0);
  if (unpacked > limits.workbookBytesMax) {
    throw new AppError(
      'file.too_large',
      `The workbook unpacks to ${unpacked} bytes; ${limits.workbookBytesMax} are allowed. Split it, or save it as CSV.`,
    );
  }
}

/** Nothing is ever written under these names; but who makes such an archive means no good. */
function assertName(name: string, seen: Set<string>): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const isUnsound = name === '' || /^[/\\]|^[a-z]:|\\|[\u0000-\u001f\u007f]/i.test(name);
  if (isUnsound || name.split('/').includes('..')) {
    throw refusal(`a file in it has the name ${JSON.stringify(name.slice(0, 100))}, which leads elsewhere`);
  }
  const folded = name.toLowerCase();
  if (seen.has(folded)) throw refusal(`two files in it have the name "${name.slice(0, 100)}"`);
  seen.add(folded);
}

function assertRatio({ name, packed, unpacked }: PackedFile, limits: ReadLimits): void {
  if (unpacked <= limits.bombBytesMin || unpacked <= packed * limits.bombRatioMax) return;
  throw new AppError(
    'file.too_large',
    `"${name.slice(0, 100)}" in the workbook unpacks from ${packed} bytes to ${unpacked}, which is more than is allowed.`,
  );
}

/** The same bytes, listed as many files, unpack to many times what is there. */
function assertApart(files: readonly PackedFile[]): void {
  const inOrder = files.toSorted((a, b) => a.headerAt - b.headerAt);
  let end = 0;
  for (const { headerAt, packed } of inOrder) {
    if (headerAt < end) throw refusal('files in it lie on top of each other');
    end = headerAt + packed;
  }
}

function refusal(why: string): AppError {
  return new AppError('file.zip', `The workbook is not opened: ${why}.`);
}
