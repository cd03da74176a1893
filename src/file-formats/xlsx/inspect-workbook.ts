/** Finding out how a workbook is to be read: which sheet, where its table stands, what a person should know of it. */
import { nameColumns, numberColumns, renamedNote } from '../header.ts';
import type { ReadLimits } from '../limits.ts';
import type { Column, Dialect, Inspection } from '../rows.ts';
import type { SampleRow } from '../sniffing/sample-rows.ts';
import { sniffFooter } from '../sniffing/sniff-footer.ts';
import { chooseSheet, firstRows } from './choose-sheet.ts';
import type { Workbook } from './open-workbook.ts';
import { cellContext } from './read-sheet.ts';
import { SheetTable, type TableOptions } from './read-table.ts';
import type { SheetBatch } from './sheet-batch.ts';
import { SheetFacts } from './sheet-facts.ts';
import { sniffSheet } from './sniff-sheet.ts';

export interface WorkbookLook {
  /** Look at every row, which settles what the first ones can only suggest. */
  readonly whole: boolean;
  /** What a person says. */
  readonly given: Partial<Dialect>;
  readonly limits: ReadLimits;
  /** Rows of the sample, and characters of a cell in it. */
  readonly sampleRows: number;
  readonly sampleCharacters: number;
}

/** @throws AppError `file.empty`, `file.unreadable`, `file.too_many_columns`; `usage.invalid` for a sheet that is not there. */
export async function inspectWorkbook(workbook: Workbook, look: WorkbookLook): Promise<Inspection> {
  const { given, limits } = look;
  const context = await cellContext(workbook, limits);
  const few = { ...limits, batchRowsMax: Math.min(limits.batchRowsMax, rowsAtOnce) };
  try {
    const sheet = await chooseSheet(workbook, given.sheet, { limits: few, context });
    const sniffed = sniffSheet(await firstRows(workbook, sheet, { limits: few, context }), given, limits);
    const { header, skipLines, columns } = sniffed;
    const dialect = { header, skipLines };
    const atOnce = look.whole ? limits : few;
    const options: TableOptions = { workbook, sheet, dialect, columns, context, limits: atOnce };
    const found = await lookThrough(new SheetTable(options), columns, look);
    const footerRows = given.footerRows ?? sniffFooter(found.lastRows, columns).rows;
    return {
      dialect: {
        ...asText,
        ...{ format: 'xlsx', packing: workbook.packing, sheet: sheet.name, dateBase: workbook.dateBase },
        ...{ header, skipLines, footerRows },
      },
      columns: columnsOf(found, header, columns),
      sample: found.sample.slice(0, found.isWhole ? Math.max(0, found.rows - footerRows) : undefined),
      encodingCertain: true,
      notes: [
        ...sheetNotes(workbook, sheet.name, given),
        ...tableNotes(given, { ...sniffed, footerRows }),
        ...renamedNote(found.table.header ?? [], nameColumns(found.table.header ?? [])),
        ...found.facts.notes(columnsOf(found, header, columns)),
        ...outsideNotes(found.table),
        ...(found.rows - footerRows > 0 ? [] : ['There are no rows in the file.']),
      ],
      sheets: workbook.sheets.map(({ name, isHidden }) => ({ name, hidden: isHidden })),
    };
  } finally {
    await context.texts.close();
  }
}

/** While only samples are looked at: each row may name a text that has to be reached. */
const rowsAtOnce = 300;

const asText = { encoding: 'utf-8', delimiter: ',', quote: '"', escape: 'double', comment: '' } as const;

interface Found {
  readonly table: SheetTable;
  readonly facts: SheetFacts;
  readonly sample: readonly (readonly string[])[];
  /** Of the whole sheet, when it was read to its end. */
  readonly lastRows: readonly SampleRow[];
  readonly rows: number;
  readonly isWhole: boolean;
}

/** How many rows a total may stand in, and some before them. */
const lastRowsLooked = 10;

async function lookThrough(table: SheetTable, columns: number, look: WorkbookLook): Promise<Found> {
  const facts = new SheetFacts(columns);
  const sample: string[][] = [];
  let last: SheetBatch[] = [];
  let rows = 0;
  let isWhole = true;
  for await (const batch of table.batches()) {
    for (let i = 0; i < batch.length && sample.length < look.sampleRows; i += 1)
      sample.push(shownCells(batch, i, look.sampleCharacters));
    facts.see(batch);
    rows += batch.length;
    last = batch.length >= lastRowsLooked ? [batch] : [...last.slice(-lastRowsLooked), batch];
    if (!look.whole && sample.length === look.sampleRows) {
      isWhole = false;
      break;
    }
  }
  return { table, facts, sample, rows, isWhole, lastRows: isWhole ? lastRowsOf(last) : [] };
}

function shownCells(batch: SheetBatch, i: number, charactersMax: number): string[] {
  return Array.from({ length: batch.width() }, (_, column) =>
    batch.cell(i, column).slice(0, charactersMax).toWellFormed(),
  );
}

function lastRowsOf(batches: readonly SheetBatch[]): SampleRow[] {
  const rows = batches.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, i) => [batch, i] as const),
  );
  return rows.slice(-lastRowsLooked).map(([batch, i]) => ({
    line: batch.line(i),
    cells: shownCells(batch, i, Number.POSITIVE_INFINITY),
    quoted: [],
    broken: false,
  }));
}

function columnsOf({ table, facts }: Found, header: boolean, count: number): Column[] {
  const columns = header ? nameColumns(table.header ?? []) : numberColumns(count);
  return columns.map((column) => ({ ...column, ...facts.cellsOf(column.index) }));
}

function sheetNotes({ sheets }: Workbook, name: string, given: Partial<Dialect>): string[] {
  const others = sheets
    .filter((sheet) => sheet.name !== name && !sheet.isHidden)
    .map((sheet) => `"${sheet.name}"`);
  if (given.sheet !== undefined || others.length === 0) return [];
  const shown = others.length > 5 ? [...others.slice(0, 5), '…'] : others;
  return [`The workbook has ${others.length + 1} sheets; "${name}" is read, and not ${shown.join(', ')}.`];
}

function tableNotes(
  given: Partial<Dialect>,
  { leftOut, header, footerRows }: { leftOut: number; header: boolean; footerRows: number },
): string[] {
  const notes: string[] = [];
  if (given.skipLines === undefined && leftOut > 0) {
    notes.push(
      leftOut === 1
        ? 'One row before the header is left out.'
        : `${leftOut} rows before the header are left out.`,
    );
  }
  if (given.header === undefined && !header) notes.push('The sheet has no header; its columns are numbered.');
  if (given.footerRows === undefined && footerRows > 0) {
    notes.push(
      footerRows === 1
        ? 'The last row is a total and is left out.'
        : `The last ${footerRows} rows are totals, or what the report says of itself, and are left out.`,
    );
  }
  return notes;
}

function outsideNotes({ outside, firstOutside, merged, further }: SheetTable): string[] {
  const notes: string[] = [];
  if (further.length > 0)
    notes.push(`The table goes on in ${further.map((name) => `"${name}"`).join(', ')}.`);
  if (outside > 0) {
    const rows = outside === 1 ? `row ${firstOutside}` : `${outside} rows, the first of them ${firstOutside}`;
    notes.push(`Cells to the right of the table are left out, in ${rows}.`);
  }
  if (merged > 0) {
    const cells = merged === 1 ? 'One merged cell reaches' : `${merged} merged cells reach`;
    notes.push(`${cells} over several rows; what such a cell holds counts for the first of them.`);
  }
  return notes;
}
