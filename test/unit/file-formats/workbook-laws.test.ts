/** What holds for every workbook: ours read back equal, another reader sees the same, and pieces may fall anywhere. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { readXlsx } from 'hucre/xlsx';
import { describe, expect, test } from 'vitest';
import { SheetScanner } from '../../../src/file-formats/xlsx/sheet-scanner.ts';
import { TextPages } from '../../../src/file-formats/xlsx/text-pages.ts';
import { workbookStream } from '../../../src/file-formats/xlsx/workbook.ts';
import { scannedXml } from '../../../src/file-formats/xlsx/xml-part.ts';
import { copyLine } from '../../support/copy-line.ts';
import { hostileText } from '../../support/hostile-values.ts';
import { escaped, number, row, shared, sheetXml, text, workbookFile } from '../../support/workbook-file.ts';
import { readText } from './reading.ts';

const names = ['Word', 'Amount', 'Day', 'Sure'];

async function written(rows: readonly (readonly (string | null)[])[]): Promise<Buffer> {
  const kinds = ['text', 'number', 'date', 'boolean'] as const;
  const stream = workbookStream({
    title: 'Customers',
    columns: kinds.map((kind, i) => ({ kind, header: names[i] ?? '' })),
    moneyDecimals: 2,
    createdAt: '2026-01-31T09:30:00.000Z',
  });
  return buffer(Readable.from(rows.map((values) => Buffer.from(copyLine(values)))).pipe(stream));
}

const day = fc
  .date({ min: new Date('1900-03-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const amount = fc
  .tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.nat({ max: 4 }))
  .map(([digits, places]) => String(digits / 10 ** places));
const record = fc.tuple(hostileText, amount, day, fc.constantFrom('t', 'f'));
const shownBoolean = { t: 'true', f: 'false' } as const;

describe('a workbook of ours', () => {
  test('reads back equal, whatever its texts hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 30 }), async (records) => {
        const rows = records.map(([word, ...others]) => [`=${word}`, ...others]);
        const read = await readText(await written(rows), {
          given: { header: true, skipLines: 0, footerRows: 0 },
        });
        expect(read.names).toEqual(names);
        expect(read.rows).toEqual(
          records.map(([word, sum, date, sure]) => [`=${word}`, sum, date, shownBoolean[sure as 't']]),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('is to us what it is to another reader', async () => {
    const [records = []] = fc.sample(fc.array(record, { minLength: 200, maxLength: 200 }), {
      seed: 3,
      numRuns: 1,
    });
    const file = await written(records.map(([word, ...others]) => [`w${word}`, ...others]));
    const [sheet] = (await readXlsx(file)).sheets;
    const theirs = sheet?.rows
      .slice(1)
      .map(([word, sum, date, sure]) => [
        word,
        String(sum),
        (date as Date).toISOString().slice(0, 10),
        String(sure),
      ]);
    expect((await readText(file, { given: { header: true, footerRows: 0 } })).rows).toEqual(theirs);
  });
});

describe('XML that comes in pieces', () => {
  const texts = ['<t>课 &amp; <![CDATA[<b>]]></t>', '<t>é</t>'];
  const sheet = sheetXml(
    row(1, { A: text('id é😀'), B: shared(0) }) +
      '<!-- a comment --><?an instruction?>' +
      row(2, { A: text('a\r\nb\rc ~ "quotes"').replace('~', '&#x1F600;'), B: number('12.5') }) +
      `<row r='7' ><c r='A7' t='str' ><f>A1 &lt; 2</f><v>${escaped('<>&')}</v></c><c r="B7" t="b"/></row>`,
    '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>',
  );

  async function* pieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
    const places = [...new Set(cuts.map((cut) => cut % bytes.length))].toSorted((a, b) => a - b);
    let from = 0;
    for (const to of [...places, bytes.length]) {
      yield bytes.subarray(from, to);
      from = to;
    }
  }

  async function scanned(cuts: readonly number[]) {
    const scanner = new SheetScanner({ cellBytesMax: 1000, rowsMax: 2 });
    for await (const _ of scannedXml(pieces(Buffer.from(sheet), cuts), scanner));
    scanner.flush();
    const found = scanner.ready.map(
      ({ rows, bytes, bytesUsed, cells, cellsUsed, lines, rowCells, offsets }) => ({
        bytes: bytes.toString('utf8', 0, bytesUsed),
        cells: [...cells.subarray(0, cellsUsed)],
        lines: [...lines.subarray(0, rows)],
        offsets: [...offsets.subarray(0, rows)],
        rowCells: [...rowCells.subarray(0, rows + 1)],
      }),
    );
    return { found, merged: scanner.mergedRows };
  }

  test('is the same wherever they fall', async () => {
    const whole = await scanned([]);
    expect(whole.found[0]?.bytes).toContain('a\nb\nc 😀 "quotes"');
    expect(whole.found[1]?.bytes).toBe('<>&');
    expect(whole.merged).toBe(1);
    for (let cut = 1; cut < Buffer.byteLength(sheet); cut += 1) expect(await scanned([cut])).toEqual(whole);
    const everyByte = Array.from({ length: Buffer.byteLength(sheet) }, (_, at) => at);
    expect(await scanned(everyByte)).toEqual(whole);
  });

  test('says the same of the texts beside it', async () => {
    expect(
      (
        await readText(
          workbookFile({
            sheets: [{ name: 'S', rows: sheet }],
            texts,
            more: [{ name: 'xl/worksheets/sheet1.xml', content: sheet }],
          }),
        )
      ).rows,
    ).toEqual([
      ['a\nb\nc 😀 "quotes"', '12.5'],
      ['<>&', ''],
    ]);
  });
});

describe('texts in pages', () => {
  test('are found by their numbers in any order, also those that were written to a file', async () => {
    const pages = new TextPages({ pagesKept: 2, pagesCached: 3 });
    const all = Array.from({ length: 30_000 }, (_, i) => `text ${i} ${'é'.repeat(i % 50)}`);
    all[777] = 'x'.repeat(200_000);
    for (const [i, one] of all.entries()) {
      const bytes = Buffer.from(one);
      if (i % 100 === 0) await pages.prepare();
      pages.add(bytes, bytes.length, bytes.length === one.length);
    }
    const at = (index: number) => {
      const { bytes, from, to, isAscii } = pages.find(index);
      return [bytes.toString('utf8', from, to), isAscii];
    };
    const expected = (index: number) => [all[index], /^[ -~]*$/.test(all[index] ?? '')];
    for (let i = 0; i < all.length; i += 1) expect(at(i)).toEqual(expected(i));
    fc.assert(
      fc.property(fc.nat({ max: all.length - 1 }), (index) => {
        expect(at(index)).toEqual(expected(index));
      }),
      { numRuns: 2000 },
    );
    await pages.close();
  });
});
