/** The tenant's own fields: their definitions, and all fields of a dataset as forms and filters need them. */
import { z } from 'zod';
import { withTenant } from '../../database/with-tenant.ts';
import { customFieldPatchSchema, newCustomFieldSchema } from '../../datasets/custom/new-custom-field.ts';
import { tenantDataset } from '../../datasets/custom/tenant-dataset.ts';
import type { FieldDefinition } from '../../datasets/define-dataset.ts';
import { dataset } from '../../datasets/registry.ts';
import { type Caller, may } from '../../tenants/caller.ts';
import {
  changeCustomField,
  defineCustomField,
  deleteCustomField,
  restoreCustomField,
} from '../../tenants/custom-fields/define.ts';
import { findCustomField, type KeptField, listCustomFields } from '../../tenants/custom-fields/kept.ts';
import { assertMay } from '../access.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { instant, instantOrNull } from '../instant.ts';
import { datasetKey } from './import-schemas.ts';

const valueSchema = z.object({ key: z.string(), label: z.string(), aliases: z.array(z.string()).optional() });

const limits = {
  max: z.int().nullable().describe('Most characters'),
  range: z.tuple([z.number(), z.number()]).nullable().describe('The least and the most'),
  values: z.array(valueSchema).nullable().describe('Of an enum'),
} as const;

const customFieldSchema = z
  .object({
    id: z.string(),
    dataset: z.string(),
    key: z.string(),
    label: z.string(),
    type: z.string(),
    ...limits,
    aliases: z.array(z.string()),
    sensitive: z.boolean(),
    filterable: z.boolean(),
    index: z
      .enum(['none', 'filling', 'ready', 'emptying'])
      .describe('Whether filters find by index yet: a worker fills and empties it'),
    position: z.int(),
    deleted_at: z.string().nullable(),
    removing: z.boolean().describe('Its values are on their way out, and it goes with the last of them'),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'CustomField' });

function customFieldDocument(field: KeptField): z.input<typeof customFieldSchema> {
  return {
    id: field.id,
    dataset: field.dataset,
    key: field.key,
    label: field.label,
    type: field.type,
    ...limitsDocument(field.limits),
    aliases: [...field.aliases],
    sensitive: field.sensitive,
    filterable: field.filterable,
    index: field.indexState,
    position: field.position,
    deleted_at: instantOrNull(field.deletedAt),
    removing: field.removing,
    created_at: instant(field.createdAt),
    updated_at: instant(field.updatedAt),
  };
}

function limitsDocument({ max, range, values }: Pick<FieldDefinition, 'max' | 'range' | 'values'>) {
  return {
    max: max ?? null,
    range: range === undefined ? null : ([range[0], range[1]] as [number, number]),
    values:
      values?.map(({ key, label, aliases }) => ({
        key,
        label,
        ...(aliases === undefined ? {} : { aliases: [...aliases] }),
      })) ?? null,
  };
}

const yesOrNo = z.stringbool({ truthy: ['true', '1', 'yes'], falsy: ['false', '0', 'no'] });
const named = z.strictObject({ id: z.uuid() });

const list = defineRoute({
  method: 'GET',
  path: '/custom-fields',
  name: 'customFields.list',
  summary: 'Fields of your own, in the order in which they are shown',
  scope: 'tenant',
  permission: 'read on any dataset',
  query: z.strictObject({ dataset: datasetKey.optional(), deleted: yesOrNo.default(false) }),
  answers: { 200: z.object({ custom_fields: z.array(customFieldSchema) }) },
  handler: async ({ services, tenant, caller, query }) => {
    const fields = await withTenant(services.database, tenant.id, (tx) => listCustomFields(tx, query));
    return {
      status: 200,
      body: { custom_fields: fields.filter((field) => mayRead(caller, field)).map(customFieldDocument) },
    };
  },
});

function mayRead(caller: Caller, { dataset: of }: KeptField): boolean {
  return may(caller, `${of as 'customers'}:read`);
}

const create = defineRoute({
  method: 'POST',
  path: '/custom-fields',
  name: 'customFields.create',
  summary: 'Define a field of your own',
  description:
    'From then on it is a field like any other: files map to it, exports have it under `all` and by its key, filters and orders may name it.',
  scope: 'tenant',
  permission: 'settings:write',
  body: { json: newCustomFieldSchema.extend({ dataset: datasetKey }) },
  answers: { 201: customFieldSchema },
  handler: async ({ services, tenant, caller, json }) => {
    const field = await defineCustomField(services.database, tenant.id, json, caller.id);
    const location = `/api/tenants/${tenant.slug}/custom-fields/${field.id}`;
    return { status: 201, body: customFieldDocument(field), headers: { location } };
  },
});

const get = defineRoute({
  method: 'GET',
  path: '/custom-fields/{id}',
  name: 'customFields.get',
  summary: 'One field of your own',
  scope: 'tenant',
  permission: 'read on any dataset',
  params: named,
  answers: { 200: customFieldSchema },
  handler: async ({ services, tenant, caller, params }) => {
    const field = await withTenant(services.database, tenant.id, (tx) => findCustomField(tx, params.id));
    assertMay(caller, `${field.dataset as 'customers'}:read`);
    return { status: 200, body: customFieldDocument(field) };
  },
});

const change = defineRoute({
  method: 'PATCH',
  path: '/custom-fields/{id}',
  name: 'customFields.change',
  summary: 'Change a field of your own; what is left out stays, and its key always does',
  description:
    'Another type, or other limits, are taken where every value there is reads as what it is to be. A field that becomes filterable is found by index when a worker has filled it, and by looking through the records until then.',
  scope: 'tenant',
  permission: 'settings:write',
  params: named,
  body: { json: customFieldPatchSchema },
  answers: { 200: customFieldSchema },
  handler: async ({ services, tenant, caller, params, json }) => {
    const field = await changeCustomField(services.database, tenant.id, params.id, json, caller.id);
    return { status: 200, body: customFieldDocument(field) };
  },
});

const remove = defineRoute({
  method: 'DELETE',
  path: '/custom-fields/{id}',
  name: 'customFields.delete',
  summary: 'Let a field of your own go: its values are hidden, or removed for good',
  scope: 'tenant',
  permission: 'settings:write',
  params: named,
  query: z.strictObject({
    values: z
      .enum(['hide', 'remove'])
      .default('hide')
      .describe('Hidden ones come back with the field; removed ones do not'),
  }),
  answers: { 200: customFieldSchema },
  handler: async ({ services, tenant, caller, params, query }) => {
    const field = await deleteCustomField(services.database, tenant.id, params.id, {
      by: caller.id,
      removeValues: query.values === 'remove',
    });
    return { status: 200, body: customFieldDocument(field) };
  },
});

const restore = defineRoute({
  method: 'DELETE',
  path: '/custom-fields/{id}/deletion',
  name: 'customFields.restore',
  summary: 'Bring a deleted field of your own back, with its values',
  scope: 'tenant',
  permission: 'settings:write',
  params: named,
  answers: { 200: customFieldSchema },
  handler: async ({ services, tenant, caller, params }) => {
    const field = await restoreCustomField(services.database, tenant.id, params.id, caller.id);
    return { status: 200, body: customFieldDocument(field) };
  },
});

const fieldSchema = z
  .object({
    key: z.string(),
    label: z.string(),
    type: z.string(),
    ...limits,
    importable: z.enum(['yes', 'create-only', 'match', 'no']),
    exportable: z.boolean(),
    exported_by_default: z.boolean(),
    sensitive: z.boolean(),
    custom: z.string().nullable().describe('The id of the definition, of a field of your own'),
  })
  .meta({ id: 'Field' });

const fields = defineRoute({
  method: 'GET',
  path: '/fields',
  name: 'fields.list',
  summary:
    'Every field of a dataset as the tenant has it, with those of your own: for forms, columns and filters',
  scope: 'tenant',
  permission: 'read on any dataset',
  query: z.strictObject({ dataset: datasetKey }),
  answers: { 200: z.object({ fields: z.array(fieldSchema) }) },
  handler: async ({ services, tenant, caller, query }) => {
    assertMay(caller, `${query.dataset as 'customers'}:read`);
    const of = await tenantDataset(services.database, tenant.id, dataset(query.dataset));
    return { status: 200, body: { fields: of.fields.map(fieldDocument) } };
  },
});

function fieldDocument(field: FieldDefinition): z.input<typeof fieldSchema> {
  return {
    key: field.key,
    label: field.label,
    type: field.type,
    ...limitsDocument(field),
    importable: field.importable,
    exportable: field.exportable,
    exported_by_default: field.exportDefault === true,
    sensitive: field.sensitive === true,
    custom: field.custom?.id ?? null,
  };
}

export const customFieldRoutes: readonly Route[] = [list, create, get, change, remove, restore, fields];
