/**
 * Names of months and weekdays. English is always understood, then the tenant's language, then other languages
 * where they all agree on what a name means (`listopad`, which is November here and October there, is left out).
 */

export interface DateNames {
  /** 1 to 12; 0 when the word, lower case and without its point, is no month. */
  month(word: string): number;
  isWeekday(word: string): boolean;
}

/** Asked when neither English nor the tenant's language knows a word. */
const furtherLanguages =
  'de fr es it nl pt pl sv da nb fi cs sk hu ro tr hr sl bg el ru uk et lt lv ca id'.split(' ');

interface Names {
  readonly months: ReadonlyMap<string, number>;
  readonly weekdays: ReadonlySet<string>;
}

/** @param language ISO 639, or a tag that begins with it. One that the engine does not know is as none. */
export function dateNames(language: string | undefined): DateNames {
  const english = namesOf('en');
  const own = language === undefined || !isKnown(language) ? english : namesOf(language);
  return {
    month: (word) => english.months.get(word) ?? own.months.get(word) ?? further().months.get(word) ?? 0,
    isWeekday: (word) => english.weekdays.has(word) || own.weekdays.has(word) || further().weekdays.has(word),
  };
}

function isKnown(language: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language).length > 0;
  } catch {
    return false;
  }
}

const known = new Map<string, Names>();

function namesOf(language: string): Names {
  let names = known.get(language);
  if (names === undefined) {
    names = collect(language);
    known.set(language, names);
  }
  return names;
}

const monthDays = Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2021, month, 4)));
const weekDays = Array.from({ length: 7 }, (_, day) => new Date(Date.UTC(2021, 0, 4 + day)));

function collect(language: string): Names {
  const months = new Map<string, number>(language === 'en' ? [['sept', 9]] : []);
  for (const format of formatsOf(language, 'month')) {
    for (const [month, day] of monthDays.entries()) {
      const name = nameIn(format, 'month', day);
      if (name !== '' && !months.has(name)) months.set(name, month + 1);
    }
  }
  const formats = formatsOf(language, 'weekday');
  const weekdays = formats.flatMap((format) => weekDays.map((day) => nameIn(format, 'weekday', day)));
  return { months, weekdays: new Set(weekdays.filter((name) => name !== '')) };
}

/** Long and short names, alone and as they stand within a date (Polish "lipiec", but "26 lipca"). */
function formatsOf(language: string, part: 'month' | 'weekday'): Intl.DateTimeFormat[] {
  return (['long', 'short'] as const).flatMap((style) =>
    ([{}, { day: 'numeric', year: 'numeric' }] as const).map(
      (within) => new Intl.DateTimeFormat(language, { timeZone: 'UTC', [part]: style, ...within }),
    ),
  );
}

/** '' where the language numbers its months. */
function nameIn(format: Intl.DateTimeFormat, part: 'month' | 'weekday', day: Date): string {
  const name = format.formatToParts(day).find(({ type }) => type === part)?.value ?? '';
  return /[0-9]/.test(name) ? '' : nameKey(name);
}

/** A name as the tables have it. */
export function nameKey(word: string): string {
  return word.normalize('NFC').toLowerCase().replace(/\.$/, '');
}

let agreed: Names | undefined;

/** What the further languages agree on; put together when first asked for, since few files need it. */
function further(): Names {
  agreed ??= agreement(furtherLanguages.map(namesOf));
  return agreed;
}

function agreement(all: readonly Names[]): Names {
  const months = new Map<string, number>();
  const disputed = new Set<string>();
  for (const [name, month] of all.flatMap((names) => [...names.months])) {
    if ((months.get(name) ?? month) !== month) disputed.add(name);
    months.set(name, month);
  }
  for (const name of disputed) months.delete(name);
  return { months, weekdays: new Set(all.flatMap((names) => [...names.weekdays])) };
}
