/**
 * Rules for customers in the United Kingdom, where a call asks for them: postcodes have the shape of the Royal Mail's,
 * and phone numbers those of its numbering plan, or a country of their own. Values stay as they were typed.
 */
import { postcodeValidator } from 'postcode-validator';
import { normalisePhone } from '../field-types/phone.ts';
import { Problem } from '../platform/problems.ts';

const phones = ['phone', 'emergency_contact_phone', 'address_phone'] as const;

interface Row {
  /** A field's canonical value; null when there is none. */
  get(field: string): string | null;
}

interface FieldProblem {
  readonly field: string;
  readonly problem: Problem;
}

/** @param tenantCountry ISO 3166 alpha-2; counts for rows that name no country. */
export function unitedKingdomRules(tenantCountry: string | null): (row: Row) => readonly FieldProblem[] {
  return (row) =>
    countryOf(row, tenantCountry) === 'GB' ? [...postcodeProblems(row), ...phoneProblems(row)] : [];
}

function countryOf({ get }: Row, tenantCountry: string | null): string | null {
  return get('country_code') ?? (get('country') === null ? tenantCountry : null);
}

/** What the library does not know: that of the Girobank, and those of the armed forces. */
const special = /^(GIR ?0AA|BFPO ?[0-9]{1,4})$/;

function isPostcode(text: string): boolean {
  const code = text.replace(/\s+/g, ' ').toUpperCase();
  return postcodeValidator(code, 'GB') || special.test(code);
}

function postcodeProblems({ get }: Row): FieldProblem[] {
  const value = get('postal_code');
  if (value === null || isPostcode(value)) return [];
  const details = { value: value.slice(0, 100), country: 'the United Kingdom' };
  return [{ field: 'postal_code', problem: new Problem('postal_code.invalid', details) }];
}

/** A number under another country's calling code is none of ours. */
function phoneProblems({ get }: Row): FieldProblem[] {
  return phones.flatMap((field) => {
    const value = get(field);
    const isElsewhere = field === 'phone' && !['+44', '44', '0044', null].includes(get('phone_country_code'));
    if (value === null || isElsewhere || normalisePhone(value, 'GB') !== null) return [];
    return [{ field, problem: new Problem('phone.invalid', { value: value.slice(0, 100) }) }];
  });
}
