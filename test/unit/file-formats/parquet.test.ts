/** Lines of COPY become Parquet, and another hand's reader gives the values back. */
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ColumnKind } from '../../../src/file-formats/parquet/column-kinds.ts';
import { parquetStream } from '../../../src/file-formats/parquet/parquet-stream.ts';
import { copyLine } from '../../support/copy-line.ts';
import { hostileText } from '../../support/hostile-values.ts';
import { type ReadParquet, readParquet } from '../../support/parquet.ts';

type Row = readonly (string | null)[];

/** The bytes come so many at a time. */
async function written(
  kinds: readonly ColumnKind[],
  rows: readonly Row[],
  { pieceBytes = 8192, groupBytes = 1024 * 1024 } = {},
): Promise<ReadParquet> {
  const columns = kinds.map((kind, i) => ({ name: `${kind} ${i}`, kind }));
  const stream = parquetStream({ columns, groupBytes });
  const lines = Buffer.from(rows.map(copyLine).join(''));
  for (let at = 0; at < lines.length; at += pieceBytes) stream.write(lines.subarray(at, at + pieceBytes));
  stream.end();
  return readParquet(await buffer(stream));
}

const only = async (kind: ColumnKind, ...values: (string | null)[]): Promise<unknown[]> =>
  (
    await written(
      [kind],
      values.map((value) => [value]),
    )
  ).rows.map((row) => row[`${kind} 0`]);

describe('values', () => {
  test('texts, whatever is in them, and absent ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.option(hostileText), fc.option(hostileText)), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 50 }),
        async (rows, pieceBytes) => {
          const read = await written(['text', 'text'], rows, { pieceBytes });
          expect(read.rows.map((row) => [row['text 0'], row['text 1']])).toEqual(rows);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('numbers of every size, exactly', async () => {
    const integers = ['0', '-1', '9007199254740993', '9223372036854775807', '-9223372036854775808'];
    expect(await only('integer', ...integers, null)).toEqual([...integers, null]);
    const amounts = ['0', '12.5', '-0.0001', '999999999999999.9999', '-999999999999999.9999'];
    expect(await only('money', ...amounts)).toEqual(amounts);
    const decimals = [`${'9'.repeat(20)}.${'9'.repeat(18)}`, '-0.000000000000000001', '1234', '-1.25'];
    expect(await only('decimal', ...decimals, '7.500000000000000000000')).toEqual([...decimals, '7.5']);
  });

  test('days and times from the year 1 to the year 9999, to the microsecond', async () => {
    expect(await only('day', '-719162', '0', '2932896', null)).toEqual([
      '0001-01-01',
      '1970-01-01',
      '9999-12-31',
      null,
    ]);
    const times = ['-62135596800000000', '-1', '1', '253402300799999999'];
    expect(await only('time', ...times)).toEqual([
      '0001-01-01T00:00:00Z',
      '1969-12-31T23:59:59.999999Z',
      '1970-01-01T00:00:00.000001Z',
      '9999-12-31T23:59:59.999999Z',
    ]);
  });

  test('yes and no, ids, lists, and JSON to the last digit', async () => {
    expect(await only('boolean', 't', 'f', null)).toEqual([true, false, null]);
    const id = '0198c9a1-7b1e-7c3a-9f00-0123456789ab';
    expect(await only('uuid', id, null)).toEqual([id, null]);
    const lists = [['a', 'ü "q"\n'], [], ['[x'], null];
    const texts = lists.map((list) => (list === null ? null : JSON.stringify(list)));
    expect(await only('list', ...texts)).toEqual(lists);
    const json = '{"n": 12345678901234567890.50, "t": "a\\nb"}';
    expect(await only('json', json, null)).toEqual([json, null]);
  });

  test('a number that its column has no room for breaks the file off, and is not rounded', async () => {
    await expect(only('money', '1.00001')).rejects.toThrow('1.00001 does not fit');
    await expect(only('money', '1000000000000000')).rejects.toThrow(RangeError);
    await expect(only('decimal', '1'.repeat(21))).rejects.toThrow(RangeError);
    await expect(only('decimal', '0.0000000000000000001')).rejects.toThrow(RangeError);
    await expect(only('integer', '9223372036854775808')).rejects.toThrow(RangeError);
  });
});

describe('the file', () => {
  test('has a row group whenever enough has come, and all rows in their order', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => [`name ${i}`, String(i), i % 7 === 0 ? null : 't']);
    const read = await written(['text', 'integer', 'boolean'], rows, { groupBytes: 100_000 });
    const groups = read.metadata.row_groups;
    expect(groups.length).toBeGreaterThan(2);
    expect(groups.reduce((sum, group) => sum + Number(group.num_rows), 0)).toBe(20_000);
    expect(Number(read.metadata.num_rows)).toBe(20_000);
    expect(groups.map(({ columns }) => columns.length)).toEqual(groups.map(() => 3));
    expect(read.rows).toEqual(
      rows.map(([name, number, flag]) => ({
        'text 0': name,
        'integer 1': number,
        'boolean 2': flag === null ? null : true,
      })),
    );
  });

  test('without a row is one with its columns', async () => {
    const read = await written(['text', 'list', 'money'], []);
    expect([read.names, read.rows]).toEqual([['text 0', 'list 1', 'money 2'], []]);
  });

  test('says the type of each column in both of the ways that readers know', async () => {
    const { metadata } = await written(['text', 'money', 'decimal', 'day', 'time'], []);
    expect(
      metadata.schema
        .slice(1)
        .map(({ converted_type, logical_type, precision, scale }) => [
          converted_type,
          logical_type?.type,
          precision,
          scale,
        ]),
    ).toEqual([
      ['UTF8', 'STRING', undefined, undefined],
      ['DECIMAL', 'DECIMAL', 19, 4],
      ['DECIMAL', 'DECIMAL', 38, 18],
      ['DATE', 'DATE', undefined, undefined],
      ['TIMESTAMP_MICROS', 'TIMESTAMP', undefined, undefined],
    ]);
  });
});
