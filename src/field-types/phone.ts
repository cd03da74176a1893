/**
 * Phone numbers stay as they were typed, with their leading zeros and extensions. Beside that, `normalisePhone`
 * gives the form in which numbers are compared: E.164.
 */
import parsePhoneNumber, { type CountryCode } from 'libphonenumber-js';
import { Problem } from '../platform/problems.ts';
import { cellProblem } from './cell-problem.ts';
import type { FieldType } from './field-type.ts';
import { scanPhone } from './phones/phone-digits.ts';
import { nationalOf, notDecided } from './phones/phone-national.ts';
import { callingCodeOf, numberingPlan, plansOfCode } from './phones/phone-plans.ts';
import { remembering } from './remember.ts';
import { guard } from './spreadsheet-marks.ts';
import { readText } from './text.ts';

const digitsMin = 3;
const longest = 50;
/** Stands in no phone number, however it is written; formulas and addresses are full of it. */
const foreign = /[=|"\\<>{}@$%^_`]/;
/** 447911123456.0 is what a number becomes that went through a table of floating-point numbers. */
const floated = /^[0-9]{7,}\.0$/;

export const phone: FieldType = {
  name: 'phone',
  accepts: 'A phone number as people write it, with + and the country where it is abroad.',
  sqlType: 'text',
  digitsAreNames: true,
  reader: (field) => {
    const max = field.max ?? longest;
    return (cell) => {
      const value = readText(cell, max);
      if (value instanceof Problem) return value;
      if (floated.test(value)) return cellProblem('value.spoiled', cell);
      return hasDigits(value) && !foreign.test(value) ? value : cellProblem('phone.invalid', cell);
    };
  },
  write: (value, profile) => (profile === 'spreadsheet' ? guard(value) : value),
};

const otherDigits = /[^\P{Nd}0-9]/gu;

function hasDigits(text: string): boolean {
  let found = 0;
  for (let at = 0; at < text.length && found < digitsMin; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x30 && unit <= 0x39) found++;
  }
  return found >= digitsMin || (text.match(otherDigits)?.length ?? 0) >= digitsMin;
}

/**
 * The E.164 form of a number, without its extension.
 *
 * It is what libphonenumber-js makes of the text, provided that the digits fit the numbering plan of a country
 * with that calling code. The library takes 10 µs a number; numbers of plain digits and punctuation, nearly all
 * there are, are worked out here from its tables in a tenth of that, and a test holds the two against each other.
 *
 * @param country ISO 3166 alpha-2, for numbers without one of their own; one that is not known is as none.
 * @returns null when the text is no phone number, or a national one and no country is given.
 */
export function normalisePhone(text: string, country?: string): string | null {
  const scanned = scanPhone(text);
  if (scanned === undefined) return fromLibrary(text, country);
  const plan = country === undefined ? undefined : numberingPlan(country);
  const result = scanned.startsWith('+')
    ? internationalNumber(scanned.slice(1))
    : plan === undefined
      ? null
      : dialledNumber(scanned, plan);
  return result === notDecided ? fromLibrary(text, country) : result;
}

type Result = string | null | typeof notDecided;
type Plan = NonNullable<ReturnType<typeof numberingPlan>>;

/** @param digits a calling code and what follows it. */
function internationalNumber(digits: string): Result {
  const code = callingCodeOf(digits);
  return code === '' ? null : numberOf(code, digits.slice(code.length), numberingPlan(code));
}

/** Digits as they are dialled in the plan's country. */
function dialledNumber(digits: string, plan: Plan): Result {
  const abroad = plan.internationalPrefix.exec(digits);
  if (abroad !== null) {
    const rest = digits.slice(abroad[0].length);
    if (rest !== '' && !rest.startsWith('0')) return internationalNumber(rest);
  }
  if (digits.startsWith(plan.callingCode)) {
    const shorter = digits.slice(plan.callingCode.length);
    const isInternational = lacksPlus(digits, shorter, plan);
    if (isInternational === notDecided) return notDecided;
    if (isInternational) return numberOf(plan.callingCode, shorter, numberingPlan(plan.callingCode));
  }
  return numberOf(plan.callingCode, digits, plan);
}

/** The number makes no sense in the country as it stands, but does when its calling code is taken for one. */
function lacksPlus(digits: string, shorter: string, plan: Plan): boolean | typeof notDecided {
  const whole = nationalOf(digits, plan);
  const rest = nationalOf(shorter, plan);
  if (whole === notDecided || rest === notDecided) return notDecided;
  if (!plan.number.test(whole) && plan.number.test(rest)) return true;
  return whole.length > (plan.lengths.at(-1) ?? 0);
}

const nationalMin = 2;
const nationalMax = 17;

function numberOf(code: string, digits: string, plan: Plan | undefined): Result {
  if (plan === undefined || digits === '') return null;
  const national = nationalOf(digits, plan);
  if (national === notDecided) return notDecided;
  if (national.length < nationalMin || national.length > nationalMax) return null;
  return fitsPlan(code, national) ? `+${code}${national}` : null;
}

function fitsPlan(code: string, national: string): boolean {
  const plans = plansOfCode(code);
  for (let at = 0; at < plans.length; at++) {
    if (plans[at]?.number.test(national) === true) return true;
  }
  return false;
}

/** The library reads no longer ones. */
const longestRead = 250;
const numbersKept = 20_000;

function fromLibrary(text: string, country: string | undefined): string | null {
  if (text.length > longestRead) return null;
  const known = country !== undefined && numberingPlan(country) !== undefined ? country : '';
  return seenNumbers(`${known} ${text}`);
}

/** Unusual numbers, behind the country or nothing and a space. */
const seenNumbers = remembering((key) => {
  const space = key.indexOf(' ');
  const country = space === 0 ? undefined : (key.slice(0, space) as CountryCode);
  const parsed = parsePhoneNumber(key.slice(space + 1), country);
  if (parsed === undefined) return null;
  return fitsPlan(parsed.countryCallingCode, parsed.nationalNumber) ? parsed.number : null;
}, numbersKept);
