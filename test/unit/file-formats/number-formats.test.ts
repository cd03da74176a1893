/** What a person means by a number, by the format of its cell. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberText } from '../../../src/file-formats/xlsx/number-cell.ts';
import { numberFormat } from '../../../src/file-formats/xlsx/number-format.ts';

/** @param format a code, or the number of a format that every workbook has. */
function shown(raw: string, format: string | number = 'General', base: 1900 | 1904 = 1900): string {
  const known = typeof format === 'number' ? numberFormat(format, undefined) : numberFormat(164, format);
  return numberText(raw, known, base);
}

describe('a number', () => {
  test.each([
    ['1', '1'],
    ['-12.5', '-12.5'],
    ['0.1', '0.1'],
    ['0.30000000000000004', '0.3'],
    ['12.50', '12.5'],
    ['1.234', '1.234'],
    ['007', '7'],
    ['-0', '0'],
    ['447911123456', '447911123456'],
    ['4.47911123456E11', '447911123456'],
    ['123456789012345', '123456789012345'],
    ['1.23456789012345E14', '123456789012345'],
    ['1E-3', '0.001'],
    ['1.5E-7', '0.00000015'],
    ['-2.5E-10', '-0.00000000025'],
    ['1E-300', '1E-300'],
    ['99999999.999999985', '100000000'],
    ['1234.5678901234567', '1234.56789012346'],
    ['0', '0'],
    ['0.0', '0'],
    ['447911123456.0', '447911123456'],
  ])('%s is %s', (raw, text) => {
    expect(shown(raw)).toBe(text);
  });

  test('of more digits than a spreadsheet keeps is in exponent form, which no field of digits takes', () => {
    expect(shown('4.4791112345678904E+16')).toBe('4.47911123456789E+16');
    expect(shown('1E+15')).toBe('1E+15');
  });

  test('that a program wrote with all its digits has lost none', () => {
    expect(shown('44791112345678901')).toBe('44791112345678901');
  });

  test('that is none stays as it is', () => {
    for (const raw of ['', 'abc', 'NaN', '1e999', '0x1F ']) expect(shown(raw, '00000')).toBe(raw);
  });

  test.each([
    '0',
    '0.00',
    '#,##0',
    '#,##0.00',
    '# ##0',
    '0.00E+00',
    '# ?/?',
    '0" kg"',
    '"€ "0',
    '@',
    ';;;',
    '',
  ])('in the format %s is a plain one of full precision', (format) => {
    expect(shown('1234.5678', format)).toBe('1234.5678');
    expect(shown('7', format)).toBe('7');
  });

  test.each([
    ['#,##0.00\\ "€"', '€'],
    ['[$€-407]#,##0.00', '€'],
    ['_-[$$-409]* #,##0.00_-', '$'],
    ['"$"#,##0.00_);[Red]\\("$"#,##0.00\\)', '$'],
    ['[$USD] #,##0.00', 'USD'],
    ['£#,##0', '£'],
    ['#,##0 "EUR"', 'EUR'],
  ])('in the format %s is an amount, and a plain number', (format, sign) => {
    expect(numberFormat(164, format)).toEqual({ kind: 'money', sign });
    expect(shown('-1234.5', format)).toBe('-1234.5');
  });

  test.each([5, 6, 7, 8, 37, 38, 39, 40, 41, 42, 43, 44])(
    'in the format %s of every workbook is plain',
    (id) => {
      expect(shown('1234.5', id)).toBe('1234.5');
    },
  );
});

describe('a share', () => {
  test.each([
    ['0.25', '0%', '25%'],
    ['0.125', '0.0%', '12.5%'],
    ['0.1', 9, '10%'],
    ['0.07', 10, '7%'],
    ['1.005', '0%', '100.5%'],
    ['-0.5', '0%;[Red]-0%', '-50%'],
    ['0', '0%', '0%'],
  ])('%s in the format %s is %s', (raw, format, text) => {
    expect(shown(raw, format)).toBe(text);
  });
});

describe('a code of digits', () => {
  test.each([
    ['1234', '00000', '01234'],
    ['123456', '00000', '123456'],
    ['0', '0000', '0000'],
    ['123456789', '000-00-0000', '123-45-6789'],
    ['12345678', '000\\-00\\-0000', '012-34-5678'],
    ['123456789', '00000-0000', '12345-6789'],
    ['612345678', '0#" "##" "##" "##" "##', '06 12 34 56 78'],
    ['612345678', '00 00 00 00 00', '06 12 34 56 78'],
    ['5551234', '[<=9999999]###\\-####;\\(###\\)\\ ###\\-####', '555-1234'],
    ['2125551234', '[<=9999999]###\\-####;\\(###\\)\\ ###\\-####', '(212) 555-1234'],
    ['2125551234', '(000) 000-0000', '(212) 555-1234'],
    ['42', '"CUST-"0000', 'CUST-0042'],
    ['447911123456', '+0', '+447911123456'],
    ['20240131', '0000-00-00', '2024-01-31'],
    ['7', '00000;-00000', '00007'],
  ])('%s in the format %s is %s', (raw, format, text) => {
    expect(shown(raw, format)).toBe(text);
  });

  test('is made of whole numbers only', () => {
    expect(shown('12.5', '00000')).toBe('12.5');
    expect(shown('-12', '00000')).toBe('-12');
    expect(shown('1E+20', '00000')).toBe('1E+20');
  });
});

describe('a day or a time', () => {
  test.each([
    ['44403', 14, '2021-07-26'],
    ['44403.4375', 14, '2021-07-26 10:30:00'],
    ['44403.4375', 22, '2021-07-26 10:30:00'],
    ['44403', 22, '2021-07-26 00:00:00'],
    ['44403.437511574074', 22, '2021-07-26 10:30:01'],
    ['44403.43750578704', 22, '2021-07-26 10:30:00.500'],
    ['44402.999999999', 22, '2021-07-26 00:00:00'],
    ['0.4375', 20, '10:30:00'],
    ['0.75', 18, '18:00:00'],
    ['44403.75', 21, '2021-07-26 18:00:00'],
    ['1.5', 46, '36:00:00'],
    ['1', 14, '1900-01-01'],
    ['59', 14, '1900-02-28'],
    ['61', 14, '1900-03-01'],
    ['2958465', 14, '9999-12-31'],
    ['36526', 'yyyy\\-mm\\-dd', '2000-01-01'],
    ['36585', 'd. mmmm yyyy', '2000-02-29'],
    ['44403', '[$-409]d\\-mmm\\-yy;@', '2021-07-26'],
    ['44403', '[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy', '2021-07-26'],
    ['44403', 'yyyy"年"m"月"d"日"', '2021-07-26'],
    ['44403', '[$-411]ggge"年"m"月"d"日"', '2021-07-26'],
    ['44403', 'mmm-yy', '2021-07-26'],
    ['44403', 'm', '2021-07-26'],
    ['44403.5', 'm/d/yy h:mm AM/PM', '2021-07-26 12:00:00'],
    ['44403.5', 'yyyy-mm-dd hh:mm:ss.000', '2021-07-26 12:00:00'],
    ['0.5', 'mm:ss.0', '12:00:00'],
    ['0.5', '[hh]:mm', '12:00:00'],
    ['-0.25', '[h]:mm', '-06:00:00'],
    ['44403', '[Red]dd/mm/yyyy', '2021-07-26'],
  ])('%s in the format %s is %s', (raw, format, text) => {
    expect(shown(raw, format)).toBe(text);
  });

  test.each([
    ['0', '1900-01-00'],
    ['60', '1900-02-29'],
    ['-1', '########'],
    ['2958466', '########'],
    ['1E+300', '########'],
  ])('%s is none, as a spreadsheet shows it: %s', (raw, text) => {
    expect(shown(raw, 14)).toBe(text);
  });

  test('counts from 1904 where the workbook says so', () => {
    expect(shown('0', 14, 1904)).toBe('1904-01-01');
    expect(shown('42941', 14, 1904)).toBe('2021-07-26');
  });

  test('is each day of the calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: 61, max: 2_958_465 }), (serial) => {
        const day = new Date(Date.UTC(1899, 11, 30) + serial * 86_400_000).toISOString().slice(0, 10);
        expect(shown(String(serial), 14)).toBe(day);
      }),
    );
  });
});

test('every number of 15 digits or fewer comes out as it was', () => {
  const digits = fc.tuple(fc.integer({ min: 1, max: 999_999_999_999_999 }), fc.integer({ min: 0, max: 14 }));
  fc.assert(
    fc.property(digits, fc.boolean(), ([whole, point], negative) => {
      const value = Number(`${negative ? '-' : ''}${whole}E-${point}`);
      const text = shown(String(value));
      expect(text).not.toMatch(/e/i);
      expect(Number(text)).toBe(value);
      // Excel writes the nearest double in 17 digits.
      expect(shown(value.toPrecision(17))).toBe(text);
    }),
  );
});

test('a format of nothing but special characters is no trap', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'0#?.,%;:/\\_*"[]@hmsyd$E+-() €'), maxLength: 40 }),
      (code) => {
        expect(typeof shown('44403.5', code)).toBe('string');
      },
    ),
    { numRuns: 2000 },
  );
});
