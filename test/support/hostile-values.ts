/** Cells that spreadsheets, parsers and encoders stumble over, as fast-check makes them. */
import fc from 'fast-check';

const pieces = [
  "'",
  "''",
  '=',
  '+',
  '-',
  '@',
  '\t',
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\u00a0',
  '\ufeff',
  '"',
  '""',
  ',',
  ';',
  '|',
  '\\',
  '\\.',
  '\\N',
  '\\n',
  '[',
  '{',
  '(',
  '.',
  '=1+1',
  "=cmd|' /C calc'!A0",
  '@SUM(1,2)',
  "'=x",
  "'90s Ltd",
  '-12.5',
  '+44 20 7946 0018',
  '+1-555-010',
  '1,234',
  '007',
  '4111111111111111',
  '12345678901234567890',
  'x',
  'Yes',
  'NULL',
  'null',
  'true',
  '2021-02-29',
  '<b>',
  'é',
  'e\u0301',
  '名前',
  '😀',
  '👩‍👩‍👧',
  'שלום',
  'مرحبا',
  '\u202e',
  '\u2028',
] as const;

/** Starts and remainders by which the guard and the mark are told apart. */
const edges = fc
  .tuple(
    fc.constantFrom("'", "''", '=', '+', '-', '@', '', "'+", "'-"),
    fc.constantFrom(
      '1',
      '12.5',
      '1.2.3',
      '44 20',
      '44',
      '1e5',
      '1E+5',
      '(5)',
      '.5',
      ',5',
      '5 x 12',
      '5 ext.3',
      '5-6',
      'a',
      '90s',
    ),
    fc.constantFrom('', '', ' ', '0', 'x', '\n', '\u00a0'),
  )
  .map((parts) => parts.join(''));

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  edges,
  fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 }), fc.nat().map(String)), {
      maxLength: 6,
    })
    .map((parts) => parts.join('')),
);

/** Decimals of up to four places, positive and negative, short and long. */
export const numbers: fc.Arbitrary<string> = fc
  .tuple(
    fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }),
    fc.constantFrom(1, 10, 100, 10 ** 6, 10 ** 12),
    fc.nat({ max: 9999 }),
    fc.nat({ max: 4 }),
  )
  .map(([whole, divisor, part, places]) => {
    const fraction = String(part).padStart(4, '0').slice(0, places);
    return `${whole / BigInt(divisor)}${fraction === '' ? '' : `.${fraction}`}`;
  });

const anywhere = fc
  .tuple(
    fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
    fc.constantFrom('', '.5', '.123', '.000001'),
  )
  .map(([second, fraction]) => `${new Date(second * 1000).toISOString().slice(0, 19)}${fraction}Z`);
/** Around the nights on which clocks change. */
const changing = fc
  .tuple(
    fc.integer({ min: 1895, max: 2060 }),
    fc.constantFrom(2, 3, 8, 9, 10, 11),
    fc.nat({ max: 31 * 24 * 4 }),
  )
  .map(
    ([year, month, quarters]) =>
      `${new Date(Date.UTC(year, month) + quarters * 900_000).toISOString().slice(0, 19)}Z`,
  );
const recent = fc
  .integer({ min: 1_000_000_000, max: 1_900_000_000 })
  .map((second) => `${new Date(second * 1000).toISOString().slice(0, 19)}Z`);

/** Points in time, canonical but for needless decimals. */
export const moments: fc.Arbitrary<string> = fc.oneof(anywhere, changing, recent);

const tag = fc.oneof(
  fc.constantFrom(
    'vip',
    'VIP',
    '[x',
    '"q',
    '"q"',
    "'=1",
    '=1',
    '-5',
    'a b',
    'é',
    '😀',
    '{',
    '}',
    '\\',
    'NULL',
    '007',
  ),
  fc.string({ maxLength: 5 }),
);

/** As JSON arrays, which hold every name that a tag may have. */
export const tagLists: fc.Arbitrary<string> = fc
  .array(tag, { maxLength: 4 })
  .map((names) => JSON.stringify(names));
