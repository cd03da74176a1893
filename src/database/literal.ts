/** SQL text made of values: the one place where a value becomes part of a statement instead of a parameter. */
import { AppError } from '../platform/errors.ts';

/**
 * @returns the text as an SQL string literal; safe whatever `standard_conforming_strings` is.
 * @throws AppError `request.invalid` for NUL, at which the statement would end in the middle and the connection with it.
 */
export function literal(text: string): string {
  if (text.includes('\0'))
    throw new AppError('request.invalid', 'A text holds a character that cannot be kept, such as NUL.');
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
