import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalNumber, compareNumbers } from '../../../src/field-types/numbers/number-text.ts';
import { fieldType } from '../../../src/field-types/registry.ts';
import { fieldOf, isAmbiguous, problemIn, readCell, readColumn } from './reading.ts';

describe('a decimal number', () => {
  test.each([
    ['1234.5', '1234.5'],
    ['0012.50', '12.5'],
    ['-0', '0'],
    ['-0.00', '0'],
    ['.5', '0.5'],
    ['-,25', '-0.25'],
    ['5.', '5'],
    ['1.234,56', '1234.56'],
    ['1,234.56', '1234.56'],
    ['1 234,56', '1234.56'],
    ['1\u00a0234\u00a0567,8', '1234567.8'],
    ['1\u202f234', '1234'],
    ["1'234.50", '1234.5'],
    ['1’234’567', '1234567'],
    ['1,234,567', '1234567'],
    ['1.234.567', '1234567'],
    ['12,34,567', '1234567'],
    ['1,23,45,678.9', '12345678.9'],
    ['12,5', '12.5'],
    ['0,125', '0.125'],
    ['1234,567', '1234.567'],
    ['1.5E3', '1500'],
    ['1,5e-3', '0.0015'],
    ['-2.50E+02', '-250'],
    ['1e-400', 'number.too_precise'],
    ['0e999', '0'],
    ['(5.00)', '-5'],
    ['5-', '-5'],
    ['- 5', '-5'],
    ['−5', '-5'],
    ['+5', '5'],
    ['50%', '50'],
    ['12,5 %', '12.5'],
    ['12345678901234567890.123456789', '12345678901234567890.123456789'],
  ])('%j is %j', (cell, value) => {
    expect(readCell('decimal', cell)).toBe(value);
  });

  test.each([
    ...[
      'abc',
      'NaN',
      'Infinity',
      '1.2.3',
      '1,2,3',
      '1,23,45',
      '12.345.67',
      '1,234.567,8',
      '1 23',
      '--5',
      '-(5)',
      '(5',
      '5)',
    ],
    ...[
      '1-2',
      '12:30',
      '2021-07-26',
      '1e',
      'e5',
      '1e5.5',
      '$5',
      '5 kg',
      '0x10',
      '1_000',
      '٣',
      '1.000.00',
      '%',
      '-',
    ],
  ])('%j is none', (cell) => {
    expect(readCell('decimal', cell)).toBe('number.unreadable');
  });

  test('has its limits', () => {
    expect(readCell('decimal', '9'.repeat(38))).toBe('9'.repeat(38));
    expect(readCell('decimal', '9'.repeat(39))).toBe('number.out_of_range');
    expect(readCell('decimal', '1E1000000')).toBe('number.out_of_range');
    expect(readCell('decimal', `0.${'0'.repeat(38)}1`)).toBe('number.too_precise');
  });

  test('lies within the field’s range, both ends inclusive, to the last digit', () => {
    const field = { range: [-90, 90] as const };
    expect(readCell('decimal', '90.0', { field })).toBe('90');
    expect(readCell('decimal', '-90', { field })).toBe('-90');
    expect(readCell('decimal', '90.00000000000000000001', { field })).toBe('number.out_of_range');
    expect(problemIn('decimal', '100.5', { field }).details).toEqual({
      value: '100.5',
      min: '-90',
      max: '90',
    });
  });
});

describe('what separators mean', () => {
  test('is asked when one number may be read in two ways and nothing tells', () => {
    for (const cell of ['1,234', '1.234', '-12.345', '123,456']) {
      expect(readCell('decimal', cell)).toBe('number.ambiguous');
      expect(isAmbiguous('decimal', ['5', cell, 'x'])).toBe(true);
    }
  });

  test('is found for the whole column', () => {
    expect(readColumn('decimal', ['1.234', '12.5', '7'])).toEqual(['1.234', '12.5', '7']);
    expect(readColumn('decimal', ['1.234', '1.234,5'])).toEqual(['1234', '1234.5']);
    expect(readColumn('decimal', ['1,234', '1,234,567'])).toEqual(['1234', '1234567']);
    expect(readColumn('decimal', ['1,234', '0,5'])).toEqual(['1.234', '0.5']);
  });

  test('is what most cells say; the others are problems', () => {
    expect(readColumn('decimal', ['1.5', '2.5', '3,5'])).toEqual(['1.5', '2.5', 'number.unreadable']);
    expect(readColumn('decimal', ['1.5', '3,5', '1,234'])).toEqual(['1.5', '3.5', 'number.ambiguous']);
    expect(isAmbiguous('decimal', ['1.5', '3,5'])).toBe(false);
  });

  test('may be said for the column', () => {
    expect(readCell('decimal', '1,234', { reading: { decimal: '.' } })).toBe('1234');
    expect(readCell('decimal', '1,234', { reading: { decimal: ',' } })).toBe('1.234');
    expect(readCell('decimal', '1.234', { reading: { decimal: ',' } })).toBe('1234');
    expect(readCell('decimal', '12.5', { reading: { decimal: ',' } })).toBe('number.unreadable');
  });

  test('is told by the field’s range', () => {
    const field = { range: [-180, 180] as const };
    expect(readColumn('decimal', ['51.507', '48.137'], { field })).toEqual(['51.507', '48.137']);
    expect(readCell('decimal', '51,507', { field })).toBe('51.507');
  });
});

describe('a whole number', () => {
  test.each([
    ['42', '42'],
    ['-007', '-7'],
    ['1,234', '1234'],
    ['1.234', '1234'],
    ['1 234 567', '1234567'],
    ['12.0', '12'],
    ['1E3', '1000'],
    ['9007199254740991', '9007199254740991'],
  ])('%j is %j', (cell, value) => {
    expect(readCell('integer', cell)).toBe(value);
  });

  test.each([
    ['1.5', 'integer.fraction'],
    ['1,25', 'integer.fraction'],
    ['1.000', 'number.ambiguous'],
    ['9007199254740992', 'number.out_of_range'],
    ['50%', 'number.unreadable'],
    ['$5', 'number.unreadable'],
    ['three', 'number.unreadable'],
  ])('%j is %s', (cell, code) => {
    expect(readCell('integer', cell)).toBe(code);
  });

  test('of thousands is told by the column', () => {
    expect(readColumn('integer', ['1.000', '1.234'])).toEqual(['1000', '1234']);
    expect(readColumn('integer', ['5.000', '12.00'])).toEqual(['5', '12']);
  });
});

describe('an amount', () => {
  const usd = { reading: { currency: 'USD', decimal: '.' } as const };
  test.each([
    ['$1,234.50', '1234.5'],
    ['US$ 5', '5'],
    ['USD 1,234.50', '1234.5'],
    ['1,234.50 usd', '1234.5'],
    ['-$5.00', '-5'],
    ['$-5.00', '-5'],
    ['($5.00)', '-5'],
    ['$(5.00)', '-5'],
    ['5.00', '5'],
    ['$ .75', '0.75'],
  ])('%j is %j dollars', (cell, value) => {
    expect(readCell('money', cell, usd)).toBe(value);
  });

  test.each([
    ['1.234,50 €', 'EUR', '1234.5'],
    ['(1.234,50) €', 'EUR', '-1234.5'],
    ['€ 5,-', 'EUR', '5'],
    ['CHF 1’234.50', 'CHF', '1234.5'],
    ['Fr. 5.–', 'CHF', '5'],
    ['kr. 100,50', 'DKK', '100.5'],
    ['100 kr', 'SEK', '100'],
    ['₹1,23,456.00', 'INR', '123456'],
    ['Rs.500', 'INR', '500'],
    ['R$ 1.234,50', 'BRL', '1234.5'],
    ['12,50 zł', 'PLN', '12.5'],
    ['S/.10.50', 'PEN', '10.5'],
    ['¥1000', 'JPY', '1000'],
    ['$5.25', 'MXN', '5.25'],
  ])('%j in %s is %j', (cell, currency, value) => {
    expect(readCell('money', cell, { reading: { currency } })).toBe(value);
  });

  test('in another currency is a problem when it certainly is one', () => {
    expect(problemIn('money', '5,50 €', { reading: { currency: 'USD' } }).details).toEqual({
      value: '5,50 €',
      found: '€',
      expected: 'USD',
    });
    expect(readCell('money', 'GBP 5', usd)).toBe('money.currency');
    expect(readCell('money', '$5', { reading: { currency: 'EUR' } })).toBe('money.currency');
    expect(readCell('money', '$5', { reading: { currency: 'CAD' } })).toBe('5');
    expect(readCell('money', '€5', {})).toBe('5');
  });

  test.each(['5 bananas', '$5 €', '$1M', '5%', 'USD', '$'])('%j is none', (cell) => {
    expect(readCell('money', cell, usd)).toBe('number.unreadable');
  });

  test('keeps four decimals, and never rounds in silence', () => {
    expect(readCell('money', '0.1234', usd)).toBe('0.1234');
    expect(problemIn('money', '0.12345', usd).details).toEqual({ value: '0.12345', max: 4 });
    expect(readCell('money', '0.12340', usd)).toBe('0.1234');
    expect(readCell('money', '999999999999999.9999', usd)).toBe('999999999999999.9999');
    expect(readCell('money', '1000000000000000', usd)).toBe('number.out_of_range');
  });

  test('is written with the decimals of its currency', () => {
    const write = (value: string, currency: string) =>
      fieldType('money').write(value, 'spreadsheet', fieldOf('money'), { currency });
    expect(write('5', 'EUR')).toBe('5.00');
    expect(write('1234.5', 'USD')).toBe('1234.50');
    expect(write('1234', 'JPY')).toBe('1234');
    expect(write('0.1234', 'EUR')).toBe('0.1234');
    expect(write('5.5000', 'EUR')).toBe('5.50');
    expect(fieldType('money').write('5', 'data', fieldOf('money'), { currency: 'EUR' })).toBe('5');
  });

  test('with three decimals is written so that no one takes it for thousands', () => {
    const written = fieldType('decimal').write('1.234', 'data', fieldOf('decimal'));
    expect(written).toBe('1.2340');
    expect(readColumn('decimal', [written])).toEqual(['1.234']);
  });
});

describe('canonical numbers', () => {
  const canonical = fc
    .tuple(fc.boolean(), fc.stringMatching(/^[0-9]{1,20}$/), fc.stringMatching(/^[0-9]{0,20}$/))
    .map(([negative, whole, fraction]) => canonicalNumber(negative, whole, fraction));

  test('are compared as exactly as they are written', () => {
    const scale = 10n ** 20n;
    const exact = (text: string) => {
      const [whole = '', fraction = ''] = text.replace('-', '').split('.');
      const size = BigInt(whole) * scale + BigInt(fraction.padEnd(20, '0'));
      return text.startsWith('-') ? -size : size;
    };
    fc.assert(
      fc.property(canonical, canonical, (a, b) => {
        const difference = exact(a) - exact(b);
        expect(Math.sign(compareNumbers(a, b))).toBe(difference === 0n ? 0 : difference < 0n ? -1 : 1);
      }),
    );
  });

  test('are read as they are', () => {
    fc.assert(
      fc.property(canonical, (text) => {
        expect(readCell('decimal', text, { reading: { decimal: '.' } })).toBe(text);
      }),
    );
  });
});
