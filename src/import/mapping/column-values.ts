/** What the values of a column say for or against a field. */
import type { Dataset, FieldDefinition } from '../../datasets/define-dataset.ts';
import { datasets } from '../../datasets/registry.ts';
import { compileColumn, surveyColumn } from '../../field-types/column.ts';
import { type ColumnContent, recogniseColumn } from '../../field-types/recognise.ts';
import { Problem } from '../../platform/problems.ts';
import { ownIdsByForm } from './customer-id.ts';
import type { FoundBy } from './header-reading.ts';

/** Fewer values than this say nothing against a field whose very name stands in the header. */
const fewestAgainstName = 5;
const enoughAgainstName = 10;

/** A guess that would fail one row in five for a field nobody asked for is a bad one. */
const leastForGuess = 0.8;

const openQuestions = new Set(['date.ambiguous', 'number.ambiguous']);

/**
 * @param samples values of the column, blank ones left out.
 * @param by how the header led to the field: nothing is said against the key itself, nor against a reference's label.
 * @returns a sentence against the field; undefined when its values speak for it, or do not tell.
 */
export function valuesAgainst(
  dataset: Dataset,
  field: FieldDefinition,
  samples: readonly string[],
  by: FoundBy,
): string | undefined {
  if (by === 'key') return field.type !== 'json' && areObjects(samples) ? objects : undefined;
  if (field.type === 'reference') {
    const isTold = by === 'label' || isNeeded(dataset, field) || (by === 'alias' && isTie(dataset, field));
    return isTold ? undefined : againstReference(dataset, field, samples);
  }
  if (samples.length === 0) return undefined;
  const other = otherMeaning(field, samples);
  if (other !== undefined) return other;
  const readable = samples.filter(readableBy(field, samples)).length;
  if (!isAgainst(field, readable, samples.length, by)) return undefined;
  return `${readable === 0 ? 'None' : 'Few'} of its values can be read as ${field.label}.`;
}

/** What values are that cannot be meant, however few of them there are and whatever the header says. */
function otherMeaning(field: FieldDefinition, samples: readonly string[]): string | undefined {
  const { key, type, max = Number.POSITIVE_INFINITY } = field;
  if (key === 'job_title' && samples.every(isFormOfAddress))
    return 'Its values are forms of address, such as Mr.';
  if (key === 'state_province' && samples.every(isStateOfAccount))
    return 'Its values are states of an account, and no part of a country.';
  if ((type === 'date' || type === 'datetime') && samples.every(lacksYear)) return 'Its days lack the year.';
  if ((type === 'date' || type === 'datetime') && samples.every(isPartOfDay))
    return 'Its values are parts of a day.';
  if (type === 'text' && samples.every((text) => Array.from(text).length > max))
    return `Its values are longer than ${field.label} may be.`;
  if (type !== 'json' && areObjects(samples)) return objects;
  return undefined;
}

/** `07/26`, `--07-26`: a birthday as Mailchimp and address books keep it. */
function lacksYear(text: string): boolean {
  return /^(?:--)?\d{1,2}[-/.]\d{1,2}\.?$/.test(text);
}

export const objects = 'Its values are objects with parts of their own.';

export function areObjects(samples: readonly string[]): boolean {
  return samples.length > 0 && samples.every(isObject);
}

/** `26`, `1980`: the day, the month or the year alone. */
function isPartOfDay(text: string): boolean {
  return /^(?:\d{1,2}|(?:19|20)\d\d)$/.test(text);
}

/** As a list of JSON rows has them, cut short in a sample perhaps. */
function isObject(text: string): boolean {
  return /^\{\s*(?:"|\}$)/.test(text);
}

const statesOfAccount = new Set(
  'enabled disabled active inactive invited declined pending approved rejected blocked open closed archived new'.split(
    ' ',
  ),
);

function isStateOfAccount(text: string): boolean {
  return statesOfAccount.has(text.toLowerCase());
}

/** A wrong e-mail or phone under its own name is the row's problem; a status of somebody else's is no status. */
function isAgainst(field: FieldDefinition, readable: number, total: number, by: FoundBy): boolean {
  if (by === 'guess') return readable < total * leastForGuess;
  if (field.type === 'email' || field.type === 'phone' || field.type === 'text') return false;
  return (
    (readable === 0 && total >= fewestAgainstName) || (readable < total / 2 && total >= enoughAgainstName)
  );
}

/** Reads as the import will: how the whole column is written is settled first. */
function readableBy(field: FieldDefinition, samples: readonly string[]): (text: string) => boolean {
  const survey = surveyColumn(field);
  for (const text of samples) survey?.see(text);
  const read = compileColumn(field, survey?.settle().reading);
  return (text) => {
    const value = read(text);
    return !(value instanceof Problem) || openQuestions.has(value.code);
  };
}

/** Without the customer it belongs to, an address is none: whatever its values, that column is it. */
function isNeeded(dataset: Dataset, field: FieldDefinition): boolean {
  return dataset.createRules?.some((rule) => rule.field === field.key) === true;
}

/** What ties a record to one of another kind, such as an order to its customer, and is called so, is that. */
function isTie(dataset: Dataset, { reference }: FieldDefinition): boolean {
  return (
    reference !== undefined && datasets.some(({ key }) => key === reference.dataset && key !== dataset.key)
  );
}

/**
 * A name in free words finds no record, and would fail every row: under any name but its own, a reference needs values
 * that can be keys. Under its own, a value that finds nothing is a problem of its row.
 */
function againstReference(
  dataset: Dataset,
  field: FieldDefinition,
  samples: readonly string[],
): string | undefined {
  const mayBeKey = isTie(dataset, field) ? isOneWord : looksLikeKey;
  const keys = samples.filter(mayBeKey).length;
  if (samples.length > 0 && keys >= samples.length / 2) return undefined;
  return `Its values do not name ${field.label} by an e-mail address, a number or an id.`;
}

/** Another product's id has any form, but hardly a space in it. */
function isOneWord(text: string): boolean {
  return !/\s/.test(text);
}

function looksLikeKey(text: string): boolean {
  return (
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ||
    /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(text) ||
    ownIdsByForm.isNumber(text)
  );
}

const formsOfAddress = new Set([
  'mr',
  'mrs',
  'ms',
  'miss',
  'mx',
  'dr',
  'prof',
  'sir',
  'madam',
  'herr',
  'frau',
  'm',
  'mme',
  'mlle',
  'sr',
  'sra',
  'srta',
  'rev',
]);

function isFormOfAddress(text: string): boolean {
  return formsOfAddress.has(text.trim().toLowerCase().replace(/\.$/, ''));
}

export interface ValuesGuess {
  readonly field: string;
  readonly confidence: number;
  readonly reason: string;
}

/** What values give away where the header says nothing ("column 3"); fields that a dataset lacks are passed over. */
const fieldsByContent: Partial<Record<ColumnContent, string>> = {
  email: 'email',
  phone: 'phone',
  url: 'website',
  country: 'country',
  postcode: 'postal_code',
};

const surelyShare = 0.9;
const fewestForField = 3;

/**
 * Guesses a field by the values alone. Under a header that says something unknown, only e-mail addresses are taken
 * for what they are: a column called "Fax" holds phone numbers too.
 * @param samples values of the column, blank ones left out.
 */
export function valuesFor(
  dataset: Dataset,
  header: string,
  samples: readonly string[],
): ValuesGuess | undefined {
  if (samples.length < fewestForField) return undefined;
  const isNameless = header === '' || /^column \d+$/i.test(header);
  if (!isNameless && (otherPeople.test(header) || !samples[0]?.includes('@'))) return undefined;
  const [likeliest] = recogniseColumn(samples);
  const field = likeliest === undefined ? undefined : fieldsByContent[likeliest.content];
  if (likeliest === undefined || likeliest.share < surelyShare || field === undefined || !dataset.has(field))
    return undefined;
  if (!isNameless && field !== 'email') return undefined;
  const confidence = field === 'email' ? 0.75 : 0.65;
  return { field, confidence, reason: `Its values look like ${dataset.field(field).label}.` };
}

const otherPeople =
  /manager|assistant|owner|agent|\brep\b|supervisor|spouse|partner|referr|emergency|parent|\bby\b|reply|sender/i;
