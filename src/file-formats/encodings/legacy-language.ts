/** How likely one letter follows another in a language, learnt from a few words of it. */
import { type LanguageWords, languageWords } from './legacy-words.ts';

export interface Language {
  readonly name: string;
  /** Logarithm of how likely the language is before anything is read. */
  readonly prior: number;
  /** @param step two letters, small; a blank stands for a word's edge. */
  logProbability(step: string): number;
}

/** How much the letter alone counts beside what the letter before it says. */
const smoothing = 4;
/** A letter that the words of the language do not have. */
const foreign = 5e-5;
/** An ASCII letter that they happen not to have. */
const unseen = 2e-3;
const groupPrior = -2;

let learnt: readonly Language[] | undefined;

/** Every language, and every group of languages that share an encoding, for files with customers of many countries. */
export function languages(): readonly Language[] {
  learnt ??= learnAll();
  return learnt;
}

function learnAll(): Language[] {
  const single = languageWords.map((words) => ({ group: words.group, language: learn(words) }));
  const groups = (['west', 'central', 'baltic', 'cyrillic'] as const).map((group) =>
    mixture(
      `${group} mixed`,
      single.filter((entry) => entry.group === group).map((entry) => entry.language),
    ),
  );
  return [...single.map((entry) => entry.language), ...groups];
}

/**
 * The words were chosen for their letters beyond ASCII and have more of them than texts do, some languages more than
 * others. So a letter beyond ASCII is judged among its like: how likely is it this one, given that it is one.
 */
function learn({ language, words }: LanguageWords): Language {
  const counts = countLetters(words);
  const total = {
    plain: sumOf(counts.letters, isPlain),
    other: sumOf(counts.letters, (letter) => !isPlain(letter)),
  };
  const alone = (letter: string) => {
    const count = counts.letters.get(letter);
    if (count === undefined) return isPlain(letter) ? unseen : foreign;
    return count / (isPlain(letter) ? total.plain : total.other);
  };
  const known = new Map<string, number>();
  return {
    name: language,
    prior: 0,
    logProbability: (step) => {
      let value = known.get(step);
      if (value === undefined) {
        const [before = ' ', letter = ' '] = step;
        const after = (isPlain(letter) ? counts.plainAfter : counts.otherAfter).get(before) ?? 0;
        value = Math.log(((counts.pairs.get(step) ?? 0) + smoothing * alone(letter)) / (after + smoothing));
        known.set(step, value);
      }
      return value;
    },
  };
}

interface LetterCounts {
  readonly letters: Map<string, number>;
  readonly pairs: Map<string, number>;
  /** How many letters of ASCII, and beyond, follow a letter. */
  readonly plainAfter: Map<string, number>;
  readonly otherAfter: Map<string, number>;
}

function countLetters(words: string): LetterCounts {
  const counts: LetterCounts = {
    letters: new Map(),
    pairs: new Map(),
    plainAfter: new Map(),
    otherAfter: new Map(),
  };
  for (const word of words.toLowerCase().split(/[^\p{L}\p{M}]+/u)) {
    let before = ' ';
    for (const letter of [...word, ' ']) {
      add(counts.letters, letter);
      add(counts.pairs, before + letter);
      add(isPlain(letter) ? counts.plainAfter : counts.otherAfter, before);
      before = letter;
    }
  }
  return counts;
}

function isPlain(letter: string): boolean {
  return letter.charCodeAt(0) < 128;
}

function sumOf(counts: ReadonlyMap<string, number>, wanted: (letter: string) => boolean): number {
  let sum = 0;
  for (const [letter, count] of counts) if (wanted(letter)) sum += count;
  return sum;
}

function mixture(name: string, members: readonly Language[]): Language {
  return {
    name,
    prior: groupPrior,
    logProbability: (step) => {
      let sum = 0;
      for (const member of members) sum += Math.exp(member.logProbability(step));
      return Math.log(sum / members.length);
    },
  };
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
