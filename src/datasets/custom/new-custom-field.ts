/** What may be said of a tenant's own field, and what of it is refused: before it is written, and in one place. */
import { z } from 'zod';
import { compileColumn } from '../../field-types/column.ts';
import type { EnumValue, FieldTypeName } from '../../field-types/field-type.ts';
import { normaliseSpelling } from '../../field-types/spelling.ts';
import { AppError } from '../../platform/errors.ts';
import { Problem, sayProblem } from '../../platform/problems.ts';
import type { Dataset } from '../define-dataset.ts';
import { type CustomField, type CustomLimits, type CustomType, customTypes } from './custom-field.ts';
import { indexColumn } from './value-index.ts';

const labelMax = 100;
const aliasesMax = 20;
const valuesMax = 500;
/** Characters of a value, where the type has text; and what holds unless something is said. */
const lengthMax = 10_000;
const lengthPresets: Partial<Record<FieldTypeName, number>> = {
  text: 1000,
  email: 255,
  phone: 50,
  url: 2048,
  tags: 100,
  json: 5000,
};
const ranged: ReadonlySet<FieldTypeName> = new Set(['integer', 'decimal', 'money']);

const name = z.string().min(1).max(labelMax);

const valueSchema = z.union([
  name,
  z.strictObject({ key: name, label: name.optional(), aliases: z.array(name).max(aliasesMax).optional() }),
]);

const described = {
  label: name.describe('What people read; made of the key unless given'),
  type: z.enum(customTypes),
  max: z.int().min(1).max(lengthMax).nullable().describe('Most characters, where the type has text'),
  range: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe('The least and the most, where the type is a number'),
  values: z
    .array(valueSchema)
    .min(1)
    .max(valuesMax)
    .describe('Of an enum: keys, or objects with key, label and aliases'),
  aliases: z.array(name).max(aliasesMax).describe('Other spellings of the header'),
  sensitive: z.boolean().describe('Read only by whoever may read sensitive fields'),
  filterable: z.boolean().describe('Found by index, at the price of some work with every write'),
  position: z.int().min(0).max(1_000_000).describe('Fields are shown in the order of their positions'),
} as const;

/** A new field. What is left out has its preset. */
export const newCustomFieldSchema = z
  .strictObject({ key: z.string().min(1).max(labelMax), ...described })
  .partial()
  .required({ key: true, type: true });

/** A change: what is left out stays. The key never changes. */
export const customFieldPatchSchema = z.strictObject(described).partial();

export type NewCustomField = z.output<typeof newCustomFieldSchema>;
export type CustomFieldPatch = z.output<typeof customFieldPatchSchema>;

/** What is kept of a definition besides who and when. */
export interface Definition extends Omit<CustomField, 'id' | 'revision' | 'isIndexed' | 'dataset'> {
  readonly filterable: boolean;
  readonly position: number;
}

/**
 * @param others the tenant's other definitions for the dataset, deleted ones with them: their names stay theirs.
 * @throws AppError `custom_field.invalid`
 */
export function newDefinition(
  dataset: Dataset,
  others: readonly Pick<Definition, 'key' | 'label' | 'aliases'>[],
  wanted: NewCustomField,
): Definition {
  assertKey(dataset, wanted.key);
  const definition: Definition = {
    key: wanted.key,
    label: cleanName('label', wanted.label ?? titleOf(wanted.key)),
    type: wanted.type,
    limits: limitsOf(wanted.type, wanted),
    aliases: (wanted.aliases ?? []).map((alias) => cleanName('alias', alias)),
    sensitive: wanted.sensitive ?? false,
    filterable: wanted.filterable ?? false,
    position: wanted.position ?? others.length,
  };
  assertDefinition(dataset, others, definition);
  return definition;
}

/** @throws AppError `custom_field.invalid` */
export function changedDefinition(
  dataset: Dataset,
  others: readonly Pick<Definition, 'key' | 'label' | 'aliases'>[],
  before: Definition,
  patch: CustomFieldPatch,
): Definition {
  const type = patch.type ?? before.type;
  const said = Object.fromEntries(
    Object.entries({ max: patch.max, range: patch.range, values: patch.values }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  // Limits of another type mean nothing to the new one.
  const kept: CustomLimits = type === before.type ? before.limits : {};
  const definition: Definition = {
    ...before,
    type,
    limits: limitsOf(type, { ...kept, ...said } as Limiting),
    label: patch.label === undefined ? before.label : cleanName('label', patch.label),
    aliases: patch.aliases?.map((alias) => cleanName('alias', alias)) ?? before.aliases,
    sensitive: patch.sensitive ?? before.sensitive,
    filterable: patch.filterable ?? before.filterable,
    position: patch.position ?? before.position,
  };
  assertDefinition(dataset, others, definition);
  return definition;
}

/** The name that a field gets of a column's header: what is left of it in small letters, digits and underscores. */
export function keyFromHeader(header: string): string {
  const plain = header.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  return (/^[a-z]/.test(words) ? words : `field_${words}`).slice(0, keyMax).replace(/_+$/, '');
}

const keyMax = 50;
const keyPattern = /^[a-z][a-z0-9_]{0,49}$/;

/** Words of ours within the statements, the journal and staging, beside the columns of the tables. */
const reserved = new Set([
  ...[
    'tenant_id',
    'import_id',
    'record_id',
    'id',
    'new_id',
    'row',
    'chunk',
    'given',
    'place',
    'goes',
    'deleted',
  ],
  ...['version', 'changed', 'custom', 'created_at', 'created_by', 'updated_at', 'updated_by', 'deleted_at'],
  // What every object of JavaScript has by itself.
  ...['deleted_by', 'constructor'],
]);

function assertKey(dataset: Dataset, key: string): void {
  if (!keyPattern.test(key))
    throw invalid(
      `"${key}" cannot be a key: it has small letters, digits and underscores, begins with a letter, and is up to ${keyMax} characters long.`,
    );
  if (reserved.has(key) || columnsOf(dataset).has(key))
    throw invalid(`The key ${key} is taken by the program itself; choose another.`);
}

function columnsOf({ fields, parts }: Dataset): ReadonlySet<string> {
  const ofFields = fields.flatMap(({ key, column, normalColumn, scaledColumn, alongside = [] }) => [
    ...[key, column, normalColumn, scaledColumn].filter((one) => one !== undefined),
    ...alongside.map((beside) => beside.column),
  ]);
  const ofParts = parts.flatMap(({ countColumn, ownerColumn, fixed }) => [
    ...[countColumn, ownerColumn].filter((one) => one !== undefined),
    ...Object.keys(fixed?.(() => 'null', 'null', 'null') ?? {}),
  ]);
  return new Set([...ofFields, ...ofParts]);
}

/** `shoe_size` → `Shoe Size` */
function titleOf(key: string): string {
  return key
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ')
    .trim();
}

/** Names are texts as a text field takes them: without control characters, trimmed, in NFC. */
function cleanName(what: 'label' | 'alias' | 'value', text: string): string {
  const read = compileColumn(
    { key: what, label: what, type: 'text', max: labelMax },
    { spreadsheetMarks: false },
  )(text);
  if (typeof read === 'string') return read;
  const why = read instanceof Problem ? sayProblem(read.code, read.details) : 'It is blank.';
  throw invalid(`A ${what} cannot be used: ${why}`);
}

type Limiting = Pick<NewCustomField, 'max' | 'range' | 'values'> | CustomLimits;

/** @throws AppError `custom_field.invalid` for a limit that the type has not, or that nothing could keep. */
function limitsOf(type: CustomType, { max, range, values }: Limiting): CustomLimits {
  const preset = lengthPresets[type];
  if (max != null && preset === undefined) throw invalid(`A field of the type ${type} has no max.`);
  if (range != null && !ranged.has(type)) throw invalid(`A field of the type ${type} has no range.`);
  if (values !== undefined && type !== 'enum') throw invalid(`A field of the type ${type} has no values.`);
  if (type === 'enum') return { values: enumValues(values ?? []) };
  if (range != null && !(Number.isFinite(range[0]) && range[0] <= range[1]))
    throw invalid('A range is its least and its most value, in this order.');
  const length = max ?? preset;
  return {
    ...(length === undefined ? {} : { max: length }),
    ...(range == null ? {} : { range: [range[0], range[1]] }),
  };
}

function enumValues(
  values: readonly (
    | string
    | { key: string; label?: string | undefined; aliases?: readonly string[] | undefined }
  )[],
): EnumValue[] {
  if (values.length === 0) throw invalid('A field of the type enum needs values.');
  const claimed = new Map<string, string>();
  return values.map((value) => {
    const said = typeof value === 'string' ? { key: value } : value;
    const key = cleanName('value', said.key);
    const label = cleanName('value', said.label ?? key);
    const aliases = (said.aliases ?? []).map((alias) => cleanName('value', alias));
    for (const text of new Set([key, label, ...aliases].map(normaliseSpelling))) {
      const holder = claimed.get(text);
      if (text === '') throw invalid(`The value "${key}" needs names with letters or digits.`);
      if (holder !== undefined) throw invalid(`"${text}" cannot mean both ${holder} and ${key}.`);
      claimed.set(text, key);
    }
    return { key, label, ...(aliases.length === 0 ? {} : { aliases }) };
  });
}

function assertDefinition(
  dataset: Dataset,
  others: readonly Pick<Definition, 'key' | 'label' | 'aliases'>[],
  { key, label, aliases, type, filterable }: Definition,
): void {
  if (filterable && indexColumn(type) === null)
    throw invalid(`A field of the type ${type} cannot be filterable.`);
  const taken = new Map<string, string>();
  for (const other of others)
    for (const text of [other.key, other.label, ...other.aliases])
      taken.set(normaliseSpelling(text), other.key);
  // A name without letters and digits is no header's spelling, so that no other can be mistaken for it.
  taken.delete('');
  for (const text of [key, label, ...aliases]) {
    const holder = dataset.keyFor(text) ?? taken.get(normaliseSpelling(text));
    if (holder !== undefined)
      throw invalid(`"${text}" is a name of the field ${holder} already.`, { field: holder });
  }
}

function invalid(message: string, details: Readonly<Record<string, unknown>> = {}): AppError {
  return new AppError('custom_field.invalid', message, details);
}
