/** Rejected rows as a workbook. Every cell is a text, as it was read, so that nothing is read into what is mended. */
import { pipeline, Readable } from 'node:stream';
import { CopyRows } from '../../database/copy-rows.ts';
import { cellCharactersMax } from '../../file-formats/xlsx/cell-text.ts';
import { workbookStream } from '../../file-formats/xlsx/workbook.ts';
import { now } from '../../platform/clock.ts';

export interface RejectedRow {
  /** What is wrong with it, a cell for each of the columns about that. */
  readonly about: readonly [row: string, ...string[]];
  /** The row as it came. */
  readonly cells: readonly string[];
}

const pieceBytes = 64 * 1024;

/** @param names of the columns, those about the problems first. @returns the file piece by piece. */
export async function* rejectWorkbook(
  names: readonly string[],
  rows: AsyncIterable<RejectedRow>,
): AsyncGenerator<Buffer> {
  const columns = names.map((header) => ({ header, kind: 'text' as const }));
  const workbook = workbookStream({ title: 'Rejected', columns, moneyDecimals: 2, createdAt: now() });
  // What fails reaches the loop below through the last stream, which the pipeline destroys with the first.
  pipeline(Readable.from(linesOf(rows), { objectMode: false }), workbook, () => {});
  for await (const piece of workbook) yield piece as Buffer;
}

async function* linesOf(rows: AsyncIterable<RejectedRow>): AsyncGenerator<Buffer> {
  const lines = new CopyRows({ pieceBytes });
  for await (const { about, cells } of rows) {
    const [row, ...others] = about;
    lines.append(row, [...others, ...cells].map(fitted));
    if (lines.isFull) yield Buffer.from(lines.take());
  }
  yield Buffer.from(lines.take());
}

/** A longer one, which only a program can have written, is no cell of a workbook; what is missing is said. */
function fitted(cell: string): string {
  if (cell.length <= cellCharactersMax) return cell;
  const said = ` … (cut: ${cell.length} characters)`;
  return `${cell.slice(0, cellCharactersMax - said.length).toWellFormed()}${said}`;
}
