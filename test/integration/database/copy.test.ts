import fc from 'fast-check';
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { copyInto } from '../../../src/database/copy.ts';
import { copyLine } from '../../support/copy-line.ts';
import { useDatabase } from '../../support/database.ts';

const given = useDatabase();

/** Runs the work with a table of texts that is gone afterwards. */
function withTexts<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  return given.database.asOwner(async (client) => {
    await client.query('create temp table texts (row integer, a text, b text)');
    return await work(client);
  });
}

const toTexts = 'copy texts from stdin';

async function textsOf(client: pg.Client): Promise<unknown[]> {
  const { rows } = await client.query({ text: 'select a, b from texts order by row', rowMode: 'array' });
  return rows;
}

describe('rows that are copied in', () => {
  test('come back exactly, whatever stands in their cells', async () => {
    const cell = fc.option(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.string({
          unit: fc.constantFrom('\\', '\t', '\n', '\r', 'N', '.', 'x', 'ü', '"', ',', '\b', '\v'),
        }),
      ),
      { nil: null },
    );
    const withoutNul = cell.map((text) => text?.replaceAll('\0', '') ?? text);
    await withTexts((client) =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(withoutNul, withoutNul), { maxLength: 20 }), async (rows) => {
          await client.query('truncate texts');
          const count = await copyInto(
            client,
            toTexts,
            rows.map((cells, row) => copyLine([String(row), ...cells])),
          );
          expect(count).toBe(rows.length);
          expect(await textsOf(client)).toEqual(rows);
        }),
        { numRuns: 200 },
      ),
    );
  });

  test('tell null, the empty text and \\N apart', async () => {
    const rows = await withTexts(async (client) => {
      await copyInto(client, toTexts, [copyLine(['1', null, '']), copyLine(['2', '\\N', '\\.'])]);
      return textsOf(client);
    });
    expect(rows).toEqual([
      [null, ''],
      ['\\N', '\\.'],
    ]);
  });

  test('may be cut anywhere, within a character too', async () => {
    const bytes = Buffer.from(copyLine(['1', 'Zoë 🙂', 'größer']));
    const rows = await withTexts(async (client) => {
      await copyInto(
        client,
        toTexts,
        Array.from(bytes, (byte) => Buffer.of(byte)),
      );
      return textsOf(client);
    });
    expect(rows).toEqual([['Zoë 🙂', 'größer']]);
  });

  test('are asked for no faster than the server takes them', async () => {
    const megabyte = Buffer.from(copyLine(['1', 'x'.repeat(500), null]).repeat(2000));
    let waiting = 0;
    let most = 0;
    await withTexts(async (client) => {
      // The connection's own buffer says how far the source ran ahead.
      const { stream } = (client as unknown as { connection: { stream: { writableLength: number } } })
        .connection;
      async function* source() {
        for (let i = 0; i < 40; i += 1) {
          waiting = stream.writableLength;
          most = Math.max(most, waiting);
          yield megabyte;
        }
      }
      expect(await copyInto(client, toTexts, source())).toBe(80_000);
    });
    expect(most).toBeLessThan(6 * megabyte.length);
  });
});

describe('nothing goes in', () => {
  test('when the server refuses a row, and the connection can be used again', async () => {
    await withTexts(async (client) => {
      const copying = copyInto(client, toTexts, [
        copyLine(['1', 'a', 'b']),
        copyLine(['not a number', 'a', 'b']),
      ]);
      await expect(copying).rejects.toMatchObject({ code: '22P02' });
      expect(await textsOf(client)).toEqual([]);
    });
  });

  test('when the source of the rows fails', async () => {
    async function* source() {
      yield copyLine(['1', 'a', 'b']);
      await Promise.resolve();
      throw new Error('the file ended early');
    }
    await withTexts(async (client) => {
      await expect(copyInto(client, toTexts, source())).rejects.toThrow('the file ended early');
      expect(await textsOf(client)).toEqual([]);
    });
  });

  test('when the statement is wrong', async () => {
    await withTexts(async (client) => {
      await expect(copyInto(client, 'copy nowhere from stdin', ['1\n'])).rejects.toMatchObject({
        code: '42P01',
      });
      expect(await textsOf(client)).toEqual([]);
    });
  });
});
