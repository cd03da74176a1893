/** Exports: records leave as a file, and the history of what left. */
import { z } from 'zod';
import { withTenant } from '../../database/with-tenant.ts';
import { filterSchema } from '../../datasets/query/filter-schema.ts';
import { dataset, datasets } from '../../datasets/registry.ts';
import { type Delimiter, delimiters, exportFormats, mediaTypes } from '../../export/encode.ts';
import { type ExportEntry, listExports } from '../../export/history.ts';
import { runExport } from '../../export/run-export.ts';
import { now } from '../../platform/clock.ts';
import { may } from '../../tenants/caller.ts';
import { assertMay } from '../access.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { instant, instantOrNull } from '../instant.ts';
import { datasetKey } from './import-schemas.ts';

const columnsMax = 1000;

const columnSchema = z.union([
  z.string().min(1).max(100),
  z.strictObject({ field: z.string().min(1).max(100), header: z.string().min(1).max(255).optional() }),
]);

const newExportSchema = z.strictObject({
  dataset: datasetKey,
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
  gzip: z.boolean().default(false),
});

const create = defineRoute({
  method: 'POST',
  path: '/exports',
  name: 'exports.create',
  summary: 'Take records out as a file',
  description:
    'Answers the file itself, as a stream of one consistent snapshot. `X-Record-Count` says how many records it holds, `X-Export-Id` which entry of the history it is, `X-Fields-Left-Out` which fields the caller may not read. When the connection ends before the file does, the file is not whole.',
  scope: 'tenant',
  permission: 'export on any dataset',
  body: { json: newExportSchema },
  answers: {
    200: [...Object.values(mediaTypes).map((type) => type.split(';')[0] ?? type), 'application/gzip'],
  },
  handler: async ({ services, tenant, caller, json }) => {
    assertMay(caller, `${json.dataset}:export`);
    const { delimiter, quotes, line_end: lineEnd, bom, gzip, format } = json;
    const csv = Object.fromEntries(
      Object.entries({ delimiter, quotes, lineEnd, bom }).filter(([, value]) => value !== undefined),
    );
    const running = await runExport(services.database, {
      tenant,
      dataset: dataset(json.dataset),
      columns: json.columns === 'all' ? 'all' : json.columns?.map(columnOf),
      filter: json.filter,
      sort: json.sort,
      limit: json.limit,
      format,
      profile: json.profile,
      csv,
      gzip,
      permissions: caller.permissions,
      by: caller.id,
      source: 'API',
    });
    const name = `${json.dataset}-${now().slice(0, 10)}.${format}${gzip ? '.gz' : ''}`;
    return {
      status: 200,
      type: gzip ? 'application/gzip' : mediaTypes[format],
      headers: {
        'content-disposition': `attachment; filename="${name}"`,
        'x-record-count': String(running.records),
        'x-export-id': running.id,
        ...(running.leftOut.length === 0 ? {} : { 'x-fields-left-out': running.leftOut.join(',') }),
      },
      stream: running.stream,
    };
  },
});

function columnOf(column: z.output<typeof columnSchema>) {
  return typeof column === 'string' ? { field: column } : column;
}

const exportSchema = z
  .object({
    id: z.string(),
    dataset: z.string(),
    format: z.string(),
    profile: z.string(),
    fields: z.array(z.string()),
    fields_left_out: z.array(z.string()),
    filter: z.unknown(),
    state: z.enum(['running', 'done', 'broken_off']),
    records: z.int().nullable(),
    bytes: z.int().nullable(),
    sha256: z.string().nullable(),
    source: z.string(),
    created_by: z.string().nullable(),
    created_at: z.string(),
    finished_at: z.string().nullable(),
    seconds: z.number().nullable(),
  })
  .meta({ id: 'Export' });

const list = defineRoute({
  method: 'GET',
  path: '/exports',
  name: 'exports.list',
  summary: 'The history of exports, newest first',
  scope: 'tenant',
  permission: 'export on any dataset',
  query: z.strictObject({
    dataset: datasetKey.optional(),
    limit: z.coerce.number().int().min(1).max(100).default(20),
    cursor: z.uuid().optional(),
  }),
  answers: { 200: z.object({ exports: z.array(exportSchema), next_cursor: z.string().nullable() }) },
  handler: async ({ services, tenant, caller, query }) => {
    const reachable = datasets.map(({ key }) => key).filter((key) => may(caller, `${key}:export`));
    const wanted = query.dataset === undefined ? reachable : reachable.filter((key) => key === query.dataset);
    const entries = await withTenant(services.database, tenant.id, (tx) =>
      listExports(tx, { limit: query.limit, datasets: wanted, before: query.cursor }),
    );
    const next = entries.length === query.limit ? (entries.at(-1)?.id ?? null) : null;
    return { status: 200, body: { exports: entries.map(documentOf), next_cursor: next } };
  },
});

function documentOf(entry: ExportEntry): z.input<typeof exportSchema> {
  const from = instant(entry.createdAt);
  const to = instantOrNull(entry.finishedAt);
  return {
    id: entry.id,
    dataset: entry.dataset,
    format: entry.format,
    profile: entry.profile,
    fields: [...entry.fields],
    fields_left_out: [...entry.leftOut],
    filter: entry.filter,
    state: entry.state,
    records: entry.records,
    bytes: entry.bytes,
    sha256: entry.sha256,
    source: entry.source,
    created_by: entry.by,
    created_at: from,
    finished_at: to,
    seconds: to === null ? null : (Date.parse(to) - Date.parse(from)) / 1000,
  };
}

export const exportRoutes: readonly Route[] = [create, list];
