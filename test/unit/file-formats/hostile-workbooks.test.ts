/** Workbooks that mean no good, made here and now: each is refused with its reason, at once and without taking memory. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/platform/errors.ts';
import {
  number,
  row,
  shared,
  sheetXml,
  text,
  textRows,
  workbookEntries,
  workbookFile,
} from '../../support/workbook-file.ts';
import { readText } from './reading.ts';
import { type ZipEntry, zipFile } from './zip-file.ts';

const MiB = 1024 * 1024;
const rows = textRows([
  ['id', 'name'],
  ['1', 'Ann'],
]);
const sheets = [{ name: 'S', rows }];
const sound = workbookEntries({ sheets });
const sheetPath = 'xl/worksheets/sheet1.xml';
/** A workbook with another sheet, or with more beside its parts. */
const withSheet = (content: Buffer | string, more: Partial<ZipEntry> = {}): Buffer =>
  workbookFile({ sheets, more: [{ name: sheetPath, content, ...more }] });
const withFile = (...more: ZipEntry[]): Buffer => zipFile([...sound, ...more]);

/** Gigabytes of one byte, packed without ever being there as a whole. */
function zeros(bytes: number): { data: Buffer; size: number } {
  const piece = deflateRawSync(Buffer.alloc(MiB, 0x20), { finishFlush: 2 });
  const pieces = Array.from({ length: Math.ceil(bytes / MiB) }, () => piece);
  return { data: Buffer.concat([...pieces, deflateRawSync('')]), size: pieces.length * MiB };
}

describe('bombs', () => {
  test.each([
    ['a sheet', sheetPath],
    ['the shared texts', 'xl/sharedStrings.xml'],
    ['the formats', 'xl/styles.xml'],
    ['a picture', 'xl/media/image1.png'],
  ])('of a gigabyte in %s', async (_, name) => {
    const { data, size } = zeros(1024 * MiB);
    const bomb = workbookFile({ sheets, more: [{ name, content: '', packed: data, claims: { size } }] });
    expect(bomb.length).toBeLessThan(2 * MiB);
    await expect(readText(bomb)).rejects.toMatchObject({
      code: 'file.too_large',
      message: expect.stringContaining(`"${name}" in the workbook unpacks from`),
    });
  });

  test('that lie about their size are stopped where they said that they would end', async () => {
    const { data } = zeros(1024 * MiB);
    const bomb = workbookFile({
      sheets,
      more: [{ name: sheetPath, content: '', packed: data, claims: { size: 1000 } }],
    });
    await expect(readText(bomb)).rejects.toMatchObject({ code: 'file.zip' });
  });

  test('that are many parts together', async () => {
    const limits = { workbookBytesMax: MiB };
    const more = Array.from({ length: 3 }, (_, i) => ({
      name: `xl/media/${i}`,
      content: Buffer.alloc(MiB / 2, i),
    }));
    await expect(readText(withFile(...more), { limits })).rejects.toMatchObject({
      code: 'file.too_large',
      message: expect.stringContaining('are allowed'),
    });
  });

  test('of a cell, of which no more is kept than a cell may have', async () => {
    const long = 'x'.repeat(20 * MiB);
    const cell = `<row r="2"><c r="A2" t="inlineStr"><is><t>${long}</t></is></c></row>`;
    const read = await readText(
      withSheet(sheetXml(row(1, { A: text('id') }) + cell + row(3, { A: text('1') }))),
    );
    expect(read.problems).toEqual(['1 cell.too_long']);
    expect(read.rows[0]?.[0]).toHaveLength(65_536);
    expect(read.rows[1]).toEqual(['1']);
  });

  test('of XML: entities that make more of themselves are never declared', async () => {
    const bomb =
      '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>';
    for (const name of [sheetPath, 'xl/workbook.xml', 'xl/styles.xml', '_rels/.rels']) {
      const file = workbookFile({ sheets, more: [{ name, content: bomb }] });
      await expect(readText(file)).rejects.toMatchObject({
        code: 'file.unreadable',
        message: expect.stringContaining('a document type'),
      });
    }
  });

  test('of XML: external entities are never fetched', async () => {
    const fetching = '<!DOCTYPE worksheet SYSTEM "file:///etc/passwd"><worksheet><sheetData/></worksheet>';
    await expect(readText(withSheet(fetching))).rejects.toThrow('a document type');
    await expect(
      readText(withSheet(sheetXml(row(1, { A: text('x') })).replace('>x<', '>&xxe;<'))),
    ).rejects.toThrow('"&xxe;" is no character');
  });

  test('of tags, attributes and formats without end', async () => {
    const long = `<worksheet a="${'x'.repeat(MiB)}"><sheetData/></worksheet>`;
    await expect(readText(withSheet(long))).rejects.toThrow('a tag in it is too long');
    const attributes = Array.from({ length: 300 }, (_, i) => ` a${i}="1"`).join('');
    await expect(readText(withSheet(`<worksheet${attributes}/>`))).rejects.toThrow('too many attributes');
    const formats = `<styleSheet><cellXfs>${'<xf numFmtId="0"/>'.repeat(200_001)}</cellXfs></styleSheet>`;
    await expect(
      readText(workbookFile({ sheets, more: [{ name: 'xl/styles.xml', content: formats }] })),
    ).rejects.toThrow('too many formats');
  });

  test('of elements within each other cost nothing', async () => {
    const deep = `<worksheet>${'<a>'.repeat(300_000)}${'</a>'.repeat(300_000)}<sheetData>${rows}</sheetData></worksheet>`;
    expect((await readText(withSheet(deep))).rows).toEqual([['1', 'Ann']]);
  });
});

describe('archives', () => {
  test.each([
    '../../etc/passwd',
    '/etc/passwd',
    'xl\\media\\x',
    'C:\\x',
    'c:x',
    'xl/../../x',
    'a\u0000b',
    '',
  ])('with the name %j in them', async (name) => {
    await expect(readText(withFile({ name, content: 'x' }))).rejects.toMatchObject({
      code: 'file.zip',
      message: expect.stringContaining('which leads elsewhere'),
    });
  });

  test('with two files of one name', async () => {
    await expect(
      readText(withFile({ name: 'XL/Worksheets/SHEET1.xml', content: 'x' })),
    ).rejects.toMatchObject({
      code: 'file.zip',
      message: expect.stringContaining('two files in it have the name'),
    });
  });

  test('with too many files', async () => {
    const more = Array.from({ length: 20 }, (_, i) => ({ name: `xl/media/${i}`, content: '' }));
    await expect(readText(withFile(...more), { limits: { archiveFilesMax: 20 } })).rejects.toThrow(
      'and 20 are allowed',
    );
  });

  test('whose files lie on top of each other', async () => {
    const file = zipFile([...sound, { name: 'again', content: 'x', at: 40 }]);
    await expect(readText(file)).rejects.toThrow('lie on top of each other');
  });

  test('whose directory says another name than the file', async () => {
    const file = withSheet(sheetXml(rows));
    const at = file.indexOf(sheetPath);
    file.write('xl/worksheets/sheet9.xml', at);
    await expect(readText(file)).rejects.toMatchObject({ code: 'file.zip' });
  });

  test('that are encrypted, or packed by an unknown method', async () => {
    await expect(readText(withSheet(sheetXml(rows), { encrypted: true }))).rejects.toThrow('is encrypted');
    await expect(readText(withSheet(sheetXml(rows), { method: 12 }))).rejects.toThrow('by a method (12)');
  });

  test('that are cut off, or damaged', async () => {
    const file = workbookFile({ sheets: [{ name: 'S', rows: rows.repeat(1000) }] });
    for (const bytes of [file.subarray(0, file.length - 30), file.subarray(0, file.length / 2)])
      await expect(readText(bytes)).rejects.toMatchObject({ code: 'file.zip' });
    await expect(readText(withSheet(sheetXml(rows), { claims: { crc: 1 } }))).rejects.toMatchObject({
      code: 'file.zip',
    });
    await expect(readText(withSheet(sheetXml(rows), { claims: { size: 50 } }))).rejects.toMatchObject({
      code: 'file.zip',
    });
  });

  test('within archives within archives', async () => {
    const inner = zipFile([{ name: 'customers.xlsx', content: workbookFile({ sheets }) }]);
    await expect(readText(gzipSync(inner))).rejects.toMatchObject({ code: 'file.zip' });
    await expect(readText(zipFile([{ name: 'a.zip', content: inner }]))).rejects.toMatchObject({
      code: 'file.zip',
    });
  });
});

describe('workbooks of other kinds', () => {
  const compound = (stream: string): Buffer => {
    const file = Buffer.alloc(2048);
    file.write('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1');
    file.writeUInt16LE(9, 30);
    file.writeUInt32LE(1, 48);
    file.write(`Root Entry\0`, 1024, 'utf16le');
    file.write(`${stream}\0`, 1152, 'utf16le');
    return file;
  };
  const mimetype = (kind: string): ZipEntry => ({
    name: 'mimetype',
    content: `application/vnd.oasis.opendocument.${kind}`,
    stored: true,
  });

  test.each([
    ['protected with a password', compound('EncryptedPackage'), 'file.workbook', 'protected with a password'],
    ['old ones', compound('Workbook'), 'file.workbook', 'of the old kind (.xls)'],
    ['cut off in their first bytes', compound('Book').subarray(0, 40), 'file.workbook', '(.xls)'],
    ['old letters', compound('WordDocument'), 'file.binary', 'a Word document of the old kind'],
    ['OpenDocument', zipFile([mimetype('spreadsheet')]), 'file.workbook', '(.ods)'],
    ['OpenDocument letters', zipFile([mimetype('text')]), 'file.binary', 'another OpenDocument file'],
    ['binary ones', withFile({ name: 'xl/workbook.bin', content: '' }), 'file.workbook', '(.xlsb)'],
    ['letters', withFile({ name: 'word/document.xml', content: '' }), 'file.binary', 'a Word document'],
    [
      'slides',
      withFile({ name: 'ppt/presentation.xml', content: '' }),
      'file.binary',
      'a PowerPoint document',
    ],
    ['Numbers', zipFile([{ name: 'Index/Document.iwa', content: 'x' }]), 'file.workbook', 'Apple Numbers'],
  ])('%s are refused by what they are', async (_, file, code, what) => {
    await expect(readText(file)).rejects.toMatchObject({ code, message: expect.stringContaining(what) });
  });

  test('those with macros are read, and the macros are not', async () => {
    expect((await readText(withFile({ name: 'xl/vbaProject.bin', content: 'x' }))).rows).toEqual([
      ['1', 'Ann'],
    ]);
  });
});

describe('parts', () => {
  test.each([
    ['no relationships', '_rels/.rels', '<Relationships/>', 'has no workbook in it'],
    [
      'a sheet that is not there',
      'xl/_rels/workbook.xml.rels',
      '<Relationships/>',
      'the sheet "S" is not there',
    ],
    ['no XML', sheetPath, 'id,name', 'The workbook has nothing in it'],
    ['XML that ends', sheetPath, `<worksheet><sheetData>${rows}`, 'it ends in the middle'],
    ['a tag that ends', sheetPath, '<worksheet><sheetData', 'it ends in the middle'],
    ['tags that do not fit', sheetPath, '</worksheet>', 'a tag is closed that was not opened'],
    ['an attribute without quotes', sheetPath, '<worksheet a=1/>', 'an attribute is not quoted'],
    [
      'a lone ampersand',
      sheetPath,
      sheetXml('<row><c t="str"><v>A & B and so on</v></c></row>'),
      'begins nothing',
    ],
    [
      'an ampersand of nothing',
      sheetPath,
      sheetXml('<row><c t="str"><v>A &and so on and on</v></c></row>'),
      'begins nothing',
    ],
    [
      'bytes that are not UTF-8',
      sheetPath,
      Buffer.from(sheetXml(rows).replace('Ann', 'Zo\xeb'), 'latin1'),
      'it is not UTF-8',
    ],
    ['a row of number 0', sheetPath, sheetXml('<row r="0"/>'), 'a number that none has'],
    ['a row beyond the last', sheetPath, sheetXml('<row r="1048577"/>'), 'a number that none has'],
    [
      'a cell beyond the last column',
      sheetPath,
      sheetXml('<row><c r="XFE1"><v>1</v></c></row>'),
      'beyond the last column',
    ],
    [
      'a cell without a place',
      sheetPath,
      sheetXml('<row><c r="12"><v>1</v></c></row>'),
      'a cell has no place',
    ],
    [
      'cells out of order',
      sheetPath,
      sheetXml('<row><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>'),
      'not in their order',
    ],
    [
      'a text that is not there',
      sheetPath,
      sheetXml('<row><c t="s"><v>0</v></c></row>'),
      'a text that is not there',
    ],
    ['a text of no number', sheetPath, sheetXml('<row><c t="s"><v>-1</v></c></row>'), 'names no text'],
    [
      'a format of no number',
      sheetPath,
      sheetXml('<row><c s="999999999"><v>1</v></c></row>'),
      'a format that is not there',
    ],
  ])('with %s are refused', async (_, name, content, why) => {
    const file = workbookFile({ sheets, more: [{ name, content }] });
    await expect(readText(file)).rejects.toThrow(why);
  });

  test('a format that the workbook does not list is as none', async () => {
    const read = await readText(
      withSheet(sheetXml(row(1, { A: text('id') }) + row(2, { A: number(5, 77) }))),
    );
    expect(read.rows).toEqual([['5']]);
  });
});

test('a workbook that was damaged anywhere is read or refused, and never a bug', async () => {
  const made = workbookEntries({
    sheets: [{ name: 'S', rows: rows + row(3, { A: shared(0), B: number(44_403.5, 1) }) }],
    texts: ['<t>a_x000D_b &amp; é</t>', '<r><t>x</t></r><rPh><t>y</t></rPh>'],
    formats: ['yyyy-mm-dd'],
  });
  const scraps = [
    '<',
    '>',
    '"',
    '&',
    '/',
    '<row>',
    '</row>',
    '<!--',
    '<![CDATA[',
    '_x0000_',
    '<sheetData>',
    't="s"',
  ];
  const damage = fc.record({
    part: fc.nat({ max: made.length - 1 }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat({ max: 30 }),
    put: fc.oneof(fc.constant(''), fc.constantFrom(...scraps)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
      const entries = made.map((entry, part) => {
        const content = damages
          .filter((each) => each.part === part)
          .reduce((xml, { at, cut, put }) => {
            const from = Math.floor(at * xml.length);
            return xml.slice(0, from) + put + xml.slice(from + cut);
          }, String(entry.content));
        return { ...entry, content };
      });
      const outcome = await readText(zipFile(entries)).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(AppError);
    }),
    { numRuns: 300 },
  );
});

test('what was unpacked for reading is gone afterwards, whatever came of it', async () => {
  const before = process.env.TMPDIR;
  const folder = await mkdtemp(join(tmpdir(), 'clientele-left-'));
  process.env.TMPDIR = folder;
  try {
    expect((await readText(gzipSync(workbookFile({ sheets })))).rows).toHaveLength(1);
    await expect(readText(gzipSync(withSheet('<a'.repeat(10))))).rejects.toMatchObject({
      code: 'file.unreadable',
    });
    expect(await readdir(folder)).toEqual([]);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(folder, { recursive: true });
  }
});
