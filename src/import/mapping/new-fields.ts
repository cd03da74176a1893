/**
 * A mapping as it is put: a column without a field may be kept as a field of the tenant's own, made on the spot.
 *
 *     { "column": "Shoe size", "new_field": { "key": "shoe_size", "type": "integer" } }
 *
 * At the command line: `--new-field "Shoe size=shoe_size:integer"`.
 */
import { z } from 'zod';
import { type CustomType, customTypes } from '../../datasets/custom/custom-field.ts';
import { keyFromHeader, newCustomFieldSchema } from '../../datasets/custom/new-custom-field.ts';
import { AppError } from '../../platform/errors.ts';
import type { NewFieldOption } from '../run.ts';
import { columnMappingSchema, type Mapping, mappingSchema } from './mapping.ts';

/** What is left out of an entry is as of one that a person made. */
const { field, transformations, reading, confidence, reason } = columnMappingSchema.shape;
const columnSchema = columnMappingSchema.extend({
  field: field.default(null),
  transformations: transformations.default([]),
  reading: reading.default({}),
  confidence: confidence.default(1),
  reason: reason.default('You said so.'),
  new_field: newCustomFieldSchema
    .optional()
    .describe('Makes a field of your own, and feeds it with the column'),
});

export const putMappingSchema = mappingSchema.extend({
  preset: mappingSchema.shape.preset.default(null),
  columns: z.array(columnSchema),
  write: mappingSchema.shape.write.default({}),
});

export interface PutMapping {
  readonly mapping: Mapping;
  readonly newFields: readonly NewFieldOption[];
}

/** The mapping with the new fields in their columns' places, and what is to be made first. */
export function readPutMapping({ columns, ...rest }: z.output<typeof putMappingSchema>): PutMapping {
  return {
    mapping: {
      ...rest,
      columns: columns.map(({ new_field, ...entry }) =>
        new_field === undefined ? entry : { ...entry, field: new_field.key },
      ),
    },
    newFields: columns.flatMap(({ column, new_field }) =>
      new_field === undefined ? [] : [{ column, field: new_field }],
    ),
  };
}

/**
 * Reads `Column=key:type`. Without a type it is text, and without a key the column's name becomes one.
 * @throws AppError `usage.invalid`
 */
export function parseNewField(text: string): NewFieldOption {
  const at = text.lastIndexOf('=');
  const column = (at < 0 ? text : text.slice(0, at)).trim();
  const [key = '', type = 'text', ...more] = (at < 0 ? '' : text.slice(at + 1))
    .split(':')
    .map((part) => part.trim());
  if (column === '' || more.length > 0)
    throw new AppError('usage.invalid', `--new-field "${text}" is not of the form "Column=key:type".`);
  if (!isType(type))
    throw new AppError(
      'usage.invalid',
      `--new-field "${text}": there is no type "${type}" for it. There are ${offered.join(', ')}.`,
    );
  const named = key === '' ? keyFromHeader(column) : key;
  return { column, field: { key: named, type, ...(key === '' ? { label: column.slice(0, 100) } : {}) } };
}

/** An enum needs its values, for which there is no room here. */
const offered: readonly CustomType[] = customTypes.filter((type) => type !== 'enum');

function isType(text: string): text is CustomType {
  return (offered as readonly string[]).includes(text);
}
