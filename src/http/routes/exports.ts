/** Exports: records leave as a file, at once or made by a worker, and the history of what left. */
import { z } from 'zod';
import { withTenant } from '../../database/with-tenant.ts';
import { datasets } from '../../datasets/registry.ts';
import type { ExportAsked } from '../../export/asked.ts';
import { mediaTypes } from '../../export/encode.ts';
import { listExports } from '../../export/history.ts';
import { withOwnFields } from '../../export/own-fields.ts';
import { runWhereRoom } from '../../export/room.ts';
import { countUpTo } from '../../export/snapshot.ts';
import { askForFile } from '../../export/stored/ask.ts';
import { overridesSchema, wantedByTemplate } from '../../export/templates/use.ts';
import { askedBy, type ExportWanted, fileOf, wantedSchema } from '../../export/wanted.ts';
import { now } from '../../platform/clock.ts';
import { configuration } from '../../platform/config.ts';
import { may } from '../../tenants/caller.ts';
import { assertMay } from '../access.ts';
import { attachment } from '../attachment.ts';
import { defineRoute, type Route, type StreamAnswer, type TenantCall } from '../define-route.ts';
import { selectionLimits } from './export-call.ts';
import { exportDocument, exportSchema } from './export-schemas.ts';
import { datasetKey } from './import-schemas.ts';

const source = 'API';

const newExportSchema = overridesSchema
  .extend({
    dataset: datasetKey.optional(),
    template: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('A template by its name or id, which has the dataset; what else is said replaces its own'),
    as: z
      .enum(['answer', 'file', 'auto'])
      .default('answer')
      .describe(
        'The file itself, a file that a worker makes, or whichever of them fits how many records there are',
      ),
  })
  .refine(({ dataset: of, template }) => (of === undefined) !== (template === undefined), {
    path: ['dataset'],
    error: 'Say a dataset or a template, and not both',
  });

type AnyCall = TenantCall<unknown, unknown, unknown>;

/** Of every kind of file that leaves. */
export const fileTypes: readonly string[] = [
  ...Object.values(mediaTypes).map((type) => type.split(';')[0] ?? type),
  'application/gzip',
  'application/zip',
];

const create = defineRoute({
  method: 'POST',
  path: '/exports',
  name: 'exports.create',
  summary: 'Take records out as a file',
  description:
    'Answers the file itself, as a stream of one consistent snapshot. `X-Record-Count` says how many records it holds, `X-Export-Id` which entry of the history it is, `X-Fields-Left-Out` which fields the caller may not read. When the connection ends before the file does, the file is not whole. With `as: file`, and with `auto` where there are many records, it answers 202 and the entry of the history instead: a worker makes the file, `/exports/{id}/events` tells how far it is, `/exports/{id}/file` has it for as long as the tenant keeps it.',
  scope: 'tenant',
  permission: 'export on any dataset',
  body: { json: newExportSchema },
  limits: selectionLimits,
  answers: { 200: fileTypes, 202: exportSchema },
  handler: async (call) => {
    const { as, ...said } = call.json;
    const wanted = await wantedIn(call, said);
    assertMay(call.caller, `${wanted.dataset}:export`);
    const { tenant, caller } = call;
    const asked = await withOwnFields(call.services.database, {
      ...askedBy(wanted),
      tenant,
      permissions: caller.permissions,
      by: caller.id,
      source,
    });
    const isFile = as === 'file' || (as === 'auto' && (await isLarge(call, asked)));
    return isFile ? accept(call, wanted) : answer(call, asked);
  },
});

type Said = Omit<z.output<typeof newExportSchema>, 'as'>;

async function wantedIn(
  { services, tenant, caller }: AnyCall,
  { dataset: of, template, ...overrides }: Said,
): Promise<ExportWanted> {
  if (template === undefined) return wantedSchema.parse({ ...overrides, dataset: of });
  const use = { tenant, permissions: caller.permissions, by: caller.id, source };
  return withTenant(services.database, tenant.id, (tx) =>
    wantedByTemplate(tx, { named: template, overrides }, use),
  );
}

async function isLarge({ services }: AnyCall, asked: ExportAsked): Promise<boolean> {
  const { answerRecordsMax } = configuration().limits;
  return (await countUpTo(services.database, asked, answerRecordsMax + 1)) > answerRecordsMax;
}

async function accept({ services, tenant, caller }: AnyCall, wanted: ExportWanted) {
  const { database } = services;
  const { permissions } = caller;
  const entry = await askForFile(database, { tenant, wanted, permissions, asker: caller, source });
  await services.wakeExports(tenant.id);
  return {
    status: 202 as const,
    headers: { location: `/api/tenants/${tenant.slug}/exports/${entry.id}` },
    body: exportDocument(entry),
  };
}

async function answer({ services }: AnyCall, asked: ExportAsked): Promise<StreamAnswer> {
  const running = await runWhereRoom(services.database, asked);
  const { name, mediaType } = fileOf(asked, now().slice(0, 10));
  return {
    status: 200,
    type: mediaType,
    headers: {
      ...attachment(name),
      'x-record-count': String(running.records),
      'x-export-id': running.id,
      ...(running.leftOut.length === 0 ? {} : { 'x-fields-left-out': running.leftOut.join(',') }),
    },
    stream: running.stream,
  };
}

const list = defineRoute({
  method: 'GET',
  path: '/exports',
  name: 'exports.list',
  summary: 'The history of exports, newest first',
  description:
    'Where a filter has more than 100 ids, `ids_count` stands in their place; an export by itself has them.',
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
    return { status: 200, body: { exports: entries.map(exportDocument), next_cursor: next } };
  },
});

export const exportRoutes: readonly Route[] = [create, list];
