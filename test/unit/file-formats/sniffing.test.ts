import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../../src/file-formats/rows.ts';
import { readText } from './reading.ts';

type Expected = Partial<Dialect> & { readonly columns?: number };

async function expectFound(text: string, { columns, ...dialect }: Expected): Promise<void> {
  const { inspection, names } = await readText(text);
  expect(inspection.dialect).toMatchObject(dialect);
  if (columns !== undefined) expect(names).toHaveLength(columns);
}

describe('the delimiter', () => {
  const cases: Record<string, [text: string, expected: Expected]> = {
    'a semicolon, with decimal commas': [
      'id;name;price\n1;Mug;12,50\n2;Cup;3,20\n',
      { delimiter: ';', columns: 3 },
    ],
    'a semicolon, with decimal commas in every cell': [
      '1;12,50;3,20\n2;13,50;4,20\n3;1,00;2,00\n',
      { delimiter: ';', columns: 3 },
    ],
    'a semicolon, with commas in quotes': [
      'a;b;c\n"x;y";"1,2";3\n"p;q";"3,4";5\n',
      { delimiter: ';', columns: 3 },
    ],
    'a semicolon, with sentences': [
      'id;note\n1;Hello, world, this, that\n2;One, two\n3;None\n',
      { delimiter: ';', columns: 2 },
    ],
    'a semicolon, with European numbers': [
      'Name;Umsatz\nA;1.234,50\nB;2.345,60\n',
      { delimiter: ';', columns: 2 },
    ],
    'a comma, with semicolons in quotes': [
      'name,tags\n"Ann","a;b;c"\n"Bob","d;e"\n',
      { delimiter: ',', columns: 2 },
    ],
    'a comma, with addresses in quotes': [
      'name,address\nAnn,"1 High St, London, UK"\nBob,"2 Low St, Paris, FR"\n',
      { delimiter: ',', columns: 2 },
    ],
    'a comma with a blank after it': [
      'id, name, email\n1, Ann, a@b.co\n2, Bob, b@c.co\n',
      { delimiter: ',', columns: 3 },
    ],
    'a comma, with times': [
      'start,end\n10:30:00,11:30:00\n10:31:00,11:32:00\n',
      { delimiter: ',', columns: 2 },
    ],
    'a comma, with JSON': ['id,meta\n1,"{""a"":1,""b"":[1,2]}"\n2,"{}"\n', { delimiter: ',', columns: 2 }],
    'a comma in a ragged file': ['a,b,c\n1,2\n3,4,5,6\n7,8,9\n', { delimiter: ',', columns: 3 }],
    'a comma where rows have CR only': ['id,name\r1,Ann\r2,Bob\r', { delimiter: ',', columns: 2 }],
    'a tab, with all the others': [
      'id\tname\tnote\n1\tAnn\thello, world; yes | no\n2\tBob\t\n',
      { delimiter: '\t', columns: 3 },
    ],
    'a pipe, with JSON': ['id|meta\n1|{"a":1,"b":2}\n2|{"a":3,"b":4}\n', { delimiter: '|', columns: 2 }],
    'a colon': ['id:name:city\n1:Ann:London\n2:Bob:Paris\n', { delimiter: ':', columns: 3 }],
    'none: one column of e-mail addresses': ['email\na@b.co\nc@d.co\n', { columns: 1 }],
    'none: one column of times': ['time\n10:30:00\n11:45:00\n12:00:00\n', { columns: 1 }],
    'none: one column of names with commas': ['name\nDoe, John\nRoe, Jane\nPoe, Edgar\n', { columns: 1 }],
    'none: one column of sentences': [
      'comment\nHello, world, how are you\nFine\nThanks, and you?\n',
      { columns: 1 },
    ],
    'none: one column of addresses, few of them with a comma that no blank follows': [
      `address\n${'12 High St\n221B Baker Street\nCalle Mayor,10\nMain St 5\n'.repeat(5)}`,
      { columns: 1, delimiter: ';' },
    ],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    test(`is ${name}`, () => expectFound(text, expected));
  }

  test('is the one that a first line "sep=" names, and that line is left out', async () => {
    for (const delimiter of [';', '|', '\t']) {
      const { inspection, rows, names } = await readText(
        `sep=${delimiter}\r\nid${delimiter}name\r\n1${delimiter}Ann\r\n`,
      );
      expect(inspection.dialect).toMatchObject({ delimiter, skipLines: 1 });
      expect([names, ...rows]).toEqual([
        ['id', 'name'],
        ['1', 'Ann'],
      ]);
    }
  });

  test('is not looked for when a person names it', async () => {
    const { names } = await readText('a;b,c;d\n1;2,3;4\n', { given: { delimiter: ',' } });
    expect(names).toEqual(['a;b', 'c;d']);
  });
});

describe('quotes and escapes', () => {
  const cases: Record<string, [text: string, expected: Expected]> = {
    'single quotes around some cells': [
      "id,name,city\n1,'Ann, Dr','London'\n2,'Bob','Paris, France'\n",
      { quote: "'", columns: 3 },
    ],
    'single quotes around all cells': [
      "'id','name','city'\n'1','Ann','London'\n'2','Bob','Paris'\n",
      { quote: "'", columns: 3 },
    ],
    'double quotes, where apostrophes begin cells': [
      "id,phone\n'001,'+44 20\n'002,'+44 21\n",
      { quote: '"', columns: 2 },
    ],
    'double quotes, where apostrophes stand in names': [
      "id,name\n1,O'Neil\n2,D'Angelo\n",
      { quote: '"', columns: 2 },
    ],
    'double quotes, where one is never closed': [
      'id,name,email\n1,Ann,a@b.co\n2,"Bob,b@c.co\n3,Cy,c@d.co\n4,Di,d@e.co\n',
      { quote: '"', columns: 3 },
    ],
    'double quotes, in a file of one row that does not close one': [
      'id,name,email\n2,"Bob,b@c.co\n',
      { quote: '"', columns: 3 },
    ],
    'text, where most rows would not close them': [
      `id\tname\n${Array.from({ length: 8 }, (_, i) => `${i}\t"nickname ${i}\n`).join('')}`,
      { quote: '', columns: 2 },
    ],
    'escaped by a backslash': [
      'id,text,x\n1,"He said \\"hi\\"",5\n2,"plain",6\n3,"a \\"b\\", c",7\n',
      { escape: 'backslash', columns: 3 },
    ],
    'single quotes, beside a delimiter of any kind': [
      "'id'^'name'\n'1'^'Ann'\n'2'^'Bob'\n",
      { delimiter: '^', quote: "'", columns: 2 },
    ],
    'single quotes around the names that have an apostrophe, doubled': [
      "id;name;city\n1;'O''Brien';Cork\n2;Smith;Bath\n3;Lee;'''s-Hertogenbosch'\n4;Roe;Rome\n",
      { quote: "'", columns: 3 },
    ],
    'none, with a backslash before what would need them': [
      'id,company,city\n1,Acme\\, Inc.,Rome\n2,Bolt\\, Ltd,Bath\n3,Cogs,Cork\n',
      { escape: 'backslash', columns: 3 },
    ],
    'none, with a backslash before each quote': [
      'id,size\n1,6\\" pipe\n2,a 10\\" \\"tube\\"\n3,small\n',
      { escape: 'backslash', columns: 2 },
    ],
    'none, with a backslash before a line break': [
      'id,note,city\n1,one\\\ntwo,Rome\n2,plain,Bath\n3,a\\\nb,Cork\n',
      { quote: '', escape: 'backslash', columns: 3 },
    ],
    'escaped by doubling, around all cells, where some end in a backslash': [
      `"id","path","city"\n${'"1","C:\\x","Rome"\n'.repeat(60)}"2","D:\\dir\\","Bath"\n"3","E:\\","Cork"\n`,
      { escape: 'double', columns: 3 },
    ],
    'doubled or none, where cells hold JSON that has escapes of its own': [
      'id\tmeta\n1\t{"a":"say \\"x\\""}\n2\t{"a":1}\n3\t{"b":"c"}\n',
      { escape: 'double', columns: 2 },
    ],
    'escaped by doubling': ['id,text\n1,"He said ""hi"""\n2,"x"\n', { escape: 'double', columns: 2 }],
    'escaped by doubling, where cells end in a backslash': [
      'id,path\n1,"C:\\dir\\"\n2,"D:\\x"\n3,"E:\\"\n',
      { escape: 'double', columns: 2 },
    ],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    test(`are ${name}`, () => expectFound(text, expected));
  }
});

test('a sample that ends within a cell of several lines tells the delimiter all the same', async () => {
  const line = 'Lorem ipsum dolor sit amet, ""consectetur"" adipiscing\n';
  for (const lines of [150, 170, 190]) {
    const row = (i: number): string => `${i},Ann,Smith,user${i}@example.com,"${line.repeat(lines)}"\n`;
    const rows = Array.from({ length: Math.ceil(1_200_000 / (line.length * lines)) }, (_, i) => row(i));
    const read = await readText(`id,first_name,last_name,email,notes\n${rows.join('')}`);
    expect(read.inspection.dialect).toMatchObject({
      delimiter: ',',
      quote: '"',
      header: true,
      footerRows: 0,
    });
    expect(read.rows).toHaveLength(rows.length);
  }
});

describe('what a database wrote', () => {
  test('PostgreSQL’s COPY: its NULLs are blank, its line breaks and tabs are those', async () => {
    const { inspection, rows } = await readText(
      '1\tann@example.com\tline\\nbreak\\tand tab\n2\t\\N\tC:\\\\new\n\\.\n',
    );
    expect(inspection.dialect).toMatchObject({
      delimiter: '\t',
      quote: '',
      escape: 'backslash',
      header: false,
      footerRows: 1,
    });
    expect(rows).toEqual([
      ['1', 'ann@example.com', 'line\nbreak\tand tab'],
      ['2', '', 'C:\\new'],
    ]);
  });

  test('MySQL’s OUTFILE: an escaped tab or line break belongs to its cell', async () => {
    const { rows, lines, problems } = await readText(
      '1\tAnn\t1 Main St\\\nApt 2\t\\N\n2\tBob\\\tRay\tx\\\r\ny\ta@b.co\n3\tCy\tz "q"\tc@b.co\n',
    );
    expect(problems).toEqual([]);
    expect(rows).toEqual([
      ['1', 'Ann', '1 Main St\nApt 2', ''],
      ['2', 'Bob\tRay', 'x\r\ny', 'a@b.co'],
      ['3', 'Cy', 'z "q"', 'c@b.co'],
    ]);
    expect(lines).toEqual([1, 3, 5]);
  });

  test('an escaped line break at the edge of a window is whole', async () => {
    const row = (id: number) => `${id}\t\\N\t${'x'.repeat(id % 97)}\\\nzzz\n`;
    const text = Array.from({ length: 6000 }, (_, id) => row(id)).join('');
    const { rows, problems } = await readText(text);
    expect(problems).toEqual([]);
    expect(rows).toEqual(
      Array.from({ length: 6000 }, (_, id) => [String(id), '', `${'x'.repeat(id % 97)}\nzzz`]),
    );
  });

  test('under a header, what looks like a NULL is what somebody has written', async () => {
    const text = 'Name,Email,Notes\nAnn,a@b.co,\\N\n\\N,b@b.co,"a ""b"", c"\nC:\\,c@b.co,\n';
    const { inspection, rows } = await readText(text);
    expect(inspection.dialect).toMatchObject({ quote: '"', escape: 'double', header: true });
    expect(rows).toEqual([
      ['Ann', 'a@b.co', '\\N'],
      ['\\N', 'b@b.co', 'a "b", c'],
      ['C:\\', 'c@b.co', ''],
    ]);
  });

  test('with quotes, a backslash hides them and its NULLs are blank', async () => {
    const { rows } = await readText('"id","name"\n"1",\\N\n"2","a \\"b\\""\n"3","c\\\\d"\n');
    expect(rows).toEqual([
      ['1', ''],
      ['2', 'a "b"'],
      ['3', 'c\\d'],
    ]);
  });
});

describe('the word for what is absent', () => {
  const cases: Record<string, [text: string, absent: string | undefined]> = {
    'NULL without quotes, where all text has them': [
      '"id","name","city"\n"1","Ann Lee",NULL\n"2","NULL","Rome"\n',
      'NULL',
    ],
    'nan among days and numbers': ['id,name,born,total\n1,Ann,nan,nan\n2,nan,1990-01-02,2.5\n', 'nan'],
    '\\N under a header, in a column of e-mail addresses': [
      'id\tname\temail\n1\tAnn\ta@b.co\n2\tBob\t\\N\n3\t\\N\t\\N\n',
      '\\N',
    ],
    'NA, where text is in quotes': ['"id","name","score"\n1,"Ann",2.5\n2,"Bob Lee",NA\n3,"Cy",NA\n', 'NA'],
    'none: NA may be Namibia': [
      'id,country,since,email\n1,NA,2020-01-01,a@b.co\n2,DE,NA,NA\n3,US,NA,NA\n',
      undefined,
    ],
    'none: a customer called Null': [
      'id,name,email\n1,NULL,a@b.co\n2,NULL,c@d.co\n3,Lee,e@f.co\n',
      undefined,
    ],
    'none: a single remark': ['id,email\n1,a@b.co\n2,None\n3,c@d.co\n', undefined],
    'none: a column that is left blank, too': [
      'id,name,total\n1,Ann,N/A\n2,N/A,\n3,Cy,2.5\n4,Di,N/A\n',
      undefined,
    ],
  };
  for (const [name, [text, absent]] of Object.entries(cases)) {
    test(`is ${name}`, async () => {
      const { inspection } = await readText(text);
      expect(inspection.dialect.absent).toBe(absent);
    });
  }

  test('makes a cell blank, unless it stands in quotes; the file says so, and may be told otherwise', async () => {
    const text = '"id","NULL","city"\n"1","Ann Lee",NULL\n"2","NULL","Rome"\n"3",NULL,"NULLs"\n';
    const { rows, names, inspection } = await readText(text);
    expect(names).toEqual(['id', 'NULL', 'city']);
    expect(rows).toEqual([
      ['1', 'Ann Lee', ''],
      ['2', 'NULL', 'Rome'],
      ['3', '', 'NULLs'],
    ]);
    expect(inspection.notes).toContain(
      '"NULL" without quotes stands for no value; such cells are read as blank.',
    );
    const kept = await readText(text, { given: { absent: '' } });
    expect(kept.rows[0]).toEqual(['1', 'Ann Lee', 'NULL']);
    expect(kept.inspection.notes).toEqual([]);
    const said = await readText('id,name\n1,--\n2,Ann\n', { given: { absent: '--' } });
    expect(said.rows).toEqual([
      ['1', ''],
      ['2', 'Ann'],
    ]);
  });
});

describe('the header', () => {
  const cases: Record<string, [text: string, expected: Expected]> = {
    'there, over numbers and addresses': ['id,name,email\n1,Ann,a@b.co\n', { header: true }],
    'there, alone': ['id,name,email\n', { header: true }],
    'there, over text, by its words': [
      'First name,Last name,City\nAnn,Smith,London\nBob,Jones,Paris\n',
      { header: true },
    ],
    'there, in German': ['Vorname;Nachname;Ort\nAnna;Schmidt;Köln\nUwe;Meyer;Bonn\n', { header: true }],
    'there, with years': ['name,2019,2020,2021\nAnn,1,2,3\nBob,4,5,6\n', { header: true }],
    'there, shorter than the rows': [
      'id,name,email\n1,Ann,a@b.co,\n2,Bob,b@c.co,\n',
      { header: true, skipLines: 0, columns: 3 },
    ],
    'there, one cell shorter, as R writes it': [
      '"name","email"\n"1","Ann","a@b.co"\n"2","Bob","b@c.co"\n',
      { header: true, skipLines: 0 },
    ],
    'not there, over numbers': ['1,2\n3,4\n5,6\n', { header: false, columns: 2 }],
    'not there, with dates': [
      '1,Ann,Smith,2020-01-01\n2,Bob,Jones,2020-02-01\n',
      { header: false, columns: 4 },
    ],
    'not there, with phone numbers': [
      'Ann Smith;+44 20 7946 0958\nBob Jones;+44 20 7946 0959\n',
      { header: false },
    ],
    'not there, in a file of one row': ['1,Ann,ann@x.com\n', { header: false, columns: 3 }],
    'not there, in one column of addresses': ['a@b.co\nc@d.co\n', { header: false, columns: 1 }],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    test(`is ${name}`, () => expectFound(text, expected));
  }

  test('that is not there leaves the rows to tell how many columns there are', async () => {
    const { names, problems } = await readText(
      '1,Ann,a@b.co\n2,Bob,b@c.co,7\n3,Cy,c@d.co,8\n4,Di,d@e.co,9\n',
    );
    expect(names).toHaveLength(4);
    expect(problems).toEqual([]);
  });

  test('that is not there gives numbered columns, and the first row is data', async () => {
    const { names, rows, inspection } = await readText('1,Ann,a@b.co\n2,Bob,b@c.co\n');
    expect(names).toEqual(['column 1', 'column 2', 'column 3']);
    expect(rows).toEqual([
      ['1', 'Ann', 'a@b.co'],
      ['2', 'Bob', 'b@c.co'],
    ]);
    expect(inspection.notes).toEqual(['The file has no header; its columns are numbered.']);
  });
});

describe('lines before and after the table', () => {
  const cases: Record<string, [text: string, expected: Expected]> = {
    'a title': ['Report\nid,name\n1,Ann\n2,Bob\n', { skipLines: 1, columns: 2 }],
    'several, with commas and a blank one': [
      'Customer export\nGenerated: 2024-01-05, by Ann\n\nid,name,email\n1,Ann,a@b.co\n2,Bob,b@c.co\n',
      { skipLines: 3, columns: 3 },
    ],
    'padded with delimiters': [
      'Customer report,,,\nDate: 2024-01-01,,,\n,,,\nid,name,city,spent\n1,Ann,London,5.00\n2,Bob,Paris,6.00\n',
      { skipLines: 3, columns: 4 },
    ],
    'none, where the header is mostly blank': [',,name,,\n1,1,1,1,1\n', { skipLines: 0, columns: 5 }],
    'a total': ['id,name,spent\n1,Ann,5.00\n2,Bob,6.00\nTotal,,11.00\n', { footerRows: 1 }],
    'a total, in another column and language': [
      'id;name;spent\n1;Ann;5,00\n2;Bob;6,00\n;Summe;11,00\n',
      { footerRows: 1 },
    ],
    'a number of rows': ['id,name\n1,Ann\n2,Bob\n(2 rows)\n', { footerRows: 1 }],
    'a number of customers, after a blank line': [
      'Name,Email,Spent\nAnn,a@b.co,1\nBob,b@c.co,2\n\nTotal: 2 customers\n',
      { footerRows: 1 },
    ],
    'a title padded with delimiters over a table of few rows': [
      'Customers,,,\nPeriod: all,,,\n,,,\nName,Email,City,Spent\nAnn,a@b.co,Ulm,5\n,,Total,5\n,,,\n',
      { skipLines: 3, columns: 4, footerRows: 2 },
    ],
    'what a report says of itself, after a blank line': [
      'Name,Email,City\nAnn,a@b.co,Ulm\n\n"My Contacts"\n"Copyright (c) 2021 x.com"\n"Generated By: Ann 7/26/2021"\n"Acme"\n',
      { columns: 3, footerRows: 4 },
    ],
    'a total and a note below it': [
      'Name,Email,Spent\nAnn,a@b.co,5\n,,\nGrand Total,1 customers,5\nReport of 2021-07-26\n',
      { footerRows: 3 },
    ],
    'a note below padding': [
      'Name,Email,Spent\nAnn,a@b.co,5\n,,\n,"Monday, Jul 26, 2021 08:30:11 AM",\n',
      { footerRows: 2 },
    ],
    'the mark that ends a dump of PostgreSQL': ['id\tname\n1\tAnn\n2\t\\N\n\\.\n', { footerRows: 1 }],
    'rows of nothing but delimiters, as a spreadsheet leaves them': [
      `Name,Email\nAnn,a@b.co\n,\nBob,b@b.co\n${',\n'.repeat(400)}`,
      { footerRows: 400 },
    ],
    'no blank row, where all are': ['Name,Email\n,\n', { footerRows: 0 }],
    'no note, where the last customer has but a name': [
      'Name,Email,City\nAnn,a@b.co,Ulm\n\nBob Ray\n',
      { footerRows: 0 },
    ],
    'no note, where nothing sets it apart': [
      'Company,Email,City\nAcme,a@b.co,Ulm\nReport Ltd\n',
      { footerRows: 0 },
    ],
    'no total, where a customer is called so': [
      'company,email\nAcme,a@b.co\nTotal,t@total.com\n',
      { footerRows: 0 },
    ],
    'no total, where it is not the last': [
      'id,name,spent\n1,Ann,5.00\nTotal,,5.00\n2,Bob,6.00\n',
      { footerRows: 0 },
    ],
    comments: ['# exported\n# by x, y\nid,name\n1,Ann\n# note\n2,Bob\n', { comment: '#', columns: 2 }],
    'no comments, where # heads a column': ['#,name,email\n1,Ann,a@b.co\n', { comment: '', columns: 3 }],
    'no comments, where # begins order numbers': [
      'order,name\n#1001,Ann\n#1002,Bob\n',
      { comment: '', columns: 2 },
    ],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    test(`are ${name}`, () => expectFound(text, expected));
  }

  test('are no rows, and are said in notes', async () => {
    const { rows, lines, inspection } = await readText(
      'My customers\n\nid,name,spent\n1,Ann,5.00\n2,Bob,6.00\nTotal,,11.00\n',
    );
    expect(rows).toEqual([
      ['1', 'Ann', '5.00'],
      ['2', 'Bob', '6.00'],
    ]);
    expect(lines).toEqual([4, 5]);
    expect(inspection.notes).toEqual([
      '2 lines before the header are left out.',
      'The last row is a total and is left out.',
    ]);
  });

  test('a total is left out when it stands alone in the last batch', async () => {
    const { rows } = await readText('id,name,spent\n1,Ann,5.00\n2,Bob,6.00\nTotal,,11.00\n', {
      limits: { batchRowsMax: 1 },
    });
    expect(rows).toHaveLength(2);
  });
});
