/** What a column holds by the look of its values alone, for files whose headers do not say it. */
import { postcodeValidator } from 'postcode-validator';
import { Problem } from '../platform/problems.ts';
import { compileColumn, type ReadCell, surveyColumn } from './column.ts';
import { countryCodeFor } from './country-names.ts';
import { isSerial } from './dates/serial-date.ts';
import type { FieldTypeName } from './field-type.ts';
import { currenciesOf } from './numbers/currency-signs.ts';
import { readNumberText } from './numbers/number-text.ts';
import { scanPhone } from './phones/phone-digits.ts';

/** From the one that is hardest to be by chance to the one that is easiest: in this order among equal shares. */
const contents = [
  'uuid',
  'email',
  'url',
  'datetime',
  'date',
  'money',
  'boolean',
  'country',
  'phone',
  'postcode',
  'number',
] as const;

export type ColumnContent = (typeof contents)[number];

export interface ContentGuess {
  readonly content: ColumnContent;
  /** Of the cells that are not blank, from 0.5 to 1. */
  readonly share: number;
}

const leastShare = 0.5;

/**
 * @param samples cells as they stand in the file; blank ones do not count. A hundred are plenty.
 * @returns what at least half of them are, the likeliest first; nothing for text.
 */
export function recogniseColumn(samples: readonly string[]): readonly ContentGuess[] {
  const cells = samples.map((sample) => sample.trim()).filter((sample) => sample !== '');
  if (cells.length === 0) return [];
  const detectors = detectorsFor(cells);
  return contents
    .map((content) => ({ content, share: shareOf(cells, detectors[content]) }))
    .filter(({ share }) => share >= leastShare)
    .toSorted((a, b) => b.share - a.share);
}

type Detector = (cell: string) => boolean;

function shareOf(cells: readonly string[], detects: Detector): number {
  return cells.filter(detects).length / cells.length;
}

function detectorsFor(cells: readonly string[]): Readonly<Record<ColumnContent, Detector>> {
  const isDate = readsAs('date', cells);
  const isDatetime = readsAs('datetime', cells);
  const isPostcode = postcodesOf(cells);
  return {
    uuid: readsAs('uuid', cells),
    email: readsAs('email', cells),
    url: readsAs('url', cells),
    date: (cell) => !isSerial(cell) && isDate(cell),
    datetime: (cell) => !isSerial(cell) && isDatetime(cell) && !isDate(cell),
    money: isMoney,
    boolean: readsAs('boolean', cells),
    country: (cell) => countryCodeFor(cell) !== undefined,
    phone: (cell) => looksLikePhone(cell) && !isDate(cell) && !isDatetime(cell) && !isPostcode(cell),
    postcode: isPostcode,
    number: readsAs('decimal', cells),
  };
}

/** The cell is a value of the type, or one but for the order or the separator of the column. */
function readsAs(type: FieldTypeName, cells: readonly string[]): Detector {
  const field = { key: type, label: type, type };
  const survey = surveyColumn(field);
  for (const cell of cells) survey?.see(cell);
  const read: ReadCell = compileColumn(field, survey?.settle().reading);
  return (cell) => {
    const value = read(cell);
    return value instanceof Problem
      ? value.code === 'date.ambiguous' || value.code === 'number.ambiguous'
      : value !== null;
  };
}

function isMoney(cell: string): boolean {
  const number = readNumberText(cell, '.') ?? readNumberText(cell, ',');
  return number !== undefined && !('either' in number) && currenciesOf(number.currency) !== undefined;
}

const phoneDigits: readonly [min: number, max: number] = [7, 15];
/** A plus, brackets, spaces or hyphens, or a leading zero: what phone numbers have and amounts have not. */
const phoneLook = /^0|^\+|[0-9)][ )/-]|\..*\.|x/i;

function looksLikePhone(cell: string): boolean {
  const digits = scanPhone(cell)?.replace('+', '');
  if (digits === undefined || !phoneLook.test(cell)) return false;
  return digits.length >= phoneDigits[0] && digits.length <= phoneDigits[1];
}

/** Countries whose postal codes have shapes of their own, and those that stand for the plain ones of digits. */
const postcodeCountries = [
  'GB',
  'CA',
  'NL',
  'IE',
  'US',
  'DE',
  'AT',
  'BR',
  'JP',
  'PL',
  'PT',
  'SE',
  'IN',
  'AR',
  'MT',
];

/** Postal codes of the one country that most of the cells fit. */
function postcodesOf(cells: readonly string[]): Detector {
  const detectors = postcodeCountries.map(
    (country): Detector =>
      (cell) =>
        postcodeValidator(cell, country),
  );
  return detectors.reduce((best, next) => (shareOf(cells, next) > shareOf(cells, best) ? next : best));
}
