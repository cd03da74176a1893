/**
 * Decides in which encoding a file is: by its byte-order mark, by the NULs of UTF-16 and UTF-32, by being UTF-8, and
 * only then by a guess, which a person is to look at.
 */
import iconv from 'iconv-lite';
import { AppError } from '../../platform/errors.ts';
import { markedEncoding } from './byte-order-mark.ts';
import type { ByteSurvey } from './byte-survey.ts';
import { type EncodingGuess, guessEncoding } from './legacy-guess.ts';

export interface EncodingFinding {
  readonly encoding: string;
  readonly certain: boolean;
  readonly notes: readonly string[];
}

/**
 * The encoding that the first bytes give away; undefined when the bytes have to be judged as UTF-8 or a legacy one.
 * @throws AppError file.encoding for UTF-7 and its like, which cannot be read.
 */
export function encodingOfHead(head: Buffer): string | undefined {
  return markedEncoding(head) ?? encodingOfNuls(head) ?? refuseSevenBit(head);
}

/**
 * What the survey of the bytes says.
 * @param marked the encoding that a byte-order mark names; broken lines do not question it.
 */
export function encodingOfBytes(survey: ByteSurvey, marked?: string): EncodingFinding {
  const { brokenLines, utf8Lines } = survey;
  if (brokenLines === 0) return { encoding: 'utf-8', certain: true, notes: mojibakeNotes(survey) };
  // Legacy text is hardly ever UTF-8 by chance, so a fair share of lines that are speaks for UTF-8 with broken lines.
  if (marked !== undefined || utf8Lines * 3 >= brokenLines) return brokenUtf8(survey);
  const guess = guessEncoding(survey.evidence);
  const enough = guess.plausible && (brokenLines > 1 || survey.firstLineBroken);
  const reads = `as ${guess.encoding} it reads ${quoted(examples(survey.evidence, guess.encoding))}`;
  const note = enough
    ? `The file does not say its encoding; ${reads}.${alternative(survey.evidence, guess)} Name the encoding if that is wrong.`
    : `${countOf(brokenLines, 'line')} cannot be read as UTF-8, too little to guess another encoding from; ${reads}. Name the encoding if that is right.`;
  return { encoding: enough ? guess.encoding : 'utf-8', certain: false, notes: [note] };
}

function brokenUtf8(survey: ByteSurvey): EncodingFinding {
  const note = `The file is UTF-8, but for ${countOf(survey.brokenLines, 'line')}, reported as problems.`;
  return { encoding: 'utf-8', certain: true, notes: [note, ...mojibakeNotes(survey)] };
}

function mojibakeNotes(survey: ByteSurvey): string[] {
  if (survey.mojibakeSample === undefined) return [];
  return [
    `Some text looks as if it had been decoded wrongly before the file was saved ("${survey.mojibakeSample}"). It is loaded as it stands.`,
  ];
}

/** How words would read in the next best encoding, where they read otherwise. */
function alternative(evidence: readonly Buffer[], guess: EncodingGuess): string {
  if (guess.otherwise === undefined) return '';
  const words = examples(evidence, guess.encoding, Number.POSITIVE_INFINITY);
  const others = examples(evidence, guess.otherwise, Number.POSITIVE_INFINITY).filter(
    (word) => !words.includes(word),
  );
  return others.length === 0
    ? ''
    : ` As ${guess.otherwise} there would be ${quoted(others.slice(0, exampleWords))}.`;
}

const exampleWords = 5;

/** Words that depend on the encoding. */
function examples(evidence: readonly Buffer[], encoding: string, most = exampleWords): string[] {
  const words = new Set<string>();
  for (const line of evidence) {
    for (const [word] of iconv
      .decode(line, encoding)
      .matchAll(/[\p{L}\p{M}’'-]*[^\p{ASCII}][\p{L}\p{M}’'-]*/gu)) {
      words.add(word);
      if (words.size === most) return [...words];
    }
  }
  return [...words];
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ');
}

function countOf(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}

/** Share of the units that must be ASCII: delimiters, line ends and digits are, in any language. */
const asciiShareMin = 0.12;

function encodingOfNuls(head: Buffer): string | undefined {
  if (!head.includes(0)) return undefined;
  const nuls = [0, 0, 0, 0];
  const length = head.length - (head.length % 4);
  for (let at = 0; at < length; at++) if (head[at] === 0) (nuls[at % 4] as number)++;
  const units = length / 4;
  const share = nuls.map((count) => count / units) as [number, number, number, number];
  const isAscii = (index: number) => (share[index] as number) >= asciiShareMin;
  const isNever = (index: number) => (share[index] as number) < 0.01;
  if (share[3] > 0.99 && share[2] > 0.9 && isAscii(1) && isNever(0)) return 'utf-32le';
  if (share[0] > 0.99 && share[1] > 0.9 && isAscii(2) && isNever(3)) return 'utf-32be';
  if (isAscii(1) && isAscii(3) && isNever(0) && isNever(2)) return 'utf-16le';
  if (isAscii(0) && isAscii(2) && isNever(1) && isNever(3)) return 'utf-16be';
  return undefined;
}

/** Encodings that hide other letters in ASCII, where a guess would load the disguise as text. */
function refuseSevenBit(head: Buffer): undefined {
  const text = head.toString('latin1');
  if (['\x1b$@', '\x1b$B', '\x1b(J', '\x1b(I'].some((shift) => text.includes(shift)))
    throw sevenBit('ISO-2022-JP');
  if (/^\+\/v[89+/]/.test(text) || isUtf7(text)) throw sevenBit('UTF-7');
  return undefined;
}

function sevenBit(name: string): AppError {
  return new AppError(
    'file.encoding',
    `The file is in ${name}, which is not read. Save it as UTF-8 and try again.`,
  );
}

/**
 * UTF-7 (RFC 2152) writes other letters as `+` and base64 of UTF-16, and a plus as `+-`. A file is taken for it when
 * every plus in it is one of those two and some of the letters are such as names have. Phone numbers and addresses
 * such as `ann+abc@example.com` may decode to something too: bits that are left over must be 0, digits alone are a
 * number, and a lone sign from the thousands of East Asia says nothing.
 */
function isUtf7(text: string): boolean {
  if (/[\x80-\xff]/.test(text)) return false;
  let letters = 0;
  for (const [, encoded = '', end] of text.matchAll(/\+([A-Za-z0-9+/]*)(-?)/g)) {
    if (encoded === '' && end === '-') continue;
    const decoded = utf7Letters(encoded);
    if (decoded === undefined) return false;
    if (/[\u00a0-\u058f\u05d0-\u06ff]|[\u3040-\ud7af]{2}/u.test(decoded)) letters++;
  }
  return letters > 0;
}

function utf7Letters(encoded: string): string | undefined {
  const bits = encoded.length * 6;
  if (bits < 16 || bits % 16 >= 6 || /^\d+$/.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded, 'base64').subarray(0, Math.floor(bits / 16) * 2);
  if (bytes.toString('base64').replace(/=+$/, '') !== encoded) return undefined;
  const decoded = Buffer.from(bytes).swap16().toString('utf16le');
  return /^[\x20-\x7e\u00a0-\u058f\u05d0-\u06ff\u2010-\u20bf\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]+$/u.test(
    decoded,
  )
    ? decoded
    : undefined;
}
