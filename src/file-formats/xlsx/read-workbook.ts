/** The data rows of a workbook, as the dialect says that they are to be read. */
import { withoutFooter } from '../footer.ts';
import type { ReadLimits } from '../limits.ts';
import type { Dialect, RowBatch } from '../rows.ts';
import { chooseSheet, namedSheet } from './choose-sheet.ts';
import { openWorkbook } from './open-workbook.ts';
import { cellContext } from './read-sheet.ts';
import { SheetTable } from './read-table.ts';

/** @param columns how many the table has. */
export async function* readWorkbook(
  path: string,
  dialect: Dialect,
  limits: ReadLimits,
  columns: number,
): AsyncGenerator<RowBatch> {
  const workbook = await openWorkbook(path, limits);
  try {
    const context = await cellContext(workbook, limits);
    try {
      const reading = { limits, context };
      const sheet =
        dialect.sheet === undefined
          ? await chooseSheet(workbook, undefined, reading)
          : namedSheet(workbook.sheets, dialect.sheet);
      const table = new SheetTable({ workbook, sheet, dialect, columns, ...reading });
      yield* withoutFooter(table.batches(), dialect.footerRows);
    } finally {
      await context.texts.close();
    }
  } finally {
    await workbook.close();
  }
}
