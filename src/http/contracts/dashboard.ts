/** Contract D, the marketing dashboard: seven kinds of data as files. */
import { z } from 'zod';
import { dailyMetrics } from '../../datasets/daily-metrics.ts';
import type { Dataset } from '../../datasets/define-dataset.ts';
import type { FilterNode, RecordFilter } from '../../datasets/query/filter-schema.ts';
import { assertMay } from '../access.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { columnOf, dashboardTypes, fieldsNamed, typeKeys } from './dashboard-types.ts';
import { answerFile } from './exports-answer.ts';

const blank = z.literal('');
const day = z.union([z.iso.date(), z.iso.datetime({ offset: true }), blank]);

const query = z.strictObject({
  type: z.enum(typeKeys),
  format: z.enum(['csv', 'json']).default('csv'),
  fields: z
    .string()
    .max(5000)
    .optional()
    .describe(
      'Keys, apart by commas, in the order of the columns; unknown ones are passed over, and where none is left, the default ones are taken',
    ),
  startDate: day.optional().describe('Of the day of creation, of analytics the day itself; included'),
  endDate: day.optional().describe('Included'),
  limit: z
    .union([blank, z.coerce.number().int().min(1)])
    .optional()
    .describe('At most so many records; never more than `maxRecords` of the type'),
});

type Asked = z.output<typeof query>;

const exportFile = defineRoute({
  method: 'GET',
  path: '/export',
  name: 'dashboard.export',
  summary: 'Leads, customers, orders, pins, quotes, assets or figures by the day as a file, newest first',
  description:
    'Without dates all of them, up to `maxRecords` of the type. Days of analytics that were not imported are computed from the orders, customers and leads. CSV has a row of labels and is made for spreadsheets; the objects of JSON have the keys.',
  scope: 'tenant',
  permission: 'export on any dataset',
  query,
  answers: { 200: ['text/csv', 'application/json'] },
  handler: async (call) => {
    const { type: key, format, fields = '', limit } = call.query;
    assertMay(call.caller, `${key}:export`);
    const type = dashboardTypes[key];
    return answerFile(call, `${key}-export`, {
      dataset: type.dataset,
      format,
      columns: fieldsNamed(type, fields.split(',')).map((field) => columnOf(field, format)),
      filter: rangeOf(type.dataset, call.query),
      limit: Math.min(limit || type.recordsMax, type.recordsMax),
      root: key === 'analytics' ? (tenant) => daysOf(tenant, call.query) : undefined,
      source: 'export',
    });
  },
});

function rangeOf(dataset: Dataset, { startDate, endDate }: Asked): RecordFilter {
  const isByTime = dataset.has('created_at');
  const field = isByTime ? 'created_at' : 'date';
  const bound = (operator: 'at_least' | 'at_most', given = ''): FilterNode[] =>
    given === '' ? [] : [{ field, operator, value: isByTime ? given : dayOf(given) }];
  return { where: { and: [...bound('at_least', startDate), ...bound('at_most', endDate)] } };
}

/** The range stands in the query too, so that no day is computed in vain. */
function daysOf(tenant: string, { startDate = '', endDate = '' }: Asked): string {
  return dailyMetrics({
    tenant,
    ...(startDate === '' ? {} : { from: `'${dayOf(startDate)}'::date` }),
    ...(endDate === '' ? {} : { to: `'${dayOf(endDate)}'::date` }),
  });
}

function dayOf(given: string): string {
  return given.slice(0, 'YYYY-MM-DD'.length);
}

const describeTypes = defineRoute({
  method: 'POST',
  path: '/export',
  name: 'dashboard.exportTypes',
  summary: 'What `GET /export` can export, for its form',
  scope: 'tenant',
  permission: 'export on any dataset',
  body: { json: z.strictObject({}) },
  answers: {
    200: z.object({
      configs: z.array(
        z.object({
          type: z.enum(typeKeys),
          label: z.string(),
          description: z.string(),
          fields: z.array(z.object({ key: z.string(), label: z.string(), default: z.boolean() })),
          defaultDateRange: z.int().describe('Days that the form is filled with'),
          maxRecords: z.int(),
        }),
      ),
    }),
  },
  handler: async () => ({
    status: 200,
    body: {
      configs: typeKeys.map((key) => {
        const { label, description, fields, days, recordsMax } = dashboardTypes[key];
        return {
          type: key,
          label,
          description,
          fields: fields.map(({ isDefault, ...field }) => ({
            key: field.key,
            label: field.label,
            default: isDefault,
          })),
          defaultDateRange: days,
          maxRecords: recordsMax,
        };
      }),
    },
  }),
});

export const dashboardRoutes: readonly Route[] = [exportFile, describeTypes];
