/** A country's code from whatever a file calls the country. */
import { fieldType } from '../field-types/registry.ts';
import type { DraftRow } from './define-dataset.ts';

const readCountry = fieldType('country').reader(
  { key: 'country_code', label: 'Country Code', type: 'country' },
  {},
);

/** @returns ISO 3166-1 alpha-2 of a code or a known name, in any case; null when it is neither. */
function countryCodeOf(country: string): string | null {
  const read = readCountry(country);
  return typeof read === 'string' ? read : null;
}

/** @param given the code that the row has itself, which stands. */
export function fillCountryCode(row: DraftRow, given: string | null): void {
  if (given !== null) return;
  const country = row.get('country');
  row.set('country_code', country === null ? null : countryCodeOf(country));
}
