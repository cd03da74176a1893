/**
 * A filter as it comes from outside: the list's, an export's, a bulk action's.
 *
 *     { "where": { "and": [ { "field": "segment", "operator": "one_of", "value": ["vip", "regular"] },
 *                           { "field": "created_at", "operator": "between", "value": ["2026-01-01", "2026-03-31"] } ] },
 *       "archived": "no", "search": "smith leeds" }
 */
import { z } from 'zod';

export const operators = [
  'is',
  'is_not',
  'one_of',
  'none_of',
  'contains',
  'starts_with',
  'empty',
  'not_empty',
  'before',
  'after',
  'greater',
  'less',
  'at_least',
  'at_most',
  'between',
  'has_tag',
  'has_tags',
  'in_group',
] as const;

export type Operator = (typeof operators)[number];

/** Conditions and groups in all, and groups within groups. */
export const nodesMax = 200;
export const depthMax = 4;
export const valuesMax = 1000;
export const idsMax = 50_000;

const scalar = z.union([z.string().max(1000), z.number(), z.boolean()]);

const conditionSchema = z.strictObject({
  field: z.string().min(1).max(100).describe('Key, label or alias of a field'),
  operator: z.enum(operators),
  value: z
    .union([scalar, z.array(scalar).max(valuesMax)])
    .optional()
    .describe(
      'One value, a list for one_of, none_of and has_tags, two for between, none for empty and not_empty',
    ),
});

export type Condition = z.output<typeof conditionSchema>;
export type FilterNode =
  | Condition
  | { readonly and: readonly FilterNode[] }
  | { readonly or: readonly FilterNode[] };

/** Groups within groups as deep as they may be; written out, so that the schema has an end. */
function nodeSchema(depth: number): z.ZodType<FilterNode> {
  if (depth === 0) return conditionSchema;
  const members = z.array(nodeSchema(depth - 1)).max(nodesMax);
  return z.union([conditionSchema, z.strictObject({ and: members }), z.strictObject({ or: members })]);
}

export const filterSchema = z.strictObject({
  where: nodeSchema(depthMax).optional(),
  archived: z.enum(['no', 'only', 'all']).optional().describe('All unless said'),
  ids: z.array(z.uuid()).max(idsMax).optional().describe('These records and no others'),
  search: z
    .string()
    .max(200)
    .optional()
    .describe(
      'Words, each of which the record has somewhere; of a customer also a whole number or external id',
    ),
});

export interface RecordFilter {
  readonly where?: FilterNode | undefined;
  readonly archived?: 'no' | 'only' | 'all' | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly search?: string | undefined;
}
