import { constants, createReadStream, createWriteStream } from 'node:fs';
import { access, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../database/failures.ts';
import { inspectFile } from '../file-formats/open.ts';
import type { Dialect, Inspection, RowFault } from '../file-formats/rows.ts';
import { AppError } from '../platform/errors.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { type ProblemCode, sayProblem } from '../platform/problems.ts';
import { type CommandContext, readArguments, usageError } from './command.ts';
import { dialectOptions, givenDialect } from './dialect-options.ts';
import { type ConversionCount, convert, convertToFile, type OutputFormat } from './read/convert.ts';
import { outputNames } from './read/output-names.ts';

export const help = `clientele read: the rows of a file, as the importer reads them

Finds out packing, encoding, delimiter, quotes and header, and writes the rows as UTF-8. Nothing is imported, and no
database is needed. Rows that are wrong are left out, and named on standard error with row, line, byte and reason.

Usage: clientele read FILE… [OPTIONS]

  FILE is CSV (any delimiter), JSON, NDJSON or an Excel workbook (.xlsx), plain, gzipped or alone in a zip. "-" reads
  standard input.

  --as csv|ndjson    what to write (default: csv, with the header cleaned)
  --out-dir DIR      write each file to DIR/NAME.csv, or .ndjson, instead of one file to standard output
  --dialect          print what was found, one JSON object a file, to standard output; rows then go to --out-dir only
  --encoding NAME    such as utf-8 or windows-1252, instead of what is found
  --delimiter CHAR   instead of what is found; "tab" for a tab
  --absent WORD      what stands for no value, such as NULL, instead of what is found; "" for nothing
  --sheet NAME|N     of a workbook: the name of a sheet, or its place from 1 on, instead of the first with anything in it

A file that cannot be read leaves no output and one line on standard error; the others are read.

Exit codes: 0 all rows read, 1 a file could not be read, 2 wrong usage or no such file, 3 some rows left out. Of several
files, the highest.

Example: clientele read customers.csv.gz --as ndjson`;

const options = {
  as: { type: 'string', default: 'csv' },
  'out-dir': { type: 'string' },
  dialect: { type: 'boolean', default: false },
  ...dialectOptions,
} as const;

interface Task {
  readonly format: OutputFormat;
  readonly given: Partial<Dialect>;
  readonly showDialect: boolean;
  readonly interrupted: AbortSignal;
  /** Where the rows go; undefined: to standard output, unless that is for the dialect. */
  readonly target: string | undefined;
}

const exit = { ok: 0, faults: 3 } as const;

export async function run(args: string[], { interrupted }: CommandContext): Promise<number> {
  const { values, positionals: files } = readArguments(args, options, {
    min: 1,
    max: Number.POSITIVE_INFINITY,
  });
  const { as: format, 'out-dir': folder, dialect: showDialect } = values;
  if (format !== 'csv' && format !== 'ndjson')
    throw usageError(`Rows are written as csv or ndjson, not "${format}"`);
  if (files.length > 1 && folder === undefined && !showDialect)
    throw usageError('Several files need --out-dir');
  const targets = folder === undefined ? [] : outputNames(files, folder, format);
  if (folder !== undefined) await useFolder(folder);
  const given = givenDialect(values);
  let code: number = exit.ok;
  for (const [index, file] of files.entries()) {
    const task = { format, given, showDialect, interrupted, target: targets[index] } as const;
    code = Math.max(code, await readOne(file, task));
  }
  return code;
}

async function useFolder(folder: string): Promise<void> {
  try {
    makeFolder(folder);
    await access(resolve(folder), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw usageError(`--out-dir: "${folder}" cannot be made or written to (${codeOf(error)})`);
  }
}

async function readOne(file: string, task: Task): Promise<number> {
  const name = file === '-' ? 'standard input' : file;
  try {
    const stream = await streamOf(file);
    const count = await (stream === undefined
      ? readPath(file, name, task)
      : withSpooled(stream, (path) => readPath(path, name, task)));
    return count.faults > 0 ? exit.faults : exit.ok;
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'usage.invalid') throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    return error.exitCode;
  }
}

async function readPath(path: string, name: string, task: Task): Promise<ConversionCount> {
  const inspection = await inspectFile(path, { whole: true, given: task.given });
  for (const note of inspection.notes) process.stderr.write(`${name}: ${note}\n`);
  const problems = new Map<ProblemCode, number>();
  const conversion = {
    path,
    inspection,
    format: task.format,
    interrupted: task.interrupted,
    onFault: (fault: RowFault, line: number) => {
      problems.set(fault.code, (problems.get(fault.code) ?? 0) + 1);
      process.stderr.write(`${name}: ${describeFault(fault, line)}\n`);
    },
  };
  const count =
    task.target === undefined
      ? await convert(conversion, task.showDialect ? undefined : process.stdout)
      : await convertToFile(conversion, task.target);
  if (task.showDialect)
    process.stdout.write(`${JSON.stringify(describeFile(name, inspection, count, problems))}\n`);
  return count;
}

/** `row 8 (line 9, byte 1234): cell.undecodable: Byte 1240 of the file is not utf-8.` */
function describeFault({ row, offset, code, details }: RowFault, line: number): string {
  return `row ${row} (line ${line}, byte ${offset}): ${code}: ${sayProblem(code, details)}`;
}

function describeFile(
  file: string,
  inspection: Inspection,
  count: ConversionCount,
  problems: ReadonlyMap<ProblemCode, number>,
) {
  const { dialect, columns, encodingCertain, notes, sheets } = inspection;
  const { format, packing, encoding } = dialect;
  const {
    delimiter,
    quote,
    escape: escaping,
    padded,
    header,
    skipLines,
    footerRows,
    comment,
    absent = '',
    rowsAt,
    sheet,
  } = dialect;
  return {
    file,
    format,
    packing,
    encoding,
    encoding_certain: encodingCertain,
    ...(format === 'csv' && {
      delimiter,
      quote,
      escape: escaping,
      ...(padded && { padded }),
      header,
      skip_lines: skipLines,
      footer_rows: footerRows,
      comment,
      absent,
    }),
    ...(format === 'json' && { rows_at: rowsAt ?? null }),
    ...(format === 'xlsx' && {
      sheet,
      sheets: sheets?.map(({ name }) => name),
      header,
      skip_lines: skipLines,
      footer_rows: footerRows,
    }),
    columns: columns.map((column) => column.name),
    rows: count.rows,
    rows_left_out: count.faults,
    problems: Object.fromEntries(problems),
    notes,
  };
}

/** Standard input, or the stream of a pipe such as the shell's `<(…)`; undefined for a file. */
async function streamOf(file: string): Promise<Readable | undefined> {
  if (file === '-') return process.stdin;
  const found = await stat(file).catch(() => undefined);
  return found?.isFIFO() || found?.isCharacterDevice() ? createReadStream(file) : undefined;
}

/** Reading takes more than one pass, so what comes through a pipe is put on disk first. */
async function withSpooled<Result>(
  stream: Readable,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'clientele-read-'));
  try {
    const path = join(folder, 'spooled');
    await pipeline(stream, createWriteStream(path, { mode: 0o600 }));
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
