/**
 * Words for yes and no. Whole words of every language here are read whatever the tenant's language is, since none
 * of them means yes in one and no in another; single letters are read only in the tenant's own language.
 */

interface YesAndNo {
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

const english: YesAndNo = {
  yes: [
    'true',
    't',
    'yes',
    'y',
    '1',
    '1.0',
    'on',
    'x',
    'checked',
    'enabled',
    'subscribed',
    'opted in',
    'opted-in',
    'opt-in',
    '✓',
    '✔',
    '☑',
  ],
  no: [
    'false',
    'f',
    'no',
    'n',
    '0',
    '0.0',
    'off',
    'unchecked',
    'disabled',
    'unsubscribed',
    'not subscribed',
    'never subscribed',
    'opted out',
    'opted-out',
    'opt-out',
    '✗',
    '✘',
    '☐',
  ],
};

/** ISO 639 code → its words. The first of each are the usual ones. */
const languages: Readonly<Record<string, YesAndNo>> = {
  bg: { yes: ['да', 'вярно', 'д'], no: ['не', 'невярно', 'н'] },
  cs: { yes: ['ano', 'pravda', 'a'], no: ['ne', 'nepravda', 'n'] },
  da: { yes: ['ja', 'sand', 'sandt', 'j'], no: ['nej', 'falsk', 'n'] },
  de: { yes: ['ja', 'wahr', 'j', 'w'], no: ['nein', 'falsch', 'n'] },
  el: { yes: ['ναι', 'αληθές', 'ν'], no: ['όχι', 'ψευδές', 'ο'] },
  es: { yes: ['sí', 'si', 'verdadero', 's', 'v'], no: ['no', 'falso', 'n'] },
  et: { yes: ['jah', 'tõene', 'j'], no: ['ei', 'väär', 'e'] },
  fi: { yes: ['kyllä', 'tosi', 'k'], no: ['ei', 'epätosi', 'e'] },
  fr: { yes: ['oui', 'vrai', 'o', 'v'], no: ['non', 'faux', 'n'] },
  hr: { yes: ['da', 'istina', 'd'], no: ['ne', 'laž', 'n'] },
  hu: { yes: ['igen', 'igaz', 'i'], no: ['nem', 'hamis', 'n', 'h'] },
  it: { yes: ['sì', 'si', 'vero', 's', 'v'], no: ['no', 'falso', 'n'] },
  ja: { yes: ['はい'], no: ['いいえ'] },
  lt: { yes: ['taip', 'tiesa', 't'], no: ['ne', 'netiesa', 'n'] },
  nb: { yes: ['ja', 'sann', 'sant', 'j'], no: ['nei', 'usann', 'n'] },
  nl: { yes: ['ja', 'waar', 'j', 'w'], no: ['nee', 'neen', 'onwaar', 'n'] },
  pl: { yes: ['tak', 'prawda', 't'], no: ['nie', 'fałsz', 'n'] },
  pt: { yes: ['sim', 'verdadeiro', 's', 'v'], no: ['não', 'nao', 'falso', 'n'] },
  ro: { yes: ['da', 'adevărat', 'd'], no: ['nu', 'fals', 'n'] },
  ru: { yes: ['да', 'истина', 'д'], no: ['нет', 'ложь', 'н'] },
  sk: { yes: ['áno', 'pravda', 'a'], no: ['nie', 'nepravda', 'n'] },
  sl: { yes: ['da', 'resnično', 'd'], no: ['ne', 'neresnično', 'n'] },
  sv: { yes: ['ja', 'sant', 'sann', 'j'], no: ['nej', 'falskt', 'falsk', 'n'] },
  tr: { yes: ['evet', 'doğru', 'e', 'd'], no: ['hayır', 'yanlış', 'h', 'y'] },
  uk: { yes: ['так', 'істина', 'т'], no: ['ні', 'хибність', 'н'] },
  zh: { yes: ['是'], no: ['否'] },
};

/** Spellings that are asked for most often stand in the map in three cases, so that they are found at once. */
function add(words: Map<string, string>, list: readonly string[], value: string): void {
  for (const word of list) {
    for (const form of [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)]) {
      if (!words.has(form)) words.set(form, value);
    }
  }
}

/**
 * @param language ISO 639, a region behind it is passed over ("de-AT").
 * @returns what a word means, 'true' or 'false', by its lower-case form and its usual other forms. English comes
 * first, then the language asked for, then the whole words of all.
 */
export function booleanWords(language: string | undefined): ReadonlyMap<string, string> {
  const code = (language ?? 'en').slice(0, 2).toLowerCase();
  let words = collected.get(code);
  if (words === undefined) {
    words = collect(code === 'no' ? 'nb' : code);
    collected.set(code, words);
  }
  return words;
}

const collected = new Map<string, ReadonlyMap<string, string>>();

function collect(language: string): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  const asked = Object.hasOwn(languages, language) ? languages[language] : undefined;
  for (const { yes, no } of asked === undefined ? [english] : [english, asked]) {
    add(words, yes, 'true');
    add(words, no, 'false');
  }
  for (const { yes, no } of Object.values(languages)) {
    add(words, yes.filter(isWholeWord), 'true');
    add(words, no.filter(isWholeWord), 'false');
  }
  return words;
}

function isWholeWord(word: string): boolean {
  return word.length > 1 || !/[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u.test(word);
}
