/** Any file as a table: its data rows in batches, and its columns once they are known. */
import { AppError } from '../platform/errors.ts';
import { sayProblem } from '../platform/problems.ts';
import { readCsvRows } from './csv/csv.ts';
import type { CsvBatch } from './csv/csv-batch.ts';
import { nameColumns, numberColumns, renamedNote } from './header.ts';
import { readJson } from './json/json.ts';
import { JsonRows } from './json/json-rows.ts';
import { readNdjson } from './json/ndjson.ts';
import type { ReadLimits } from './limits.ts';
import type { Column, Dialect, RowBatch } from './rows.ts';
import { openText } from './source.ts';

export interface Table {
  readonly batches: AsyncGenerator<RowBatch>;
  /** The columns as far as rows were read: for delimited text all, for JSON those of the keys seen. */
  columns(): Column[];
  notes(): string[];
}

/** @param columns how many there are, if that is known. */
export function openTable(path: string, dialect: Dialect, limits: ReadLimits, columns?: number): Table {
  const source = openText({ path, packing: dialect.packing, encoding: dialect.encoding }, limits);
  if (dialect.format === 'csv')
    return new CsvTable(readCsvRows(source, { dialect, limits, columns }), dialect.header, limits, columns);
  const rows = new JsonRows({ limits, encoding: dialect.encoding, header: dialect.header });
  const batches =
    dialect.format === 'json'
      ? readJson(source, rows, dialect.rowsAt, limits)
      : readNdjson(source, rows, limits);
  return { batches, columns: () => rows.columns(), notes: () => [] };
}

class CsvTable implements Table {
  readonly batches: AsyncGenerator<RowBatch>;
  #columns: Column[] = [];
  readonly #notes: string[] = [];

  constructor(
    batches: AsyncGenerator<CsvBatch>,
    header: boolean,
    { columnsMax }: ReadLimits,
    columns?: number,
  ) {
    this.batches = this.#data(batches, header, columnsMax, columns);
  }

  columns(): Column[] {
    return this.#columns;
  }

  notes(): string[] {
    return this.#notes;
  }

  async *#data(
    batches: AsyncGenerator<CsvBatch>,
    header: boolean,
    columnsMax: number,
    columns: number | undefined,
  ): AsyncGenerator<CsvBatch> {
    for await (const batch of batches) {
      if (this.#columns.length === 0) {
        const width = columns ?? batch.width(0);
        if (width > columnsMax) {
          throw new AppError(
            'file.too_many_columns',
            `The file has ${width} columns; ${columnsMax} are allowed.`,
          );
        }
        this.#columns = header ? this.#name(batch, width) : numberColumns(width);
      }
      if (!header || batch.first > 0) yield batch;
    }
  }

  #name(batch: CsvBatch, width: number): Column[] {
    const raw = Array.from({ length: width }, (_, column) => batch.cell(0, column));
    const columns = nameColumns(raw);
    this.#notes.push(...renamedNote(raw, columns));
    for (const { code, details } of batch.faults)
      this.#notes.push(`In the header: ${sayProblem(code, details)}`);
    return columns;
  }
}
