import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeCsvRow } from '../../../src/file-formats/csv/csv.ts';
import { fuzzCsv } from '../../fuzz/csv.ts';
import { readText } from './reading.ts';

describe('writing CSV', () => {
  test('quotes what must be quoted and nothing else', () => {
    expect(encodeCsvRow(['a', '1,2', 'say "hi"', 'x\ny', '', ' b '])).toBe(
      'a,"1,2","say ""hi""","x\ny",, b \n',
    );
    expect(encodeCsvRow(['1,2', 'a;b'], { delimiter: ';', lineEnd: '\r\n' })).toBe('1,2;"a;b"\r\n');
    expect(encodeCsvRow([''])).toBe('""\n');
  });

  test('what is written reads back equal', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', ' ', '"', '""', ',', ';', '\r', '\n', '\r\n', 'a"b', '#', '\\'),
    );
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
      );
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n'),
        async (rows, delimiter, lineEnd) => {
          const width = rows[0]?.length ?? 0;
          const header = Array.from({ length: width }, (_, i) => `name ${i}`);
          const text = [header, ...rows].map((row) => encodeCsvRow(row, { delimiter, lineEnd })).join('');
          fc.pre(
            !text.includes('\0') &&
              !text.endsWith('\x1a') &&
              rows.every((row) => row.every((value) => value.isWellFormed())),
          );
          const given = {
            format: 'csv',
            encoding: 'utf-8',
            delimiter,
            quote: '"',
            escape: 'double',
            header: true,
            skipLines: 0,
            footerRows: 0,
            comment: '',
          } as const;
          const read = await readText(text, { given });
          expect(read.rows).toEqual(rows);
        },
      ),
      { numRuns: 150 },
    );
  });
});

test('2,000 random files are read as they were written, and as csv-parse and Papa Parse read them', async () => {
  const { differences, compared } = await fuzzCsv(2000, 20_260_101);
  expect(differences).toEqual([]);
  expect(compared['csv-parse']).toBeGreaterThan(1000);
  expect(compared['Papa Parse']).toBeGreaterThan(800);
});
