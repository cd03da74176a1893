/** Readings of bytes as Chinese, Japanese or Korean, for the guess among legacy encodings. */
import { createRequire } from 'node:module';
import iconv from './code-pages.ts';

/** Loaded when it is needed, which is rare: its tables take 15 MB. */
const loadDetector = () => createRequire(import.meta.url)('jschardet') as typeof import('jschardet');

interface AsianEncoding {
  readonly encoding: string;
  readonly language: string;
  /** What jschardet calls it. */
  readonly hints: readonly string[];
  /** First bytes of the characters in everyday use. */
  readonly common: readonly (readonly [from: number, to: number])[];
}

const encodings: readonly AsianEncoding[] = [
  {
    encoding: 'shift_jis',
    language: 'Japanese',
    hints: ['shiftjis', 'cp932', 'shiftjis2004'],
    common: [
      [0x82, 0x83],
      [0x88, 0x97],
    ],
  },
  {
    encoding: 'euc-jp',
    language: 'Japanese',
    hints: ['eucjp', 'eucjis2004'],
    common: [
      [0xa4, 0xa5],
      [0xb0, 0xcf],
    ],
  },
  { encoding: 'gb18030', language: 'Chinese', hints: ['gb2312', 'gb18030', 'gbk'], common: [[0xb0, 0xd7]] },
  { encoding: 'big5', language: 'Chinese', hints: ['big5', 'big5hkscs', 'cp950'], common: [[0xa4, 0xc6]] },
  { encoding: 'euc-kr', language: 'Korean', hints: ['euckr', 'cp949', 'uhc'], common: [[0xb0, 0xc8]] },
];

/** Logarithms, a character: one of some three thousand in use; one of the many others; one beside Latin letters. */
const commonCharacter = -7.5;
const rareCharacter = -14;
const besideLatin = -6;
/** jschardet knows how often each character is used, which settles it between encodings that read alike. */
const hinted = 12;

export interface AsianReading {
  readonly encoding: string;
  readonly text: string;
  readonly score: number;
  readonly language: string;
}

/** @returns the readings in which every byte has a meaning. */
export function chineseJapaneseKorean(bytes: Buffer): AsianReading[] {
  const possible = encodings
    .map((entry) => ({ entry, text: iconv.decode(bytes, entry.encoding) }))
    .filter(({ text }) => !text.includes('\ufffd'));
  if (possible.length === 0) return [];
  const hint = (loadDetector().detect(bytes).encoding ?? '').toLowerCase().replace(/[^a-z0-9]/g, '');
  return possible.map(({ entry, text }) => ({
    encoding: entry.encoding,
    language: entry.language,
    text,
    score:
      scoreOf(bytes, entry) +
      besideLatin * countBesideLatin(text) +
      (entry.hints.includes(hint) ? hinted : 0),
  }));
}

function scoreOf(bytes: Buffer, { common }: AsianEncoding): number {
  let score = 0;
  for (let at = 0; at < bytes.length; at++) {
    const first = bytes[at] as number;
    if (first < 0x80) continue;
    score += common.some(([from, to]) => first >= from && first <= to) ? commonCharacter : rareCharacter;
    at++;
  }
  return score;
}

function countBesideLatin(text: string): number {
  return (
    text.match(
      /[A-Za-z][\u3040-\u9fff\uac00-\ud7af\uff61-\uff9f]|[\u3040-\u9fff\uac00-\ud7af\uff61-\uff9f][A-Za-z]/g,
    )?.length ?? 0
  );
}
