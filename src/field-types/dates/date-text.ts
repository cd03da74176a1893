/**
 * Days as people write them: `2021-07-26`, `26.07.2021`, `7/26/21`, `26 July 2021`, `Jul 26, 2021`,
 * `Mon, 26-Jul-21`, `26JUL2021`, `20210726`, `2021年7月26日`, `26 июля 2021 г.`. A text is scanned into three parts first; what they mean is decided by their own
 * shape or, where that leaves it open, by the order that was found for the column (date-order.ts).
 */

import type { DateOrder } from '../field-type.ts';
import { isDate, packDay } from './calendar.ts';
import { type DateNames, nameKey } from './month-names.ts';

/** Instead of a packed day. */
const dayUnreadable = -1;
export const dayImpossible = -2;
export const dayAmbiguous = -3;

/** The three parts of a day in the order of the text. One object is filled again and again: scanning allocates nothing. */
export interface ScannedDay {
  first: number;
  second: number;
  third: number;
  /** Digits of the first and the third part; of a part that is a name, 0. */
  firstWidth: number;
  thirdWidth: number;
  /** Which part is the name of a month: 1 or 2, and 0 when none is. */
  named: 0 | 1 | 2;
  /** Where the day ends in the text. */
  end: number;
}

export function scannedDay(): ScannedDay {
  return { first: 0, second: 0, third: 0, firstWidth: 0, thirdWidth: 0, named: 0, end: 0 };
}

let at = 0;
let width = 0;

/** Fills `day` from the text's beginning. @returns false when no day stands there. */
export function scanDay(text: string, day: ScannedDay, names: DateNames): boolean {
  at = 0;
  day.named = 0;
  skipWeekday(text, names);
  day.first = readPart(text, names);
  day.firstWidth = width;
  if (day.first < 0) return false;
  if (width === 0) day.named = 1;
  if (width === 8) return splitEight(day);
  const separator = readSeparator(text, day.named > 0);
  const isBesideName = day.named > 0 || isLetter(text.charCodeAt(at));
  day.second = readPart(text, names);
  if ((separator === 0 && !isBesideName) || day.second < 0) return false;
  const secondWidth = width;
  if (secondWidth === 0) {
    if (day.named > 0) return false;
    day.named = 2;
  }
  const next = readSeparator(text, day.named > 0);
  if (day.named === 0 && (next === 0 || next !== separator)) return false;
  if (!isDigit(text.charCodeAt(at))) return false;
  day.third = readPart(text, names);
  day.thirdWidth = width;
  skipEnding(text);
  day.end = at;
  return secondWidth <= 2 && day.third >= 0 && width > 0;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function isLetter(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || unit >= 0xc0;
}

/** A number of up to eight digits (its digits in `width`) or the name of a month (`width` 0); -1 when neither stands here. */
function readPart(text: string, names: DateNames): number {
  const start = at;
  if (!isDigit(text.charCodeAt(at))) {
    const month = names.month(readWord(text));
    width = 0;
    return month === 0 ? -1 : month;
  }
  let value = 0;
  while (isDigit(text.charCodeAt(at))) {
    value = value * 10 + text.charCodeAt(at) - 0x30;
    at++;
    if (at - start > 8) return -1;
  }
  width = at - start;
  skipOrdinal(text);
  return value;
}

/** A word with the point of an abbreviation, as the tables of names have it. */
function readWord(text: string): string {
  const start = at;
  while (isLetter(text.charCodeAt(at))) at++;
  const word = text.slice(start, at);
  if (text.charCodeAt(at) === 0x2e) at++;
  return word === '' ? '' : nameKey(word);
}

const ordinal = /(?:st|nd|rd|th|er|ère|re|º|ª)(?![\p{L}])/iuy;

function skipOrdinal(text: string): void {
  const unit = text.charCodeAt(at);
  if (!isLetter(unit) && unit !== 0xba && unit !== 0xaa) return;
  ordinal.lastIndex = at;
  if (ordinal.test(text)) at = ordinal.lastIndex;
}

/** `日` and `일` for the day, `г.` for the year, and the point that ends dates in Korea and on the Balkans. */
const ending = /日|일|\.(?![0-9])|[ \u00a0]?[гр](?:\.|$)/uy;

function skipEnding(text: string): void {
  const unit = text.charCodeAt(at);
  const mayEnd = unit === 0x2e || unit >= 0xa0 || (unit === 0x20 && text.charCodeAt(at + 1) >= 0x400);
  if (!mayEnd) return;
  ending.lastIndex = at;
  if (ending.test(text)) at = ending.lastIndex;
}

/** `2021年7月26日`, `2021년 7월 26일`. */
const namedSeparators = '年月년월';

function skipSpaces(text: string): boolean {
  const start = at;
  while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0xa0 || text.charCodeAt(at) === 0x202f) at++;
  return at > start;
}

/** `26th of July`, `26 de julio de 2021` */
const filler = /(?:of|de|del|do)\s+/iuy;

/** One of `-` `/` `.` or a space, which may stand around the others; beside a name a comma too. @returns it, 0 without. */
function readSeparator(text: string, besideName: boolean): number {
  const spaced = skipSpaces(text);
  let separator = spaced ? 0x20 : 0;
  const unit = text.charCodeAt(at);
  if (unit === 0x2d || unit === 0x2f || unit === 0x2e || (unit === 0x2c && besideName)) {
    separator = unit;
    at++;
    skipSpaces(text);
  } else if (unit > 0x2e80 && namedSeparators.includes(text.charAt(at))) {
    separator = 0x2d;
    at++;
    skipSpaces(text);
  } else if (text.charCodeAt(at - 1) === 0x2e) {
    separator = 0x2e;
  }
  if (isLetter(text.charCodeAt(at))) {
    filler.lastIndex = at;
    if (filler.test(text)) at = filler.lastIndex;
  }
  return separator;
}

/** `Mon, 26 Jul`: the weekday says nothing that the date does not. */
function skipWeekday(text: string, names: DateNames): void {
  if (!isLetter(text.charCodeAt(0))) return;
  const word = readWord(text);
  if (names.month(word) > 0 || !names.isWeekday(word)) {
    at = 0;
    return;
  }
  if (text.charCodeAt(at) === 0x2c) at++;
  skipSpaces(text);
}

/** 20210726, ISO 8601's basic form. */
function splitEight(day: ScannedDay): boolean {
  const { first } = day;
  day.first = Math.floor(first / 10_000);
  day.second = Math.floor(first / 100) % 100;
  day.third = first % 100;
  day.firstWidth = 4;
  day.thirdWidth = 2;
  day.end = at;
  return true;
}

/** How two-digit years and open orders are read. */
export interface DayRules {
  readonly order: DateOrder | undefined;
  /** Two-digit years up to this one are 20xx. */
  readonly pivotYear: number;
}

/** @returns the packed day, or one of `dayUnreadable`, `dayImpossible` and `dayAmbiguous`. */
export function resolveDay(day: ScannedDay, rules: DayRules): number {
  if (day.named > 0) return resolveNamed(day, rules);
  if (day.firstWidth === 4) {
    return day.thirdWidth <= 2 ? packed(day.first, day.second, day.third) : dayUnreadable;
  }
  if (day.firstWidth > 2 || (day.thirdWidth !== 2 && day.thirdWidth !== 4)) return dayUnreadable;
  const order = orderOf(day, rules.order);
  if (order === undefined) return mayBeDay(day) ? dayAmbiguous : dayImpossible;
  return ordered(day, order, rules);
}

function ordered(day: ScannedDay, order: DateOrder, rules: DayRules): number {
  const { first, second, third } = day;
  if (order === 'ymd') return packed(fullYear(first, day.firstWidth, rules), second, third);
  const year = fullYear(third, day.thirdWidth, rules);
  return order === 'dmy' ? packed(year, second, first) : packed(year, first, second);
}

/** `26 July 2021`, `2021 July 26`, `July 26, 2021`. Of two short numbers the day comes first, unless the column begins with the year. */
function resolveNamed(day: ScannedDay, rules: DayRules): number {
  if (day.named === 1) return namedDay(day.third, day.thirdWidth, day.first, day.second, rules);
  const yearFirst = day.firstWidth === 4 || day.first > 31 || (rules.order === 'ymd' && day.thirdWidth <= 2);
  return yearFirst
    ? namedDay(day.first, day.firstWidth, day.second, day.third, rules)
    : namedDay(day.third, day.thirdWidth, day.second, day.first, rules);
}

function namedDay(year: number, digits: number, month: number, day: number, rules: DayRules): number {
  if (digits !== 2 && digits !== 4) return dayUnreadable;
  return packed(fullYear(year, digits, rules), month, day);
}

function fullYear(year: number, digits: number, { pivotYear }: DayRules): number {
  if (digits === 4) return year;
  return year <= pivotYear % 100 ? 2000 + year : 1900 + year;
}

function packed(year: number, month: number, day: number): number {
  return isDate(year, month, day) ? packDay(year, month, day) : dayImpossible;
}

/** The orders a day of three numbers may be in, as a sum of these. */
export const mayBeDmy = 1;
export const mayBeMdy = 2;
export const mayBeYmd = 4;

/** Which orders the numbers allow. The year comes first only when it has two digits, as all parts have. */
export function ordersOf(day: ScannedDay): number {
  const { first, second, third } = day;
  const dmy = first >= 1 && first <= 31 && second >= 1 && second <= 12 ? mayBeDmy : 0;
  const mdy = first >= 1 && first <= 12 && second >= 1 && second <= 31 ? mayBeMdy : 0;
  const ymd = day.thirdWidth === 2 && second >= 1 && second <= 12 && third >= 1 && third <= 31 ? mayBeYmd : 0;
  return dmy + mdy + ymd;
}

/**
 * The column's order; without one, the only order that the numbers allow, or any when day and month are equal. A
 * short year is taken to come last unless it cannot: `26/07/21` ends with the year, `85/07/26` begins with it.
 */
function orderOf(day: ScannedDay, column: DateOrder | undefined): DateOrder | undefined {
  if (column !== undefined && (column !== 'ymd' || day.thirdWidth <= 2)) return column;
  const orders = ordersOf(day);
  const yearLast = orders % mayBeYmd;
  if (yearLast === 0) return orders === mayBeYmd ? 'ymd' : undefined;
  if (yearLast === mayBeMdy) return 'mdy';
  return yearLast === mayBeDmy || day.first === day.second ? 'dmy' : undefined;
}

function mayBeDay(day: ScannedDay): boolean {
  return ordersOf(day) !== 0;
}
