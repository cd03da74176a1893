/** The properties of a tenant that have columns of their own, and what each may be. */
import { countryCodeFor } from '../field-types/country-names.ts';
import { isCurrencyCode } from '../field-types/numbers/currency-signs.ts';
import { AppError } from '../platform/errors.ts';

export interface TenantProperties {
  readonly name: string;
  /** ISO 3166 alpha-2; for phone numbers and addresses without a country. */
  readonly country: string | null;
  /** ISO 4217, of all money kept with customers. */
  readonly currency: string;
  /** IANA. */
  readonly timezone: string;
  /** ISO 639, whose words for yes and no are understood beside English. */
  readonly language: string;
}

type Rule = (value: string) => string | null;

/** What is wrong with a value, in a sentence; null when it may be. */
const rules: Readonly<Record<keyof TenantProperties, Rule>> = {
  name: (name) =>
    name.trim() === '' || [...name].length > 255 || hasControls(name)
      ? 'The name of a tenant has 1 to 255 characters, on one line.'
      : null,
  country: (country) =>
    countryCodeFor(country) === country
      ? null
      : `"${country}" is not a country: give its two letters, such as GB.`,
  currency: (currency) =>
    isCurrencyCode(currency) ? null : `"${currency}" is not a currency: give its three letters, such as EUR.`,
  timezone: (timezone) =>
    isTimezone(timezone) ? null : `"${timezone}" is not a time zone: give a name such as Europe/London.`,
  language: (language) =>
    /^[a-z]{2,3}$/.test(language)
      ? null
      : `"${language}" is not a language: give its two letters, such as en.`,
};

/** @throws AppError tenant.invalid, naming the first property that is out of bounds. */
export function checkProperties(properties: Partial<TenantProperties>): void {
  for (const [property, value] of Object.entries(properties)) {
    const complaint = value === null ? null : rules[property as keyof TenantProperties](value);
    if (complaint !== null) throw new AppError('tenant.invalid', complaint, { property });
  }
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
