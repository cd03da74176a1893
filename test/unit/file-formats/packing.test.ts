import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readText } from './reading.ts';
import { zipFile } from './zip-file.ts';

const csv = `id,name\n${Array.from({ length: 30_000 }, (_, i) => `${i},Zoë ${i * 7919}\n`).join('')}`;

describe('gzip', () => {
  test('is unpacked, and offsets are those of what was packed', async () => {
    const { rows, offsets, inspection } = await readText(gzipSync(csv));
    expect(inspection.dialect.packing).toBe('gzip');
    expect(rows).toHaveLength(30_000);
    expect(offsets[1]).toBe(Buffer.byteLength('id,name\n0,Zoë 0\n'));
  });

  test('may have several members', async () => {
    const half = csv.indexOf('\n15000,') + 1;
    const { rows } = await readText(Buffer.concat([gzipSync(csv.slice(0, half)), gzipSync(csv.slice(half))]));
    expect(rows).toHaveLength(30_000);
  });

  test('that is cut off or damaged is refused', async () => {
    const packed = gzipSync(csv);
    const wrongSum = Buffer.from(packed);
    wrongSum.writeUInt8(wrongSum.readUInt8(wrongSum.length - 8) ^ 1, wrongSum.length - 8);
    await expect(readText(packed.subarray(0, packed.length / 2))).rejects.toMatchObject({
      code: 'file.unreadable',
      message: 'The gzip file is cut off: its end is missing. Fetch or pack it again.',
    });
    await expect(readText(wrongSum)).rejects.toMatchObject({ code: 'file.unreadable' });
  });

  test('that is a bomb is refused once it has unpacked too much', async () => {
    const limits = { bombBytesMin: 1_000_000, bombRatioMax: 100 };
    const bomb = gzipSync(`id,name\n${'1,Ann\n'.repeat(1_000_000)}`);
    await expect(readText(bomb, { limits })).rejects.toMatchObject({ code: 'file.too_large' });
    await expect(readText(gzipSync(csv), { limits: { fileBytesMax: 100_000 } })).rejects.toMatchObject({
      code: 'file.too_large',
    });
  });

  test('with something else packed in it is refused by name', async () => {
    await expect(readText(gzipSync(gzipSync(csv)))).rejects.toMatchObject({ code: 'file.zip' });
    const tar = Buffer.alloc(512);
    tar.write('customers.csv');
    tar.write('ustar', 257);
    await expect(readText(gzipSync(tar))).rejects.toThrow('a tar archive');
  });
});

describe('zip', () => {
  const read = (...entries: Parameters<typeof zipFile>[0][number][]) => readText(zipFile(entries));

  test('with one file in it is unpacked, deflated or stored, also in the 64-bit form', async () => {
    for (const options of [{}, { stored: true }, { zip64: true }]) {
      const { rows, inspection } = await read({ name: 'customers.csv', content: csv, ...options });
      expect(inspection.dialect.packing).toBe('zip');
      expect(rows).toHaveLength(30_000);
    }
  });

  test('may have folders, and what macOS adds', async () => {
    const { rows } = await read(
      { name: 'export/', content: '', stored: true },
      { name: 'export/customers.csv', content: csv },
      { name: '__MACOSX/export/._customers.csv', content: 'x' },
      { name: 'export/.DS_Store', content: 'x' },
    );
    expect(rows).toHaveLength(30_000);
  });

  test('with several files, none, or an encrypted one is refused by name', async () => {
    await expect(read({ name: 'a.csv', content: 'a' }, { name: 'b.csv', content: 'b' })).rejects.toThrow(
      '"a.csv", "b.csv"',
    );
    await expect(read()).rejects.toThrow('has no file in it');
    await expect(read({ name: 'a.csv', content: csv, encrypted: true })).rejects.toThrow(
      '"a.csv" in the zip archive is encrypted',
    );
  });

  test('that is cut off, damaged, or claims other sizes is refused', async () => {
    const packed = zipFile([{ name: 'a.csv', content: csv }]);
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, 100, 200);
    for (const bytes of [
      packed.subarray(0, packed.length - 30),
      damaged,
      zipFile([{ name: 'a.csv', content: csv, claims: { size: 100 } }]),
      zipFile([{ name: 'a.csv', content: csv, claims: { crc: 1 } }]),
    ]) {
      await expect(readText(bytes)).rejects.toMatchObject({ code: 'file.zip' });
    }
    const huge = zipFile([{ name: 'a.csv', content: csv, zip64: true, claims: { size: 2 ** 40 } }]);
    await expect(readText(huge)).rejects.toMatchObject({ code: 'file.too_large' });
  });
});

describe('files that are no tables', () => {
  test('are refused by what they are, whatever their name', async () => {
    for (const [start, what] of [
      ['%PDF-1.7\n', 'a PDF document'],
      ['\x89PNG\r\n\x1a\n', 'a PNG image'],
      ['\xff\xd8\xff\xe0', 'a JPEG image'],
      ['PAR1', 'a Parquet file'],
      ['SQLite format 3\0', 'a SQLite database'],
      ['\x7fELF\x02', 'a program'],
      ['BZh9', 'a file packed by bzip2'],
    ] as const) {
      await expect(readText(Buffer.from(`${start}${'x'.repeat(600)}`, 'latin1'))).rejects.toMatchObject({
        code: 'file.binary',
        message: `The file is ${what}, not text. Export the rows as CSV or JSON.`,
      });
    }
  });

  test('old workbooks and those in XML are workbooks', async () => {
    const old = Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1');
    const xml =
      '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>';
    for (const content of [old, xml])
      await expect(readText(content)).rejects.toMatchObject({ code: 'file.workbook' });
  });

  test.each([
    ['address cards', 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\nEND:VCARD\r\n', 'vCard'],
    ['a directory', 'dn: cn=Ann,ou=People\nobjectClass: person\ncn: Ann\n', 'LDIF'],
    ['a calendar', 'BEGIN:VCALENDAR\nVERSION:2.0\n', 'iCalendar'],
    ['SQL', '-- MySQL dump 10.13\n--\n\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `c`;\n', 'SQL'],
    ['rows of SQL', "INSERT INTO c (id, name) VALUES (1, 'Ann');\n", 'SQL'],
  ])('%s are refused by their name', async (_, text, name) => {
    await expect(readText(text)).rejects.toMatchObject({
      code: 'file.unreadable',
      message: expect.stringContaining(name),
    });
  });

  test('a table is none of them, whatever its first cell says', async () => {
    expect((await readText('dn,name\ncn=a,Ann\n')).rows).toEqual([['cn=a', 'Ann']]);
    expect((await readText('create table,name\n1,Ann\n')).names).toEqual(['create table', 'name']);
    expect((await readText('Begin:VCard,name\n1,Ann\n')).rows).toEqual([['1', 'Ann']]);
  });

  test('web pages are refused', async () => {
    for (const page of [
      '<html><table><tr><td>id</td></tr></table></html>',
      '\n<!DOCTYPE html>\n<p>Sign in</p>',
    ]) {
      await expect(readText(page)).rejects.toMatchObject({
        code: 'file.unreadable',
        message: expect.stringContaining('a web page'),
      });
    }
  });

  test('random bytes are refused', async () => {
    const bytes = Buffer.from(
      Array.from({ length: 100_000 }, (_, i) => (i * 7919 + (i >> 3) * 104729) & 0xff),
    );
    await expect(readText(bytes)).rejects.toMatchObject({ code: 'file.binary' });
  });

  test('blank ones are empty', async () => {
    for (const content of ['', '\ufeff', '\n\n  \r\n', '\x1a']) {
      await expect(readText(content)).rejects.toMatchObject({ code: 'file.empty' });
    }
  });

  test('one that is not there, and a folder, are refused', async () => {
    const { inspectFile } = await import('../../../src/file-formats/open.ts');
    await expect(inspectFile('/nowhere/at/all.csv')).rejects.toMatchObject({ code: 'file.not_found' });
    await expect(inspectFile('/')).rejects.toMatchObject({ code: 'file.unreadable' });
  });
});
