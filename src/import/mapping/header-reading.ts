/**
 * What a column's header alone says of the field that it feeds, and how sure that is. The first rule that finds a
 * field answers:
 *
 *     key itself  1.00     label 0.98   alias 0.96   known spelling 0.90
 *     the same after taking off "(…)", a number, a plural's s, or what stands before: 0.80 to 0.88
 *     one letter off: 0.75
 *
 * A guess below `leastConfidence` is none: a column that is left out is seen, one that feeds a wrong field may not be.
 */
import type { Dataset } from '../../datasets/define-dataset.ts';
import { normaliseSpelling } from '../../field-types/spelling.ts';
import { type Family, ownFamily, type Prefixed, withoutEnding, withoutPrefix } from './header-families.ts';
import { headerSpellings, type KnownSpelling } from './header-spellings.ts';

export const leastConfidence = 0.6;

export interface HeaderGuess {
  readonly field: string;
  readonly confidence: number;
  readonly reason: string;
  readonly family: Family;
  /** How the field was found: its own name stands more firmly against odd values than another one or a guess does. */
  readonly by: FoundBy;
  /** The column says the opposite of the field. */
  readonly opposite?: true;
}

/** `label`: exactly, whatever the case and the marks between the words. */
export type FoundBy = 'key' | 'label' | 'alias' | 'guess';

/** Reads the headers of files for one dataset. */
export interface HeaderReader {
  read(header: string): HeaderGuess | undefined;
}

type Found = Omit<HeaderGuess, 'family'>;

export function headerReader(dataset: Dataset): HeaderReader {
  const spellings = headerSpellings(dataset.key);
  const names = fieldNames(dataset);
  const inPart = (text: string): Found | undefined => notWhole(lookUp(text, dataset, spellings));
  const lookup = (words: readonly string[]): Found | undefined => inPart(words.join(' '));
  return {
    read(header) {
      if (dataset.has(header)) {
        return {
          field: header,
          confidence: 1,
          reason: 'The header is the field’s key.',
          family: ownFamily,
          by: 'key',
        };
      }
      const words = headerWords(header);
      const known = lookUp(header, dataset, spellings);
      const ended = known === undefined ? withEnding(header, lookup) : undefined;
      if (ended !== undefined) return ended;
      const whole = known ?? inPart(plainHeader(header)) ?? lookup(words);
      const own =
        whole ?? eitherSide(header, lookup) ?? numbered(words, lookup) ?? singular(words, lookup, dataset);
      if (own !== undefined) return { ...own, family: ownFamily };
      return prefixed(words, lookup) ?? oneLetterOff(words, names);
    },
  };
}

function lookUp(
  text: string,
  dataset: Dataset,
  spellings: ReadonlyMap<string, KnownSpelling>,
): Found | undefined {
  const normal = normaliseSpelling(text);
  const field = dataset.keyFor(text);
  if (field !== undefined) {
    const { label } = dataset.field(field);
    if (normal === normaliseSpelling(label) || normal === normaliseSpelling(field)) {
      return { field, confidence: 0.98, reason: `The header is the field’s name, ${label}.`, by: 'label' };
    }
    return { field, confidence: 0.96, reason: `The header is another name of ${label}.`, by: 'alias' };
  }
  const known = spellings.get(normal);
  if (known === undefined) return undefined;
  return {
    field: known.field,
    confidence: 0.9 - known.rank * perRank,
    reason: `Files often call ${dataset.field(known.field).label} so.`,
    by: 'guess',
    ...(known.opposite === true && { opposite: true }),
  };
}

/** So little that it settles nothing but which of two known spellings is the better one. */
const perRank = 0.00001;

/** Something else stands in the header too. */
function notWhole(found: Found | undefined): Found | undefined {
  return found?.by === 'label' ? { ...found, by: 'alias' } : found;
}

/** "BillingPostalCode", "PHONE1" and "E-mail 1 - Value" as words, in lower case. */
export function headerWords(header: string): string[] {
  return wordsOf(plainHeader(header));
}

function wordsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\d)/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Without the kind of value that MongoDB sets behind a key, and what stands in parentheses at the end (`customers[email]` keeps its brackets), and without the "- Value" of numbered columns. */
function plainHeader(header: string): string {
  return header
    .normalize('NFKC')
    .replace(/\.\$(?:oid|date|number\w+)$/u, '')
    .replace(/(?:\s*\([^()]*\)|\s+\[[^[\]]*\])\s*$/u, '')
    .replace(/(\d)\s*-\s*value$/iu, '$1');
}

/** "State/Province", "Zip or Postal Code": both sides mean the same field, or the first one is meant. */
function eitherSide(
  header: string,
  lookup: (words: readonly string[]) => Found | undefined,
): Found | undefined {
  const sides = plainHeader(header).split(/\s*\/\s*|\s+or\s+/iu);
  if (sides.length !== 2) return undefined;
  const [first, second] = sides.map((side) => lookup(headerWords(side)));
  if (first === undefined || (second !== undefined && second.field !== first.field)) return undefined;
  return weaker(first, 0.08);
}

/** "Phone 1" is the phone, "Phone 2" the second one; a third has no field. */
function numbered(
  words: readonly string[],
  lookup: (words: readonly string[]) => Found | undefined,
): Found | undefined {
  const at = words.findIndex((word) => /^\d$/.test(word));
  if (at < 0 || words.length === 1) return undefined;
  const found = lookup(words.toSpliced(at, 1));
  if (found === undefined) return undefined;
  if (words[at] === '1') return weaker(found, 0.08);
  const second = words[at] === '2' ? secondFields[found.field] : undefined;
  return second === undefined ? undefined : { ...weaker(found, 0.1), field: second };
}

/** Where a field's second value goes. */
export const secondFields: Readonly<Record<string, string>> = {
  phone: 'secondary_phone',
  email: 'secondary_email',
  address_line1: 'address_line2',
};

function singular(
  words: readonly string[],
  lookup: (words: readonly string[]) => Found | undefined,
  dataset: Dataset,
): Found | undefined {
  const last = words.at(-1) ?? '';
  if (last.length < 4) return undefined;
  const other = last.endsWith('s') ? last.slice(0, -1) : `${last}s`;
  const found = lookup([...words.slice(0, -1), other]);
  // "Orders" is how many there are, "Order" is one of them.
  if (found === undefined || dataset.field(found.field).type === 'integer') return undefined;
  return weaker(found, 0.1);
}

function weaker(found: Found, by: number): Found {
  return { ...found, confidence: found.confidence - by, by: 'guess' };
}

/** Fields of an address that a customer also has apart from it. */
const addressContact: Readonly<Record<string, string>> = {
  phone: 'address_phone',
  company_name: 'address_company',
  display_name: 'recipient_name',
};

/** What may stand after such a prefix and still be the customer's. A "lead status" is not the customer's status. */
// biome-ignore format: a table reads better in lines that are full.
const prefixable = new Set([
  'first_name', 'last_name', 'display_name', 'company_name', 'job_title', 'email', 'phone', 'secondary_email', 'secondary_phone',
  'website', 'date_of_birth', 'gender', 'preferred_language', 'timezone', 'tags', 'groups', 'general_notes', 'note', 'industry',
  'created_at', 'tax_id', 'address_line1', 'address_line2', 'city', 'state_province', 'postal_code', 'country', 'country_code',
  'latitude', 'longitude', 'address_phone', 'address_company', 'recipient_name', 'customer',
]);

function prefixed(
  words: readonly string[],
  lookup: (words: readonly string[]) => Found | undefined,
): HeaderGuess | undefined {
  for (const prefixed of withoutPrefix(words)) {
    const prefix = words.slice(0, words.length - prefixed.rest.length).join(' ');
    const guess = ofFamily(prefixed, lookup, `“${prefix}” stands before it.`);
    if (guess !== undefined) return guess;
  }
  return undefined;
}

/** "Email - Work" and "Rue (domicile)", with a subject before it or not: "Person - Phone - Home". */
function withEnding(
  header: string,
  lookup: (words: readonly string[]) => Found | undefined,
): HeaderGuess | undefined {
  const words = wordsOf(header);
  const ended = withoutEnding(words);
  if (ended === undefined) return undefined;
  const subject = withoutPrefix(ended.rest).find(({ family }) => family.name === ownFamily.name);
  const said = `“${words.at(-1)}” stands behind it.`;
  return (
    ofFamily(ended, lookup, said) ??
    (subject && ofFamily({ family: ended.family, rest: subject.rest }, lookup, said))
  );
}

function ofFamily(
  { family, rest }: Prefixed,
  lookup: (words: readonly string[]) => Found | undefined,
  said: string,
): HeaderGuess | undefined {
  const found = lookup(rest) ?? numbered(rest, lookup);
  if (found === undefined || !prefixable.has(found.field)) return undefined;
  const field = family.ownContact ? found.field : (addressContact[found.field] ?? found.field);
  if (!family.ownContact && isPersonal(field)) return undefined;
  const reason = `${found.reason.replace('The header', `“${rest.join(' ')}”`)} ${said}`;
  return { field, confidence: found.confidence - 0.1, reason, family, by: 'guess' };
}

/** Somebody who receives a parcel need not be the customer. */
function isPersonal(field: string): boolean {
  return (
    field === 'first_name' || field === 'last_name' || field.includes('email') || field === 'date_of_birth'
  );
}

interface FieldName {
  readonly field: string;
  readonly normal: string;
  readonly words: number;
}

const shortestForTypos = 6;

function fieldNames(dataset: Dataset): FieldName[] {
  return dataset.importable.flatMap((field) =>
    [field.key, field.label, ...(field.aliases ?? [])]
      .map((name) => ({ field: field.key, normal: normaliseSpelling(name), words: headerWords(name).length }))
      .filter(({ normal }) => normal.length >= shortestForTypos && /^\p{L}+$/u.test(normal)),
  );
}

/**
 * "FIRSNAME", "Adress": one letter is wrong, missing, too many or swapped with its neighbour. Nobody sets a word apart
 * by mistake: a "form name" is no forename.
 */
function oneLetterOff(words: readonly string[], names: readonly FieldName[]): HeaderGuess | undefined {
  const normal = words.join('');
  if (normal.length < shortestForTypos) return undefined;
  const near = names.filter(
    (name) => (words.length === 1 || words.length === name.words) && isOneOff(normal, name.normal),
  );
  const fields = new Set(near.map((name) => name.field));
  const [field] = fields;
  if (field === undefined || fields.size > 1) return undefined;
  return {
    field,
    confidence: 0.75,
    reason: 'The header is one letter off the field’s name.',
    family: ownFamily,
    by: 'guess',
  };
}

function isOneOff(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA.length > restB.length) return restA.slice(1) === restB;
  if (restA.length < restB.length) return restA === restB.slice(1);
  const isSwap = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  return restA.slice(1) === restB.slice(1) || isSwap;
}
