/**
 * A guess among the encodings from before Unicode, for text that is not UTF-8.
 *
 * Every encoding gives the bytes some reading; the one that reads most like words wins. A reading is scored by how
 * likely its letters are in some language, each after the one before it, and by what does not happen: a capital after
 * a small letter, a sign within a word. The languages are known by a few hundred words each (legacy-words.ts).
 */
import iconv from './code-pages.ts';
import { chineseJapaneseKorean } from './legacy-asian.ts';
import { type Language, languages } from './legacy-language.ts';

export interface EncodingGuess {
  readonly encoding: string;
  /** The language whose words it reads like. */
  readonly language: string;
  /** The next best encoding whose text is another. */
  readonly otherwise: string | undefined;
  /** Does it read like words at all? Bytes that are broken rather than encoded do not. */
  readonly plausible: boolean;
}

/** Encodings of one byte a character, with the logarithm of how much rarer they are than the first. */
const candidates: readonly (readonly [encoding: string, rarity: number])[] = [
  ['windows-1252', 0],
  ['windows-1250', -1],
  ['windows-1251', -1],
  ['windows-1253', -1],
  ['windows-1254', -1.5],
  ['windows-1255', -1],
  ['windows-1256', -1],
  ['windows-1257', -1.5],
  ['windows-1258', -2],
  ['windows-874', -1],
  ['iso-8859-15', -1.5],
  ['iso-8859-2', -1.5],
  ['iso-8859-5', -1.5],
  ['iso-8859-6', -2],
  ['iso-8859-7', -2],
  ['iso-8859-8', -2],
  ['iso-8859-9', -2],
  ['iso-8859-13', -2.5],
  ['koi8-r', -1.5],
  ['koi8-u', -2],
  ['macintosh', -2],
  ['cp850', -2],
  ['cp852', -2],
  ['cp866', -2],
  ['maccenteuro', -3],
  ['maccyrillic', -3],
  ['cp437', -3],
  ['cp737', -3],
  ['cp775', -3],
  ['cp855', -4],
  ['cp857', -3],
  ['cp862', -3.5],
];

/** A character; words of any language score well above it, signs within words below. */
const plausibleScore = -10;

interface Reading {
  readonly encoding: string;
  readonly text: string;
  readonly score: number;
  readonly language: string;
}

/**
 * @param evidence whole lines with bytes above 127 that are not UTF-8; 20 KB tell as much as all.
 * @returns the likeliest encoding; there is always one.
 */
export function guessEncoding(evidence: readonly Buffer[]): EncodingGuess {
  const bytes = Buffer.concat(evidence.flatMap((line) => [line, Buffer.from('\n')]));
  const readings = [
    ...candidates.map(([encoding, rarity]) => readAs(encoding, rarity, bytes)),
    ...chineseJapaneseKorean(bytes),
  ];
  readings.sort((a, b) => b.score - a.score);
  const best = readings[0] as Reading;
  return {
    encoding: best.encoding,
    language: best.language,
    otherwise: readings.find((reading) => reading.text !== best.text)?.encoding,
    plausible: best.score > plausibleScore * (best.text.match(/[^\p{ASCII}]/gu)?.length ?? 1),
  };
}

function readAs(encoding: string, rarity: number, bytes: Buffer): Reading {
  // Vietnamese of one byte a letter has its tones apart.
  const text = iconv.decode(bytes, encoding).normalize('NFC');
  const { steps, oddity } = stepsOf(text);
  let best = { score: Number.NEGATIVE_INFINITY, language: '' };
  for (const language of languages()) {
    const score = rarity + oddity + likelihood(steps, language);
    if (score > best.score) best = { score, language: language.name };
  }
  return { encoding, text, ...best };
}

function likelihood(steps: ReadonlyMap<string, number>, language: Language): number {
  let sum = language.prior;
  for (const [step, count] of steps) sum += count * language.logProbability(step);
  return sum;
}

/** Which letter follows which, as far as one of them is not ASCII, and what else speaks against the reading. */
function stepsOf(text: string): { steps: Map<string, number>; oddity: number } {
  const steps = new Map<string, number>();
  let oddity = 0;
  const characters = [...text];
  const take = (before: string, letter: string) => {
    const step = before + letter;
    steps.set(step, (steps.get(step) ?? 0) + 1);
  };
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] as string;
    const before = characters[at - 1] ?? ' ';
    if (isAscii(character)) {
      if (!isAscii(before) && isLetter(before))
        take(fold(before), isLetter(character) ? fold(character) : ' ');
      continue;
    }
    const after = characters[at + 1] ?? ' ';
    if (isLetter(character)) {
      take(isLetter(before) ? fold(before) : ' ', fold(character));
      oddity += caseOddity(before, character, after) + neighbourOddity(before, character, after);
    } else {
      oddity +=
        expectedSign(characters.slice(Math.max(0, at - 3), at + 4).join('')) ??
        signOddity(before, character, after);
    }
  }
  return { steps, oddity };
}

/** Capitals begin words, or make up all of one. */
function caseOddity(before: string, character: string, after: string): number {
  if (isUpper(character)) return isLower(before) ? -6 : isUpper(before) && isLower(after) ? -4 : 0;
  if (!isLower(character)) return 0;
  return isUpper(after) ? -6 : 0;
}

/** No word mixes Latin letters with others, and few letters stand right beside a digit. */
function neighbourOddity(before: string, character: string, after: string): number {
  const digits = (/\d/.test(before) ? -5 : 0) + (/\d/.test(after) ? -5 : 0);
  if (/\p{Script=Latin}/u.test(character)) return digits;
  return (
    digits + (isAscii(before) && isLetter(before) ? -6 : 0) + (isAscii(after) && isLetter(after) ? -6 : 0)
  );
}

const rareSign = -11;
const commonSign = -7;
const commonSigns = /[\u00a0€£§°ªº’‘“”„–—…«»·®©™½¼¾²³×¿¡´]/u;
const withinWords = new Set(['·', '\u00ad']);
/** What may stand right after a letter, or right before one. */
const afterLetters = /[”’“»…™®©ªº°\u00a0–—²³]/u;
const beforeLetters = /[“‘„«»¿¡\u00a0–—©]/u;

/** Signs where they are at home: degrees and amounts, elisions and contractions. */
const expectedPlaces = [
  /\d ?°/u,
  /\d[ªº]/u,
  /N[º°]/u,
  /[€£]\u00a0?.?\d/u,
  /\d[ \u00a0]?€/u,
  /(?:^|[^\p{L}])(?:[dlcnjmtso]|qu|[ndas]ell|sant)’\p{L}/iu,
  /\p{L}’(?:s|t|d|m|re|ve|ll)(?:$|[^\p{L}])/iu,
];

/** @param around the sign with up to three characters on either side. */
function expectedSign(around: string): number | undefined {
  return expectedPlaces.some((pattern) => pattern.test(around)) ? -3 : undefined;
}

function signOddity(before: string, sign: string, after: string): number {
  if (/[\u0080-\u009f\ufffd\p{Co}]/u.test(sign)) return -25;
  if (/[\u2500-\u25ff]/u.test(sign)) return -15;
  const base = commonSigns.test(sign) ? commonSign : rareSign;
  if (/\p{M}/u.test(sign)) return isLetter(before) && !isAscii(before) ? base : rareSign - 6;
  const [left, right] = [isLetter(before), isLetter(after)];
  if (left && right) return withinWords.has(sign) ? base + 0.5 : base - 6;
  if (left && !afterLetters.test(sign)) return base - 4;
  if (right && !beforeLetters.test(sign)) return base - 4;
  return base;
}

function isAscii(character: string): boolean {
  return character.charCodeAt(0) < 128;
}

/** The ordinal signs of Spanish and Portuguese are letters to Unicode; here they are signs. */
function isLetter(character: string): boolean {
  if (character === 'ª' || character === 'º') return false;
  return isAscii(character) ? /[A-Za-z]/.test(character) : /[\p{L}\u0e31-\u0e4e]/u.test(character);
}

function isUpper(character: string): boolean {
  return character !== character.toLowerCase();
}

function isLower(character: string): boolean {
  return character !== character.toUpperCase() && character === character.toLowerCase();
}

function fold(letter: string): string {
  return letter === 'İ' ? 'i' : letter.toLowerCase();
}
