/** The text of a cell that holds a number: the number itself in full, or what its format makes of it. */
import type { CodeSection, NumberFormat } from './number-format.ts';
import { dayText, durationText, timeText } from './serial-number.ts';

/** A spreadsheet keeps so many digits of a number. */
const digitsKept = 15;
const wholeNumber = /^-?(?:0|[1-9][0-9]*)$/;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const longestShort = digitsKept + 1;

/**
 * @param raw the number as it stands in the file.
 * @returns digits with a decimal point; `25%` for a share, days and times as ISO 8601 has them, codes as they are
 *   shown. A number of more digits than a spreadsheet keeps is in exponent form: what it was is lost.
 */
export function numberText(raw: string, format: NumberFormat, base: 1900 | 1904): string {
  if (format.kind === 'plain' || format.kind === 'money') return plainNumber(raw);
  const value = numberIn(raw);
  if (Number.isNaN(value)) return raw;
  switch (format.kind) {
    case 'percent':
      return `${digitsOf(value, 2)}%`;
    case 'date':
      return dayText(value, base, false);
    case 'datetime':
      return dayText(value, base, true);
    case 'time':
      return timeText(value, base);
    case 'duration':
      return durationText(value);
    case 'code':
      return codeText(value, format.sections) ?? plainNumber(raw);
  }
}

const decimalNumber = /^\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*$/;

/** @returns NaN for what is no number, or too large for one. */
function numberIn(raw: string): number {
  const value = decimalNumber.test(raw) ? Number(raw) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Digits as they are read again, without an exponent, needless zeros, or more than are kept. */
function isPlainNumber(raw: string): boolean {
  const { length } = raw;
  const start = raw.charCodeAt(0) === minus ? 1 : 0;
  if (length === start || length - start > digitsKept) return false;
  let pointAt = -1;
  for (let at = start; at < length; at += 1) {
    const unit = raw.charCodeAt(at);
    if (unit === point && pointAt < 0 && at > start) pointAt = at;
    else if (!(unit >= zero && unit <= zero + 9)) return false;
  }
  const wholeEnd = pointAt < 0 ? length : pointAt;
  if (raw.charCodeAt(start) === zero && (wholeEnd - start > 1 || length === start + 1)) return raw === '0';
  return pointAt < 0 || (pointAt < length - 1 && raw.charCodeAt(length - 1) !== zero);
}

/** Programs write whole numbers of any length; those have lost nothing. */
function plainNumber(raw: string): string {
  if (isPlainNumber(raw)) return raw;
  if (wholeNumber.test(raw)) return raw === '-0' ? '0' : raw;
  const value = numberIn(raw);
  if (Number.isNaN(value)) return raw;
  const shortest = String(value);
  const isShort = shortest.length <= longestShort && Math.abs(value) < 10 ** digitsKept;
  return isShort && !shortest.includes('e') ? shortest : digitsOf(value, 0);
}

const largestWritten = 15;
const smallestWritten = -20;

/** @param shift how many places the point moves to the right. */
function digitsOf(value: number, shift: number): string {
  if (value === 0) return '0';
  const [mantissa = '', exponentText = ''] = Math.abs(value)
    .toExponential(digitsKept - 1)
    .split('e');
  const digits = mantissa.replace('.', '').replace(/0+$/, '');
  const exponent = Number(exponentText) + shift;
  const sign = value < 0 ? '-' : '';
  if (exponent >= largestWritten || exponent < smallestWritten) return sign + exponential(digits, exponent);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}

/** As spreadsheets show it: `4.47911123456789E+16`. */
function exponential(digits: string, exponent: number): string {
  const fraction = digits.slice(1);
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits[0]}${fraction === '' ? '' : `.${fraction}`}E${exponent < 0 ? '-' : '+'}${size}`;
}

/** @returns undefined for a number that the code is not made for: a fraction, one below zero, or too long a one. */
function codeText(value: number, sections: readonly CodeSection[]): string | undefined {
  if (!Number.isInteger(value) || value < 0 || value >= 10 ** digitsKept) return undefined;
  const section = sections.find(({ holds }) => holds === undefined || holds(value));
  if (section === undefined) return undefined;
  let digits = String(value);
  const placesLeft = section.pieces.filter((piece) => 'place' in piece).length;
  let places = placesLeft;
  let shown = '';
  for (const piece of section.pieces.toReversed()) {
    if ('literal' in piece) {
      shown = piece.literal + shown;
      continue;
    }
    places -= 1;
    // The first place takes all digits that have none of their own.
    const taken = places === 0 ? digits : digits.slice(-1);
    digits = digits.slice(0, digits.length - taken.length);
    shown = (taken === '' && piece.place === '0' ? '0' : taken) + shown;
  }
  return shown;
}
