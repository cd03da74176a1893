/**
 * Values as an export shows them, in SQL, so that no row passes through JavaScript. What it makes of a value is what
 * the field type's own `write` makes of its canonical text, which a test holds the two to: it reads back as it was.
 *
 * The session's time zone is part of it: the tenant's for `spreadsheet`, UTC for `data` (`sessionTimezone`).
 */
import { literal } from '../database/literal.ts';
import type { FieldDefinition } from '../datasets/define-dataset.ts';
import type { FieldTypeName, Profile } from '../field-types/field-type.ts';
import { currencyDecimals } from '../field-types/numbers/currency-signs.ts';
import type { Doubtful } from './clock-agreement.ts';

export interface FormatContext {
  readonly profile: Profile;
  /** IANA; the tenant's. */
  readonly timezone: string;
  /** ISO 4217; of the tenant's money. */
  readonly currency: string;
  /** Points in time as days of the zone, as one of the older systems has them. What was cut off does not come back. */
  readonly daysOnly?: boolean;
  /** Whether formulas are guarded; for people's files they are, and for programs' they are not, unless said. */
  readonly guarded?: boolean;
  /** When the database and the importer disagree on the zone's clock (`clock-agreement.ts`). */
  readonly doubtful?: Doubtful | null;
}

/** In which the statement must run. */
export function sessionTimezone({ profile, timezone }: FormatContext): string {
  return profile === 'spreadsheet' ? timezone : 'UTC';
}

/** @param value SQL of the value as the database keeps it. @returns SQL of the text; null where the value is absent. */
export function textSql(value: string, field: FieldDefinition, context: FormatContext): string {
  if (context.daysOnly === true && field.type === 'datetime') return `${value}::date::text`;
  if (context.profile === 'spreadsheet') return spreadsheet[field.type](value, field, context);
  const text = data[field.type](value, field, context);
  return context.guarded === true && !harmlessTypes.has(field.type) ? guardSql(text) : text;
}

/** Their texts begin with no formula. */
const harmlessTypes: ReadonlySet<FieldTypeName> = new Set([
  'boolean',
  'country',
  'currency',
  'date',
  'datetime',
  'decimal',
  'integer',
  'money',
  'timezone',
  'uuid',
]);

/**
 * The same for JSON: with `data`, values are typed, so that a number is a number and a list a list.
 * @returns SQL of what JSON_OBJECT takes.
 */
export function jsonSql(value: string, field: FieldDefinition, context: FormatContext): string {
  if (context.profile === 'spreadsheet') return textSql(value, field, context);
  return typed[field.type]?.(value, field, context) ?? textSql(value, field, context);
}

type Write = (value: string, field: FieldDefinition, context: FormatContext) => string;

const asIs: Write = (value) => `${value}::text`;
const guarded: Write = (value, _, context) => guardedSql(value, context);

const data: Readonly<Record<FieldTypeName, Write>> = {
  text: asIs,
  email: asIs,
  phone: asIs,
  url: asIs,
  country: asIs,
  currency: asIs,
  timezone: asIs,
  uuid: asIs,
  reference: asIs,
  enum: asIs,
  boolean: asIs,
  date: asIs,
  datetime: (value) => `replace(replace(${value}::text, ' ', 'T'), '+00', 'Z')`,
  integer: asIs,
  decimal: (value) => `${numberSql(value, 0)}::text`,
  money: (value) => `${numberSql(value, 0)}::text`,
  tags: (value) => listSql(value),
  json: asIs,
};

const spreadsheet: Readonly<Record<FieldTypeName, Write>> = {
  ...data,
  text: guarded,
  email: guarded,
  phone: guarded,
  url: guarded,
  reference: guarded,
  enum: labelSql,
  boolean: (value) => `case ${value} when true then 'Yes' when false then 'No' end`,
  datetime: (value, _, { doubtful }) => clockSql(value, doubtful ?? null),
  money: (value, _, { currency }) => `${numberSql(value, currencyDecimals(currency))}::text`,
  tags: (value, _, context) => guardedSql(listSql(value), context),
  json: (value, _, context) => guardedSql(`${value}::text`, context),
};

const typed: Partial<Record<FieldTypeName, Write>> = {
  boolean: (value) => value,
  integer: (value) => value,
  decimal: (value) => numberSql(value, 0),
  money: (value) => numberSql(value, 0),
  tags: (value) => value,
  json: (value) => value,
};

/** Code points of the characters with which a spreadsheet's formula begins, and of the apostrophe. */
const formulaStarts = 'array[61, 43, 45, 64, 9, 13, 39]';
/** As `marked`, `plainNumber` and `spacedPhone` in field-types/spreadsheet-marks.ts, in PostgreSQL's dialect. */
const marked = String.raw`^''+([=+@\t\r-]|[(.,]?[0-9][0-9\u00a0 ().,/:+-]*( ?(x|ext\.?) ?[0-9]+)?$|[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+$)`;
const harmless = String.raw`^[+-][0-9]+([.,][0-9]+)*$|^\+[0-9]{1,4} [0-9(][0-9 ()-]*$`;

/** A leading apostrophe where a spreadsheet would run the text, and where the importer would take one off. */
function guardSql(text: string): string {
  const needed = `case ascii(${text}) when 39 then ${text} ~ '${marked}' else ${text} !~ '${harmless}' end`;
  return `case when ascii(${text}) = any (${formulaStarts}) and ${needed} then '''' || ${text} else ${text} end`;
}

function guardedSql(text: string, context: FormatContext): string {
  return context.guarded === false ? text : guardSql(text);
}

function labelSql(value: string, { values = [] }: FieldDefinition, context: FormatContext): string {
  const labels = values.map(
    ({ key, label }) => `when ${literal(key)} then ${guardedSql(literal(label), context)}`,
  );
  return `case ${value} ${labels.join(' ')} else ${guardedSql(value, context)} end`;
}

/**
 * At least so many decimals, and no needless zeros beyond. Three decimals become four: `1.234` may be read as a
 * thousand.
 */
function numberSql(value: string, decimalsMin: number): string {
  const decimals = `greatest(min_scale(${value}), ${decimalsMin})`;
  return `round(${value}, case ${decimals} when 3 then 4 else ${decimals} end)`;
}

/** Names apart by commas; one that begins with a quote or a bracket stands in quotes, lest it be read as something else. */
function listSql(value: string): string {
  const quoted = `case when n ~ '^["[]' then '"' || replace(n, '"', '""') || '"' else n end`;
  const listed = `(select string_agg(${quoted}, ', ' order by at) from unnest(${value}) with ordinality u(n, at))`;
  return String.raw`nullif(case when ${value}::text ~ '[{,]"?(\\"|\[)' then ${listed} else array_to_string(${value}, ', ') end, '')`;
}

/** Spreadsheets count from here on. */
const firstSpreadsheetDay = `'1900-03-01'::timestamp`;

/** On the clock of the session's zone; with its offset where the clock alone does not tell, or may be read otherwise. */
function clockSql(value: string, doubtful: Doubtful | null): string {
  const doubt =
    doubtful === null
      ? ''
      : ` or ${value} between '${doubtful.from}'::timestamptz and '${doubtful.to}'::timestamptz`;
  const local = `${value}::timestamp`;
  const offset = `substring(${value}::text from '[+-][0-9:]+$')`;
  const whole = `case when ${offset} ~ '^...$' then ${offset} || ':00' else ${offset} end`;
  return `case when ${value} is null then null
    when ${local} not between '0001-01-01' and '9999-12-31 23:59:59.999999' then replace((${value} at time zone 'UTC')::text, ' ', 'T') || 'Z'
    when ${local} < ${firstSpreadsheetDay} or ${repeatedSql(value)}${doubt} then ${local}::text || ${whole}
    else ${local}::text end`;
}

/**
 * Whether the clock shows this time twice. It is the first of the two when the clock's time means another point; it is
 * the second when the clock was put back since the day before, and showed the same time before that.
 */
function repeatedSql(value: string): string {
  const local = `${value}::timestamp`;
  const unchanged = `((${value} - '24 hours'::interval)::timestamp + '24 hours'::interval)`;
  return `(${local}::timestamptz <> ${value} or ${unchanged} <> ${local}
    and (${value} + (${local} - ${unchanged}))::timestamp = ${local})`;
}
