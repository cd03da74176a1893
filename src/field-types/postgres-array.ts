/** A text[] as PostgreSQL reads and writes it: `{"one","two \"quoted\""}` (PostgreSQL manual, 8.15.6). */

/** Every element quoted, so that commas, braces and the word NULL need no thought. */
export function arrayLiteral(elements: readonly string[]): string {
  return `{${elements.map((element) => `"${element.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

const element = /"((?:[^"\\]|\\.)*)"|([^{},"]+)/gs;

/** Elements of a one-dimensional literal without NULLs, quoted or not. */
export function arrayElements(literal: string): string[] {
  const elements: string[] = [];
  for (const [, quoted, bare] of literal.slice(1, -1).matchAll(element)) {
    elements.push(quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/gs, '$1'));
  }
  return elements;
}
