/**
 * Numbering plans of the world's countries, compiled from the tables of libphonenumber-js: which prefixes are
 * dialled before a number, how long numbers are, and what their digits look like.
 */
import { Metadata } from 'libphonenumber-js';

export interface NumberingPlan {
  readonly callingCode: string;
  /** Dialled before an international number: 00, 011 … */
  readonly internationalPrefix: RegExp;
  /** Dialled before a national one: 0, 1, 8 … May hold groups that the transformation uses. */
  readonly nationalPrefix: RegExp | undefined;
  readonly transformation: string | undefined;
  /** A national number in full. */
  readonly number: RegExp;
  readonly lengths: readonly number[];
}

/** What the library has but does not declare. */
interface LibraryPlan {
  callingCode(): string;
  IDDPrefix(): string;
  nationalNumberPattern(): string;
  possibleLengths(): readonly number[];
  nationalPrefixForParsing(): string | undefined;
  nationalPrefixTransformRule(): string | undefined;
}

interface LibraryTables {
  hasCountry(country: string): boolean;
  hasCallingCode(code: string): boolean | undefined;
  getCountryCodesForCallingCode(code: string): readonly string[] | undefined;
  selectNumberingPlan(countryOrCode: string): { readonly numberingPlan: LibraryPlan };
}

const tables = new Metadata() as unknown as LibraryTables;
const plans = new Map<string, NumberingPlan | undefined>();

/** @param countryOrCode ISO 3166 alpha-2, or a calling code without +, which stands for its main country. */
export function numberingPlan(countryOrCode: string): NumberingPlan | undefined {
  if (plans.has(countryOrCode)) return plans.get(countryOrCode);
  const exists = /^[0-9]/.test(countryOrCode)
    ? tables.hasCallingCode(countryOrCode) === true
    : tables.hasCountry(countryOrCode);
  const plan = exists ? compile(tables.selectNumberingPlan(countryOrCode).numberingPlan) : undefined;
  if (exists || plans.size < plansKept) plans.set(countryOrCode, plan);
  return plan;
}

/** Enough for every country, code and prefix of a code; what else is asked for is not kept. */
const plansKept = 2000;

function compile(plan: LibraryPlan): NumberingPlan {
  const nationalPrefix = plan.nationalPrefixForParsing();
  return {
    callingCode: plan.callingCode(),
    internationalPrefix: new RegExp(`^(?:${plan.IDDPrefix()})`),
    nationalPrefix: nationalPrefix ? new RegExp(`^(?:${nationalPrefix})`) : undefined,
    transformation: plan.nationalPrefixTransformRule() || undefined,
    number: new RegExp(`^(?:${plan.nationalNumberPattern()})$`),
    lengths: plan.possibleLengths(),
  };
}

const shared = new Map<string, readonly NumberingPlan[]>();

/** The plans of all countries that have a calling code, the main one first. */
export function plansOfCode(callingCode: string): readonly NumberingPlan[] {
  let all = shared.get(callingCode);
  if (all === undefined) {
    const names = tables.getCountryCodesForCallingCode(callingCode) ?? [callingCode];
    all = names.map(numberingPlan).filter((plan) => plan !== undefined);
    shared.set(callingCode, all);
  }
  return all;
}

const codeLengthMax = 3;

/** The calling code that an international number's digits begin with; '' when they begin with none. */
export function callingCodeOf(digits: string): string {
  for (let length = 1; length <= codeLengthMax; length++) {
    const code = digits.slice(0, length);
    if (code.length === length && numberingPlan(code) !== undefined) return code;
  }
  return '';
}
