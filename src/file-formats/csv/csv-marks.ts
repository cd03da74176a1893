/**
 * The bytes that mean something in delimited text, and how the tokenizer keeps a cell: two 32-bit integers, the
 * byte where the cell's text begins, and the byte where it ends with two flags packed below it.
 */

/** The cell holds doubled or escaped quotes that must be taken out. */
export const cellEscaped = 1;
/** The cell holds bytes above 127. */
export const cellHigh = 2;
export const cellShift = 2;

export interface Marks {
  readonly delimiter: Uint8Array;
  /** Empty when nothing quotes. */
  readonly quote: Uint8Array;
  /** The byte that escapes, 0 when quotes are escaped by doubling. */
  readonly escape: number;
  /** Empty when there are no comments. */
  readonly comment: Uint8Array;
  /** Blanks before an opening quote are not part of the cell. */
  readonly padded: boolean;
}

export function marksOf(dialect: {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: 'double' | 'backslash';
  readonly comment: string;
  readonly padded?: boolean;
}): Marks {
  const encoder = new TextEncoder();
  return {
    delimiter: encoder.encode(dialect.delimiter),
    quote: encoder.encode(dialect.quote),
    escape: dialect.escape === 'backslash' ? 0x5c : 0,
    comment: encoder.encode(dialect.comment),
    padded: dialect.padded === true,
  };
}

/** Does `mark` stand at `at`, whole before `end`? An empty mark stands nowhere. */
export function isAt(bytes: Uint8Array, at: number, mark: Uint8Array, end: number): boolean {
  const length = mark.length;
  if (length === 0 || at + length > end || bytes[at] !== mark[0]) return false;
  for (let index = 1; index < length; index++) {
    if (bytes[at + index] !== mark[index]) return false;
  }
  return true;
}
