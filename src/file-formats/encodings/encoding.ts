/**
 * Decides in which encoding a file is: by its byte-order mark, by the NULs of UTF-16 and UTF-32, by being UTF-8, and
 * only then by a guess, which a person is to look at.
 */

import { AppError } from '../../platform/errors.ts';
import { markedEncoding } from './byte-order-mark.ts';
import type { ByteSurvey } from './byte-survey.ts';
import iconv from './code-pages.ts';
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
  const wide = plainUnits(head, 4);
  if (wide.little >= asciiShareMin) return 'utf-32le';
  if (wide.big >= asciiShareMin) return 'utf-32be';
  const { little, big } = plainUnits(head, 2);
  // Letters of East Asia may have a NUL for their other half, such as U+4E00, and so look like ASCII turned round.
  if (little >= asciiShareMin && big * 4 < little && hasWholeLineEnds(head, 0)) return 'utf-16le';
  if (big >= asciiShareMin && little * 4 < big && hasWholeLineEnds(head, 1)) return 'utf-16be';
  return undefined;
}

/** Which share of the units of `size` bytes is ASCII text, with the low byte first and with the low byte last. */
function plainUnits(head: Buffer, size: 2 | 4): { readonly little: number; readonly big: number } {
  let little = 0;
  let big = 0;
  for (let at = 0; at + size <= head.length; at += size) {
    if (isPlainText(head.readUIntLE(at, size))) little++;
    else if (isPlainText(head.readUIntBE(at, size))) big++;
  }
  const units = Math.max(1, Math.floor(head.length / size));
  return { little: little / units, big: big / units };
}

function isPlainText(unit: number): boolean {
  return (unit >= 0x20 && unit < 0x7f) || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

/** Do most line ends fill a unit of UTF-16? In other text with NULs, as padded cells leave them, they do not. */
function hasWholeLineEnds(head: Buffer, low: 0 | 1): boolean {
  let whole = 0;
  let all = 0;
  for (let at = 0; at < head.length; at++) {
    if (head[at] !== 0x0a && head[at] !== 0x0d) continue;
    all++;
    if (at % 2 === low && head[at ^ 1] === 0) whole++;
  }
  return whole * 2 >= all;
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
