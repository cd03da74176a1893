/**
 * A mapping says which column of a file feeds which field, with which transformations, how its cells are to be
 * read, and by which rule a field is written. It is suggested, changed by a person or a command, checked against
 * dataset and file, and stored with the run as JSON.
 *
 * A column may feed more than one field (a full name its two parts); a field takes one column. Further columns
 * reach it through the transformation `join`.
 */
import { z } from 'zod';
import type { Dataset, WriteRule } from '../../datasets/define-dataset.ts';
import { normaliseSpelling } from '../../field-types/spelling.ts';
import { AppError } from '../../platform/errors.ts';
import { transformationSchema } from './transformations.ts';

const writeRules = ['overwrite', 'fill', 'never', 'add', 'clear'] as const satisfies readonly WriteRule[];

/** What a person has settled about how a column is read; what is left open, the survey of the whole file finds. */
const readingSchema = z.strictObject({
  dateOrder: z.enum(['ymd', 'dmy', 'mdy']).optional(),
  decimal: z.enum(['.', ',']).optional(),
  country: z.string().length(2).optional(),
  timezone: z.string().optional(),
  currency: z.string().length(3).optional(),
  /** Yes and no the other way round: "Unsubscribed" says when somebody is not to be written to. */
  opposite: z.boolean().optional(),
});

export const columnMappingSchema = z.strictObject({
  /** The column's name in the file, as the inspection gives it. */
  column: z.string(),
  /** Null: the column is left out. */
  field: z.string().nullable(),
  transformations: z.array(transformationSchema),
  reading: readingSchema,
  /** From 0 to 1, how sure it is that the column feeds the field; 0 without one, 1 when a person said so. */
  confidence: z.number().min(0).max(1),
  /** Why this field, or why none: a sentence for a person. */
  reason: z.string(),
});

export const mappingSchema = z.strictObject({
  /** The vendor's file that the header was recognised as. */
  preset: z.string().nullable(),
  columns: z.array(columnMappingSchema),
  /** By field; a field that is not named is overwritten. */
  write: z.record(z.string(), z.enum(writeRules)),
});

export type ColumnMapping = z.infer<typeof columnMappingSchema>;
export type Mapping = z.infer<typeof mappingSchema>;

export interface MapOption {
  readonly column: string;
  readonly field: string | null;
}

export interface WriteOption {
  readonly field: string;
  readonly rule: WriteRule;
}

/** Fields that a column of the file feeds. */
export function mappedFields(mapping: Mapping): Set<string> {
  return new Set(mapping.columns.flatMap((entry) => (entry.field === null ? [] : [entry.field])));
}

/**
 * Reads `Column=field`; nothing after the last `=` leaves the column out. A field may be named by any of its
 * spellings, and a column's own name may hold a `=`.
 * @throws AppError usage.invalid
 */
export function parseMapOption(text: string): MapOption {
  const at = text.lastIndexOf('=');
  const column = text.slice(0, at).trim();
  if (at < 0 || column === '') throw usage(`--map "${text}" is not of the form "Column=field".`);
  const field = text.slice(at + 1).trim();
  return { column, field: field === '' ? null : field };
}

/**
 * Reads `field=rule`.
 * @throws AppError usage.invalid
 */
export function parseWriteOption(text: string): WriteOption {
  const at = text.indexOf('=');
  const field = text.slice(0, Math.max(at, 0)).trim();
  const rule = writeRules.find((known) => known === text.slice(at + 1).trim());
  if (field === '' || rule === undefined) {
    throw usage(`--write "${text}" is not of the form field=rule. The rules are ${writeRules.join(', ')}.`);
  }
  return { field, rule };
}

function usage(message: string): AppError {
  return new AppError('usage.invalid', message);
}

/**
 * The mapping as a person wants it. What is said of a column takes the place of what was suggested for it, and a
 * field given to one column is taken from the one that was suggested.
 * @throws AppError mapping.invalid when the result does not fit the dataset and the file.
 */
export function withOptions(
  mapping: Mapping,
  options: { readonly map: readonly MapOption[]; readonly write: readonly WriteOption[] },
  dataset: Dataset,
): Mapping {
  const columns = [...new Set(mapping.columns.map((entry) => entry.column))];
  const said = options.map.map(({ column, field }) => ({
    column: findColumn(column, columns) ?? column,
    field: field === null ? null : (dataset.keyFor(field) ?? field),
  }));
  const changed: Mapping = {
    preset: mapping.preset,
    columns: [...keepUnsaid(mapping.columns, said), ...said.map(entrySaid)],
    write: Object.fromEntries([
      ...Object.entries(mapping.write),
      ...options.write.map(({ field, rule }) => [dataset.keyFor(field) ?? field, rule]),
    ]),
  };
  changed.columns = inOrder(changed.columns, columns);
  validateMapping(changed, dataset, columns);
  return changed;
}

/** A column by its name, else by its spelling when only one has it. */
function findColumn(name: string, columns: readonly string[]): string | undefined {
  if (columns.includes(name)) return name;
  const alike = columns.filter((column) => normaliseSpelling(column) === normaliseSpelling(name));
  return alike.length === 1 ? alike[0] : undefined;
}

function keepUnsaid(entries: readonly ColumnMapping[], said: readonly MapOption[]): ColumnMapping[] {
  const saidOfColumn = new Set(said.map((option) => option.column));
  const takenFields = new Set(said.map((option) => option.field));
  return entries
    .filter((entry) => !saidOfColumn.has(entry.column))
    .map((entry) =>
      entry.field !== null && takenFields.has(entry.field)
        ? leftOut(entry.column, `Another column was named for ${entry.field}.`)
        : entry,
    );
}

function entrySaid({ column, field }: MapOption): ColumnMapping {
  return field === null
    ? leftOut(column, 'You left it out.')
    : { column, field, transformations: [], reading: {}, confidence: 1, reason: 'You said so.' };
}

export function leftOut(column: string, reason: string): ColumnMapping {
  return { column, field: null, transformations: [], reading: {}, confidence: 0, reason };
}

function inOrder(entries: readonly ColumnMapping[], columns: readonly string[]): ColumnMapping[] {
  return entries.toSorted((a, b) => columns.indexOf(a.column) - columns.indexOf(b.column));
}

/**
 * Checks a mapping against its dataset and the names of the file's columns.
 * @throws AppError mapping.invalid, whose message names everything that is wrong at once.
 */
export function validateMapping(mapping: Mapping, dataset: Dataset, columns: readonly string[]): void {
  const faults = [
    ...columnFaults(mapping, columns),
    ...fieldFaults(mapping, dataset),
    ...doubleFaults(mapping),
    ...writeFaults(mapping, dataset),
  ];
  if (faults.length === 0 && mappedFields(mapping).size === 0) {
    faults.push(
      `No column of the file feeds a field of ${dataset.key}; name them with --map "Column=field".`,
    );
  }
  if (faults.length > 0) throw new AppError('mapping.invalid', faults.join(' '), { faults });
}

function columnFaults(mapping: Mapping, columns: readonly string[]): string[] {
  const named = mapping.columns.flatMap((entry) => [entry.column, ...joinedColumns(entry)]);
  return [...new Set(named)]
    .filter((name) => !columns.includes(name))
    .map((name) => `The file has no column "${name}"; it has ${quoted(columns)}.`);
}

/** The further columns that an entry's field takes in. */
function joinedColumns(entry: ColumnMapping): string[] {
  return entry.transformations.flatMap((transformation) =>
    transformation.do === 'join' ? transformation.columns : [],
  );
}

function fieldFaults(mapping: Mapping, dataset: Dataset): string[] {
  return [...mappedFields(mapping)].flatMap((key) => {
    if (!dataset.has(key)) return [`${dataset.label} have no field "${key}".`];
    if (dataset.field(key).importable === 'no') return [`The field ${key} cannot be imported.`];
    return [];
  });
}

function doubleFaults(mapping: Mapping): string[] {
  const byField = Map.groupBy(
    mapping.columns.filter((entry) => entry.field !== null),
    (entry) => entry.field,
  );
  return [...byField]
    .filter(([, entries]) => entries.length > 1)
    .map(
      ([field, entries]) =>
        `The field ${field} is fed by ${quoted(entries.map((entry) => entry.column))}; it takes one.`,
    );
}

function writeFaults(mapping: Mapping, dataset: Dataset): string[] {
  const mapped = mappedFields(mapping);
  const implied = dataset.implied?.(mapped) ?? [];
  const written = new Set([...mapped, ...implied]);
  return Object.entries(mapping.write).flatMap(([key, rule]) => {
    if (!dataset.has(key)) return [`${dataset.label} have no field "${key}".`];
    if (!written.has(key)) return [`No column feeds the field ${key}, for which a write rule is given.`];
    if (rule === 'add' && dataset.field(key).type !== 'tags')
      return [`The field ${key} is one value; add is for lists.`];
    return [];
  });
}

function quoted(names: readonly string[]): string {
  const shown = names
    .slice(0, 20)
    .map((name) => `"${name}"`)
    .join(', ');
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}
