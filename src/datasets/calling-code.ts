/** The country that a telephone calling code stands for; of several that share one, the main one (+1 is the US). */
import metadata from 'libphonenumber-js/metadata.min.json';

const byCallingCode = metadata.country_calling_codes as Readonly<Record<string, readonly string[]>>;

/**
 * @param code "+44", "0044", "44", or the country itself: "GB".
 * @returns ISO 3166 alpha-2, or undefined when it is neither.
 */
export function countryOfCallingCode(code: string): string | undefined {
  const text = code.trim().toUpperCase();
  if (Object.hasOwn(metadata.countries, text)) return text;
  if (!/^\+?[\d ()-]+$/.test(text)) return undefined;
  return byCallingCode[text.replace(/\D/g, '').replace(/^00/, '')]?.[0];
}
