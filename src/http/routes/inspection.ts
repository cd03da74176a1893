/** What a file turned out to be, for a person to look at. It answers from samples until the whole file was read. */
import { z } from 'zod';
import { inspectFile } from '../../file-formats/open.ts';
import type { Inspection } from '../../file-formats/rows.ts';
import type { FileStore } from '../../file-store/file-store.ts';
import type { ImportRun } from '../../import/run.ts';

export const inspectionSchema = z.object({
  dialect: z.object({
    format: z.string(),
    packing: z.string(),
    encoding: z.string(),
    delimiter: z.string(),
    quote: z.string(),
    escape: z.string(),
    header: z.boolean(),
    skip_lines: z.int(),
    footer_rows: z.int(),
    absent: z.string().describe('What stands for no value, such as NULL; empty for nothing'),
    sheet: z.string().nullable().describe('Of a workbook; null for other files'),
  }),
  sheets: z
    .array(z.object({ name: z.string(), hidden: z.boolean() }))
    .describe('Those of a workbook, in the order of their tabs'),
  columns: z.array(z.object({ index: z.int(), name: z.string() })),
  sample: z.array(z.array(z.string())).describe('Up to 100 rows; of a long cell, the beginning'),
  encoding_certain: z.boolean(),
  notes: z.array(z.string()),
  whole: z.boolean().describe('False while only samples of the file were looked at'),
});

/** @throws AppError `file.…` when it is none that can be read. */
export async function inspectionDocument(
  files: FileStore,
  run: ImportRun,
): Promise<z.input<typeof inspectionSchema>> {
  if (run.inspection !== null) return documentOf(run.inspection, true);
  const path = await files.localPath(run.source);
  return documentOf(await inspectFile(path, { whole: false, given: run.options.dialect }), false);
}

function documentOf(
  { dialect, columns, sample, encodingCertain, notes, sheets = [] }: Inspection,
  whole: boolean,
): z.input<typeof inspectionSchema> {
  return {
    dialect: {
      format: dialect.format,
      packing: dialect.packing,
      encoding: dialect.encoding,
      delimiter: dialect.delimiter,
      quote: dialect.quote,
      escape: dialect.escape,
      header: dialect.header,
      skip_lines: dialect.skipLines,
      footer_rows: dialect.footerRows,
      absent: dialect.absent ?? '',
      sheet: dialect.sheet ?? null,
    },
    sheets: sheets.map(({ name, hidden }) => ({ name, hidden })),
    columns: columns.map(({ index, name }) => ({ index, name })),
    sample: sample.map((row) => [...row]),
    encoding_certain: encodingCertain,
    notes: [...notes],
    whole,
  };
}
