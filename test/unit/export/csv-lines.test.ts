import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvLines } from '../../../src/export/csv-lines.ts';

const cell = fc
  .array(fc.constantFrom('a', '"', '\n', '\r', ',', '', 'é', '😀'), { maxLength: 5 })
  .map((parts) => parts.join(''));
const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 8 });

/** As COPY writes it: quotes where they are needed. */
function csv(rows: readonly (readonly string[])[], end: string): string {
  const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => `${row.map(quoted).join(',')}${end}`).join('');
}

test('lines end with CRLF, and the line feeds of cells stay, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(table, fc.array(fc.nat({ max: 60 }), { maxLength: 5 }), (rows, cuts) => {
      const bytes = Buffer.from(csv(rows, '\n'));
      const lines = new CsvLines();
      const places = [
        0,
        ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b),
        bytes.length,
      ];
      const pieces = places.slice(1).map((end, i) => lines.withCrlf(bytes.subarray(places[i], end)));
      expect(Buffer.concat(pieces).toString()).toBe(csv(rows, '\r\n'));
    }),
    { numRuns: 2000 },
  );
});
