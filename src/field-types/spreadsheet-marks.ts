/**
 * What spreadsheets do to cells, and how a file for them is guarded.
 *
 * The guard: a cell that begins with `=` `+` `-` `@`, tab or carriage return would be run as a formula, so it gets
 * a leading apostrophe. Excepted are numbers (`-12.5`) and phone numbers whose digits are set apart by a space
 * (`+44 20 7946 0018`, `+1 (555) 010-0000`): no spreadsheet takes those for a sum, as it would `+1-555-010`.
 *
 * The mark: people and other products put an apostrophe before text that a spreadsheet would change. It is taken
 * off where it has that meaning (a formula's first character, a number, a phone number or code of digits follows),
 * one at a time. `="00123"` means the same, and its text is taken. A genuine apostrophe that would be taken off is doubled on the way out, so that
 * `unmark(guard(text)) === text` for every text.
 */

/** Apostrophes, then what a spreadsheet would run, or nothing but a number, a phone number or a code of digits. */
const marked =
  /^'+(?:[=+\-@\t\r]|[(.,]?[0-9][0-9\u00a0 ().,/:+-]*(?: ?(?:x|ext\.?) ?[0-9]+)?$|[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+$)/;

/** A text as the result of a formula: how many programs write digits that a spreadsheet is to leave alone. */
const textFormula = /^="([^"]*)"$/;

/** @param text a cell that begins with `=`. @returns the text that the formula gives; others stay. */
export function unmarkFormula(text: string): string {
  return textFormula.exec(text)?.[1] ?? text;
}

const plainNumber = /^[+-][0-9]+(?:[.,][0-9]+)*$/;
const spacedPhone = /^\+[0-9]{1,4} [0-9(][0-9 ()-]*$/;

const apostrophe = 0x27;

/** @param text a cell that begins with an apostrophe. */
export function unmark(text: string): string {
  return marked.test(text) ? text.slice(1) : text;
}

/** The text as a cell that no spreadsheet runs, and that `unmark` reads back. */
export function guard(text: string): string {
  const first = text.charCodeAt(0);
  if (first === apostrophe) return marked.test(text) ? `'${text}` : text;
  if (!startsFormula(first) || plainNumber.test(text) || spacedPhone.test(text)) return text;
  return `'${text}`;
}

function startsFormula(character: number): boolean {
  return (
    character === 0x3d ||
    character === 0x2b ||
    character === 0x2d ||
    character === 0x40 ||
    character === 0x09 ||
    character === 0x0d
  );
}

/** Error values in English, and where a language's own differ from them. */
const errorValues = new Set(
  (
    '#REF! #N/A #VALUE! #NAME? #DIV/0! #NULL! #NUM! #SPILL! #CALC! #GETTING_DATA #FIELD! #BLOCKED! #CONNECT! ' +
    '#UNKNOWN! #BUSY! #ERROR! #EXTERNAL! #BEZUG! #NV #WERT! #ZAHL! #VALEUR! #NOM? #NUL! #NOMBRE! #N/D #VALOR! ' +
    '#¡REF! #¡VALOR! #¿NOMBRE? #¡DIV/0! #¡NULO! #¡NUM! #RIF! #VALORE! #NOME? #NULLO! #NULO! #NÚM! #VERW! #N/B ' +
    '#WAARDE! #NAAM? #DEEL/0! #LEEG! #GETAL! #ADR! #N/D! #ARG! #NAZWA? #DZIEL/0! #ZERO! #LICZBA! #REFERENS! ' +
    '#SAKNAS! #VÄRDEFEL! #NAMN? #DIVISION/0! #OGILTIGT! #I/T #VÆRDI! #NAVN?'
  ).split(' '),
);

/** `###` is what stays of a value in a column that was too narrow; `Err:502` is LibreOffice's. */
const narrowColumn = /^#{3,}$/;
const numberedError = /^(?:Err:|#ERR)[0-9]{3}$/;
const longestError = 16;

/** @param text a trimmed cell that begins with `#` or `E`. */
export function isErrorValue(text: string): boolean {
  if (text.length > longestError) return narrowColumn.test(text);
  return errorValues.has(text) || narrowColumn.test(text) || numberedError.test(text);
}

const exponentForm = /^-?[0-9][.,]?[0-9]*E\+[0-9]{2,3}$/;
const longestExponentForm = 24;

/** 4.47911E+11: a long run of digits as a spreadsheet shows it, with all but the first six gone. */
export function isExponentForm(text: string): boolean {
  return text.length <= longestExponentForm && text.includes('E+') && exponentForm.test(text);
}
