/** Workbooks as they are written, read by two readers that know nothing of the writer. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import fc from 'fast-check';
import { readXlsx } from 'hucre/xlsx';
import { describe, expect, test } from 'vitest';
import { centralDirectory } from '../../../src/file-formats/packing/zip-writer.ts';
import { sheetName } from '../../../src/file-formats/xlsx/parts.ts';
import { type CellKind, columnName } from '../../../src/file-formats/xlsx/sheet-rows.ts';
import { type WorkbookOptions, workbookStream } from '../../../src/file-formats/xlsx/workbook.ts';
import { copyLine } from '../../support/copy-line.ts';
import { hostileText } from '../../support/hostile-values.ts';
import { plainWorkbook, unzipped } from '../../support/workbook.ts';

type Values = readonly (string | null)[];

const options = (kinds: readonly CellKind[], asked: Partial<WorkbookOptions> = {}): WorkbookOptions => ({
  title: 'Customers',
  columns: kinds.map((kind, i) => ({ kind, header: `Column ${i + 1}` })),
  moneyDecimals: 2,
  createdAt: '2026-01-31T09:30:00.000Z',
  ...asked,
});

async function written(
  kinds: readonly CellKind[],
  rows: readonly Values[],
  asked: Partial<WorkbookOptions> = {},
): Promise<Buffer> {
  return fileOf(Buffer.from(rows.map(copyLine).join('')), 8192, options(kinds, asked));
}

/** Of lines that come so many bytes at a time. */
async function fileOf(lines: Buffer, pieceBytes: number, asked: WorkbookOptions): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(lines.length / pieceBytes) }, (_, i) =>
    lines.subarray(i * pieceBytes, (i + 1) * pieceBytes),
  );
  return buffer(Readable.from(pieces).pipe(workbookStream(asked)));
}

async function cellsOf(kind: CellKind, values: readonly string[]) {
  const [sheet] = plainWorkbook(
    await written(
      [kind],
      values.map((value) => [value]),
    ),
  );
  return (sheet?.rows.slice(1) ?? []).map(([cell]) => `${cell?.type} ${cell?.format} ${cell?.value}`);
}

describe('what a cell is', () => {
  test.each<[CellKind, Record<string, string>]>([
    [
      'text',
      { '007': 'inlineStr @ 007', '=1+1': 'inlineStr @ =1+1', t: 'inlineStr @ t', '12': 'inlineStr @ 12' },
    ],
    ['boolean', { t: 'b General 1', f: 'b General 0' }],
    [
      'number',
      {
        '0': 'n General 0',
        '-12.5': 'n General -12.5',
        '0.00001': 'n General 0.00001',
        '123456789012345': 'n General 123456789012345',
        '12345678901234.50': 'n General 12345678901234.50',
        '1234567890123456': 'inlineStr @ 1234567890123456',
        '0.1234567890123456': 'inlineStr @ 0.1234567890123456',
        '100000000000000000': 'inlineStr @ 100000000000000000',
        '007': 'inlineStr @ 007',
        NaN: 'inlineStr @ NaN',
        '-': 'inlineStr @ -',
      },
    ],
    ['money', { '12.50': 'n #,##0.00 12.50', '-0.0001': 'n #,##0.00 -0.0001' }],
    [
      'date',
      {
        '1900-03-01': 'n yyyy\\-mm\\-dd 61',
        '1900-02-28': 'inlineStr @ 1900-02-28',
        '1902-09-26': 'n yyyy\\-mm\\-dd 1000',
        '2026-11-20': 'n yyyy\\-mm\\-dd 46346',
        '9999-12-31': 'n yyyy\\-mm\\-dd 2958465',
        '0044-03-15 BC': 'inlineStr @ 0044-03-15 BC',
      },
    ],
    [
      'datetime',
      {
        '2024-02-29 00:00:00': 'n yyyy\\-mm\\-dd\\ hh:mm:ss 45351',
        '2024-02-29 12:00:00': 'n yyyy\\-mm\\-dd\\ hh:mm:ss 45351.5',
        '2024-02-29 23:59:59.999': 'n yyyy\\-mm\\-dd\\ hh:mm:ss 45351.99999998843',
        '2024-02-29 00:00:00.001': 'n yyyy\\-mm\\-dd\\ hh:mm:ss 45351.000000011576',
        '2024-02-29 12:00:00.0001': 'inlineStr @ 2024-02-29 12:00:00.0001',
        '2024-10-27 01:30:00+01:00': 'inlineStr @ 2024-10-27 01:30:00+01:00',
        '1899-12-31 12:00:00+00:00': 'inlineStr @ 1899-12-31 12:00:00+00:00',
        '2024-02-29T12:00:00Z': 'inlineStr @ 2024-02-29T12:00:00Z',
      },
    ],
  ])('%s', async (kind, expected) => {
    expect(await cellsOf(kind, Object.keys(expected))).toEqual(Object.values(expected));
  });

  test('money has the decimals of its currency', async () => {
    const formats = [0, 3].map(async (moneyDecimals) => {
      const [sheet] = plainWorkbook(await written(['money'], [['5']], { moneyDecimals }));
      return sheet?.rows[1]?.[0]?.format;
    });
    expect(await Promise.all(formats)).toEqual(['#,##0', '#,##0.000']);
  });

  test('an absent value is no cell, and its row is there', async () => {
    const file = await written(
      ['text', 'number', 'text'],
      [
        [null, '1', 'x'],
        [null, null, null],
        ['\\N', null, null],
      ],
    );
    const [sheet] = plainWorkbook(file);
    expect(sheet?.rows.map((row) => row.map(({ at, value }) => `${at} ${value}`)).slice(1)).toEqual([
      ['B2 1', 'C2 x'],
      [],
      ['A4 \\N'],
    ]);
  });
});

const odd = fc.array(
  fc.constantFrom(
    ...[
      '_',
      '_x',
      '_x0041_',
      '_x0041',
      'x0041_',
      '_x005F_',
      '_X0041_',
      '_xD83D_',
      '\u0001',
      '\u000b',
      '\f',
      '\b',
      '\u001f',
    ],
    ...[
      '\r',
      '\n',
      '\t',
      ' ',
      '\u0085',
      '\u007f',
      '\ufffd',
      '\ufffe',
      '\uffff',
      '\ufeff',
      '\\',
      '\\n',
      '\\N',
      ']]>',
      '&amp;',
      '<',
      '名',
      '😀',
    ],
  ),
  { minLength: 1, maxLength: 6 },
);
const texts = fc
  .oneof(
    odd.map((parts) => parts.join('')),
    hostileText,
    fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  )
  .filter((text) => text !== '' && !text.includes('\0') && text.isWellFormed());

describe('texts', () => {
  test('come back as they were through both readers, whatever stands in them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(texts, texts), { minLength: 1, maxLength: 40 }), async (rows) => {
        const file = await written(['text', 'text'], rows);
        const [plain] = plainWorkbook(file);
        expect(plain?.rows.slice(1).map((row) => row.map(({ value }) => value))).toEqual(rows);
        const { sheets } = await readXlsx(file);
        expect(sheets[0]?.rows.slice(1)).toEqual(rows);
      }),
      { numRuns: 100 },
    );
  });

  test('no cell is a formula', async () => {
    const file = await written(['text'], [['=1+1'], ["=cmd|' /C calc'!A0"], ['@SUM(1)'], ['<f>1</f>']]);
    expect(plainWorkbook(file)[0]?.xml).not.toContain('<f');
    const { sheets } = await readXlsx(file, { readStyles: true });
    const cells = [...(sheets[0]?.cells?.values() ?? [])];
    expect(cells.filter(({ formula }) => formula !== undefined)).toEqual([]);
  });

  test('of 32,767 characters are whole; a longer one fails, and no file is made of it', async () => {
    const long = `${'é'.repeat(32_000)}${'😀'.repeat(383)}\t`;
    expect(long.length).toBe(32_767);
    expect((await cellsOf('text', [long]))[0]).toBe(`inlineStr @ ${long}`);
    await expect(cellsOf('text', [`${long}!`])).rejects.toThrow(/32768 characters/);
  });
});

describe('numbers and dates', () => {
  test('are what they were, through both readers', async () => {
    const numbers = fc
      .tuple(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), fc.nat({ max: 9 }))
      .map(([digits, places]) => decimalText(digits, places));
    const days = fc.integer({ min: Date.UTC(1900, 2, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 });
    const times = fc
      .tuple(days, fc.constantFrom('', '.5', '.25', '.123'))
      .map(
        ([second, part]) => `${new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ')}${part}`,
      );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(numbers, times), { minLength: 1, maxLength: 40 }), async (rows) => {
        const file = await written(
          ['number', 'datetime', 'date'],
          rows.map(([n, at]) => [n, at, at.slice(0, 10)]),
        );
        const plain = plainWorkbook(file)[0]?.rows.slice(1) ?? [];
        for (const [i, [number, at]] of rows.entries()) {
          const [numberCell, timeCell, dayCell] = plain[i] ?? [];
          const digits = number.replace(/[-.]/g, '').replace(/^0+/, '');
          expect(numberCell).toMatchObject({ value: number });
          if (numberCell?.type === 'n')
            expect(Number(number).toPrecision(15)).toBe(Number(numberCell.value).toPrecision(15));
          else expect(digits.length).toBeGreaterThan(15);
          expect(serialText(Number(timeCell?.value))).toBe(isoText(at));
          expect(serialText(Number(dayCell?.value))).toBe(`${at.slice(0, 10)}T00:00:00.000Z`);
        }
        const { sheets } = await readXlsx(file);
        const dates = sheets[0]?.rows
          .slice(1)
          .map(([, at, day]) => [at, day].map((date) => (date as Date).toISOString()));
        expect(dates).toEqual(rows.map(([, at]) => [isoText(at), `${at.slice(0, 10)}T00:00:00.000Z`]));
      }),
      { numRuns: 100 },
    );
  });
});

function decimalText(digits: bigint, places: number): string {
  const text = String(digits < 0n ? -digits : digits).padStart(places + 1, '0');
  const cut = text.length - places;
  const fraction = text.slice(cut).replace(/0+$/, '');
  return `${digits < 0n ? '-' : ''}${text.slice(0, cut)}${fraction === '' ? '' : `.${fraction}`}`;
}

function isoText(at: string): string {
  return new Date(`${at.replace(' ', 'T')}Z`).toISOString();
}

function serialText(serial: number): string {
  return new Date(Date.UTC(1899, 11, 30) + Math.round(serial * 86_400_000)).toISOString();
}

describe('sheets', () => {
  test('have a bold frozen header, a filter, and widths by header and first rows', async () => {
    const columns = [
      { header: '=No.', kind: 'text' },
      { header: 'Born', kind: 'date' },
      { header: 'Paid', kind: 'money' },
    ] as const;
    const rows = [
      ['somebody@example.com', '1980-01-02', '1'],
      ['名前'.repeat(12), null, null],
      ['x'.repeat(5000), null, null],
    ];
    const [sheet] = plainWorkbook(await written([], rows.slice(0, 2), { columns }));
    expect(sheet?.rows[0]?.map(({ value, bold, type }) => [value, bold, type])).toEqual([
      ['=No.', true, 'inlineStr'],
      ['Born', true, 'inlineStr'],
      ['Paid', true, 'inlineStr'],
    ]);
    expect(sheet?.xml).toContain(
      '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>',
    );
    expect(sheet?.xml).toContain('<autoFilter ref="A1:C3"/>');
    const widths = (xml = '') => [...xml.matchAll(/ width="(\d+)"/g)].map(([, width]) => Number(width));
    expect(widths(sheet?.xml)).toEqual([49, 11, 8]);
    const [long] = plainWorkbook(await written([], rows, { columns }));
    expect(widths(long?.xml)[0]).toBe(61);
    const { sheets, properties } = await readXlsx(await written([], rows, { columns }), { readStyles: true });
    expect([sheets[0]?.freezePane?.rows, sheets[0]?.autoFilter?.range]).toEqual([1, 'A1:C4']);
    expect(properties).toMatchObject({ title: 'Customers', creator: 'Clientele' });
  });

  test('go on in a further one when one is full, each with its header', async () => {
    const rows = Array.from({ length: 7 }, (_, i) => [`row ${i}`]);
    const sheets = plainWorkbook(await written(['text'], rows, { sheetRowsMax: 4 }));
    expect(sheets.map(({ name, rows: held }) => [name, ...held.map(([cell]) => cell?.value)])).toEqual([
      ['Customers', 'Column 1', 'row 0', 'row 1', 'row 2'],
      ['Customers 2', 'Column 1', 'row 3', 'row 4', 'row 5'],
      ['Customers 3', 'Column 1', 'row 6'],
    ]);
    const read = await readXlsx(await written(['text'], rows, { sheetRowsMax: 4 }));
    expect(read.sheets.map(({ name, rows: held }) => [name, held.length])).toEqual([
      ['Customers', 4],
      ['Customers 2', 4],
      ['Customers 3', 2],
    ]);
  });

  test('end with the last row that there is room for', async () => {
    const rows = Array.from({ length: 6 }, (_, i) => [String(i)]);
    const sheets = plainWorkbook(await written(['text'], rows, { sheetRowsMax: 4 }));
    expect(sheets.map(({ rows: held }) => held.length)).toEqual([4, 4]);
  });

  test('go on in a further one before their XML is larger than a zip entry can be', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => [`${i} ${'x'.repeat(100)}`]);
    const sheets = plainWorkbook(await written(['text'], rows, { sheetBytesMax: 100_000 }));
    expect(sheets.length).toBeGreaterThan(1);
    expect(sheets.flatMap(({ rows: held }) => held.slice(1).map(([cell]) => cell?.value))).toEqual(
      rows.flat(),
    );
  });

  test('of no rows are a header', async () => {
    const file = await written(['text', 'date'], []);
    expect(plainWorkbook(file).map(({ rows }) => rows.length)).toEqual([1]);
    expect((await readXlsx(file)).sheets[0]?.rows).toEqual([['Column 1', 'Column 2']]);
  });

  test('have names that Excel takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat({ max: 200 }), (title, index) => {
        const name = sheetName(title, index);
        expect(name.length).toBeLessThanOrEqual(31);
        expect(name).toMatch(/^[^[\]:*?/\\']([^[\]:*?/\\]*[^[\]:*?/\\'])?$/);
        expect(name.toLowerCase()).not.toBe('history');
      }),
    );
    expect([sheetName('Customers', 0), sheetName("a/b's [x]", 1), sheetName('', 0)]).toEqual([
      'Customers',
      "a b's  x 2",
      'Records',
    ]);
  });

  test('name their columns as spreadsheets do', () => {
    expect([0, 25, 26, 701, 702, 16_383].map(columnName)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA', 'XFD']);
  });
});

describe('the stream', () => {
  test('gives the same cells wherever its bytes are cut', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => [`é${i}\n😀\\`, null, `${i}`.repeat(100)]);
    const bytes = Buffer.from(rows.map(copyLine).join(''));
    const whole = plainWorkbook(await written(['text', 'text', 'text'], rows));
    for (const step of [1, 7, 8192, 70_000]) {
      const file = await fileOf(bytes, step, options(['text', 'text', 'text']));
      expect(plainWorkbook(file)).toEqual(whole);
    }
  });

  test('gives bytes before its end, and takes no more than it has given', async () => {
    const stream = workbookStream(options(['text']));
    const piece = Buffer.from(copyLine(['x'.repeat(1000)]).repeat(100));
    let taken = 0;
    while (stream.write(piece) && taken < 10_000) taken += 1;
    expect(taken).toBeLessThan(10);
    await new Promise((resolve) => stream.once('readable', resolve));
    expect((stream.read() as Buffer).length).toBeGreaterThan(0);
    stream.destroy();
    await finished(stream).catch(() => {});
  });

  test('ends cleanly when its reader leaves', async () => {
    const rows = Readable.from(
      (function* () {
        for (;;) yield Buffer.from(copyLine(['x'.repeat(1000)]).repeat(100));
      })(),
    );
    const stream = workbookStream(options(['text']));
    const failed = finished(rows.pipe(stream));
    for await (const piece of stream) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    await expect(failed).rejects.toMatchObject({ code: 'ABORT_ERR' });
    rows.destroy();
  });
});

describe('the zip', () => {
  test('has every part once, and stands in the order of the directory', async () => {
    const file = await written(['text'], [['x']]);
    expect([...unzipped(file).keys()]).toEqual([
      '_rels/.rels',
      'docProps/core.xml',
      'docProps/app.xml',
      'xl/styles.xml',
      'xl/worksheets/sheet1.xml',
      'xl/workbook.xml',
      'xl/_rels/workbook.xml.rels',
      '[Content_Types].xml',
    ]);
  });

  test('says positions beyond 4 GiB as zip64 has them', () => {
    const far = 2 ** 32 + 5;
    const entries = [
      { name: 'near', offset: 7, crc: 1, compressed: 2, size: 3 },
      { name: 'far', offset: far, crc: 1, compressed: 2, size: 3 },
    ];
    const directory = centralDirectory(entries, far + 100);
    const second = 46 + 'near'.length;
    expect([directory.readUInt32LE(42), directory.readUInt16LE(30)]).toEqual([7, 0]);
    expect(directory.readUInt32LE(second + 42)).toBe(0xffff_ffff);
    const extra = second + 46 + 'far'.length;
    expect([directory.readUInt16LE(extra), directory.readBigUInt64LE(extra + 4)]).toEqual([1, BigInt(far)]);
    const end64 = extra + 12;
    expect(directory.toString('latin1', end64, end64 + 4)).toBe('PK\x06\x06');
    expect([32, 40, 48].map((at) => Number(directory.readBigUInt64LE(end64 + at)))).toEqual([
      2,
      end64,
      far + 100,
    ]);
    const locator = end64 + 56;
    expect(directory.toString('latin1', locator, locator + 4)).toBe('PK\x06\x07');
    expect(Number(directory.readBigUInt64LE(locator + 8))).toBe(far + 100 + end64);
    const end = locator + 20;
    expect(directory.toString('latin1', end, end + 4)).toBe('PK\x05\x06');
    expect(directory.readUInt32LE(end + 16)).toBe(0xffff_ffff);
    expect(directory.length).toBe(end + 22);
  });
});
