/**
 * A value as the text of a jsonb parameter. PostgreSQL's jsonb holds neither NUL nor half of a surrogate pair, and
 * refuses the whole value for one of them; they become U+2400 (the picture of NUL) and U+FFFD. For what is shown to
 * a person, such as samples of a file: a record's own values are kept out by their field type long before.
 */
export function toJsonb(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === 'string' ? entry.replaceAll('\0', '␀').toWellFormed() : entry,
  );
}
