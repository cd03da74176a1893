/**
 * The tables of iconv-lite, brought up to what Apple made of its own in 1998, when the euro came: every Mac since then
 * writes €, where the tables have ¤.
 */
import iconv from 'iconv-lite';

const sinceThen: Readonly<Record<string, readonly (readonly [before: string, since: string])[]>> = {
  macintosh: [['¤', '€']],
  macroman: [['¤', '€']],
  maccyrillic: [
    ['¤', '€'],
    ['¢', 'Ґ'],
    ['∂', 'ґ'],
  ],
};

// Asking for any encoding loads the tables of all; asking for one of these would make use of it as it is.
iconv.encodingExists('utf-8');
for (const [name, changes] of Object.entries(sinceThen)) {
  const table = iconv.encodings?.[name as keyof typeof iconv.encodings];
  if (typeof table !== 'object') throw new Error(`iconv-lite has no table of its own for ${name}`);
  const { chars } = table;
  Object.assign(table, {
    chars: changes.reduce((text, [before, since]) => text.replace(before, since), String(chars)),
  });
}

export { default } from 'iconv-lite';
