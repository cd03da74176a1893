/** One file of any format to CSV or NDJSON, as the importer reads it. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { encodeCsvRow } from '../../file-formats/csv/csv.ts';
import { encodeNdjsonRow } from '../../file-formats/json/ndjson.ts';
import { readRows } from '../../file-formats/open.ts';
import type { Inspection, RowBatch, RowFault } from '../../file-formats/rows.ts';

export type OutputFormat = 'csv' | 'ndjson';

export interface Conversion {
  readonly path: string;
  readonly inspection: Inspection;
  readonly format: OutputFormat;
  /** Called for each row that is left out, with the line on which it begins. */
  readonly onFault: (fault: RowFault, line: number) => void;
  readonly interrupted: AbortSignal;
}

export interface ConversionCount {
  rows: number;
  faults: number;
}

/** Writes the sound rows to a file, which appears under its name only when it is whole. */
export async function convertToFile(conversion: Conversion, target: string): Promise<ConversionCount> {
  const partial = `${target}.partial`;
  const file = createWriteStream(partial);
  try {
    const count = await convert(conversion, file);
    file.end();
    await finished(file);
    await rename(partial, target);
    return count;
  } catch (error) {
    file.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}

/** Writes the sound rows to a stream, a header first for CSV, and leaves it open. Without a stream, only counts. */
export async function convert(
  conversion: Conversion,
  output: Writable | undefined,
): Promise<ConversionCount> {
  const { path, inspection, format, interrupted } = conversion;
  const { dialect, columns } = inspection;
  const names = columns.map((column) => column.name);
  const encode: Encode =
    format === 'csv' ? (cells) => encodeCsvRow(cells) : (cells) => encodeNdjsonRow(names, cells);
  if (format === 'csv' && output !== undefined) await write(output, encode(names), interrupted);
  const count = { rows: 0, faults: 0 };
  for await (const batch of readRows(path, dialect, { columns })) {
    interrupted.throwIfAborted();
    count.rows += batch.length;
    const faulty = reportFaults(batch, conversion.onFault);
    count.faults += faulty.size;
    if (output !== undefined)
      await write(output, soundRows(batch, names.length, faulty, encode), interrupted);
  }
  return count;
}

type Encode = (cells: readonly string[]) => string;

/** @returns the places in the batch of rows that are left out. */
function reportFaults(batch: RowBatch, onFault: Conversion['onFault']): Set<number> {
  const faulty = new Set<number>();
  for (const fault of batch.faults) {
    const i = fault.row - batch.first;
    faulty.add(i);
    onFault(fault, batch.line(i));
  }
  return faulty;
}

function soundRows(batch: RowBatch, columns: number, faulty: ReadonlySet<number>, encode: Encode): string {
  let text = '';
  const cells: string[] = new Array(columns);
  for (let i = 0; i < batch.length; i++) {
    if (faulty.has(i)) continue;
    for (let column = 0; column < columns; column++) cells[column] = batch.cell(i, column);
    text += encode(cells);
  }
  return text;
}

/** Waits while the reader of the stream is slower than we are. */
async function write(output: Writable, text: string, interrupted: AbortSignal): Promise<void> {
  if (text === '' || output.write(text)) return;
  await new Promise<void>((resolve, reject) => {
    const settle = () => {
      output.off('drain', settle);
      output.off('error', settle);
      interrupted.removeEventListener('abort', settle);
      if (output.errored) reject(output.errored);
      else resolve();
    };
    output.on('drain', settle);
    output.on('error', settle);
    interrupted.addEventListener('abort', settle);
  });
}
