import { describe, expect, test } from 'vitest';
import { readText } from './reading.ts';

const header = 'id,name,email\n';
const rows = Array.from({ length: 50 }, (_, i) => `${i},Ann ${i},a${i}@example.com\n`).join('');
const limits = { cellBytesMax: 1000, rowBytesMax: 100_000, batchRowsMax: 7 };

describe('limits', () => {
  test('a cell may have 64 KiB and not a byte more', async () => {
    const fits = 'x'.repeat(64 * 1024);
    const { faults, rows: read } = await readText(
      `${header}1,${fits},a@b.co\n2,${fits}x,a@b.co\n3,"${fits}",a@b.co\n4,"${fits}x",a@b.co\n`,
    );
    expect(faults).toEqual([
      {
        row: 2,
        code: 'cell.too_long',
        column: 1,
        offset: expect.any(Number),
        details: { found: 65537, max: 65536 },
      },
      {
        row: 4,
        code: 'cell.too_long',
        column: 1,
        offset: expect.any(Number),
        details: { found: 65537, max: 65536 },
      },
    ]);
    expect(read[0]?.[1]).toBe(fits);
  });

  test('its length is counted in bytes of UTF-8', async () => {
    const { problems } = await readText(`${header}1,${'é'.repeat(500)},x\n2,${'é'.repeat(501)},x\n`, {
      limits,
    });
    expect(problems).toEqual(['2 cell.too_long']);
  });

  test('a row longer than may be held is passed over, and those after it are read', async () => {
    for (const cell of ['x'.repeat(1_000_000), `"${'x'.repeat(1_000_000)}"`]) {
      const read = await readText(`${header}${rows}50,${cell},x\n${rows}`, { limits });
      expect(read.problems).toEqual(['51 cell.too_long']);
      expect(read.rows).toHaveLength(101);
      expect(read.rows[100]).toEqual(['49', 'Ann 49', 'a49@example.com']);
    }
  });

  test('a quote open for longer than may be held counts as never closed', async () => {
    const lines = 'one line of a note\n'.repeat(100_000);
    const { problems, rows: read } = await readText(`${header}${rows}50,"${lines}",x\n${rows}`, {
      limits,
      given: { delimiter: ',', quote: '"' },
    });
    expect(problems[0]).toBe('51 row.unclosed_quote');
    expect(read.at(-1)).toEqual(['49', 'Ann 49', 'a49@example.com']);
  });

  test('a line of a million commas is one ragged row', async () => {
    const { faults, rows: read } = await readText(`${header}${rows}${','.repeat(1_000_000)}x\n${rows}`);
    expect(faults).toEqual([
      { row: 51, code: 'row.ragged', offset: expect.any(Number), details: { found: 1_000_001, expected: 3 } },
    ]);
    expect(read).toHaveLength(101);
  });

  test('so is one that is longer than may be held', async () => {
    const { problems, rows: read } = await readText(`${header}${rows}${','.repeat(300_000)}x\n${rows}`, {
      limits,
    });
    expect(problems).toEqual(['51 row.ragged']);
    expect(read).toHaveLength(101);
  });

  test('more than 1,000 columns are refused, in the header or in the first row', async () => {
    const wide = Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(',');
    const refusal = {
      code: 'file.too_many_columns',
      message: 'The file has 100000 columns; 1000 are allowed.',
    };
    await expect(readText(`${wide}\n${wide}\n`)).rejects.toMatchObject(refusal);
    await expect(readText(','.repeat(99_999))).rejects.toMatchObject(refusal);
    const allowed = Array.from({ length: 1000 }, (_, i) => `c${i}`).join(',');
    expect((await readText(`${allowed}\n`)).names).toHaveLength(1000);
  });

  test('a file larger than allowed is refused', async () => {
    await expect(readText(`${header}${rows}`, { limits: { fileBytesMax: 100 } })).rejects.toMatchObject({
      code: 'file.too_large',
    });
  });

  test('batches have a bounded number of rows', async () => {
    const { rows: read } = await readText(`${header}${rows}`, { limits });
    expect(read).toHaveLength(50);
  });
});
