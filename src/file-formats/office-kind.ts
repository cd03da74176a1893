/** What a file of an office program is, by what lies in it. Only workbooks of today's kind (.xlsx, .xlsm) are read. */
import { AppError } from '../platform/errors.ts';
import { readPart } from './file-bytes.ts';
import { type PackedFile, stored, unpackedBytes } from './packing/zip-directory.ts';

/**
 * Is the archive a workbook that can be read?
 * @throws AppError `file.workbook` for a workbook of another kind, `file.binary` for another document.
 */
export async function isWorkbook(path: string, files: readonly PackedFile[]): Promise<boolean> {
  const names = new Set(files.map(({ name }) => name.toLowerCase()));
  const has = (beginning: string): boolean => [...names].some((name) => name.startsWith(beginning));
  const mimetype = files.find(({ name, method }) => name === 'mimetype' && method === stored);
  if (mimetype !== undefined) throw await openDocumentRefusal(path, mimetype);
  if (names.has('index/document.iwa')) throw otherWorkbook('a document of Apple Numbers, Pages or Keynote');
  if (!names.has('[content_types].xml')) return false;
  if (names.has('xl/workbook.bin')) throw otherWorkbook('an Excel workbook of the binary kind (.xlsb)');
  if (has('word/')) throw otherDocument('a Word document');
  if (has('ppt/')) throw otherDocument('a PowerPoint document');
  return true;
}

const mimetypeBytesMax = 200;

/** An OpenDocument file says what it is in its first file, which is not packed (OpenDocument 1.3 part 2, 3.3). */
async function openDocumentRefusal(path: string, file: PackedFile): Promise<AppError> {
  let type = '';
  if (file.unpacked <= mimetypeBytesMax)
    for await (const chunk of unpackedBytes(path, file)) type += chunk.toString('latin1');
  return type.includes('opendocument.spreadsheet')
    ? otherWorkbook('an OpenDocument spreadsheet (.ods)')
    : otherDocument('an e-book, or another OpenDocument file');
}

const headerBytes = 512;
const directoryBytes = 4096;

/**
 * Why a compound file of the old Office (MS-CFB) is not read. Its directory names its streams in UTF-16.
 * @param path a file that begins with the signature of such files.
 */
export async function compoundFileRefusal(path: string): Promise<AppError> {
  const header = await readPart(path, 0, headerBytes);
  const sectorBytes = header.length < headerBytes ? 512 : 1 << Math.min(header.readUInt16LE(30), 16);
  const directorySector = header.length < headerBytes ? 0 : header.readUInt32LE(48);
  const names = await readPart(path, (directorySector + 1) * sectorBytes, directoryBytes);
  const has = (name: string): boolean => names.includes(Buffer.from(`${name}\0`, 'utf16le'));
  if (has('EncryptedPackage')) {
    return new AppError(
      'file.workbook',
      'The workbook is protected with a password. Save it without one, and import that.',
    );
  }
  if (has('WordDocument')) return otherDocument('a Word document of the old kind (.doc)');
  if (has('PowerPoint Document')) return otherDocument('a PowerPoint document of the old kind (.ppt)');
  if (has('Workbook') || has('Book')) return otherWorkbook('an Excel workbook of the old kind (.xls)');
  return otherWorkbook('an Excel workbook of the old kind (.xls), or another Office document');
}

/** @param what the file is, with its article. */
export function otherWorkbook(what: string): AppError {
  return new AppError(
    'file.workbook',
    `The file is ${what}, which is not read. Save it as an Excel workbook (.xlsx) or as CSV (UTF-8), and import that.`,
  );
}

function otherDocument(what: string): AppError {
  return new AppError('file.binary', `The file is ${what}, not a table. Export the rows as CSV or XLSX.`);
}
