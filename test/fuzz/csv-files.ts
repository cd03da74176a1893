/** Random delimited text: what a program writes, and that text spoiled. */
import type { Random } from './random.ts';

export interface RandomFile {
  readonly text: string;
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: 'double' | 'backslash';
  readonly lineEnds: 'lf' | 'crlf' | 'cr' | 'mixed';
  /** What the rows are; undefined when the text was spoiled. */
  readonly truth: readonly (readonly string[])[] | undefined;
}

const lineBreaks = { lf: ['\n'], crlf: ['\r\n'], cr: ['\r'], mixed: ['\n', '\r\n', '\r'] } as const;
const words = [
  'a',
  'Ann',
  'Łódź',
  '12,50',
  'x y',
  '',
  '',
  '0',
  'é',
  '日本',
  '🙂',
  '§',
  "O'Neil",
  '5" pipe',
  '#1',
  '\\',
  'C:\\x',
  ' lead',
  'trail ',
];

export function randomFile(random: Random): RandomFile {
  const delimiter = random.pick([',', ',', ',', ';', '\t', '|', '^', '§']);
  const quote = random.pick(['"', '"', '"', '"', "'"]);
  const escaping = random.chance(0.15) ? 'backslash' : 'double';
  const lineEnds = random.pick(['lf', 'lf', 'crlf', 'crlf', 'cr', 'mixed'] as const);
  const style = { delimiter, quote, escape: escaping, lineEnds } as const;
  const truth = randomRows(random, style);
  const text = writeRows(truth, random, style);
  return random.chance(0.3)
    ? { ...style, text: spoiled(text, random, style), truth: undefined }
    : { ...style, text, truth };
}

type Style = Pick<RandomFile, 'delimiter' | 'quote' | 'escape' | 'lineEnds'>;

function randomRows(random: Random, style: Style): string[][] {
  const columns = random.whole(1, 6);
  const ragged = random.chance(0.1);
  return Array.from({ length: random.whole(1, 12) }, () =>
    Array.from({ length: ragged ? random.whole(1, 7) : columns }, () => randomCell(random, style)),
  );
}

function randomCell(random: Random, { delimiter, quote, lineEnds }: Style): string {
  const word = random.pick(words);
  if (random.chance(0.7)) return word;
  const breaks = lineBreaks[lineEnds];
  const middle = random.pick([
    delimiter,
    quote,
    quote + quote,
    random.pick(breaks),
    `${delimiter} `,
    ` ${quote}`,
    `${random.pick(breaks)}${random.pick(breaks)}`,
  ]);
  return word + middle + random.pick(words);
}

function writeRows(rows: readonly (readonly string[])[], random: Random, style: Style): string {
  const all = random.chance(0.2);
  const breaks = lineBreaks[style.lineEnds];
  let text = '';
  for (const [index, row] of rows.entries()) {
    if (random.chance(0.05)) text += random.pick(breaks);
    text += row
      .map((cell) =>
        writeCell(cell, all || random.chance(0.1) || (row.length === 1 && cell.trim() === ''), style),
      )
      .join(style.delimiter);
    if (index < rows.length - 1 || random.chance(0.7)) text += random.pick(breaks);
  }
  return text;
}

/** A quote within a cell may stand unquoted; one at its beginning may not, nor a line's lone blank. */
function writeCell(cell: string, forced: boolean, { delimiter, quote, escape: escaping }: Style): string {
  const must =
    cell.includes(delimiter) ||
    /[\r\n]/.test(cell) ||
    cell.startsWith(quote) ||
    (escaping === 'backslash' && cell.includes('\\'));
  if (!must && !forced && !cell.includes(quote)) return cell;
  const inner =
    escaping === 'double'
      ? cell.replaceAll(quote, quote + quote)
      : cell.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
  return quote + inner + quote;
}

/** A few characters put in or taken out anywhere. */
function spoiled(text: string, random: Random, { delimiter, quote }: Style): string {
  const characters = Array.from(text);
  for (let count = random.whole(1, 3); count > 0; count--) {
    const piece = random.pick([quote, quote, delimiter, '\n', '\r', '\\', ' ', 'x', undefined]);
    const at = random.whole(0, characters.length);
    if (piece === undefined) characters.splice(at, 1);
    else characters.splice(at, 0, piece);
  }
  return characters.join('');
}
