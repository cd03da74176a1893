/** From the first row of a table to the names of its columns. */
import type { Column } from './rows.ts';

/**
 * Characters that no one sees in a header and that keep it from being recognised: controls, soft hyphen, zero-width
 * characters, direction marks, byte-order marks, variation selectors.
 */
const invisible = /\p{Cc}|\p{Cf}|\p{Variation_Selector}|[\u115f\u1160\u3164\uffa0]/gu;
const anySpace = /[\s\u00a0]+/gu;

/** No name is longer; a header that is, is none. */
const nameCharactersMax = 250;

/** The header as a person sees it; blank when nothing is seen. */
export function cleanName(text: string): string {
  return Array.from(text.slice(0, 4 * nameCharactersMax))
    .slice(0, nameCharactersMax)
    .join('')
    .normalize('NFC')
    .replace(anySpace, ' ')
    .replace(invisible, '')
    .trim();
}

/**
 * Names for the columns of a header row, unique without regard to case: blanks become "column 3", and a name that
 * has been there becomes "email (2)". Names are values, never keys of a plain object, so `__proto__` is one like any.
 */
export function nameColumns(header: readonly string[]): Column[] {
  const cleaned = header.map((text, index) => cleanName(text) || `column ${index + 1}`);
  const reserved = new Set(cleaned.map(fold));
  const taken = new Set<string>();
  return cleaned.map((name, index) => {
    let unique = name;
    for (let count = 2; taken.has(fold(unique)); count++) {
      const candidate = `${name} (${count})`;
      if (!reserved.has(fold(candidate))) unique = candidate;
    }
    taken.add(fold(unique));
    return { index, name: unique };
  });
}

/** What a person should know of columns that are called otherwise than the file calls them. */
export function renamedNote(raw: readonly string[], columns: readonly Column[]): string[] {
  const renamed = columns.filter(({ name, index }) => name !== raw[index]?.trim());
  if (renamed.length === 0) return [];
  const names = renamed.slice(0, 5).map(({ name, index }) => `column ${index + 1} is "${name}"`);
  return [`Names that were blank, doubled or held invisible characters were changed: ${names.join(', ')}.`];
}

/** Names for a table without a header. */
export function numberColumns(count: number): Column[] {
  return Array.from({ length: count }, (_, index) => ({ index, name: `column ${index + 1}` }));
}

function fold(name: string): string {
  return name.toLowerCase();
}
