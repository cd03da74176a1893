/** COPY's text format written the plain way (PostgreSQL's manual, COPY, "Text Format"), to hold the fast way against. */

const special = /[\\\t\n\r]/;
const specials = /[\\\t\n\r]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/**
 * One row as COPY reads it, with its line end.
 *
 * @param values a cell each, as PostgreSQL reads its type's text. NUL is not allowed; whoever reads files keeps it out.
 */
export function copyLine(values: readonly (string | null)[]): string {
  let line = '';
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as string | null;
    if (i > 0) line += '\t';
    if (value === null) line += '\\N';
    else line += special.test(value) ? escapeCell(value) : value;
  }
  return `${line}\n`;
}

function escapeCell(value: string): string {
  return value.replace(specials, (character) => escapes[character] as string);
}
