/**
 * Numbers as people write them: `1,234.50`, `1.234,50`, `1 234,50`, `1'234.50`, `1,23,456`, `(5.00)`, `5-`, `1.5E3`,
 * with a currency or a percent sign around them.
 *
 * What a point or a comma means is certain when both stand in the number, when one stands twice, or when other
 * than three digits follow it. `1,234` alone may be both; the column tells (number-column.ts).
 */

import { remembering } from '../remember.ts';

export interface NumberText {
  readonly negative: boolean;
  /** Digits before and behind the decimal separator, as written; an exponent is worked in. */
  readonly whole: string;
  readonly fraction: string;
  /** The decimal separator this number proves; '' when it proves none. */
  readonly proves: '.' | ',' | '';
  /** Sign or code of a currency, '' without one; one stands before or behind the number. */
  readonly currency: string;
  readonly percent: boolean;
}

/** A number whose one separator may be either: the same separator, with three digits behind it. */
export interface EitherNumber {
  readonly either: '.' | ',';
}

/** More digits than this, before the point or behind it, are in no number that is kept. */
export const digitsMax = 38;

/**
 * @param decimal the column's decimal separator, when it is settled.
 * @returns undefined when the text is no number, or none with that separator.
 */
export function readNumberText(
  text: string,
  decimal: '.' | ',' | undefined,
): NumberText | EitherNumber | undefined {
  const body = aroundDigits(text);
  if (body === undefined) return undefined;
  const affixes = affixesOf(body.before, body.after);
  if (affixes === undefined) return undefined;
  const number = readDigits(body.digits, decimal);
  if (number === undefined || 'either' in number) return number;
  return { ...affixes, ...number };
}

/** The text cut into what stands before its digits, the digits with their separators, and what stands behind. */
function aroundDigits(text: string): { before: string; digits: string; after: string } | undefined {
  const start = firstDigit(text);
  if (start < 0) return undefined;
  let end = text.length;
  while (!isDigit(text.charCodeAt(end - 1))) end--;
  const point = text.charCodeAt(end);
  if ((point === 0x2e || point === 0x2c) && !isDash(text.charCodeAt(end + 1))) end++;
  return { before: text.slice(0, start), digits: text.slice(start, end), after: text.slice(end) };
}

const letterOrSlash = /[\p{L}/]/u;

/** With the point of `.5`, but not that of `Rs.500`; -1 when there is no digit. */
function firstDigit(text: string): number {
  let at = 0;
  while (at < text.length && !isDigit(text.charCodeAt(at))) at++;
  if (at === text.length) return -1;
  const before = text.charCodeAt(at - 1);
  if (before !== 0x2e && before !== 0x2c) return at;
  return at > 1 && letterOrSlash.test(text.charAt(at - 2)) ? at : at - 1;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** Hyphen, minus and the dashes: `5.-` and `5,–` are whole amounts of a currency. */
function isDash(unit: number): boolean {
  return unit === 0x2d || unit === 0x2212 || unit === 0x2013 || unit === 0x2014;
}

interface Affixes {
  readonly negative: boolean;
  readonly currency: string;
  readonly percent: boolean;
}

const noAffixes: Affixes = { negative: false, currency: '', percent: false };
const minus = /[-\u2212]/;
const wholeAmount = /^[.,][-\u2212\u2013\u2014]/;
/** Letters and signs of currencies; what else stands around a number makes it none. */
const currencyMark = /^(?:[\p{L}.]*\p{Sc}?|\p{Sc}\p{L}*|S\/\.?)$/u;

function affixesOf(before: string, after: string): Affixes | undefined {
  return before === '' && after === '' ? noAffixes : seenAffixes(`${before}0${after}`);
}

const affixesKept = 200;

/** What stands around the numbers of a column is nearly always the same. */
const seenAffixes = remembering((around) => {
  const number = around.indexOf('0');
  return readAffixes(around.slice(0, number), around.slice(number + 1));
}, affixesKept);

function readAffixes(before: string, after: string): Affixes | undefined {
  const prefix = before.replace(/[\s\u00a0\u202f]+/g, '');
  const suffix = after.replace(/[\s\u00a0\u202f]+/g, '').replace(wholeAmount, '');
  const brackets = prefix.includes('(');
  const prefixMark = prefix.replace('(', '').replace(/[-+\u2212]/, '');
  const suffixMark = suffix.replace(')', '').replace(minus, '').replace('%', '');
  if (brackets !== suffix.includes(')')) return undefined;
  if (prefixMark !== '' && suffixMark !== '') return undefined;
  if (!currencyMark.test(prefixMark) || !currencyMark.test(suffixMark)) return undefined;
  const minuses = Number(minus.test(prefix)) + Number(minus.test(suffix)) + Number(brackets);
  if (minuses > 1) return undefined;
  return { negative: minuses === 1, currency: prefixMark || suffixMark, percent: suffix.includes('%') };
}

type Digits = Pick<NumberText, 'whole' | 'fraction' | 'proves'>;

const exponential = /^([^eE]*)[eE]([+-]?[0-9]{1,9})$/;
const grouping = /[ \u00a0\u2007\u2009\u202f'\u2019]/;

function readDigits(text: string, decimal: '.' | ',' | undefined): Digits | EitherNumber | undefined {
  const scientific = text.includes('e') || text.includes('E') ? exponential.exec(text) : null;
  if (scientific !== null) return withExponent(scientific[1] ?? '', Number(scientific[2]), decimal);
  const separator = decimalSeparator(text);
  if (separator === undefined) return undefined;
  if (separator.means !== 'either') {
    return conflicts(separator, decimal) ? undefined : split(text, separator.means, separator.proves);
  }
  if (decimal === undefined) return { either: separator.mark };
  return split(text, separator.mark === decimal ? decimal : '', '');
}

interface Separator {
  /** The decimal separator that stands in the number, '' when none does. */
  readonly means: '.' | ',' | '' | 'either';
  /** The mark it is about. */
  readonly mark: '.' | ',';
  readonly proves: '.' | ',' | '';
}

function conflicts({ proves }: Separator, decimal: '.' | ',' | undefined): boolean {
  return decimal !== undefined && proves !== '' && proves !== decimal;
}

/** What the points and commas of a number say. Undefined when they say two things at once. */
function decimalSeparator(text: string): Separator | undefined {
  const point = text.lastIndexOf('.');
  const comma = text.lastIndexOf(',');
  if (point < 0 && comma < 0) return { means: '', mark: '.', proves: '' };
  const mark = point > comma ? '.' : ',';
  const other = mark === '.' ? ',' : '.';
  const stands = text.indexOf(mark) === text.lastIndexOf(mark) ? 'once' : 'often';
  if (point >= 0 && comma >= 0) return stands === 'once' ? { means: mark, mark, proves: mark } : undefined;
  if (stands === 'often') return { means: '', mark, proves: other };
  return mayGroup(text, text.lastIndexOf(mark))
    ? { means: 'either', mark, proves: '' }
    : { means: mark, mark, proves: mark };
}

/** One to three digits before the mark, not beginning with 0, and three behind: it may set thousands apart. */
function mayGroup(text: string, mark: number): boolean {
  return (
    mark >= 1 && mark <= 3 && text.length - mark === 4 && text.charCodeAt(0) !== 0x30 && !grouping.test(text)
  );
}

const ungrouped = /^[0-9]*$/;
const grouped = /^[0-9]{1,3}(?:([.,' \u2019\u00a0\u2007\u2009\u202f])[0-9]{3})(?:\1[0-9]{3})*$/;
const groupMark = /[^0-9]/;
/** Lakh and crore: 1,23,45,678. */
const groupedByTwo = /^[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}$/;

function split(text: string, separator: '.' | ',' | '', proves: '.' | ',' | ''): Digits | undefined {
  const at = separator === '' ? -1 : text.lastIndexOf(separator);
  const before = at < 0 ? text : text.slice(0, at);
  const fraction = at < 0 ? '' : text.slice(at + 1);
  if (!ungrouped.test(fraction)) return undefined;
  if (ungrouped.test(before)) return { whole: before, fraction, proves };
  if (!grouped.test(before) && !groupedByTwo.test(before)) return undefined;
  return { whole: before.split(groupMark).join(''), fraction, proves };
}

/** 1.5E3, with the point wherever the exponent puts it. Thousands are not grouped in such numbers. */
function withExponent(
  mantissa: string,
  exponent: number,
  decimal: '.' | ',' | undefined,
): Digits | undefined {
  const mark = mantissa.includes(',') ? ',' : '.';
  if (decimal !== undefined && mantissa.includes(mark) && mark !== decimal) return undefined;
  const [whole = '', fraction = '', more] = mantissa.split(mark);
  if (more !== undefined || !ungrouped.test(whole + fraction) || whole + fraction === '') return undefined;
  const point = whole.length + exponent;
  const digits = whole + fraction;
  if (/^0*$/.test(digits)) return { whole: '0', fraction: '', proves: '' };
  if (point > digitsMax * 2) return { whole: '9'.repeat(digitsMax + 1), fraction: '', proves: '' };
  if (point < -digitsMax * 2) return { whole: '0', fraction: `${'0'.repeat(digitsMax)}1`, proves: '' };
  return {
    whole: point <= 0 ? '' : digits.slice(0, point).padEnd(point, '0'),
    fraction:
      point >= digits.length ? '' : digits.slice(Math.max(point, 0)).padStart(digits.length - point, '0'),
    proves: '',
  };
}

/** Plain digits without needless zeros: `-1234.5`, never `-0`. */
export function canonicalNumber(negative: boolean, whole: string, fraction: string): string {
  let start = 0;
  while (start < whole.length - 1 && whole.charCodeAt(start) === 0x30) start++;
  let end = fraction.length;
  while (end > 0 && fraction.charCodeAt(end - 1) === 0x30) end--;
  const left = whole.slice(start) || '0';
  const right = fraction.slice(0, end);
  const digits = right === '' ? left : `${left}.${right}`;
  return negative && digits !== '0' ? `-${digits}` : digits;
}

/** Negative when a < b, positive when a > b; both canonical, compared digit by digit. */
export function compareNumbers(a: string, b: string): number {
  const aNegative = a.startsWith('-');
  const bNegative = b.startsWith('-');
  if (aNegative !== bNegative) return aNegative ? -1 : 1;
  const order = compareMagnitudes(aNegative ? a.slice(1) : a, bNegative ? b.slice(1) : b);
  return aNegative ? -order : order;
}

function compareMagnitudes(a: string, b: string): number {
  const [aWhole = '', aFraction = ''] = a.split('.');
  const [bWhole = '', bFraction = ''] = b.split('.');
  if (aWhole.length !== bWhole.length) return aWhole.length - bWhole.length;
  if (aWhole !== bWhole) return aWhole < bWhole ? -1 : 1;
  if (aFraction === bFraction) return 0;
  return aFraction < bFraction ? -1 : 1;
}
