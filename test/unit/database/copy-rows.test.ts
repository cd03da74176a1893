import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CopyRows } from '../../../src/database/copy-rows.ts';
import { copyLine } from '../../support/copy-line.ts';

const cell = fc.option(
  fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom('\\', '\t', '\n', '\r', 'N', '.', 'x', 'ü', '漢', '🙂', '\u007f', ' '),
    }),
    fc.string({ minLength: 30, maxLength: 300 }),
  ),
  { nil: null },
);

test('rows in a buffer are the rows that copyLine writes, whatever stands in their cells and however they are taken', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 1, maxLength: 8 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 200 }),
      (rows, pieceBytes) => {
        const copy = new CopyRows({ pieceBytes });
        let text = '';
        for (const [row, cells] of rows.entries()) {
          copy.append(String(row), cells);
          if (copy.isFull) text += copy.take().toString();
        }
        text += copy.take().toString();
        expect(text).toBe(rows.map((cells, row) => copyLine([String(row), ...cells])).join(''));
      },
    ),
    { numRuns: 500 },
  );
});

test('a piece keeps its bytes while the next one is filled', () => {
  const copy = new CopyRows({ pieceBytes: 16 });
  copy.append('1', ['first']);
  const first = copy.take();
  copy.append('2', ['second']);
  expect(first.toString()).toBe('1\tfirst\n');
});
