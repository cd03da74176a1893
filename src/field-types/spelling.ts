/**
 * Letters and digits of a word, lower case, with compatibility forms made plain: "E-mail", "e mail" and "EMAIL"
 * are one spelling.
 */
export function spelling(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The same without accents: "Côte d'Ivoire" and "cote divoire" are one. */
export function plainSpelling(text: string): string {
  return spelling(text.normalize('NFKD').replace(/\p{M}+/gu, ''));
}
