/**
 * How values come back from PostgreSQL. Dates, times and decimals stay the text that PostgreSQL writes: a JavaScript
 * Date knows milliseconds of one zone only, and a number rounds. A bigint is a number where that is exact, else a
 * BigInt.
 */
import pg from 'pg';

type Parse = (text: string) => unknown;

const asText: Parse = (text) => text;
/** pg's own reader of text[], which gives nulls as nulls. */
const asTexts: (text: string) => (string | null)[] = pg.types.getTypeParser(1009 as number, 'text');

function asInteger(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

const asIntegers: Parse = (text) => asTexts(text).map((entry) => (entry === null ? null : asInteger(entry)));

/** By the type's oid (pg_type.oid), each with its array's. */
const parsers: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [20, asInteger], // int8
  [1016, asIntegers],
  [1082, asText], // date
  [1182, asTexts],
  [1083, asText], // time
  [1183, asTexts],
  [1114, asText], // timestamp
  [1115, asTexts],
  [1184, asText], // timestamptz
  [1185, asTexts],
  [1186, asText], // interval
  [1187, asTexts],
  [1700, asText], // numeric
  [1231, asTexts],
]);

function parserOf(oid: number, format: 'text' | 'binary' = 'text'): Parse {
  const own = format === 'text' ? parsers.get(oid) : undefined;
  return own ?? pg.types.getTypeParser(oid, format as 'text');
}

/** For the `types` of a pool or a client; other pools of the process keep their own. */
export const typeParsers: pg.CustomTypesConfig = { getTypeParser: parserOf as typeof pg.types.getTypeParser };
