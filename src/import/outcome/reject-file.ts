/**
 * The reject file: the rows that did not go in, their problems in the first columns, then the source's own columns in
 * the source's order, with no cap. It is made by reading the source again beside the problems, both in the order of
 * the rows; no run ever reads a file of this kind.
 *
 * The result file says of every row what became of it.
 */

import type { Database } from '../../database/connect.ts';
import { encodeCsvRow } from '../../file-formats/csv/csv.ts';
import { readRows } from '../../file-formats/open.ts';
import type { Column, Inspection, RowBatch } from '../../file-formats/rows.ts';
import { fileStore } from '../../file-store/file-store.ts';
import { AppError } from '../../platform/errors.ts';
import { hintFor, sayProblem } from '../../platform/problems.ts';
import type { ImportRun } from '../run.ts';
import { assertRowsKept, outcomesOf, type ProblemAt, problemsOf } from './problems.ts';
import { type RejectedRow, rejectWorkbook } from './reject-workbook.ts';

const problemColumns = ['problem_row', 'problem_fields', 'problem_codes', 'problems', 'how_to_mend'];

export type RejectFormat = 'csv' | 'ndjson' | 'xlsx';

/** As the source came: CSV for delimited text, NDJSON for JSON, a workbook for a workbook. */
export function rejectFormat({ inspection }: ImportRun): RejectFormat {
  const format = inspection?.dialect.format ?? 'csv';
  return format === 'json' ? 'ndjson' : format;
}

/**
 * @returns the file piece by piece. Nothing but a header when no row failed.
 * @throws AppError `import.source_gone` before the first piece, when source or rows were kept for long enough.
 */
export async function* rejectFile(database: Database, run: ImportRun): AsyncGenerator<string | Buffer> {
  if (isBatch(run)) return yield* rejectsOfBatch(run);
  if (run.inspection === null) return;
  assertRowsKept(run);
  if (run.sourceRemovedAt !== null) throw sourceGone();
  const own = run.inspection.columns.filter(({ name }) => !problemColumns.includes(name));
  const names = own.map(({ name }) => name);
  const rows = rejectedRows(database, run, run.inspection, own);
  yield* encodings[rejectFormat(run)](names, rows);
}

type Encode = (names: readonly string[], rows: AsyncIterable<RejectedRow>) => AsyncGenerator<string | Buffer>;

const encodings: Readonly<Record<RejectFormat, Encode>> = {
  csv: (names, rows) =>
    gathered(encodeCsvRow([...problemColumns, ...names]), rows, ({ about, cells }) =>
      encodeCsvRow([...about, ...cells]),
    ),
  ndjson: (names, rows) => gathered('', rows, ({ about, cells }) => jsonLine(about, cells, names)),
  xlsx: (names, rows) => rejectWorkbook([...problemColumns, ...names], rows),
};

const pieceCharacters = 64 * 1024;

/** Lines in pieces that are worth sending. */
async function* gathered(
  start: string,
  rows: AsyncIterable<RejectedRow>,
  encode: (row: RejectedRow) => string,
): AsyncGenerator<string> {
  let piece = start;
  for await (const row of rows) {
    piece += encode(row);
    if (piece.length < pieceCharacters) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

async function* rejectedRows(
  database: Database,
  run: ImportRun,
  { dialect, columns }: Inspection,
  own: readonly Column[],
): AsyncGenerator<RejectedRow> {
  const path = await fileStore().localPath(run.source);
  const failed = failedRows(database, run)[Symbol.asyncIterator]();
  let next = await failed.next();
  if (next.done) return;
  for await (const batch of readRows(path, dialect, { columns })) {
    while (!next.done && next.value[0].row < batch.first + batch.length) {
      const cells = cellsOf(batch, next.value[0].row - batch.first, own, columns.length);
      yield { about: describe(next.value), cells };
      next = await failed.next();
    }
    if (next.done) return;
  }
}

/** Rows that came as JSON were never a file: it is mapped, and was never looked at. */
function isBatch({ inspection, mapping }: ImportRun): boolean {
  return inspection === null && mapping !== null;
}

/** Written when the batch ended, in the place of its source. */
async function* rejectsOfBatch({ failed, source, sourceRemovedAt }: ImportRun): AsyncGenerator<string> {
  if (failed === 0) return;
  if (sourceRemovedAt !== null) throw sourceGone();
  const file = await fileStore().read(source);
  for await (const piece of file.setEncoding('utf8')) yield piece as string;
}

function sourceGone(): AppError {
  const message =
    'The file that was imported is no longer kept, so its rejected rows cannot be written out; their problems are.';
  return new AppError('import.source_gone', message);
}

/** The problems of each failed row together, in the order of the rows. */
async function* failedRows(database: Database, run: ImportRun): AsyncGenerator<[ProblemAt, ...ProblemAt[]]> {
  let current: [ProblemAt, ...ProblemAt[]] | undefined;
  for await (const problem of problemsOf(database, run, { failedOnly: true })) {
    if (current !== undefined && current[0].row === problem.row) {
      current.push(problem);
      continue;
    }
    if (current !== undefined) yield current;
    current = [problem];
  }
  if (current !== undefined) yield current;
}

/**
 * A row's cells in the order of the file. The columns of an earlier reject file, which was mended and came back, are
 * left out; cells beyond the last column are not.
 */
function cellsOf(batch: RowBatch, i: number, own: readonly Column[], columns: number): string[] {
  const beyond = Math.max(batch.width(i) - columns, 0);
  return [
    ...own.map(({ index }) => index),
    ...Array.from({ length: beyond }, (_, extra) => columns + extra),
  ].map((index) => batch.cell(i, index));
}

function describe(problems: readonly ProblemAt[]): RejectedRow['about'] {
  return [
    String(problems[0]?.row ?? ''),
    [...new Set(problems.map((problem) => problem.field ?? ''))].filter((field) => field !== '').join(', '),
    [...new Set(problems.map((problem) => problem.code))].join(', '),
    problems.map((problem) => sayProblem(problem.code, problem.details)).join(' '),
    [...new Set(problems.map((problem) => hintFor(problem.code, problem.details)))].join(' '),
  ];
}

function jsonLine(about: readonly string[], cells: readonly string[], names: readonly string[]): string {
  const entries = [
    ...problemColumns.map((name, i) => [name, about[i]]),
    ...cells.map((cell, i) => [names[i] ?? `column ${i + 1}`, cell]),
  ];
  return `${JSON.stringify(Object.fromEntries(entries))}\n`;
}

/**
 * @returns `row, outcome, reason, id, number` for every row of the source, as CSV piece by piece.
 * @throws AppError `import.source_gone` before the first piece, when they were kept for long enough.
 */
export async function* resultFile(database: Database, run: ImportRun): AsyncGenerator<string> {
  assertRowsKept(run);
  yield encodeCsvRow(['row', 'outcome', 'reason', 'id', 'number']);
  for await (const batch of outcomesOf(database, run)) {
    yield batch
      .map((row) =>
        encodeCsvRow([String(row.row), row.outcome, row.reason ?? '', row.id ?? '', row.number ?? '']),
      )
      .join('');
  }
}
