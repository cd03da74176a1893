/** Templates: exports that are kept under a name. */
import { z } from 'zod';
import { withTenant } from '../../database/with-tenant.ts';
import { datasetWithin } from '../../datasets/custom/tenant-dataset.ts';
import { dataset, datasets } from '../../datasets/registry.ts';
import {
  changeTemplate,
  createTemplate,
  findTemplate,
  listTemplates,
  removeTemplate,
  type Template,
} from '../../export/templates/template.ts';
import { planOf } from '../../export/templates/use.ts';
import { type ExportWanted, wantedSchema } from '../../export/wanted.ts';
import { may } from '../../tenants/caller.ts';
import { assertMay } from '../access.ts';
import { defineRoute, type Route, type TenantCall } from '../define-route.ts';
import { instant } from '../instant.ts';
import { datasetKey } from './import-schemas.ts';
import { runsAsOf } from './schedule-schemas.ts';

const templateSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    dataset: z.string(),
    export: z.record(z.string(), z.unknown()).describe('As it was saved'),
    created_by: z.string().nullable(),
    created_at: z.string(),
    updated_by: z.string().nullable(),
    updated_at: z.string(),
  })
  .meta({ id: 'ExportTemplate' });

function templateDocument(template: Template): z.input<typeof templateSchema> {
  return {
    id: template.id,
    name: template.name,
    dataset: template.dataset,
    export: { dataset: template.dataset, ...(template.content as object) },
    created_by: template.createdBy,
    created_at: instant(template.createdAt),
    updated_by: template.updatedBy,
    updated_at: instant(template.updatedAt),
  };
}

const newTemplateSchema = z.strictObject({
  name: z.string().min(1).max(100).describe('Unique in the tenant, whatever its case'),
  export: wantedSchema,
});

type AnyCall = TenantCall<unknown, unknown, unknown>;

/** @throws AppError `permission.missing`, `template.invalid` for an export that would be refused now. */
async function assertPossible(
  { services, tenant, caller }: AnyCall,
  name: string,
  wanted: ExportWanted,
): Promise<void> {
  assertMay(caller, `${wanted.dataset}:export`);
  const { permissions, id: by } = caller;
  await withTenant(services.database, tenant.id, async (tx) => {
    const of = await datasetWithin(tx, dataset(wanted.dataset));
    planOf(name, wanted, { tenant, dataset: of, permissions, by, source: 'API' });
  });
}

/** @throws AppError `template.not_found`, `permission.missing` */
async function reach({ services, tenant, caller }: AnyCall, id: string): Promise<Template> {
  const template = await withTenant(services.database, tenant.id, (tx) => findTemplate(tx, id));
  assertMay(caller, `${template.dataset}:export`);
  return template;
}

const list = defineRoute({
  method: 'GET',
  path: '/templates',
  name: 'templates.list',
  summary: 'The templates of exports, by name',
  scope: 'tenant',
  permission: 'export on any dataset',
  query: z.strictObject({ dataset: datasetKey.optional() }),
  answers: { 200: z.object({ templates: z.array(templateSchema) }) },
  handler: async ({ services, tenant, caller, query }) => {
    const reachable = datasets.map(({ key }) => key).filter((key) => may(caller, `${key}:export`));
    const wanted = reachable.filter((key) => query.dataset === undefined || key === query.dataset);
    const templates = await withTenant(services.database, tenant.id, (tx) => listTemplates(tx, wanted));
    return { status: 200, body: { templates: templates.map(templateDocument) } };
  },
});

const create = defineRoute({
  method: 'POST',
  path: '/templates',
  name: 'templates.create',
  summary: 'Keep an export under a name',
  description:
    'Whoever uses it takes out what he himself may: fields that he may not read are left out then. `POST /exports` takes its name or id as `template`.',
  scope: 'tenant',
  permission: 'export on any dataset',
  body: { json: newTemplateSchema },
  answers: { 201: templateSchema },
  handler: async (call) => {
    const { name, export: wanted } = call.json;
    const { services, tenant, caller } = call;
    await assertPossible(call, name, wanted);
    const template = await createTemplate(services.database, tenant.id, { name, wanted }, caller.id);
    return { status: 201, body: templateDocument(template) };
  },
});

const params = z.strictObject({ id: z.uuid() });

const read = defineRoute({
  method: 'GET',
  path: '/templates/{id}',
  name: 'templates.read',
  summary: 'One template',
  scope: 'tenant',
  permission: 'export on any dataset',
  params,
  answers: { 200: templateSchema },
  handler: async (call) => ({ status: 200, body: templateDocument(await reach(call, call.params.id)) }),
});

const change = defineRoute({
  method: 'PATCH',
  path: '/templates/{id}',
  name: 'templates.change',
  summary: 'Give a template another name, or another export in the place of its own',
  description: 'Schedules that run it run from then on as who changed what it takes out.',
  scope: 'tenant',
  permission: 'export on any dataset',
  params,
  body: { json: newTemplateSchema.partial() },
  answers: { 200: templateSchema },
  handler: async (call) => {
    const { services, tenant, caller, json } = call;
    const { id, name } = await reach(call, call.params.id);
    if (json.export !== undefined) await assertPossible(call, name, json.export);
    const template = await changeTemplate(
      services.database,
      tenant.id,
      id,
      { name: json.name, wanted: json.export },
      runsAsOf(caller),
    );
    return { status: 200, body: templateDocument(template) };
  },
});

const remove = defineRoute({
  method: 'DELETE',
  path: '/templates/{id}',
  name: 'templates.remove',
  summary: 'Remove a template that no schedule runs',
  scope: 'tenant',
  permission: 'export on any dataset',
  params,
  answers: { 204: 'nothing' },
  handler: async (call) => {
    const { id } = await reach(call, call.params.id);
    await removeTemplate(call.services.database, call.tenant.id, id, call.caller.id);
    return { status: 204 };
  },
});

export const templateRoutes: readonly Route[] = [list, create, read, change, remove];
