/** Records of any dataset, made from its definition: cells of each field's type as hostile as may be, and storable. */
import fc from 'fast-check';
import type { Dataset, FieldDefinition } from '../../src/datasets/define-dataset.ts';
import { compileColumn } from '../../src/field-types/column.ts';
import type { FieldTypeName } from '../../src/field-types/field-type.ts';
import { hostileText, moments, numbers, tagLists } from './hostile-values.ts';

/** By key; absent fields are not there. */
export type HostileRecord = Readonly<Record<string, string>>;

export interface Surroundings {
  /** Texts by which a reference may name a record, by dataset. */
  readonly named: Readonly<Record<string, readonly string[]>>;
}

const pool = (...values: string[]): fc.Arbitrary<string> => fc.constantFrom(...values);

const cells: Readonly<Record<FieldTypeName, fc.Arbitrary<string>>> = {
  text: hostileText,
  email: fc
    .tuple(pool('', '=', '+', '-', "'", "o'", '=1+1', '007', '#n/a.'), fc.stringMatching(/^[a-z0-9]{6,12}$/))
    .map(([start, name]) => `${start}${name}@example.com`),
  phone: pool(
    '020 7946 0018',
    '+442079460018',
    '+44 20 7946 0018',
    '-123 4567',
    '0044207946',
    '(555) 010-0000 x12',
    '+1-555-010-0000',
    '00123',
    '44791112345678901',
  ),
  boolean: pool('true', 'false'),
  date: moments.map((text) => text.slice(0, 10)),
  datetime: moments,
  integer: fc.oneof(fc.nat({ max: 1000 }), fc.integer()).map(String),
  decimal: fc.oneof(numbers, fc.nat({ max: 100 }).map(String)),
  money: numbers,
  enum: fc.constant(''),
  tags: tagLists,
  json: fc.oneof(
    fc.record({ general: hostileText, preferences: hostileText }).map((value) => JSON.stringify(value)),
    fc
      .dictionary(
        hostileText,
        fc.oneof(hostileText, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
      )
      .map((value) => JSON.stringify(value)),
    pool(
      '{}',
      '[]',
      '{"monday":[{"start":"08:00","end":"09:30","destination":""A", =B"}]}',
      '{"n":12345678901234567890.5}',
      '[{"sku":"=1","quantity":2,"price":"3.50"}]',
    ),
  ),
  url: pool(
    'https://example.com/a?b=c&d="e"',
    'www.example.com',
    'http://例え.jp/',
    'https://example.com/a,b;c',
  ),
  country: pool('GB', 'DE', 'CI'),
  currency: pool('EUR', 'USD', 'JPY'),
  timezone: pool('Europe/Berlin', 'UTC', 'Asia/Kolkata'),
  uuid: fc.uuid(),
  reference: fc.constant(''),
};

function cellOf(dataset: Dataset, field: FieldDefinition, { named }: Surroundings): fc.Arbitrary<string> {
  if (dataset.exclusive?.some((flag) => flag.field === field.key) === true)
    return fc.nat({ max: 12 }).map((n) => String(n === 0));
  if (field.type === 'enum') return pool(...(field.values ?? []).map(({ key }) => key));
  if (field.type === 'reference') return pool(...(named[field.reference?.dataset ?? ''] ?? []));
  return cells[field.type];
}

/** Only what the field takes. */
function storable(field: FieldDefinition, cell: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const read = compileColumn(field, {
    spreadsheetMarks: false,
    decimal: '.',
    timezone: 'UTC',
    country: 'GB',
  });
  return cell.filter((text) => typeof read(text) === 'string');
}

/** What must be its own in each record, or a row would mean another's. */
function isOwn(dataset: Dataset, { key, unique }: FieldDefinition): boolean {
  return unique === true || dataset.matchKeys.includes(key);
}

/** @returns records that differ in every field by which a row finds its record. */
export function hostileRecords(
  dataset: Dataset,
  around: Surroundings,
  amount: number,
): fc.Arbitrary<HostileRecord[]> {
  const fields = dataset.importable.filter((field) => field.exportable && field.importable !== 'match');
  const members = fields.map((field) => {
    const needed =
      dataset.createRules?.some((rule) => rule.field === field.key) === true || isOwn(dataset, field);
    const value = storable(field, cellOf(dataset, field, around));
    return needed
      ? value
      : fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: fc.constant(undefined) });
  });
  return fc
    .array(fc.tuple(...members), { minLength: amount, maxLength: amount })
    .map((rows) => rows.map((values, row) => recordOf(dataset, fields, values, row)));
}

function recordOf(
  dataset: Dataset,
  fields: readonly FieldDefinition[],
  values: readonly (string | undefined)[],
  row: number,
): HostileRecord {
  const entries = fields.map((field, at) => {
    const value = values[at];
    if (value === undefined || !isOwn(dataset, field) || field.type === 'reference')
      return [field.key, value] as const;
    return [field.key, distinct(field, value, row)] as const;
  });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function distinct(field: FieldDefinition, value: string, row: number): string {
  if (field.type === 'email') return value.replace('@', `.${row}@`);
  if (field.type !== 'text') return value;
  return `${[...value].slice(0, (field.max ?? 100) - 6).join('')}.${row}`;
}
