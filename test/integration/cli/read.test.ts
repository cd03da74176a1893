import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../support/program.ts';
import { number, row, text, textRows, workbookFile } from '../../support/workbook-file.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clientele-read-test-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const sample = (name: string) => fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
const read = (...args: string[]) => runProgram(['read', ...args], { folder });

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

describe('clientele read', () => {
  test('writes the rows as UTF-8 and CSV, with the header cleaned', async () => {
    const file = await fileOf(
      'semicolons.csv',
      Buffer.from(' Name ;Stadt\r\nJürgen;Köln\r\nBärbel;"Bad; Tölz, Süd"\r\n', 'latin1'),
    );
    const { code, output, errors } = await read(file);
    expect(output).toBe('Name,Stadt\nJürgen,Köln\nBärbel,"Bad; Tölz, Süd"\n');
    expect(errors).toContain('as windows-1252 it reads "Jürgen", "Köln", "Bärbel", "Tölz", "Süd"');
    expect(code).toBe(0);
  });

  test('writes them as NDJSON when asked', async () => {
    const file = await fileOf(
      'people.json',
      '{"people":[{"id":12345678901234567890,"__proto__":"x"},{"id":2,"tags":["a", "b"]}]}',
    );
    const { output } = await read(file, '--as', 'ndjson');
    expect(output).toBe(
      '{"id":"12345678901234567890","__proto__":"x","tags":""}\n{"id":"2","__proto__":"","tags":"[\\"a\\",\\"b\\"]"}\n',
    );
  });

  test('leaves wrong rows out, and names each with row, line, byte and reason', async () => {
    const { code, output, errors } = await read(sample('invalid-utf8-latin1-e-acute.csv'));
    expect(output).toBe('id,name,email\n2,Bob,b@example.com\n');
    expect(errors).toContain('row 1 (line 2, byte 19): cell.undecodable: Byte 19 of the file is not utf-8.');
    expect(code).toBe(3);
  });

  test('reads standard input, and pipes', async () => {
    const { output, code } = await runProgram(['read', '-'], { input: gzipSync('id,name\n1,Zoë\n'), folder });
    expect([output, code]).toEqual(['id,name\n1,Zoë\n', 0]);
  });

  test('writes each of many files to a folder; what cannot be read leaves nothing there and one line of errors', async () => {
    const out = join(folder, 'out');
    const packed = await fileOf('packed.csv.gz', gzipSync('id,name\n1,Ann\n'));
    const cut = await fileOf('cut.csv.gz', gzipSync(`id,name\n${'1,Ann\n'.repeat(10_000)}`).subarray(0, -20));
    const tabs = await fileOf('tabs.txt', 'id\tname\n1\tAnn\n');
    const files = [
      packed,
      cut,
      tabs,
      await fileOf('old.xls', Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1')),
      sample('xlsx-renamed.csv'),
      sample('empty-0-bytes.csv'),
      sample('northwind-customers.csv'),
      'nowhere.csv',
    ];
    const { code, output, errors } = await read(...files, '--out-dir', out);
    expect(await readdir(out)).toEqual([
      'northwind-customers.csv',
      'packed.csv',
      'tabs.csv',
      'xlsx-renamed.csv',
    ]);
    expect(await readFile(join(out, 'xlsx-renamed.csv'), 'utf8')).toBe('name,email\nAnn,a@example.com\n');
    expect(await readFile(join(out, 'tabs.csv'), 'utf8')).toBe('id,name\n1,Ann\n');
    const northwind = await readFile(sample('northwind-customers.csv'), 'utf8');
    expect(await readFile(join(out, 'northwind-customers.csv'), 'utf8')).toBe(
      northwind.replaceAll('\r\n', '\n'),
    );
    expect(errors.trim().split('\n')).toEqual([
      expect.stringMatching(/cut\.csv\.gz: The gzip file is cut off/),
      expect.stringMatching(/old\.xls: The file is an Excel workbook of the old kind/),
      expect.stringMatching(/empty-0-bytes\.csv: The file is empty\.$/),
      expect.stringMatching(/nowhere\.csv: There is no file/),
    ]);
    expect([code, output]).toEqual([2, '']);
  });

  test('ends with the highest code of its files: 1 for one that cannot be read, 2 for one that is not there, 3 for rows left out', async () => {
    const whole = sample('northwind-customers.csv');
    const missing = join(folder, 'missing.csv');
    const workbook = await fileOf('old.xls', Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1'));
    const faulty = sample('invalid-utf8-latin1-e-acute.csv');
    const one = await read(missing);
    expect([one.code, one.output, one.errors.trim().split('\n').length]).toEqual([2, '', 1]);
    const codes = await Promise.all(
      [[whole], [workbook, whole], [missing, workbook], [faulty, missing, workbook]].map(
        async (files) => (await read(...files, '--dialect')).code,
      ),
    );
    expect(codes).toEqual([0, 1, 2, 3]);
  });

  test('tells files apart that would be written under one name', async () => {
    const out = join(folder, 'clash');
    await read(
      await fileOf('same.csv', 'id,a\n1,2\n'),
      await fileOf('same.txt', 'id\ta\n3\t4\n'),
      '--out-dir',
      out,
    );
    expect(await readdir(out)).toEqual(['same.csv', 'same.txt.csv']);
  });

  test('says what it found', async () => {
    const file = await fileOf(
      'found.csv',
      'My list\n\nid;name;spent\n1;Ann;5,00\n2;Bob;6,00\nTotal;;11,00\n',
    );
    const { output } = await read(file, '--dialect');
    expect(JSON.parse(output)).toMatchObject({
      file,
      format: 'csv',
      packing: 'none',
      encoding: 'utf-8',
      encoding_certain: true,
      delimiter: ';',
      quote: '"',
      escape: 'double',
      header: true,
      skip_lines: 2,
      footer_rows: 1,
      columns: ['id', 'name', 'spent'],
      rows: 2,
      rows_left_out: 0,
    });
  });

  test('takes the word of the person for encoding and delimiter', async () => {
    const file = await fileOf('given.csv', Buffer.from('a;b,c;d\n\xb3;1,2;3\n', 'latin1'));
    const { output } = await read(file, '--encoding', 'windows-1250', '--delimiter', ',');
    expect(output).toBe('a;b,c;d\nł;1,2;3\n');
  });

  test('prints a sheet of a workbook as CSV, and says what it found', async () => {
    const sheets = [
      { name: 'Notes', rows: textRows([['about'], ['nothing']]) },
      {
        name: 'List',
        rows: row(3, { A: text('id'), B: text('born') }) + row(4, { A: number(7, 1), B: number(29_254, 2) }),
      },
    ];
    const file = await fileOf('book.xlsx', workbookFile({ sheets, formats: ['00000', 14] }));
    for (const sheet of ['List', '2']) {
      expect((await read(file, '--sheet', sheet)).output).toBe('id,born\n00007,1980-02-03\n');
    }
    expect((await read(file)).output).toBe('about\nnothing\n');
    expect(JSON.parse((await read(file, '--dialect', '--sheet', 'list')).output)).toEqual({
      file,
      format: 'xlsx',
      packing: 'none',
      encoding: 'utf-8',
      encoding_certain: true,
      sheet: 'List',
      sheets: ['Notes', 'List'],
      header: true,
      skip_lines: 2,
      footer_rows: 0,
      columns: ['id', 'born'],
      rows: 1,
      rows_left_out: 0,
      problems: {},
      notes: [],
    });
    const other = await read(file, '--sheet', 'Other');
    expect([other.code, other.errors]).toEqual([2, expect.stringContaining('has no sheet "Other"')]);
    const csv = await read(await fileOf('no-book.csv', 'id\n1\n'), '--sheet', 'List');
    expect([csv.code, csv.errors]).toEqual([2, expect.stringContaining('The file is no workbook')]);
  });

  test('makes the folders that it writes to, and ends where there can be none', async () => {
    const file = await fileOf('people.csv', 'id\n1\n');
    expect((await read(file, '--out-dir', 'new/../other/deep')).code).toBe(0);
    expect(await readFile(join(folder, 'other/deep/people.csv'), 'utf8')).toBe('id\n1\n');
    expect(await read(file, '--out-dir', '/proc/none')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('"/proc/none" cannot be made or written to (ENOENT)'),
    });
  });

  test('never writes over what it reads, by a link or otherwise', async () => {
    const file = await fileOf('linked.csv', 'id;name\n1;Ann\n');
    await symlink(file, join(folder, 'linked.txt'));
    expect((await read('linked.txt', '--out-dir', '.')).code).toBe(2);
    expect(await readFile(file, 'utf8')).toBe('id;name\n1;Ann\n');
  });

  test('that is called wrongly says so', async () => {
    for (const args of [
      [],
      ['a.csv', 'b.csv'],
      ['a.csv', '--as', 'pdf'],
      [sample('header-dup.csv'), '--out-dir', sample('.')],
    ]) {
      const { code, errors } = await read(...args);
      expect(code, args.join(' ')).toBe(2);
      expect(errors, args.join(' ')).toContain('Try "clientele read --help"');
    }
  });
});
