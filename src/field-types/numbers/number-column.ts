/**
 * Numbers of one column. Which separator is the decimal one is found for the whole column: each cell that can be
 * read in one way only is a vote, and the majority decides; the others are problems. Cells that may be read in two
 * ways (`1,234`) do not vote. When nothing votes and such cells are there, the column is ambiguous.
 *
 * Beside its separators a cell can prove itself by the field's range: a latitude of 51.507 is no 51507.
 */
import { Problem } from '../../platform/problems.ts';
import { cellProblem, shown } from '../cell-problem.ts';
import type { ColumnReading, ColumnSurvey, FieldLimits } from '../field-type.ts';
import {
  canonicalNumber,
  compareNumbers,
  digitsMax,
  type NumberText,
  readNumberText,
} from './number-text.ts';

/** What a plain number is: digits, a minus before them, and at most one point among them. */
const notPlain = 0;
const plainWhole = 1;
const plainPoint = 2;
const plainEither = 3;

/** How most cells are told apart without any allocation. */
function plainness(text: string): number {
  const start = text.charCodeAt(0) === 0x2d ? 1 : 0;
  const length = text.length;
  let point = -1;
  for (let at = start; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x30 && unit <= 0x39) continue;
    if (unit !== 0x2e || point >= 0) return notPlain;
    point = at;
  }
  if (length - start > digitsMax || length === start) return notPlain;
  if (point < 0) return plainWhole;
  if (point === start || point === length - 1) return notPlain;
  const mayGroup = length - point === 4 && point - start <= 3 && text.charCodeAt(start) !== 0x30;
  return mayGroup ? plainEither : plainPoint;
}

/** The canonical text of a plain number; most are canonical as they stand. */
function plainCanonical(text: string, kind: number): string {
  const start = text.charCodeAt(0) === 0x2d ? 1 : 0;
  const leads = text.charCodeAt(start) === 0x30;
  if (kind === plainWhole) return leads ? canonicalNumber(start === 1, text.slice(start), '') : text;
  const trails = text.charCodeAt(text.length - 1) === 0x30;
  if (!leads && !trails) return text;
  if (!leads) return withoutEndingZeros(text);
  const point = text.indexOf('.');
  return canonicalNumber(start === 1, text.slice(start, point), text.slice(point + 1));
}

/** Of a number with a point, which goes too when nothing is left behind it. */
function withoutEndingZeros(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x30) end--;
  return text.slice(0, text.charCodeAt(end - 1) === 0x2e ? end - 1 : end);
}

/** What a type asks of a number before its limits are looked at. */
export interface NumberRules {
  /** A problem with the currency or the percent sign, or null when the type takes them. */
  readonly affixes: (number: NumberText, text: string) => Problem | null;
  /** What a number is whose separator may be either, by what the type or the field allows. */
  readonly decide: (text: string, mark: '.' | ',') => '.' | ',' | undefined;
  readonly decimalsMax: number;
  readonly range: NumberRange;
}

/** A reader for numbers of one column. */
export function numberReader(reading: ColumnReading, rules: NumberRules): (text: string) => string | Problem {
  const { decimal } = reading;
  const isInRange = rangeTest(rules.range);
  return (text) => {
    const kind = decimal === ',' ? notPlain : plainness(text);
    const isSettled = kind === plainWhole || kind === plainPoint || (kind === plainEither && decimal === '.');
    const value = isSettled ? plainCanonical(text, kind) : written(text, decimal, rules);
    if (typeof value !== 'string') return value;
    if (value.length <= rules.decimalsMax || isPreciseEnough(value, rules.decimalsMax)) {
      return isInRange(value) ? value : outOfRange(value, rules.range);
    }
    return new Problem('number.too_precise', { value: shown(value), max: rules.decimalsMax });
  };
}

function written(text: string, decimal: '.' | ',' | undefined, rules: NumberRules): string | Problem {
  const number = readNumberText(text, decimal);
  if (number === undefined) return cellProblem('number.unreadable', text);
  if ('either' in number) {
    const decided = rules.decide(text, number.either);
    return decided === undefined ? cellProblem('number.ambiguous', text) : written(text, decided, rules);
  }
  return rules.affixes(number, text) ?? canonicalNumber(number.negative, number.whole, number.fraction);
}

function isPreciseEnough(value: string, decimalsMax: number): boolean {
  const point = value.indexOf('.');
  return point < 0 || value.length - point - 1 <= decimalsMax;
}

function outOfRange(value: string, { min, max }: NumberRange): Problem {
  return new Problem('number.out_of_range', { value: shown(value), min, max });
}

/** Bounds as canonical texts. */
export interface NumberRange {
  readonly min: string;
  readonly max: string;
}

/** Doubles round, but never past each other: only what seems to lie on a bound is compared digit by digit. */
function rangeTest({ min, max }: NumberRange): (value: string) => boolean {
  const nearMin = Number(min);
  const nearMax = Number(max);
  return (value) => {
    const near = Number(value);
    if (near > nearMin && near < nearMax) return true;
    return compareNumbers(value, min) >= 0 && compareNumbers(value, max) <= 0;
  };
}

/** The field's own range, else what the type can hold. */
export function rangeOf(field: FieldLimits, widest: NumberRange): NumberRange {
  if (field.range === undefined) return widest;
  return { min: canonicalOf(field.range[0]), max: canonicalOf(field.range[1]) };
}

function canonicalOf(number: number): string {
  const read = readNumberText(String(number), '.');
  if (read === undefined || 'either' in read) throw new Error(`${number} is no bound of a range.`);
  return canonicalNumber(read.negative, read.whole, read.fraction);
}

/** The separator by which a number that may be read in two ways lies in the range, when only one does. */
export function decideByRange(text: string, mark: '.' | ',', range: NumberRange): '.' | ',' | undefined {
  const other = mark === '.' ? ',' : '.';
  const asDecimal = fits(text, mark, range);
  return asDecimal === fits(text, other, range) ? undefined : asDecimal ? mark : other;
}

function fits(text: string, decimal: '.' | ',', range: NumberRange): boolean {
  const number = readNumberText(text, decimal);
  if (number === undefined || 'either' in number) return false;
  return rangeTest(range)(canonicalNumber(number.negative, number.whole, number.fraction));
}

/** Finds the decimal separator of a column. */
export function numberSurvey(decide: NumberRules['decide']): ColumnSurvey {
  const votes = { '.': 0, ',': 0, either: 0, none: 0 };
  return {
    see: (text) => {
      const kind = plainness(text);
      if (kind === plainPoint) votes['.']++;
      else if (kind !== plainWhole) votes[vote(text, decide)]++;
    },
    settle: () => {
      const { '.': points, ',': commas, either } = votes;
      if (points === commas) return { reading: {}, ambiguous: either > 0 };
      return { reading: { decimal: points > commas ? '.' : ',' }, ambiguous: false };
    },
  };
}

function vote(text: string, decide: NumberRules['decide']): '.' | ',' | 'either' | 'none' {
  const number = readNumberText(text, undefined);
  if (number === undefined) return 'none';
  if ('either' in number) return decide(text, number.either) ?? 'either';
  return number.proves === '' ? 'none' : number.proves;
}

/**
 * A canonical number as a file shows it. One with three decimals gets a zero more: 1.234 alone in a column might be
 * read as 1234, 1.2340 is read in one way only.
 */
export function writeNumber(value: string, decimals: number): string {
  const [whole = '', fraction = ''] = value.split('.');
  const digits = fraction.replace(/0+$/, '').padEnd(decimals, '0');
  if (digits === '') return whole;
  return `${whole}.${digits.length === 3 ? `${digits}0` : digits}`;
}
