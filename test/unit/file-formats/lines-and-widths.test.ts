import { describe, expect, test } from 'vitest';
import { readText } from './reading.ts';

describe('lines', () => {
  test('LF, CRLF, CR and a mixture of them end rows', async () => {
    const { rows, lines } = await readText('a,b\r1,2\n3,4\r\n5,6\r\r\n7,8');
    expect(rows).toEqual([
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
      ['7', '8'],
    ]);
    expect(lines).toEqual([2, 3, 4, 6]);
  });

  test('blank lines are passed over, with blanks in them too, and counted as lines', async () => {
    const { rows, lines } = await readText('\n\nid,name\n\n1,Ann\n   \n\t\n2,Bob\n\n\n');
    expect(rows).toEqual([
      ['1', 'Ann'],
      ['2', 'Bob'],
    ]);
    expect(lines).toEqual([5, 8]);
  });

  test('in one column a blank line is nothing, and an empty cell in quotes is a row', async () => {
    const { rows } = await readText('email\na@b.co\n\n""\nc@d.co\n\n');
    expect(rows).toEqual([['a@b.co'], [''], ['c@d.co']]);
  });

  test('a row of empty cells is a row', async () => {
    const { rows } = await readText('a,b,c\n,,\n1,2,3\n');
    expect(rows).toEqual([
      ['', '', ''],
      ['1', '2', '3'],
    ]);
  });

  test('every row says at which byte and on which line it begins', async () => {
    const text = '\ufeffid,name\r\n1,Zoë\r\n2,"a\r\nb"\r\n\r\n3,Łódź\r\n';
    const { offsets, lines } = await readText(text);
    const bytes = Buffer.from(text);
    expect(offsets.map((offset) => bytes.toString('utf8', offset, offset + 2))).toEqual(['1,', '2,', '3,']);
    expect(lines).toEqual([2, 3, 6]);
  });

  test('comment lines are passed over where none of them can be a row', async () => {
    const { rows, lines, inspection } = await readText(
      '# made by hand, on Monday\nid,name\n1,Ann\n# halfway\n2,Bob\n',
    );
    expect(inspection.dialect.comment).toBe('#');
    expect(rows).toEqual([
      ['1', 'Ann'],
      ['2', 'Bob'],
    ]);
    expect(lines).toEqual([3, 5]);
  });

  test('the Control-Z of DOS at the end is no text, and one in the middle is', async () => {
    const { rows } = await readText('id,name\n1,a\x1ab\n2,c\n\x1a\r\n');
    expect(rows).toEqual([
      ['1', 'a\x1ab'],
      ['2', 'c'],
    ]);
  });

  test('any character can be the delimiter, also one of several bytes', async () => {
    for (const delimiter of [';', '|', '\t', '^', '~', '\x01', '\x1f', '§', '¦', '•']) {
      const rows = [
        ['1', 'Zoë', 'Kraków'],
        ['2', `a${delimiter}b`, ''],
      ];
      const text = [['id', 'name', 'city'], ...rows]
        .map((row) => row.map((cell) => (cell.includes(delimiter) ? `"${cell}"` : cell)).join(delimiter))
        .join('\n');
      const read = await readText(text);
      expect(read.inspection.dialect.delimiter, JSON.stringify(delimiter)).toBe(delimiter);
      expect(read.rows, JSON.stringify(delimiter)).toEqual(rows);
    }
  });
});

describe('widths', () => {
  test('cells missing at the end of a row are blank', async () => {
    const { faults, rows } = await readText(
      'id,name,email,city\n1,Ann,a@b.co,Rome\n2,Bob\n3,Cy,c@b.co\n4,Di,d@b.co,Oslo\n',
    );
    expect(faults).toEqual([]);
    expect(rows[1]).toEqual(['2', 'Bob']);
  });

  test('further cells that are blank do no harm, and others make the row ragged', async () => {
    const { problems, faults, rows } = await readText('a,b\n1,2,,\n3,4, \n5,6,7\n8,9\n', {
      given: { delimiter: ',' },
    });
    expect(problems).toEqual(['3 row.ragged']);
    expect(faults[0]?.details).toEqual({ found: 3, expected: 2 });
    expect(rows[2]).toEqual(['5', '6', '7']);
  });

  const people = Array.from(
    { length: 10 },
    (_, i) => `${i},First ${i},Last ${i},p${i}@example.com,2020-01-0${(i % 9) + 1}\n`,
  ).join('');
  const header = 'id,first,last,email,since\n';

  test('a row that lacks a cell in the middle is ragged: what follows has shifted', async () => {
    const { problems } = await readText(`${header}${people}10,Eve,eve@example.com,2020-02-02\n11,Fay\n`);
    expect(problems).toEqual(['11 row.ragged']);
  });

  test('both halves of a row that an unquoted line break cut are ragged', async () => {
    const { problems } = await readText(
      `${header}${people}10,Eve,Smith\nJones,eve@example.com,2020-02-02\n${people}`,
    );
    expect(problems).toEqual(['11 row.ragged', '12 row.ragged']);
  });

  test('NUL is a problem of the cell it stands in', async () => {
    const { faults } = await readText('id,name\n1,a\n2,b\0c\n3,d\n4,\0\n');
    expect(faults.map(({ row, column, offset }) => [row, column, offset])).toEqual([
      [2, 1, 15],
      [4, 1, 24],
    ]);
  });

  test('the header that files put one behind the other have again is no row, and is called what it is', async () => {
    const one = `\ufeff${header}${people}`;
    const { inspection, problems, faults } = await readText(one + one + one.replaceAll('\n', '\r\n'));
    expect(inspection.dialect.header).toBe(true);
    expect(problems).toEqual(['11 row.header_again', '22 row.header_again']);
    expect(faults[0]?.offset).toBe(Buffer.byteLength(one));
  });

  test('a value of a table of one column may be called as the column is', async () => {
    const { problems, rows } = await readText('word\nname\nword\nverb\n');
    expect(problems).toEqual([]);
    expect(rows).toEqual([['name'], ['word'], ['verb']]);
  });
});
