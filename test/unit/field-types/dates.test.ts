import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayNumber, dayText, packedDayOf } from '../../../src/field-types/dates/calendar.ts';
import { fieldType } from '../../../src/field-types/registry.ts';
import { fieldOf, isAmbiguous, readCell, readColumn } from './reading.ts';

describe('the calendar', () => {
  test('counts the days as the engine does, from the year 1 to 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (number) => {
        const text = dayText(packedDayOf(number));
        expect(text).toBe(new Date(number * 86_400_000).toISOString().slice(0, 10));
        const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
        expect(dayNumber(year, month, day)).toBe(number);
      }),
    );
  });
});

describe('a day that tells itself how it is read', () => {
  test.each([
    ['2021-07-26', '2021-07-26'],
    ['2021-7-6', '2021-07-06'],
    ['2021/07/26', '2021-07-26'],
    ['2021.07.26', '2021-07-26'],
    ['2021 07 26', '2021-07-26'],
    ['20210726', '2021-07-26'],
    ['0001-01-01', '0001-01-01'],
    ['9999-12-31', '9999-12-31'],
    ['26 July 2021', '2021-07-26'],
    ['26-Jul-21', '2021-07-26'],
    ['26.Jul.2021', '2021-07-26'],
    ['July 26, 2021', '2021-07-26'],
    ['Jul. 26th 2021', '2021-07-26'],
    ['Sept 1 2021', '2021-09-01'],
    ['2021-Jul-26', '2021-07-26'],
    ['Mon, 26 Jul 2021', '2021-07-26'],
    ['Monday 26 July 2021', '2021-07-26'],
    ['26th of July, 2021', '2021-07-26'],
    ['26. Juli 2021', '2021-07-26'],
    ['26 de julio de 2021', '2021-07-26'],
    ['1er août 2021', '2021-08-01'],
    ['26 lipca 2021', '2021-07-26'],
    ['26 июля 2021', '2021-07-26'],
    ['Freitag, 26. März 2021', '2021-03-26'],
    ['26/07/2021', '2021-07-26'],
    ['07/26/2021', '2021-07-26'],
    ['07/07/2021', '2021-07-07'],
    ['26.07.21', '2021-07-26'],
    ['85/07/26', '1985-07-26'],
    ['26. 07. 2021', '2021-07-26'],
    ['2021-07-26 00:00:00', '2021-07-26'],
    ['2021-07-26T00:00:00.000Z', '2021-07-26'],
    ['7/26/2021 12:00:00 AM', '2021-07-26'],
    ['29/02/2020', '2020-02-29'],
  ])('%j is %j', (cell, value) => {
    expect(readCell('date', cell)).toBe(value);
  });

  test.each([
    '31.02.2021',
    '2021-02-29',
    '2021-13-01',
    '2021-00-10',
    '0000-01-01',
    '13/13/2020',
    '32 July 2021',
    '30/02/2020',
    '20211301',
  ])('%j is no day of the calendar', (cell) => expect(readCell('date', cell)).toBe('date.impossible'));

  test.each([
    ...[
      'yesterday',
      '2021',
      '202107',
      '07/2021',
      'July 2021',
      '26 July',
      '1/2/3',
      '1-2/2021',
      '26/07/021',
      '2021-07-26T10:30:00Z',
    ],
    ...[
      '26 Foo 2021',
      '2021-07-26 x',
      '26//07/2021',
      '2021-07',
      'Q3 2018',
      '12:30',
      '2021-07-26 24:00:01',
      '10.0.0.1',
      '26 07',
    ],
    ...['listopad 2021 1', '26 July 20211', 'le 26 juillet 2021 ici'],
  ])('%j is none', (cell) => {
    expect(readCell('date', cell)).toBe('date.unreadable');
  });

  test.each([
    ['2021年7月26日', 'Japan and China'],
    ['2021년 7월 26일', 'Korea'],
    ['2021. 7. 26.', 'Korea, in numbers'],
    ['26. 7. 2021.', 'the Balkans'],
    ['26 июля 2021 г.', 'Russia'],
    ['26JUL2021', 'SAS'],
    ['2021Jul26', 'a program'],
  ])('%j is the 26th of July, as written in %s', (cell) => {
    expect(readCell('date', cell)).toBe('2021-07-26');
  });

  test('a name that means different months to its neighbours is read in the tenant’s language only', () => {
    expect(readCell('date', '5. listopad 2021')).toBe('date.unreadable');
    expect(readCell('date', '5. listopad 2021', { reading: { language: 'hr' } })).toBe('2021-10-05');
    expect(readCell('date', '5 listopad 2021', { reading: { language: 'pl' } })).toBe('2021-11-05');
  });
});

describe('two-digit years', () => {
  const days = Array.from({ length: 60 }, (_, i) => {
    const parts = [5 + (i % 20), 1 + (i % 12), 1 + ((i * 5) % 28) + (i % 12 === 0 ? 3 : 0)];
    const [year = '', month = '', day = ''] = parts.map((part) => String(part).padStart(2, '0'));
    return { year, month, day, iso: `20${year}-${month}-${day}` };
  });

  test('in front are told from days by a column whose other end runs through the month', () => {
    expect(
      readColumn(
        'date',
        days.map(({ year, month, day }) => `${year}-${month}-${day}`),
      ),
    ).toEqual(days.map(({ iso }) => iso));
  });

  test('at the end are told so too, and where the years lie ahead', () => {
    expect(
      readColumn(
        'date',
        days.map(({ year, month, day }) => `${day}-${month}-${year}`),
      ),
    ).toEqual(days.map(({ iso }) => iso));
    expect(readColumn('date', ['01-05-27', '15-03-28', '01-12-29'])).toEqual([
      '2027-05-01',
      '2028-03-15',
      '2029-12-01',
    ]);
  });

  test('are read by the pivot: 29 for days, 68 for points in time, unless another is said', () => {
    expect(readCell('date', '26.07.29')).toBe('2029-07-26');
    expect(readCell('date', '26.07.30')).toBe('1930-07-26');
    expect(readCell('datetime', '26.07.68')).toBe('2068-07-26T00:00:00Z');
    expect(readCell('datetime', '26.07.69')).toBe('1969-07-26T00:00:00Z');
    expect(readCell('date', '26.07.45', { reading: { pivotYear: 45 } })).toBe('2045-07-26');
    expect(readCell('date', '26-Jul-46', { reading: { pivotYear: 45 } })).toBe('1946-07-26');
  });
});

describe('the order of day and month', () => {
  test('is asked when no cell of the column tells', () => {
    expect(readColumn('date', ['01/02/2021', '03/04/2021', '05/05/2021'])).toEqual([
      'date.ambiguous',
      'date.ambiguous',
      '2021-05-05',
    ]);
    expect(isAmbiguous('date', ['01/02/2021', 'x', ''])).toBe(true);
    expect(isAmbiguous('date', ['05/05/2021', '2021-01-02', '1 Feb 2021'])).toBe(false);
  });

  test('is found by a single cell anywhere in the column', () => {
    expect(readColumn('date', ['01/02/2021', '13/02/2021'])).toEqual(['2021-02-01', '2021-02-13']);
    expect(readColumn('date', ['01/02/2021', '02/13/2021'])).toEqual(['2021-01-02', '2021-02-13']);
    expect(readColumn('datetime', ['01.02.21 10:00', '31.01.21 23:59'])).toEqual([
      '2021-02-01T10:00:00Z',
      '2021-01-31T23:59:00Z',
    ]);
    expect(readColumn('date', ['20/07/26', '85/07/26'])).toEqual(['2020-07-26', '1985-07-26']);
  });

  test('is what most cells say; the others are problems', () => {
    expect(readColumn('date', ['13/02/2021', '14/02/2021', '02/15/2021', '01/02/2021'])).toEqual([
      '2021-02-13',
      '2021-02-14',
      'date.impossible',
      '2021-02-01',
    ]);
  });

  test('stays open when as many cells say the one as the other', () => {
    const column = ['13/02/2021', '02/15/2021', '01/02/2021'];
    expect(readColumn('date', column)).toEqual(['2021-02-13', '2021-02-15', 'date.ambiguous']);
    expect(isAmbiguous('date', column)).toBe(true);
  });

  test('is not told by days with the name of a month, however they are written', () => {
    const column = ['Apr 13, 2021', '13 Apr 2021', 'May 14, 2021', '01/02/2021'];
    expect(readColumn('date', column)).toEqual(['2021-04-13', '2021-04-13', '2021-05-14', 'date.ambiguous']);
    expect(isAmbiguous('date', column)).toBe(true);
  });

  test('may be said for the column, and days that tell themselves are read all the same', () => {
    const reading = { dateOrder: 'mdy' } as const;
    expect(readCell('date', '01/02/2021', { reading })).toBe('2021-01-02');
    expect(readCell('date', '2021-02-01', { reading })).toBe('2021-02-01');
    expect(readCell('date', '1 Feb 2021', { reading })).toBe('2021-02-01');
    expect(readCell('date', '01/02/03', { reading: { dateOrder: 'ymd' } })).toBe('2001-02-03');
  });
});

describe('serial numbers of Excel', () => {
  test.each([
    ['44403', 1900, '2021-07-26'],
    ['44403.0', 1900, '2021-07-26'],
    ['10000', 1900, '1927-05-18'],
    ['42941', 1904, '2021-07-26'],
  ] as const)('%s from %i is %s', (cell, dateBase, value) => {
    expect(readCell('date', cell, { reading: { dateBase } })).toBe(value);
  });

  test.each([
    ['1', '1900-01-01'],
    ['59', '1900-02-28'],
    ['60', 'date.unreadable'],
    ['61', '1900-03-01'],
    ['2021', '1905-07-13'],
  ])('%s is %s in a column of serial numbers', (cell, value) => {
    expect(readColumn('date', ['44403', cell])[1]).toBe(value);
  });

  test('the first day of old Macs is their 0', () => {
    expect(readCell('date', '0', { reading: { dateBase: 1904, dateSerials: true } })).toBe('1904-01-01');
  });

  test('hold the time of day behind the point', () => {
    expect(readCell('datetime', '44403.4375')).toBe('2021-07-26T10:30:00Z');
    expect(readCell('datetime', '44403.437511574')).toBe('2021-07-26T10:30:01Z');
    expect(readCell('datetime', '44403.999999999')).toBe('2021-07-27T00:00:00Z');
    expect(readCell('datetime', '44403.5', { reading: { timezone: 'Europe/Berlin' } })).toBe(
      '2021-07-26T10:00:00Z',
    );
    expect(readCell('date', '44403.5')).toBe('date.unreadable');
  });

  test('are not taken for the years, postcodes and numbers that they are not', () => {
    expect(readCell('date', '2021')).toBe('date.unreadable');
    expect(readColumn('date', ['44403', '2021-07-26', '2021'])).toEqual([
      '2021-07-26',
      '2021-07-26',
      'date.unreadable',
    ]);
    expect(readCell('date', '260721')).toBe('date.unreadable');
    expect(readCell('datetime', '1627296000')).toBe('datetime.unreadable');
  });
});

describe('a point in time', () => {
  test.each([
    ['2021-07-26T08:30:00Z', '2021-07-26T08:30:00Z'],
    ['2021-07-26T08:30:00.000Z', '2021-07-26T08:30:00Z'],
    ['2021-07-26T08:30:00.120Z', '2021-07-26T08:30:00.12Z'],
    ['2021-07-26T08:30:00.1234567Z', '2021-07-26T08:30:00.123456Z'],
    ['2021-07-26T10:30:00+02:00', '2021-07-26T08:30:00Z'],
    ['2021-07-26T10:30:00+0200', '2021-07-26T08:30:00Z'],
    ['2021-07-26 10:30:00 +02', '2021-07-26T08:30:00Z'],
    ['2021-07-26 03:00:00-05:30', '2021-07-26T08:30:00Z'],
    ['1880-01-01 00:53:28+00:53:28', '1880-01-01T00:00:00Z'],
    ['2021-07-26 08:30', '2021-07-26T08:30:00Z'],
    ['2021-07-26 8:30:15 am', '2021-07-26T08:30:15Z'],
    ['July 26, 2021 12:05 AM', '2021-07-26T00:05:00Z'],
    ['July 26, 2021 at 12:05 p.m.', '2021-07-26T12:05:00Z'],
    ['20210726T083000Z', '2021-07-26T08:30:00Z'],
    ['2021-07-26 08:30:00 UTC', '2021-07-26T08:30:00Z'],
    ['2021-07-26 08:30:00 GMT+1', '2021-07-26T07:30:00Z'],
    ['Mon, 26 Jul 2021 10:30:00 +0200', '2021-07-26T08:30:00Z'],
    ['Mon Jul 26 2021 10:30:00 GMT+0200 (Central European Summer Time)', '2021-07-26T08:30:00Z'],
    ['2021-07-26T24:00:00Z', '2021-07-27T00:00:00Z'],
    ['2021-07-26', '2021-07-26T00:00:00Z'],
    ['26/07/2021 08:30', '2021-07-26T08:30:00Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
    ['26.07.2021 08.30', '2021-07-26T08:30:00Z'],
    ['26-JUL-21 08.30.00.000000 AM', '2021-07-26T08:30:00Z'],
    ['26.07.2021 08:30 Uhr', '2021-07-26T08:30:00Z'],
    ['26/07/2021 08h30', '2021-07-26T08:30:00Z'],
    ['2021年7月26日 8:30', '2021-07-26T08:30:00Z'],
  ])('%j is %j', (cell, value) => {
    expect(readCell('datetime', cell)).toBe(value);
  });

  test.each([
    ...[
      '2021-07-26T25:00:00Z',
      '2021-07-26T10:60:00Z',
      '2021-07-26T10:30:60Z',
      '2021-07-26 13:00 pm',
      '2021-07-26 0:30 am',
    ],
    ...[
      '2021-07-26T10:30:00+24:00',
      '2021-07-26T10:30:00+02:60',
      '2021-07-26T24:00:00.5Z',
      '2021-07-26T10',
      '2021-07-26T10:30:00.Z',
    ],
    ...['2021-07-26 10:30.15', '2021-07-26 10.30:15', '2021-07-26 10.75'],
    ...['2021-07-26 10:30 CEST', '2021-07-26T10:30:00Zx', 'now', '10:30'],
  ])('%j is none', (cell) => {
    expect(readCell('datetime', cell)).toBe('datetime.unreadable');
  });

  test('that lies before the year 1 or after 9999 is no day of the calendar', () => {
    expect(readCell('datetime', '0001-01-01T00:00:00+01:00')).toBe('date.impossible');
    expect(readCell('datetime', '9999-12-31T23:30:00-01:00')).toBe('date.impossible');
  });

  test('says that day or month may come first, as a day does', () => {
    expect(readCell('datetime', '01/02/2021 10:00')).toBe('date.ambiguous');
    expect(readCell('datetime', '31/02/2021 10:00')).toBe('date.impossible');
  });
});

describe('a time without an offset', () => {
  const berlin = { reading: { timezone: 'Europe/Berlin' } };

  test('is on the clock of the column’s zone, summer and winter', () => {
    expect(readCell('datetime', '2021-07-26 10:30', berlin)).toBe('2021-07-26T08:30:00Z');
    expect(readCell('datetime', '2021-01-26 10:30', berlin)).toBe('2021-01-26T09:30:00Z');
    expect(readCell('datetime', '2021-07-26', berlin)).toBe('2021-07-25T22:00:00Z');
  });

  test('that the clock skips is as long after midnight as it says', () => {
    expect(readCell('datetime', '2021-03-28 01:59:59', berlin)).toBe('2021-03-28T00:59:59Z');
    expect(readCell('datetime', '2021-03-28 02:30', berlin)).toBe('2021-03-28T01:30:00Z');
    expect(readCell('datetime', '2021-03-28 03:00', berlin)).toBe('2021-03-28T01:00:00Z');
  });

  test('that comes twice is the first, unless an offset stands with it', () => {
    expect(readCell('datetime', '2021-10-31 02:30', berlin)).toBe('2021-10-31T00:30:00Z');
    expect(readCell('datetime', '2021-10-31 02:30+01:00', berlin)).toBe('2021-10-31T01:30:00Z');
    expect(readCell('datetime', '2021-10-31 03:00', berlin)).toBe('2021-10-31T02:00:00Z');
  });

  test('agrees with the engine’s clock, whatever the zone', () => {
    const zones =
      'America/New_York Asia/Kathmandu Australia/Lord_Howe Pacific/Apia Africa/Casablanca Europe/Dublin';
    fc.assert(
      fc.property(
        fc.constantFrom(...zones.split(' ')),
        fc.integer({ min: Date.UTC(1900, 0) / 1000, max: Date.UTC(2060, 0) / 1000 }),
        (timezone, second) => {
          const clock = new Intl.DateTimeFormat('sv-SE', {
            timeZone: timezone,
            dateStyle: 'short',
            timeStyle: 'medium',
          });
          const local = clock.format(second * 1000);
          const read = readCell('datetime', local, { reading: { timezone } });
          expect(clock.format(new Date(String(read)))).toBe(local);
          expect(Date.parse(String(read))).toBeLessThanOrEqual(second * 1000);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a point in time for a spreadsheet', () => {
  const write = (value: string, timezone: string) =>
    fieldType('datetime').write(value, 'spreadsheet', fieldOf('datetime'), { timezone });

  test('is on the tenant’s clock, to the second', () => {
    expect(write('2021-07-26T08:30:00Z', 'Europe/Berlin')).toBe('2021-07-26 10:30:00');
    expect(write('2021-07-26T08:30:00Z', 'UTC')).toBe('2021-07-26 08:30:00');
    expect(write('2021-07-26T08:30:00.5Z', 'UTC')).toBe('2021-07-26 08:30:00.5');
  });

  test('has its offset in the hour that comes twice, both times', () => {
    expect(write('2021-10-31T00:30:00Z', 'Europe/Berlin')).toBe('2021-10-31 02:30:00+02:00');
    expect(write('2021-10-31T01:30:00Z', 'Europe/Berlin')).toBe('2021-10-31 02:30:00+01:00');
    expect(write('2021-10-31T02:00:00Z', 'Europe/Berlin')).toBe('2021-10-31 03:00:00');
  });

  test('has its offset before 1 March 1900', () => {
    expect(write('1900-02-28T23:30:00Z', 'Europe/Berlin')).toBe('1900-03-01 00:30:00');
    expect(write('1900-02-28T22:30:00Z', 'Europe/Berlin')).toBe('1900-02-28 23:30:00+01:00');
    expect(write('1880-01-01T00:00:00Z', 'Europe/Berlin')).toBe('1880-01-01 00:53:28+00:53:28');
    expect(write('1880-01-01T00:00:00Z', 'America/New_York')).toBe('1879-12-31 19:03:58-04:56:02');
  });

  test('is in UTC where the clock would leave the calendar', () => {
    expect(write('9999-12-31T23:30:00Z', 'Asia/Tokyo')).toBe('9999-12-31T23:30:00Z');
  });
});
