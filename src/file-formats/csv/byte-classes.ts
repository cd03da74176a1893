/** What a byte may mean to the tokenizer: one look into a table for each byte. */
import type { Marks } from './csv-marks.ts';

export const ordinary = 0;
/** A delimiter outside quotes, a quote inside them. */
const endClass = 1;
export const lineClass = 2;
/** An escape, or what may be the first byte of a delimiter of several. */
export const lookCloser = 3;

export function byteClasses(
  { delimiter, quote, escape: escapeByte }: Marks,
  where: 'outside' | 'inside',
): Uint8Array {
  const table = new Uint8Array(256);
  const [first] = where === 'inside' ? quote : delimiter;
  if (first !== undefined) table[first] = where === 'outside' && delimiter.length > 1 ? lookCloser : endClass;
  if (escapeByte !== 0) table[escapeByte] = lookCloser;
  table[0x0a] = lineClass;
  table[0x0d] = lineClass;
  return table;
}
