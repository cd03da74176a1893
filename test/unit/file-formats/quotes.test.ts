import { describe, expect, test } from 'vitest';
import { readText } from './reading.ts';

const csv = {
  delimiter: ',',
  quote: '"',
  escape: 'double',
  header: true,
  skipLines: 0,
  padded: false,
} as const;
const read = (text: string) => readText(text, { given: csv });

describe('quotes', () => {
  test('a quote in the middle of an unquoted cell is text', async () => {
    const { rows, faults } = await read('size,what\n5" pipe,steel\n3,2" and 4"\n');
    expect(rows).toEqual([
      ['5" pipe', 'steel'],
      ['3', '2" and 4"'],
    ]);
    expect(faults).toEqual([]);
  });

  test('doubled quotes, delimiters and line breaks of every kind stand in a quoted cell', async () => {
    const { rows } = await read('a,b\r\n"x ""y"" z","1,2"\r\n"one\ntwo\r\nthree\rfour",""\r\n');
    expect(rows).toEqual([
      ['x "y" z', '1,2'],
      ['one\ntwo\r\nthree\rfour', ''],
    ]);
  });

  test('blanks after a closing quote are not part of the cell', async () => {
    const { rows, faults } = await read('a,b\n"x" ,1\n"y"\t,"2"  \n');
    expect(rows).toEqual([
      ['x', '1'],
      ['y', '2'],
    ]);
    expect(faults).toEqual([]);
  });

  test('quotes within a quoted cell that were not doubled are text, where the columns then fit', async () => {
    const { rows, faults } = await read('id,name,city\n1,"the "big" one",Rome\n2,"a, b "c" d",Oslo\n');
    expect(rows).toEqual([
      ['1', 'the "big" one', 'Rome'],
      ['2', 'a, b "c" d', 'Oslo'],
    ]);
    expect(faults).toEqual([]);
  });

  test('a cell that merely begins with a quoted word is text', async () => {
    const { rows, faults } = await read('id,name,city\n1,"Joe" Smith,Rome\n2,Ann,Oslo\n');
    expect(rows[0]).toEqual(['1', '"Joe" Smith', 'Rome']);
    expect(faults).toEqual([]);
  });

  test('where no reading fits the columns, the row is a problem, shown as it stands', async () => {
    const { rows, problems } = await read('id,name,city\n1,"a"b,"c"d,"e"f\n2,Ann,Oslo\n3,"x, "y", z",Rome\n');
    expect(problems).toEqual(['1 row.unclosed_quote', '3 row.unclosed_quote']);
    expect(rows).toEqual([
      ['1', '"a"b', '"c"d', '"e"f'],
      ['2', 'Ann', 'Oslo'],
      ['3', '"x', ' "y"', ' z"', 'Rome'],
    ]);
  });

  test('a backslash hides a quote, a delimiter and itself, and is text before anything else', async () => {
    const { rows } = await readText('a,b\n"He said \\"hi\\"",C:\\new\n"back\\\\slash",x\\,y\n\\N,"\\n"\n', {
      given: { ...csv, escape: 'backslash' },
    });
    expect(rows).toEqual([
      ['He said "hi"', 'C:\\new'],
      ['back\\slash', 'x,y'],
      ['', '\\n'],
    ]);
  });

  test('blanks before an opening quote are not part of the cell in a file that is written so', async () => {
    const { rows, inspection } = await readText(
      'id, "name", "city"\n1, "Ann", "London, UK"\n2, "Bob ""B"" Ray",  "Rome"\n3, Cy, "Oslo"\n',
    );
    expect(inspection.dialect.padded).toBe(true);
    expect(rows).toEqual([
      ['1', 'Ann', 'London, UK'],
      ['2', 'Bob "B" Ray', 'Rome'],
      ['3', ' Cy', 'Oslo'],
    ]);
    const plain = await read('id,name\n1, "Ann"\n');
    expect(plain.rows[0]).toEqual(['1', ' "Ann"']);
  });

  test('without a quote character quotes are text', async () => {
    const { rows } = await readText('a\tb\n"x\ty"\n', { given: { ...csv, delimiter: '\t', quote: '' } });
    expect(rows).toEqual([['"x', 'y"']]);
  });

  test('a character that shares its first byte with the quote is text', async () => {
    const { rows } = await readText('a,b\n§1,2§,¶x\n¶,§y§\n', { given: { ...csv, quote: '§' } });
    expect(rows).toEqual([
      ['1,2', '¶x'],
      ['¶', 'y'],
    ]);
  });
});

describe('a quote that is never closed', () => {
  const rowsFrom = (first: number, last: number) =>
    Array.from(
      { length: last - first + 1 },
      (_, i) => `${first + i},Name ${first + i},n${first + i}@example.com\n`,
    ).join('');

  test('is a problem of its row, and the rows after it count, when no quote follows in the file', async () => {
    const { rows, faults } = await read(
      `id,name,email\n${rowsFrom(1, 4)}5,"Eve,e@example.com\n${rowsFrom(6, 9)}`,
    );
    expect(faults).toEqual([{ row: 5, code: 'row.unclosed_quote', column: 1, offset: expect.any(Number) }]);
    expect(rows).toHaveLength(9);
    expect(rows[4]).toEqual(['5', '"Eve', 'e@example.com']);
    expect(rows[8]).toEqual(['9', 'Name 9', 'n9@example.com']);
  });

  test('is one when quoted cells follow further on', async () => {
    const { rows, problems } = await read(
      `id,name,email\n1,"Ann,a@b.co\n2,"Bob, Dr",b@b.co\n3,"Cy, Mr",c@b.co\n`,
    );
    expect(problems).toEqual(['1 row.unclosed_quote']);
    expect(rows.slice(1)).toEqual([
      ['2', 'Bob, Dr', 'b@b.co'],
      ['3', 'Cy, Mr', 'c@b.co'],
    ]);
  });

  test('is one in a file in which everything is quoted', async () => {
    const { rows, problems } = await read(
      '"id","name","city"\n"1","Ann,"Rome"\n"2","Bob","Oslo"\n"3","Cy\n"4","Di","Bern"\n',
    );
    expect(problems).toEqual(['1 row.unclosed_quote', '3 row.unclosed_quote']);
    expect(rows[1]).toEqual(['2', 'Bob', 'Oslo']);
    expect(rows[3]).toEqual(['4', 'Di', 'Bern']);
  });

  test('is one in the last row', async () => {
    const { problems, rows } = await read('id,name\n1,Ann\n2,"Bob');
    expect(problems).toEqual(['2 row.unclosed_quote']);
    expect(rows).toHaveLength(2);
  });

  test('names the byte where it opened, and later rows keep their lines', async () => {
    const { faults, lines, offsets } = await read('id,name\n"1\n2",Ann\n3,"Bob\n4,Cy\n');
    expect(faults[0]).toMatchObject({ row: 2, offset: 'id,name\n"1\n2",Ann\n3,'.length });
    expect(lines).toEqual([2, 4, 5]);
    expect(offsets).toEqual([8, 18, 25]);
  });

  test('in the header is said in a note', async () => {
    const { inspection, rows } = await read('id,"name,email\n1,Ann,a@b.co\n');
    expect(inspection.notes.join(' ')).toContain('In the header: A quote opens');
    expect(rows).toEqual([['1', 'Ann', 'a@b.co']]);
  });

  test('takes time in proportion to the file, even when every line has one', async () => {
    const lines = 50_000;
    const { rows, faults } = await read(`a\n${'"x\n""\n'.repeat(lines)}`);
    expect(rows).toHaveLength(2 * lines);
    expect(faults).toHaveLength(lines);
  });
});
