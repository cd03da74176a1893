/** What was worked out for a text, remembered for the next time it comes: columns repeat themselves. */

const longestKept = 100;
/** A longer text that was cut from another keeps that alive, here a whole block of the file; so it is copied. */
const longestCut = 12;

/**
 * @param compute must give the same for the same text.
 * @param kept how many of the newest texts are remembered at least; at most twice as many.
 * @returns a function that gives the same as `compute`. Long texts are worked out each time.
 */
export function remembering<T>(compute: (text: string) => T, kept: number): (text: string) => T {
  let recent = new Map<string, { readonly result: T }>();
  let older = new Map<string, { readonly result: T }>();
  return (text) => {
    const known = recent.get(text) ?? older.get(text);
    if (known !== undefined) return known.result;
    if (text.length > longestKept) return compute(text);
    const own = text.length <= longestCut ? text : copyOf(text);
    const result = compute(own);
    if (recent.size >= kept) {
      older = recent;
      recent = new Map();
    }
    recent.set(own, { result });
    return result;
  };
}

function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
