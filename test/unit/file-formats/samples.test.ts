import { readFile as readBytes, readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readFile, sample } from './reading.ts';

describe('files with one defect each', () => {
  const sound: Record<string, [names: string[], rows: string[][]]> = {
    'bom-quoted-header.csv': [['id', 'name', 'email'], [['1', 'Ann', 'a@example.com']]],
    'ctrl-z-eof.csv': [['id', 'name', 'email'], [['1', 'Ann', 'a@example.com']]],
    'mixed-line-ends.csv': [
      ['id', 'name', 'email'],
      [
        ['1', 'Ann', 'a@example.com'],
        ['2', 'Bob', 'b@example.com'],
        ['3', 'multi\rline\ncell\r\nx', 'c@example.com'],
      ],
    ],
    'header-only.csv': [['id', 'name', 'email'], []],
    'one-line-no-newline.csv': [['id', 'name', 'email'], []],
    'header-proto.csv': [
      ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'],
      [['1', '1', '1', '1', '1']],
    ],
    'header-dup.csv': [
      ['email', 'Email (2)', 'EMAIL (3)', 'email (4)', 'e-mail'],
      [['1', '1', '1', '1', '1']],
    ],
    'header-blank.csv': [
      ['column 1', 'column 2', 'name', 'column 4', 'column 5'],
      [['1', '1', '1', '1', '1']],
    ],
    'header-nbsp.csv': [['id', 'name', 'email'], [['1', '1', '1']]],
  };
  for (const [name, [names, rows]] of Object.entries(sound)) {
    test(`${name} is read`, async () => {
      for (const whole of [true, false]) {
        const read = await readFile(sample(name), { whole });
        expect(read.names).toEqual(names);
        expect(read.rows).toEqual(rows);
        expect(read.faults).toEqual([]);
      }
    });
  }

  const faulty: Record<string, [problem: string, line: number, offset: number, rows: number]> = {
    'invalid-utf8-latin1-e-acute.csv': ['1 cell.undecodable', 2, 19, 2],
    'invalid-utf8-truncated-3byte.csv': ['1 cell.undecodable', 2, 19, 2],
    'truncated-utf8-at-eof.csv': ['1 cell.undecodable', 2, 19, 1],
    'nul-in-cell.csv': ['1 cell.nul', 2, 19, 2],
  };
  for (const [name, [problem, line, offset, count]] of Object.entries(faulty)) {
    test(`${name} has its problem, and its other rows are read`, async () => {
      const { problems, faults, lines, rows } = await readFile(sample(name));
      expect(problems).toEqual([problem]);
      expect(faults[0]).toMatchObject({ offset, column: 1 });
      expect(lines[(faults[0]?.row ?? 0) - 1]).toBe(line);
      expect(rows).toHaveLength(count);
      if (count > 1) expect(rows[1]).toEqual(['2', 'Bob', 'b@example.com']);
    });
  }

  test('a byte that cannot be decoded is shown as it is, never as a replacement character', async () => {
    const { rows, inspection } = await readFile(sample('invalid-utf8-latin1-e-acute.csv'));
    expect(rows[0]?.[1]).toBe('Al\\xe9ice');
    expect(inspection.encodingCertain).toBe(false);
    expect(inspection.notes[0]).toContain('"Aléice"');
  });

  test('empty-0-bytes.csv is refused', async () => {
    await expect(readFile(sample('empty-0-bytes.csv'))).rejects.toMatchObject({
      code: 'file.empty',
      message: 'The file is empty.',
    });
  });

  test('xlsx-renamed.csv is read as the workbook that it is', async () => {
    const { names, rows } = await readFile(sample('xlsx-renamed.csv'));
    expect([names, rows]).toEqual([['name', 'email'], [['Ann', 'a@example.com']]]);
  });

  test('header-only.csv says that there are no rows', async () => {
    expect((await readFile(sample('header-only.csv'))).inspection.notes).toEqual([
      'There are no rows in the file.',
    ]);
  });

  test('changed names are said', async () => {
    const { inspection } = await readFile(sample('header-dup.csv'));
    expect(inspection.notes[0]).toContain('column 2 is "Email (2)"');
  });
});

describe('csv-spectrum', async () => {
  const files = (await readdir(sample('csv-spectrum'))).filter((name) => name.endsWith('.csv'));
  for (const name of files) {
    test(name, async () => {
      const { names, rows } = await readFile(sample(`csv-spectrum/${name}`));
      const records = rows.map((row) => Object.fromEntries(row.map((cell, column) => [names[column], cell])));
      const json = await readBytes(sample(`csv-spectrum/${name.replace('.csv', '.json')}`), 'utf8');
      // The files with CRLF in their names have come down to us with LF.
      const truth: unknown = JSON.parse(json.replaceAll('\\r\\n', '\\n'));
      if (name === 'location_coordinates.csv') {
        // Its JSON has one record instead of a list, and another telephone number than the CSV.
        expect(records).toEqual([{ ...(truth as object), 'Contact Phone Number': '2095257564' }]);
      } else {
        expect(records).toEqual(truth);
      }
    });
  }
});
