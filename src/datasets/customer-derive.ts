/**
 * What a row of customers implies beyond the cells it has, and the rules across its fields. Everything here looks
 * at one row alone; what needs the records that are there is the check's.
 */
import { normalisePhone } from '../field-types/phone.ts';
import { countryOfCallingCode } from './calling-code.ts';
import { fillCountryCode } from './country-code.ts';
import type { DeriveContext, DraftRow } from './define-dataset.ts';
import { readMetadata } from './metadata-tags.ts';
import { splitPersonName } from './person-name.ts';

const nameMax = 255;

type Given = (key: string) => string | null;

/** Fields and normal columns that are staged though no column of the file feeds them. */
export function impliedCustomerFields(mapped: ReadonlySet<string>): readonly string[] {
  const implied: string[] = [];
  if (splitsNames(mapped)) implied.push('first_name', 'last_name');
  if (mapped.has('country') && !mapped.has('country_code')) implied.push('country_code');
  if (mapped.has('phone')) implied.push('phone_e164');
  if (mapped.has('username')) implied.push('username_norm');
  if (mapped.has('metadata') && !mapped.has('tags')) implied.push('tags');
  return implied;
}

export function deriveCustomer(row: DraftRow, context: DeriveContext): void {
  const { mapped } = context;
  const given: Given = (key) => (mapped.has(key) ? row.get(key) : null);
  if (splitsNames(mapped)) fillNames(row, given);
  if (mapped.has('country')) fillCountryCode(row, given('country_code'));
  if (mapped.has('phone')) fillNormalPhone(row, given, context.country);
  if (mapped.has('username')) row.set('username_norm', row.get('username')?.toLowerCase() ?? null);
  if (mapped.has('metadata')) readMetadata(row, given('tags'));
  if (mapped.has('has_split_payment')) checkSplit(row, given);
}

/**
 * A full name gives first and last name where the file has no columns for them. Where it has, blank cells are what they
 * say: a record that has only a full name comes back as it went out.
 */
function splitsNames(mapped: ReadonlySet<string>): boolean {
  return mapped.has('display_name') && !mapped.has('first_name') && !mapped.has('last_name');
}

/** To a person, not to a company. */
function fillNames(row: DraftRow, given: Given): void {
  const name = row.get('display_name');
  if (name === null || isOrganisation(name, given)) return;
  const { first, last } = splitPersonName(name);
  const found = Math.max(charactersPast(nameMax, first), charactersPast(nameMax, last));
  if (found > 0) {
    row.fail('display_name', 'text.too_long', { found, max: nameMax });
    return;
  }
  row.set('first_name', first);
  row.set('last_name', last === '' ? null : last);
}

/** @returns how many characters the text has when they are too many, else 0. */
function charactersPast(max: number, text: string): number {
  if (text.length <= max) return 0;
  const found = [...text].length;
  return found > max ? found : 0;
}

function isOrganisation(name: string, given: Given): boolean {
  const type = given('type');
  if (type !== null) return type !== 'individual';
  return given('company_name')?.toLowerCase() === name.toLowerCase();
}

function fillNormalPhone(row: DraftRow, given: Given, runCountry: string | undefined): void {
  const phone = row.get('phone');
  const callingCode = given('phone_country_code');
  const ofNumber = callingCode === null ? undefined : countryOfCallingCode(callingCode);
  const country = ofNumber ?? countryOfRow(row, given) ?? runCountry;
  row.set('phone_e164', phone === null ? null : normalisePhone(phone, country));
}

/** The row's country code: its own, or the one that was filled from its country. */
function countryOfRow(row: DraftRow, given: Given): string | undefined {
  return (
    given('country_code') ?? (given('country') === null ? undefined : (row.get('country_code') ?? undefined))
  );
}

function checkSplit(row: DraftRow, given: Given): void {
  if (row.get('has_split_payment') !== 'true') return;
  const provider = given('provider_split');
  const payment = given('payment_split');
  if (provider === null || payment === null) return;
  if (Math.abs(Number(provider) + Number(payment) - 100) > 1e-9) {
    row.fail('payment_split', 'row.rule', {
      reason: `Provider Split ${provider} and Payment Split ${payment} do not make 100`,
    });
  }
}
