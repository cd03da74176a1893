/** The law of field types: what was written reads as it was, for every type, in both profiles, whatever people typed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileColumn, surveyColumn } from '../../../src/field-types/column.ts';
import type {
  ColumnReading,
  FieldLimits,
  FieldTypeName,
  Profile,
} from '../../../src/field-types/field-type.ts';
import { fieldType, fieldTypes } from '../../../src/field-types/registry.ts';

const zones =
  'UTC Europe/Berlin America/New_York Asia/Kolkata Pacific/Apia Africa/Monrovia Australia/Lord_Howe Africa/Casablanca'.split(
    ' ',
  );
const currencies = ['EUR', 'JPY', 'KWD', 'USD'];

const colours = [
  { key: 'red', label: '=Red', aliases: ['crimson'] },
  { key: 'at_risk', label: 'At Risk' },
  { key: 'minus', label: "'-5" },
];

function field(type: FieldTypeName): FieldLimits {
  return { key: type, label: type, type, ...(type === 'enum' ? { values: colours } : {}) };
}

/** Pieces that spreadsheets, parsers and encoders stumble over. */
const hostile = fc.constantFrom(
  ...[
    "'",
    "''",
    '=',
    '+',
    '-',
    '@',
    '\t',
    '\r',
    '\n',
    ' ',
    '\u00a0',
    '\ufeff',
    '"',
    '""',
    ',',
    ';',
    '[',
    ']',
    '{',
    '}',
  ],
  ...[
    '(',
    ')',
    '.',
    '/',
    ':',
    '#',
    '#N/A',
    '=1+1',
    "'=x",
    '-12.5',
    '+44 20 7946 0018',
    '1,234',
    '1.234',
    '007',
    'E+11',
  ],
  ...[
    'x',
    'Yes',
    'nein',
    '2021-02-29',
    '29/02/2020',
    '€',
    '$',
    'kr',
    '%',
    '\\',
    '\\u0000',
    'NULL',
    'null',
    'true',
  ],
  ...[
    'é',
    'e\u0301',
    '名',
    '😀',
    '\u0000',
    '\u0085',
    '\ud800',
    '<b>',
    "'90s Ltd",
    'T10:30',
    'Z',
    '+02:00',
    'a@b.de',
  ],
);
const typed = fc.array(fc.oneof(hostile, fc.string({ maxLength: 4 }), fc.nat().map(String)), {
  maxLength: 7,
});
const anything = typed.map((pieces) => pieces.join(''));

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
const amount = fc
  .tuple(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), fc.nat({ max: 9999 }))
  .map(([whole, part]) => `${whole}.${String(part).padStart(4, '0')}`);
const moment = fc
  .tuple(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), fc.nat({ max: 999 }))
  .map(
    ([second, part]) =>
      `${new Date(second * 1000).toISOString().slice(0, 19)}.${String(part).padStart(3, '0')}Z`,
  )
  .map((text) => text.replace(/^\+00/, ''));
/** Around the nights on which clocks change. */
const changing = fc
  .tuple(fc.integer({ min: 1900, max: 2060 }), fc.constantFrom(2, 3, 9, 10, 11), fc.nat({ max: 31 * 24 * 4 }))
  .map(([year, month, quarters]) => new Date(Date.UTC(year, month) + quarters * 900_000).toISOString());
const names = fc.array(fc.oneof(hostile, fc.string({ maxLength: 6 })), { maxLength: 5 });

const typical: Partial<Record<FieldTypeName, fc.Arbitrary<string>>> = {
  email: fc.emailAddress(),
  boolean: fc.constantFrom('yes', 'No', 'TRUE', 'f', '0', 'x', 'oui'),
  date: moment.map((text) => text.slice(0, 10)),
  datetime: fc.oneof(moment, changing),
  integer: fc.integer().map(String),
  decimal: fc.oneof(number, amount),
  money: amount,
  enum: fc.constantFrom('red', 'crimson', 'at risk', '=Red', "'-5"),
  tags: fc.oneof(
    names.map((list) => JSON.stringify(list)),
    names.map((list) => list.join(', ')),
    names.map((list) => list.map((name) => `"${name.replaceAll('"', '""')}"`).join(',')),
  ),
  json: fc.oneof(
    fc.json(),
    fc.jsonValue().map((value) => JSON.stringify(value, null, 2)),
  ),
  url: fc.webUrl({ withFragments: true, withQueryParameters: true }),
  country: fc.constantFrom('DE', 'deu', 'Germany', 'England', 'Côte d’Ivoire'),
  currency: fc.constantFrom('eur', 'USD', '€', 'CHF'),
  timezone: fc.constantFrom('europe/berlin', 'UTC', 'Asia/Calcutta', 'GMT Standard Time', 'US/Eastern'),
  uuid: fc.uuid(),
};

interface Way {
  readonly profile: Profile;
  readonly timezone: string;
  readonly currency: string;
}

const ways: fc.Arbitrary<Way> = fc.record({
  profile: fc.constantFrom<Profile>('data', 'spreadsheet'),
  timezone: fc.constantFrom(...zones),
  currency: fc.constantFrom(...currencies),
});

function readingFor({ profile, timezone, currency }: Way): ColumnReading {
  return { timezone, currency, spreadsheetMarks: profile === 'spreadsheet' };
}

describe('what was written reads as it was', () => {
  test.each(fieldTypes.map(({ name }) => name))('%s', (name) => {
    const limits = field(name);
    const cells = typical[name] === undefined ? anything : fc.oneof(anything, typical[name]);
    fc.assert(
      fc.property(cells, ways, (cell, way) => {
        const read = compileColumn(limits, readingFor(way));
        const value = read(cell);
        fc.pre(typeof value === 'string');
        const written = fieldType(name).write(value, way.profile, limits, way);
        expect(read(written)).toBe(value);
        expect(written).toBe(written.trim());
      }),
      { numRuns: 3000, maxSkipsPerRun: 1000 },
    );
  });
});

describe('a column that was written is never ambiguous', () => {
  const cells = {
    date: moment.map((text) => text.slice(0, 10)),
    datetime: moment,
    decimal: amount,
    money: amount,
  };
  test.each(['date', 'datetime', 'decimal', 'money'] as const)('%s', (name) => {
    fc.assert(
      fc.property(fc.array(cells[name], { minLength: 1, maxLength: 4 }), ways, (column, way) => {
        const limits = field(name);
        const read = compileColumn(limits, { ...readingFor(way), decimal: '.' });
        const survey = surveyColumn(limits);
        for (const cell of column) {
          const value = read(cell);
          if (typeof value === 'string') survey?.see(fieldType(name).write(value, way.profile, limits, way));
        }
        expect(survey?.settle().ambiguous).toBe(false);
      }),
    );
  });
});
