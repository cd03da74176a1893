/**
 * Letters and digits of a word or a header, lower case, with compatibility forms made plain: "E-mail Address",
 * "email_address" and "EMAIL ADDRESS" are one spelling.
 */
export function normaliseSpelling(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The same without accents: "Côte d'Ivoire" and "cote divoire" are one. */
export function plainSpelling(text: string): string {
  return normaliseSpelling(text.normalize('NFKD').replace(/\p{M}+/gu, ''));
}
