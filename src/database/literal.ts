/** SQL text made of values: the one place where a value becomes part of a statement instead of a parameter. */

/** @returns the text as an SQL string literal; safe whatever `standard_conforming_strings` is. */
export function literal(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return text.includes('\\') ? ` E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}

/** @returns the name quoted as an identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** @returns a literal text array, for lists of keys that are ours. */
export function textArray(texts: readonly string[]): string {
  return `array[${texts.map(literal).join(', ')}]::text[]`;
}
