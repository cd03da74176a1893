/**
 * What a person means by a number whose cell has a certain format (ECMA-376 part 1, 18.8.30 and 18.8.31): a plain
 * number, a day, a time, a share of a hundred, or a code of digits such as a postcode.
 */

export type NumberFormat =
  | { readonly kind: 'plain' | 'percent' | 'date' | 'time' | 'datetime' | 'duration' }
  /** An amount of money; the number is a plain one. */
  | { readonly kind: 'money'; readonly sign: string }
  /** Digits of which none goes missing. */
  | { readonly kind: 'code'; readonly sections: readonly CodeSection[] };

/** One form of a code: what stands for a digit, and what stands between them. */
export interface CodeSection {
  /** For which numbers it counts; undefined for all others. */
  readonly holds: ((value: number) => boolean) | undefined;
  readonly pieces: readonly CodePiece[];
}

/** A place for a digit: with `0` always, with `#` only where there is one. */
export type CodePiece = { readonly literal: string } | { readonly place: '0' | '#' };

const plain: NumberFormat = { kind: 'plain' };

/** Formats that every workbook has, by their numbers. What is not here is plain. */
const builtIn: ReadonlyMap<
  number,
  NumberFormat['kind'] & ('percent' | 'date' | 'time' | 'datetime' | 'duration')
> = new Map([
  ...[9, 10, 67, 68].map((id) => [id, 'percent'] as const),
  ...[14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id) => [id, 'date'] as const),
  ...[71, 72, 73, 74].map((id) => [id, 'date'] as const),
  ...[18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56, 75, 76, 78, 80].map((id) => [id, 'time'] as const),
  ...[22, 77, 81].map((id) => [id, 'datetime'] as const),
  ...[46, 79].map((id) => [id, 'duration'] as const),
]);

/** @param code of the workbook's own; undefined for one that every workbook has. */
export function numberFormat(id: number, code: string | undefined): NumberFormat {
  if (code !== undefined) return formatOf(code);
  const kind = builtIn.get(id);
  return kind === undefined ? plain : { kind };
}

/** No format that people make is longer. */
const codeCharactersMax = 1000;

function formatOf(code: string): NumberFormat {
  if (code.length > codeCharactersMax) return plain;
  const sections = sectionsOf(tokensOf(code));
  const [first = []] = sections;
  if (isGeneral(first)) return plain;
  const clock = clockKind(first);
  if (clock !== undefined) return { kind: clock };
  if (first.some(({ kind, text }) => kind === 'mark' && text === '%')) return { kind: 'percent' };
  const forms = sections.slice(0, 2).map(codeSection);
  if (forms[0] !== undefined) {
    return { kind: 'code', sections: forms.filter((form): form is CodeSection => form !== undefined) };
  }
  const sign = currencySign(first);
  return sign === undefined ? plain : { kind: 'money', sign };
}

interface Token {
  /** `mark`: a character with a meaning; `literal`: text that is shown as it is; `bracket`: what stands in `[…]`. */
  readonly kind: 'mark' | 'literal' | 'bracket';
  readonly text: string;
}

/** Text in quotes, a character behind a backslash; a blank as wide as a character; one that fills the cell; brackets. */
const token = /"([^"]*)"?|\\(.)|_.|\*.|\[([^\]]*)\]|(AM\/PM|A\/P)|(.)/gsu;
/** Characters that are shown as they are without being quoted. */
const plainLiteral = /[-+()$€£¥:!^&'~{}<>= ]/;

function tokensOf(code: string): Token[] {
  return [...code.matchAll(token)].flatMap(([, quoted, escaped, bracket, half, other]): Token[] => {
    if (bracket !== undefined) return [{ kind: 'bracket', text: bracket }];
    if (half !== undefined) return [{ kind: 'mark', text: 'h' }];
    const literal = quoted ?? escaped;
    if (literal !== undefined) return [{ kind: 'literal', text: literal }];
    return other === undefined ? [] : [{ kind: plainLiteral.test(other) ? 'literal' : 'mark', text: other }];
  });
}

function sectionsOf(tokens: readonly Token[]): Token[][] {
  const sections: Token[][] = [[]];
  for (const one of tokens) {
    if (one.kind === 'mark' && one.text === ';') sections.push([]);
    else sections.at(-1)?.push(one);
  }
  return sections;
}

function marksOf(section: readonly Token[]): string {
  return section.map(({ kind, text }) => (kind === 'mark' ? text : ' ')).join('');
}

function isGeneral(section: readonly Token[]): boolean {
  return /general|standard|@/i.test(marksOf(section).replaceAll(' ', ''));
}

/** Hours beyond a day: `[h]:mm`. */
const elapsed = /^(?:h+|m+|s+)$/i;
const secondsWithDecimals = /s+[.,]?0+/gi;

/** A format with letters of the calendar or the clock, and without places for digits. */
function clockKind(section: readonly Token[]): 'date' | 'time' | 'datetime' | 'duration' | undefined {
  if (section.some(({ kind, text }) => kind === 'bracket' && elapsed.test(text))) return 'duration';
  const marks = marksOf(section).toLowerCase().replace(secondsWithDecimals, 's');
  if (/[0#?]/.test(marks)) return undefined;
  const hasTime = /[hs]/.test(marks);
  const hasDay = /[ydgeb]|mmm|a{3}/.test(marks) || (marks.includes('m') && !hasTime);
  if (hasDay) return hasTime ? 'datetime' : 'date';
  return hasTime ? 'time' : undefined;
}

const condition = /^(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)$/;
const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '=': (value, bound) => value === bound,
  '<>': (value, bound) => value !== bound,
};

/** @returns undefined for a section that shows amounts, whose zeros and separators are only for the eye. */
function codeSection(section: readonly Token[]): CodeSection | undefined {
  const pieces: CodePiece[] = [];
  let holds: CodeSection['holds'];
  for (const { kind, text } of section) {
    if (kind === 'literal') pieces.push({ literal: text });
    else if (kind === 'mark' && (text === '0' || text === '#')) pieces.push({ place: text });
    else if (kind === 'mark') return undefined;
    else {
      const [, sign = '', bound] = condition.exec(text) ?? [];
      const compare = comparisons[sign];
      if (compare !== undefined) holds = (value) => compare(value, Number(bound));
      // A colour is no part of what is shown; a currency makes it an amount.
      else if (text.startsWith('$') && !text.startsWith('$-')) return undefined;
    }
  }
  return isCode(pieces) ? { holds, pieces } : undefined;
}

/**
 * `00000`, `000-00-0000`, `0# ## ## ## ##`, `###-####`, `"CUST-"0000`, `+0`; but neither `0`, `# ##0` nor `"€ "0`.
 */
function isCode(pieces: readonly CodePiece[]): boolean {
  const places = pieces.flatMap((piece) => ('place' in piece ? [piece.place] : []));
  if (places.length === 0) return false;
  const zeros = places.filter((place) => place === '0').length;
  if (zeros === places.length && zeros > 1) return true;
  if (zeros < places.length && places[0] === '0') return true;
  const first = pieces[0];
  if (first !== undefined && 'literal' in first && first.literal === '+') return true;
  return pieces.some(
    (piece, i) =>
      'literal' in piece && /^[-/.]$/.test(piece.literal) && isPlace(pieces[i - 1]) && isPlace(pieces[i + 1]),
  );
}

function isPlace(piece: CodePiece | undefined): boolean {
  return piece !== undefined && 'place' in piece;
}

const sign = /\p{Sc}|\b[A-Z]{3}\b/u;

function currencySign(section: readonly Token[]): string | undefined {
  for (const { kind, text } of section) {
    if (kind === 'bracket' && /^\$[^-]/.test(text)) return text.slice(1).split('-')[0];
    const found = kind === 'literal' ? sign.exec(text)?.[0] : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
