/**
 * What is wanted of an export, as JSON: so it comes over HTTP, waits for a worker and stands in a template. It is
 * checked whenever it is read, and never holds SQL.
 */
import { z } from 'zod';
import { filterSchema } from '../datasets/query/filter-schema.ts';
import { dataset, datasets } from '../datasets/registry.ts';
import { outputEncodings } from '../file-formats/encodings/text-encoder.ts';
import type { ExportAsked } from './asked.ts';
import { compressions, type Delimiter, delimiters, endingOf, exportFormats, mediaTypeOf } from './encode.ts';

const columnsMax = 1000;

const columnSchema = z.union([
  z.string().min(1).max(100),
  z.strictObject({ field: z.string().min(1).max(100), header: z.string().min(1).max(255).optional() }),
]);

export const wantedSchema = z.strictObject({
  dataset: z.enum(datasets.map(({ key }) => key) as [string, ...string[]]),
  columns: z
    .union([z.literal('all'), z.array(columnSchema).min(1).max(columnsMax)])
    .optional()
    .describe('Fields in order, each with a header of its own if wanted; the dataset’s defaults unless said'),
  filter: filterSchema.optional(),
  sort: z
    .array(z.strictObject({ field: z.string().min(1).max(100), descending: z.boolean().optional() }))
    .max(5)
    .optional()
    .describe('Newest first unless said'),
  limit: z.int().min(0).optional(),
  format: z.enum(exportFormats).default('csv'),
  profile: z
    .enum(['spreadsheet', 'data'])
    .optional()
    .describe('For people and their spreadsheets, or for programs; by the format unless said'),
  delimiter: z.enum(Object.keys(delimiters) as [Delimiter, ...Delimiter[]]).optional(),
  quotes: z.enum(['needed', 'all']).optional(),
  line_end: z.enum(['crlf', 'lf']).optional(),
  bom: z.boolean().optional(),
  encoding: z.enum(outputEncodings).optional().describe('Of CSV; UTF-8 unless said'),
  compress: z.enum(compressions).optional(),
  gzip: z.boolean().default(false).describe('The same as `compress: gzip`'),
});

export type ExportWanted = z.output<typeof wantedSchema>;

/** What is asked, but for whose data it is and who asks. */
export function askedBy(wanted: ExportWanted): Omit<ExportAsked, 'tenant' | 'permissions' | 'by' | 'source'> {
  const { delimiter, quotes, line_end: lineEnd, bom, encoding } = wanted;
  const style = Object.entries({ delimiter, quotes, lineEnd, bom, encoding }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    dataset: dataset(wanted.dataset),
    columns: wanted.columns === 'all' ? 'all' : wanted.columns?.map(columnOf),
    filter: wanted.filter,
    sort: wanted.sort,
    limit: wanted.limit,
    format: wanted.format,
    profile: wanted.profile,
    csv: Object.fromEntries(style),
    gzip: wanted.gzip,
    compress: wanted.compress,
  };
}

function columnOf(column: z.output<typeof columnSchema>) {
  return typeof column === 'string' ? { field: column } : column;
}

/** What a file that is made of it is called, and of which media type it is. */
export function fileOf(
  asked: Pick<ExportAsked, 'format' | 'gzip' | 'compress' | 'csv'> & {
    readonly dataset: { readonly key: string };
  },
  day: string,
): { readonly name: string; readonly mediaType: string } {
  const { dataset: of, csv } = asked;
  return {
    name: `${of.key}-${day}${endingOf(asked)}`,
    mediaType: mediaTypeOf({ ...asked, encoding: csv?.encoding }),
  };
}
