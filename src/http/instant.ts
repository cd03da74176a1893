/**
 * A point in time as every answer has it: ISO 8601 in UTC, to the millisecond.
 * @param text as PostgreSQL writes a timestamptz.
 */
export function instant(text: string): string {
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString();
}

export function instantOrNull(text: string | null): string | null {
  return text === null ? null : instant(text);
}
