/** Imports: a file comes in, is looked at, mapped, checked, committed, and can be taken back. */
import { z } from 'zod';
import { withTenant } from '../../database/with-tenant.ts';
import { datasets } from '../../datasets/registry.ts';
import { workbookType } from '../../file-formats/xlsx/media-type.ts';
import { listRuns } from '../../import/run.ts';
import { may } from '../../tenants/caller.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { answerRun, named, reachRun } from './import-call.ts';
import { importOutcomeRoutes } from './import-outcomes.ts';
import { datasetKey, importDocument, importSchema, newImportSchema } from './import-schemas.ts';
import { importStepRoutes } from './import-steps.ts';
import { inspectionDocument, inspectionSchema } from './inspection.ts';
import { takeUpload } from './new-import.ts';

const uploadTypes = [
  'application/json',
  'application/x-ndjson',
  'application/gzip',
  'application/zip',
  workbookType,
  'application/octet-stream',
  'text/*',
] as const;

const create = defineRoute({
  method: 'POST',
  path: '/imports',
  name: 'imports.create',
  summary: 'Bring a file in',
  description:
    'The file is the body, a part of a form, or JSON rows. Unless `until` says otherwise it is checked and rests: nothing is written before the commit is asked for.',
  scope: 'tenant',
  permission: 'import on any dataset',
  query: newImportSchema,
  body: { form: { fields: newImportSchema }, bytes: uploadTypes },
  answers: { 200: importSchema, 201: importSchema },
  handler: async (call) => {
    const { run, isNew } = await takeUpload(call);
    const body = importDocument(run, call.caller);
    const headers = { location: `/api/tenants/${call.tenant.slug}/imports/${run.id}` };
    return isNew ? { status: 201, body, headers } : { status: 200, body, headers };
  },
});

const list = defineRoute({
  method: 'GET',
  path: '/imports',
  name: 'imports.list',
  summary: 'The history of imports, newest first',
  scope: 'tenant',
  permission: 'import on any dataset',
  query: z.strictObject({
    dataset: datasetKey.optional(),
    state: z.string().max(20).optional(),
    limit: z.coerce.number().int().min(1).max(100).default(20),
    cursor: z.uuid().optional(),
  }),
  answers: { 200: z.object({ imports: z.array(importSchema), next_cursor: z.string().nullable() }) },
  handler: async ({ services, tenant, caller, query }) => {
    const reachable = datasets.map(({ key }) => key).filter((key) => may(caller, `${key}:import`));
    const wanted = query.dataset === undefined ? reachable : reachable.filter((key) => key === query.dataset);
    const runs = await withTenant(services.database, tenant.id, (tx) =>
      listRuns(tx, {
        limit: query.limit,
        datasets: wanted,
        ...(query.state === undefined ? {} : { state: query.state }),
        ...(query.cursor === undefined ? {} : { before: query.cursor }),
      }),
    );
    const next = runs.length === query.limit ? (runs.at(-1)?.id ?? null) : null;
    return {
      status: 200,
      body: { imports: runs.map((run) => importDocument(run, caller)), next_cursor: next },
    };
  },
});

const get = defineRoute({
  method: 'GET',
  path: '/imports/{id}',
  name: 'imports.get',
  summary: 'One import: its state, its counts, what the check found',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  answers: { 200: importSchema },
  handler: async (call) => answerRun(call, await reachRun(call)),
});

const inspection = defineRoute({
  method: 'GET',
  path: '/imports/{id}/inspection',
  name: 'imports.inspection',
  summary: 'What the file is: format, encoding, columns, a sample of its rows',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  answers: { 200: inspectionSchema },
  handler: async (call) => {
    const run = await reachRun(call);
    return { status: 200, body: await inspectionDocument(call.services.files, run) };
  },
});

export const importRoutes: readonly Route[] = [
  create,
  list,
  get,
  inspection,
  ...importStepRoutes,
  ...importOutcomeRoutes,
];
