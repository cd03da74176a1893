/**
 * Splits a full name into first and last name. Names do not follow rules, so these are plain ones that a person
 * can foresee; the full name itself is always kept as it stood.
 *
 * - The last word is the last name, with the particles before it: "Ana María van der Berg" → Ana María | van der Berg.
 * - The first word is never part of the last name, and a single word is a first name.
 * - "Smith, John" has the last name first.
 * - A suffix stays with the last name: "John Smith Jr." → John | Smith Jr.
 * - In Chinese, Japanese and Korean script a space divides the family name, which comes first, from the given name.
 */
export interface PersonName {
  readonly first: string;
  /** Empty when the name has one word. */
  readonly last: string;
}

// biome-ignore format: a table reads better in lines that are full.
const particles = new Set([
  'van', 'von', 'vom', 'vander', 'der', 'den', 'ter', 'ten', 'te', 'zu', 'zum', 'zur', 'af', 'av', 'de', 'del', 'dela',
  'della', 'dello', 'degli', 'dei', 'di', 'da', 'das', 'dos', 'do', 'du', 'des', 'la', 'las', 'le', 'los', 'bin', 'bint',
  'ibn', 'abu', 'el', 'al', 'san', 'santa', 'st', 'st.',
]);

// biome-ignore format: a table reads better in lines that are full.
const suffixes = new Set([
  'jr', 'jr.', 'sr', 'sr.', 'ii', 'iii', 'iv', 'phd', 'ph.d.', 'md', 'm.d.', 'esq', 'esq.',
]);

const familyNameFirst = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー々\s]+$/u;

/** Hangul begins here; nearly every other name is settled without a look at its script. */
const firstOfTheirScripts = 0x1100;

/** @param fullName not blank. */
export function splitPersonName(fullName: string): PersonName {
  const name = fullName.trim();
  const comma = name.indexOf(',');
  if (comma > 0 && comma === name.lastIndexOf(',')) {
    const last = name.slice(0, comma).trim();
    const first = name.slice(comma + 1).trim();
    if (last !== '' && first !== '' && !suffixes.has(first.toLowerCase())) return { first, last };
  }
  const words = name.split(/\s+/u);
  if (words.length === 1) return { first: name, last: '' };
  if (name.charCodeAt(0) >= firstOfTheirScripts && familyNameFirst.test(name))
    return { first: words.slice(1).join(' '), last: words[0] ?? '' };
  const at = lastNameStart(words);
  return { first: words.slice(0, at).join(' '), last: words.slice(at).join(' ') };
}

function lastNameStart(words: readonly string[]): number {
  let at = words.length - 1;
  while (at > 1 && suffixes.has(words[at]?.toLowerCase() ?? '')) at -= 1;
  while (at > 1 && particles.has(words[at - 1]?.toLowerCase() ?? '')) at -= 1;
  return at;
}
