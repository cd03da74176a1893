/**
 * The way into files: `inspectFile` finds out how a file is to be read, `readRows` reads it so.
 *
 *     const { dialect, columns } = await inspectFile(path);
 *     for await (const batch of readRows(path, dialect, { columns })) …
 */
import { AppError } from '../platform/errors.ts';
import { withoutFooter } from './footer.ts';
import { findDialect } from './inspect.ts';
import { configuredLimits, type ReadLimits } from './limits.ts';
import type { Column, Dialect, Inspection, RowBatch } from './rows.ts';
import { openTable } from './table.ts';
import { inspectWorkbook } from './xlsx/inspect-workbook.ts';
import { findWorkbook, type Workbook } from './xlsx/open-workbook.ts';
import { readWorkbook } from './xlsx/read-workbook.ts';

export interface InspectOptions {
  /**
   * Look at every byte, which settles what samples can only suggest: encoding, totals at the end, all keys of JSON.
   * Else look at samples, within 2 s for any size.
   */
  readonly whole?: boolean;
  /** What a person says about the file; it is not questioned. */
  readonly given?: Partial<Dialect>;
  readonly limits?: ReadLimits;
}

export interface ReadOptions {
  /** The columns that the inspection found; a table without a header needs to be told how many there are. */
  readonly columns?: readonly Column[];
  readonly limits?: ReadLimits;
}

const sampleRows = 100;
/** A sample is to be looked at; a cell of megabytes is not. */
const sampleCharacters = 1000;
/** How long samples of JSON are searched for keys. */
const keysTimeoutMs = 1000;

/** @throws AppError when the file cannot be read as a table at all. */
export async function inspectFile(path: string, options: InspectOptions = {}): Promise<Inspection> {
  const { whole = false, given = {}, limits = configuredLimits() } = options;
  const workbook = await findWorkbook(path, limits);
  if (workbook !== undefined)
    return closing(
      workbook,
      inspectWorkbook(workbook, { whole, given, limits, sampleRows, sampleCharacters }),
    );
  const { dialect, columns, encodingCertain, notes } = await findDialect(path, whole, given, limits);
  if (given.sheet !== undefined)
    throw new AppError('usage.invalid', `The file is no workbook: it has no sheet "${given.sheet}".`);
  const table = openTable(path, dialect, limits, columns);
  const sample: string[][] = [];
  const searchKeys = dialect.format !== 'csv';
  const until = performance.now() + keysTimeoutMs;
  for await (const batch of withoutFooter(table.batches, dialect.footerRows)) {
    for (let i = 0; i < batch.length && sample.length < sampleRows; i++)
      sample.push(cellsOf(batch, i, limits));
    if (sample.length === sampleRows && !(searchKeys && (whole || performance.now() < until))) break;
  }
  const empty = sample.length === 0 ? ['There are no rows in the file.'] : [];
  return {
    dialect,
    columns: table.columns(),
    sample,
    encodingCertain,
    notes: [...notes, ...table.notes(), ...empty],
  };
}

/**
 * Reads the data rows of a file; header, comments and totals are left out. Rows that are wrong are there, with a fault.
 * @throws AppError when reading cannot go on: the file is damaged, or too large.
 */
export function readRows(
  path: string,
  dialect: Dialect,
  options: ReadOptions = {},
): AsyncGenerator<RowBatch> {
  const { limits = configuredLimits(), columns } = options;
  if (dialect.format === 'xlsx') return readWorkbook(path, dialect, limits, columns?.length ?? 0);
  const table = openTable(path, dialect, limits, columns?.length);
  return withoutFooter(table.batches, dialect.footerRows);
}

async function closing<Result>(workbook: Workbook, result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } finally {
    await workbook.close();
  }
}

function cellsOf(batch: RowBatch, i: number, limits: ReadLimits): string[] {
  const width = Math.min(batch.width(i), limits.columnsMax);
  return Array.from({ length: width }, (_, column) =>
    batch.cell(i, column).slice(0, sampleCharacters).toWellFormed(),
  );
}
