/** Taking the quotes out of a cell that are in it twice, or behind a backslash. */

interface Escaping {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: 'double' | 'backslash';
}

/**
 * @returns what turns the text between a cell's quotes into its text. A backslash hides a quote, a delimiter, a line
 * break and itself; before anything else it is text. `\N` alone is MySQL's NULL. Where nothing quotes, the text is a
 * database's (PostgreSQL's COPY, `mysql --batch`), which writes line breaks and tabs as letters behind a backslash.
 */
export function unescaper({ delimiter, quote, escape: escaping }: Escaping): (text: string) => string {
  const doubled = (text: string) => (quote === '' ? text : text.replaceAll(quote + quote, quote));
  if (escaping === 'double') return doubled;
  const hidden = new Set([quote, delimiter, '\\', '\n', '\r']);
  const pairs =
    quote === '' ? /\\([\s\S])/gu : new RegExp(`\\\\([\\s\\S])|(${escapeForPattern(quote)}){2}`, 'gu');
  return (text) => {
    if (text === '\\N') return '';
    return text.replace(pairs, (whole, next: string | undefined) => {
      if (next === undefined) return quote;
      if (quote === '') return letters[next] ?? next;
      return hidden.has(next) ? next : whole;
    });
  };
}

const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

/** As it stands within a regular expression, in `[…]` too. */
export function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
