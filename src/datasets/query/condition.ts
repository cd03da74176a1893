/** One condition of a filter: a field, an operator, and the values that the field's type reads. */
import { literal } from '../../database/literal.ts';
import { compileColumn } from '../../field-types/column.ts';
import type { FieldTypeName } from '../../field-types/field-type.ts';
import { fieldType } from '../../field-types/registry.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { Problem, sayProblem } from '../../platform/problems.ts';
import type { FieldDefinition } from '../define-dataset.ts';
import { amongIndexed } from './custom-condition.ts';
import type { FilterContext } from './filter-context.ts';
import { type Condition, type Operator, valuesMax } from './filter-schema.ts';
import { amongFound, boundOfAmount, isFound, ofAnyRow } from './find.ts';
import type { RecordSql } from './record-sql.ts';
import { referredBy } from './referred.ts';

/** What a condition knows: the field, its values in SQL, and how many texts it was given. */
interface Compared {
  readonly record: RecordSql;
  readonly field: FieldDefinition;
  readonly context: FilterContext;
  readonly operator: Operator;
  readonly values: readonly string[];
}

type Kind = 'text' | 'exact' | 'order' | 'list' | 'names' | 'json' | 'reference';
type Compile = (of: Compared) => string;

interface Meaning {
  readonly kinds: readonly Kind[];
  /** How many values it takes. */
  readonly values: 0 | 1 | 2 | 'some';
  readonly sql: Compile;
}

const single: readonly Kind[] = ['text', 'exact', 'order', 'reference'];
const every: readonly Kind[] = [...single, 'list', 'names', 'json'];

const meanings: Readonly<Record<Operator, Meaning>> = {
  is: { kinds: single, values: 1, sql: equal },
  is_not: { kinds: single, values: 1, sql: (of) => isNotTrue(equal(of)) },
  one_of: { kinds: single, values: 'some', sql: equalToAny },
  none_of: { kinds: single, values: 'some', sql: (of) => isNotTrue(equalToAny(of)) },
  contains: {
    kinds: ['text', 'json'],
    values: 1,
    sql: (of) => partOf(of, `strpos(lower(${asText(of)}), ${lowered(of)}) > 0`),
  },
  starts_with: {
    kinds: ['text'],
    values: 1,
    sql: (of) => partOf(of, `starts_with(lower(${asText(of)}), ${lowered(of)})`),
  },
  empty: { kinds: every, values: 0, sql: isEmpty },
  not_empty: { kinds: every, values: 0, sql: (of) => `not ${isEmpty(of)}` },
  before: { kinds: ['order'], values: 1, sql: (of) => bound(of, '<') },
  after: { kinds: ['order'], values: 1, sql: (of) => bound(of, '>') },
  less: { kinds: ['order'], values: 1, sql: (of) => bound(of, '<') },
  greater: { kinds: ['order'], values: 1, sql: (of) => bound(of, '>') },
  at_least: { kinds: ['order'], values: 1, sql: (of) => bound(of, '>=') },
  at_most: { kinds: ['order'], values: 1, sql: (of) => bound(of, '<=') },
  between: {
    kinds: ['order'],
    values: 2,
    sql: (of) => `(${bound(of, '>=')} and ${bound({ ...of, values: of.values.slice(1) }, '<=')})`,
  },
  has_tag: { kinds: ['list', 'names'], values: 1, sql: hasAll },
  has_tags: { kinds: ['list', 'names'], values: 'some', sql: hasAll },
  in_group: { kinds: ['names'], values: 'some', sql: inAny },
};

const kinds: Readonly<Record<FieldTypeName, Kind>> = {
  text: 'text',
  email: 'text',
  phone: 'text',
  url: 'text',
  country: 'exact',
  currency: 'exact',
  timezone: 'text',
  enum: 'exact',
  uuid: 'exact',
  boolean: 'exact',
  date: 'order',
  datetime: 'order',
  integer: 'order',
  decimal: 'order',
  money: 'order',
  tags: 'list',
  json: 'json',
  reference: 'reference',
};

/** @throws AppError `filter.invalid` */
export function compileCondition(
  record: RecordSql,
  field: FieldDefinition,
  condition: Condition,
  context: FilterContext,
): string {
  const { operator } = condition;
  const meaning = meanings[operator];
  const values = valuesOf(condition);
  if (!meaning.kinds.includes(kindOf(record, field)))
    throw refusal(field, `cannot be asked for with "${operator}"`, { operator });
  if (!takes(meaning.values, values.length))
    throw refusal(field, wanted(operator, meaning.values), { operator });
  const compared = { record, field, context, operator, values };
  const read = {
    typed: (value: string) => typed(compared, value),
    day: (value: string) => dayIn(compared, value),
  };
  return amongIndexed({ ...compared, ...read }, meaning.sql(compared));
}

function kindOf({ dataset }: RecordSql, field: FieldDefinition): Kind {
  if (field.part === 'derived') return kinds[field.type];
  const part = dataset.part(field.part);
  if (part.kind === 'append') throw refusal(field, 'cannot be asked for', {});
  return part.kind === 'set' ? 'names' : kinds[field.type];
}

function valuesOf({ value }: Condition): string[] {
  return (value === undefined ? [] : [value].flat()).map(String);
}

function takes(wanted: Meaning['values'], found: number): boolean {
  return wanted === 'some' ? found > 0 && found <= valuesMax : found === wanted;
}

function wanted(operator: Operator, values: Meaning['values']): string {
  const counted = { 0: 'no value', 1: 'one value', 2: 'two values', some: `1 to ${valuesMax} values` };
  return `is asked for with ${counted[values]} by "${operator}"`;
}

function refusal(field: FieldDefinition, says: string, details: Readonly<Record<string, unknown>>): AppError {
  return new AppError('filter.invalid', `${field.label} ${says}.`, { field: field.key, ...details });
}

/** Absent counts as different from every value. */
function isNotTrue(sql: string): string {
  return `(${sql}) is not true`;
}

function equal(of: Compared): string {
  const [value = ''] = of.values;
  const { record, field } = of;
  if (field.type === 'reference') return refersTo(of);
  const normal = record.normal(field.key);
  if (normal !== undefined) {
    const form = normalForm(of, value);
    if (form !== null) return `${normal} = ${literal(form)}`;
  }
  const day = dayIn(of, value);
  if (day !== undefined)
    return `(${record.kept(field.key)} >= ${day.from} and ${record.kept(field.key)} < ${day.to})`;
  const wanted = typed(of, value);
  if (field.scaledColumn !== undefined) return boundOfAmount(of, '=', wanted);
  const same = ofAnyRow(of, (column) => `${column} = ${wanted}`);
  if (field.type !== 'text' || field.unique === true || field.indexed === true) return same;
  return amongFound(record, field.key, readAs(of, value), same);
}

/** What holds for a text only where it contains the value. */
function partOf({ record, field, values: [value = ''] }: Compared, condition: string): string {
  return amongFound(record, field.key, value, condition);
}

function equalToAny(of: Compared): string {
  const { record, field, values } = of;
  if (field.type === 'reference') return refersTo(of);
  const isPlain = record.normal(field.key) === undefined && field.type !== 'datetime';
  if (!isPlain) return `(${values.map((value) => equal({ ...of, values: [value] })).join(' or ')})`;
  const wanted = `array[${values.map((value) => typed(of, value)).join(', ')}]`;
  return ofAnyRow(of, (column) => `${column} = any (${wanted})`);
}

/** The records that the texts name by any of the reference's keys. */
function refersTo({ record, field, values }: Compared): string {
  const referred = referredBy(field);
  const texts = `array[${values.map((value) => literal(value)).join(', ')}]::text[]`;
  const keys = (field.reference?.by ?? []).map((by) => {
    const column = `n.${referred.columnOf(by)}`;
    if (by !== 'id') return `${column} = any (${by === 'email' ? lowerTexts(values) : texts})`;
    return `${column} = any (${literal(`{${values.filter(isId).join(',')}}`)}::uuid[])`;
  });
  return `${record.kept(field.key)} = any (array(select n.${referred.key} from ${referred.table} n
    where n.tenant_id = ${record.tenant} and ${referred.alive('n')} and (${keys.join(' or ')})))`;
}

function lowerTexts(values: readonly string[]): string {
  return `array[${values.map((value) => literal(value.toLowerCase())).join(', ')}]::text[]`;
}

/** What is compared in the place of the value, as an import makes it: E.164 of a phone number, small letters of a name. */
function normalForm({ record, field, context }: Compared, value: string): string | null {
  const row = new Map<string, string | null>([[field.key, value]]);
  const draft = {
    get: (key: string) => row.get(key) ?? null,
    set: (key: string, text: string | null) => void row.set(key, text),
    fail: () => {},
  };
  record.dataset.derive?.(draft, { country: context.country ?? undefined, mapped: new Set([field.key]) });
  return row.get(field.normalColumn ?? '') ?? null;
}

function isEmpty({ record, field }: Compared): string {
  const value = record.kept(field.key);
  return field.type === 'tags' ? `(coalesce(cardinality(${value}), 0) = 0)` : `(${value} is null)`;
}

function asText({ record, field }: Compared): string {
  const value = record.kept(field.key);
  return field.type === 'json' ? `${value}::text` : value;
}

function lowered({ values: [value = ''] }: Compared): string {
  return `lower(${literal(value.normalize('NFC'))})`;
}

/**
 * A day stands for all of its points in time: after a day means from the next one on, up to a day includes it.
 */
function bound(of: Compared, operator: '<' | '<=' | '>' | '>='): string {
  const [value = ''] = of.values;
  const kept = of.record.kept(of.field.key);
  const day = dayIn(of, value);
  if (day === undefined) return boundOfAmount(of, operator, typed(of, value));
  const edges = { '<': `< ${day.from}`, '<=': `< ${day.to}`, '>': `>= ${day.to}`, '>=': `>= ${day.from}` };
  return `${kept} ${edges[operator]}`;
}

const dayOnly = /^\d{4}-\d\d-\d\d$/;

/** Where the value is a day and the field a point in time: the day's beginning and its end in the tenant's zone. */
function dayIn(of: Compared, value: string): { readonly from: string; readonly to: string } | undefined {
  if (of.field.type !== 'datetime' || !dayOnly.test(value)) return undefined;
  const from = typed(of, value);
  const next = new Date(Date.parse(`${value}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return { from, to: dayOnly.test(next) ? typed(of, next) : `'infinity'::timestamptz` };
}

/** Tags mean the same whatever their case. */
function hasAll(of: Compared): string {
  if (of.record.dataset.part(of.field.part).kind === 'set')
    return `(${of.values.map((value) => inAny({ ...of, values: [value] })).join(' and ')})`;
  const { finder } = of.record.dataset;
  if (finder?.tags === of.field.key) return isFound(finder, { tags: of.values });
  const kept = of.record.kept(of.field.key);
  return `(select count(distinct lower(t)) from unnest(${kept}) t where lower(t) = any (${lowerTexts(of.values)})) = ${new Set(of.values.map((value) => value.toLowerCase())).size}`;
}

/** In at least one of the groups that are named. */
function inAny({ record, field, values }: Compared): string {
  const part = record.dataset.part(field.part);
  const { names } = part;
  if (names === undefined) throw new Error(`The part ${part.key} is no set.`);
  return `r.id in (select m.${part.ownerColumn} from ${part.table} m where m.tenant_id = ${record.tenant}
    and m.${names.column} = any (array(select n.id from ${names.table} n where n.tenant_id = ${record.tenant}
      and n.name = any (array[${values.map((value) => literal(value)).join(', ')}]::text[]))))`;
}

/** The value as a literal of the field's SQL type. */
function typed(of: Compared, value: string): string {
  return `${literal(readAs(of, value))}::${fieldType(of.field.type).sqlType}`;
}

/** The value as the field's type reads it, canonical. */
function readAs({ field, context }: Compared, value: string): string {
  const { timezone, currency, country } = context;
  const read = compileColumn(field, {
    decimal: '.',
    spreadsheetMarks: false,
    timezone,
    currency,
    ...(country === null ? {} : { country }),
  })(value);
  if (read === null) throw refusal(field, 'is asked for with a value that is empty; ask with "empty"', {});
  if (read instanceof Problem) {
    const says = sayProblem(read.code, read.details);
    throw new AppError('filter.invalid', `${field.label}: ${says}`, {
      field: field.key,
      value,
      problem: read.code,
    });
  }
  return read;
}
