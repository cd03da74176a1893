/** Workbooks as they are met, read as a person sees them. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  number,
  row,
  shared,
  text,
  textRows,
  workbookEntries,
  workbookFile,
} from '../../support/workbook-file.ts';
import { readText } from './reading.ts';
import { zipFile } from './zip-file.ts';

const people = textRows([
  ['id', 'name'],
  ['1', 'Ann'],
  ['2', 'Bob'],
]);
const book = (rows: string, made: Partial<Parameters<typeof workbookFile>[0]> = {}): Buffer =>
  workbookFile({ sheets: [{ name: 'Customers', rows }], ...made });

/** The cells of one column below its header, each in a row of its own. */
async function columnOf(
  cells: readonly string[],
  made: Partial<Parameters<typeof workbookFile>[0]> = {},
): Promise<(string | undefined)[]> {
  const rows = cells.map((cell, i) => row(i + 2, { A: cell, B: text('x') })).join('');
  const read = await readText(book(row(1, { A: text('value'), B: text('name') }) + rows, made));
  return read.rows.map(([cell]) => cell);
}

describe('a workbook', () => {
  test('is known by what it is, and its rows have their numbers in the sheet', async () => {
    const { inspection, names, rows, lines } = await readText(book(people));
    expect(inspection.dialect).toMatchObject({
      format: 'xlsx',
      packing: 'none',
      sheet: 'Customers',
      header: true,
      skipLines: 0,
      footerRows: 0,
    });
    expect([names, rows, lines]).toEqual([
      ['id', 'name'],
      [
        ['1', 'Ann'],
        ['2', 'Bob'],
      ],
      [2, 3],
    ]);
  });

  test('may be gzipped, or the only file of a zip', async () => {
    for (const [packing, packed] of [
      ['gzip', gzipSync(book(people))],
      ['zip', zipFile([{ name: 'customers.xlsx', content: book(people), stored: true }])],
      ['zip', zipFile([{ name: 'out/customers.xlsx', content: book(people) }])],
    ] as const) {
      const { inspection, rows } = await readText(packed);
      expect([inspection.dialect.format, inspection.dialect.packing, rows.length]).toEqual([
        'xlsx',
        packing,
        2,
      ]);
    }
  });

  test('may have prefixes before all its names, parts at other places, and comments between them', async () => {
    const sheet =
      '<?xml version="1.0"?><!-- <row r="9"/> --><x:worksheet xmlns:x="y"><?go on?><x:sheetData>' +
      '<x:row r=\'1\'><x:c r="A1" t="inlineStr"><x:is><x:t>id</x:t></x:is></x:c ></x:row>' +
      '<x:row><x:c t="inlineStr"><x:is><x:t><![CDATA[<1>]]>&#x41;&amp;&#66;</x:t></x:is></x:c></x:row>' +
      '</x:sheetData></x:worksheet>';
    const { rows } = await readText(
      workbookFile({
        sheets: [{ name: 'S', rows: '' }],
        more: [
          {
            name: 'xl/_rels/workbook.xml.rels',
            content:
              '<Relationships><Relationship Id="rId1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet" Target="/other/Place.XML"/></Relationships>',
          },
          { name: 'other/place.xml', content: sheet },
        ],
      }),
    );
    expect(rows).toEqual([['<1>A&B']]);
  });

  test('may have its parts in UTF-16', async () => {
    const sheet = `\ufeff<worksheet><sheetData>${people.replace('Ann', 'Zoë 😀')}</sheetData></worksheet>`;
    const bigEndian = Buffer.from(sheet, 'utf16le').swap16();
    for (const content of [Buffer.from(sheet, 'utf16le'), bigEndian]) {
      const more = [{ name: 'xl/worksheets/sheet1.xml', content }];
      expect((await readText(book('', { more }))).rows[0]).toEqual(['1', 'Zoë 😀']);
    }
  });
});

describe('the sheet', () => {
  const sheets = [
    { name: 'Notes', rows: '<row r="1"><c r="A1" s="3"/></row><row r="2"/>' },
    { name: 'Internal', rows: textRows([['secret']]), state: 'hidden' },
    { name: '2024', rows: people },
    { name: 'Old & done', rows: textRows([['id'], ['9']]) },
  ] as const;
  const file = workbookFile({ sheets });

  test('is the first that a person sees with anything in it, and the others are said', async () => {
    const { inspection } = await readText(file);
    expect(inspection.dialect.sheet).toBe('2024');
    expect(inspection.sheets).toEqual([
      { name: 'Notes', hidden: false },
      { name: 'Internal', hidden: true },
      { name: '2024', hidden: false },
      { name: 'Old & done', hidden: false },
    ]);
    expect(inspection.notes).toContain(
      'The workbook has 3 sheets; "2024" is read, and not "Notes", "Old & done".',
    );
  });

  test.each([
    ['Old & done', 'Old & done'],
    ['old & DONE', 'Old & done'],
    ['4', 'Old & done'],
    ['2024', '2024'],
    ['Internal', 'Internal'],
    ['3', '2024'],
  ])('is the one that is asked for: %s', async (sheet, found) => {
    const { inspection } = await readText(file, { given: { sheet } });
    expect(inspection.dialect.sheet).toBe(found);
    expect(inspection.notes.join()).not.toContain('The workbook has');
  });

  test('that is not there, or has nothing in it, is refused', async () => {
    await expect(readText(file, { given: { sheet: 'Customers' } })).rejects.toMatchObject({
      code: 'usage.invalid',
      message: 'The workbook has no sheet "Customers"; it has "Notes", "Internal", "2024", "Old & done".',
    });
    await expect(readText(file, { given: { sheet: '1' } })).rejects.toMatchObject({ code: 'file.empty' });
    await expect(
      readText(book('<row r="3"><c r="B3" t="s"><v>0</v></c></row>', { texts: ['<t> </t>'] })),
    ).rejects.toMatchObject({
      code: 'file.empty',
      message: 'The workbook has nothing in it.',
    });
  });

  test('is the only one with anything in it, though it is hidden', async () => {
    const { inspection } = await readText(workbookFile({ sheets: sheets.slice(0, 2) }));
    expect(inspection.dialect.sheet).toBe('Internal');
  });

  test('that is full goes on in the next one', async () => {
    const full =
      row(1, { A: text('id'), B: text('name') }) + row(1_048_576, { A: text('1'), B: text('Ann') });
    const more = row(1, { A: text('id'), B: text('name') }) + row(2, { A: text('2'), B: text('Bob') });
    const two = (second: string, rows = full) =>
      workbookFile({
        sheets: [
          { name: 'Customers', rows },
          { name: second, rows: more },
        ],
      });
    const { rows, lines, inspection } = await readText(two('Customers 2'));
    expect([rows, lines]).toEqual([
      [
        ['1', 'Ann'],
        ['2', 'Bob'],
      ],
      [1_048_576, 2],
    ]);
    expect(inspection.notes).toContain('The table goes on in "Customers 2".');
    expect((await readText(two('Orders'))).rows).toHaveLength(1);
    expect((await readText(two('Customers 2', people))).rows).toHaveLength(2);
    const otherHeader = two('Customers 2', full.replace('name', 'surname'));
    expect((await readText(otherHeader)).rows).toHaveLength(1);
  });
});

describe('texts', () => {
  test('are shared, rich, in a formula or in the cell; how they are pronounced is left out', async () => {
    const texts = [
      '<t>plain</t>',
      '<r><rPr><b/></rPr><t>rich</t></r><r><t xml:space="preserve"> &amp; richer</t></r>',
      '<t>課きく</t><rPh sb="0" eb="1"><t>カ</t></rPh><phoneticPr fontId="1"/>',
      '<r><t>東</t></r><rPh sb="0" eb="1"><t>トウ</t></rPh><r><t>京</t></r>',
      '<t/>',
      '<t>a_x000D_\r\nb_x005F_x000D__xD83D__xDE00_</t>',
      '<t>emoji &#128512; &#x1F600;</t>',
    ];
    const cells = [
      ...texts.map((_, i) => shared(i)),
      '<c r="@" t="str"><f>A1&amp;"x"</f><v>of a formula _x0041_</v></c>',
      '<c r="@" t="str"><f>IF(1,"")</f><v></v></c>',
      '<c r="@" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c>',
    ];
    expect(await columnOf(cells, { texts })).toEqual([
      'plain',
      'rich & richer',
      '課きく',
      '東京',
      '',
      'a\r\nb_x000D_😀',
      'emoji 😀 😀',
      'of a formula A',
      '',
      'inline',
    ]);
  });

  test('that are too long, or hold what no text does, are problems of their rows', async () => {
    const rows = [
      text('x'.repeat(70_000)),
      text('a_x0000_b'),
      text('_xD800_'),
      shared(0),
      shared(1),
      text('fine'),
    ];
    const read = await readText(
      book(row(1, { A: text('value') }) + rows.map((cell, i) => row(i + 2, { A: cell })).join(''), {
        texts: [`<t>${'y'.repeat(70_000)}</t>`, '<t>_x0000_</t>'],
      }),
    );
    expect(read.problems).toEqual([
      '1 cell.too_long',
      '2 cell.nul',
      '3 row.unreadable',
      '4 cell.too_long',
      '5 cell.nul',
    ]);
    expect(read.faults[0]).toMatchObject({ column: 0, details: { found: 70_000, max: 65_536 } });
    expect(read.rows[5]).toEqual(['fine']);
  });

  test('that were decoded wrongly once before are pointed out', async () => {
    const { warnings } = await readText(
      book(
        textRows([
          ['id', 'name'],
          ['1', 'ZoÃ«'],
          ['2', 'Zoë'],
        ]) + row(4, { A: text('3'), B: shared(0) }),
        {
          texts: ['<t>JosÃ©</t>'],
        },
      ),
    );
    expect(warnings.map(({ row: at, code, column }) => [at, code, column])).toEqual([
      [1, 'cell.mojibake', 1],
      [3, 'cell.mojibake', 1],
    ]);
  });
});

describe('other cells', () => {
  test('yes and no, errors, formulas with their last value and without one', async () => {
    expect(
      await columnOf([
        '<c r="@" t="b"><v>1</v></c>',
        '<c r="@" t="b"><v>0</v></c>',
        '<c r="@" t="e"><v>#N/A</v></c>',
        '<c r="@" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
        '<c r="@"><f>SUM(1,2)</f><v>3</v></c>',
        '<c r="@"><f>SUM(1,2)</f><v></v></c>',
        '<c r="@"><f>SUM(1,2)</f></c>',
        '<c r="@" t="n"/>',
      ]),
    ).toEqual(['true', 'false', '#N/A', '#DIV/0!', '3', '#CALC!', '#CALC!', '']);
  });

  test('formulas without a value are said', async () => {
    const { inspection } = await readText(
      book(people + row(4, { A: '<c r="@"><f>A2</f></c>', B: text('x') })),
    );
    expect(inspection.notes).toContain(
      'One formula has no value, since no spreadsheet has calculated it yet: open the workbook in one, and save it.',
    );
  });

  test('days as ISO 8601, in cells that say so', async () => {
    expect(
      await columnOf(
        [
          '<c r="@" t="d"><v>2021-07-26T00:00:00</v></c>',
          '<c r="@" t="d" s="1"><v>2021-07-26T00:00:00</v></c>',
          '<c r="@" t="d"><v>2021-07-26T10:30:00Z</v></c>',
        ],
        { formats: ['yyyy-mm-dd hh:mm'] },
      ),
    ).toEqual(['2021-07-26', '2021-07-26T00:00:00', '2021-07-26T10:30:00Z']);
  });

  test('days count from 1904 in workbooks of old Macs', async () => {
    const cells = [number(0, 1), number(42_210, 1), number(42_210.5, 1)];
    const made = { formats: ['yyyy-mm-dd'], date1904: true };
    expect(await columnOf(cells, made)).toEqual(['1904-01-01', '2019-07-26', '2019-07-26 12:00:00']);
    const read = await readText(book(people, { date1904: true }));
    expect(read.inspection.dialect.dateBase).toBe(1904);
  });
});

describe('the table', () => {
  const list = (...rows: string[][]) => readText(book(textRows(rows)));

  test('may stand below a title, with blank rows between, and above its totals', async () => {
    const { inspection, names, rows, lines } = await list(
      ['Customers of 2024'],
      [],
      ['id', 'name', 'email'],
      ['1', 'Ann', 'ann@example.com'],
      [],
      ['2', 'Bob', 'bob@example.com'],
      ['Total', '2', ''],
    );
    expect([names, rows.length, lines]).toEqual([['id', 'name', 'email'], 2, [4, 6]]);
    expect(inspection.dialect).toMatchObject({ header: true, skipLines: 2, footerRows: 1 });
    expect(inspection.notes).toEqual([
      'One row before the header is left out.',
      'The last row is a total and is left out.',
    ]);
    expect(inspection.sample).toHaveLength(2);
  });

  test('may have no header, and begin anywhere', async () => {
    const rows = [3, 4, 5]
      .map((line) => row(line, { C: text(`${line}`), D: text(`a${line}@example.com`) }))
      .join('');
    const read = await readText(book(rows));
    expect([read.names, read.rows[0], read.lines[0]]).toEqual([
      ['column 1', 'column 2', 'column 3', 'column 4'],
      ['', '', '3', 'a3@example.com'],
      3,
    ]);
  });

  test('is read as a person says', async () => {
    const file = book(
      textRows([
        ['Ann', '1'],
        ['Bob', '2'],
        ['Cy', '3'],
        ['Dee', '4'],
      ]),
    );
    const noHeader = await readText(file, { given: { header: false, skipLines: 1, footerRows: 1 } });
    expect(noHeader.rows).toEqual([
      ['Bob', '2'],
      ['Cy', '3'],
    ]);
    const header = await readText(file, { given: { header: true, skipLines: 2 } });
    expect([header.names, header.rows]).toEqual([['Cy', '3'], [['Dee', '4']]]);
  });

  test('has names for columns that are blank or doubled', async () => {
    const { names, inspection } = await list(['email', '', 'Email'], ['a@example.com', 'x', 'b@example.com']);
    expect(names).toEqual(['email', 'column 2', 'Email (2)']);
    expect(inspection.notes[0]).toContain('column 2 is "column 2", column 3 is "Email (2)"');
  });

  test('with only a header says that there are no rows', async () => {
    expect((await list(['id', 'name'])).inspection.notes).toEqual(['There are no rows in the file.']);
  });

  test('has its merged cells in their first place only, which is said', async () => {
    const after = '<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:A3"/></mergeCells>';
    const sheets = [
      {
        name: 'S',
        after,
        rows: textRows([
          ['firm', 'name'],
          ['Acme', 'Ann'],
          ['', 'Bob'],
        ]),
      },
    ];
    const { rows, inspection } = await readText(workbookFile({ sheets }));
    expect(rows).toEqual([
      ['Acme', 'Ann'],
      ['', 'Bob'],
    ]);
    expect(inspection.notes).toEqual([
      'One merged cell reaches over several rows; what such a cell holds counts for the first of them.',
    ]);
  });

  test('has more columns than are allowed', async () => {
    const header = Array.from({ length: 12 }, (_, i) => `name ${i}`);
    await expect(
      readText(book(textRows([header, header.map(() => 'x')])), { limits: { columnsMax: 10 } }),
    ).rejects.toMatchObject({ code: 'file.too_many_columns' });
  });
});

describe('cells far away', () => {
  test('cost neither rows nor columns', async () => {
    const { rows, names, inspection } = await readText(book(people + row(1_048_576, { XFD: text('stray') })));
    expect([names, rows.length]).toEqual([['id', 'name'], 2]);
    expect(inspection.notes).toEqual(['Cells to the right of the table are left out, in row 1048576.']);
  });

  test('beside the header, and beside rows, are left out', async () => {
    const rows =
      row(1, { A: text('id'), B: text('name'), XFD: text('printed 2024') }) +
      row(2, { A: text('1'), B: text('Ann'), Z: text('call her') }) +
      row(3, { A: text('2'), B: text('Bob') });
    const read = await readText(book(rows));
    expect([read.names, read.rows]).toEqual([
      ['id', 'name'],
      [
        ['1', 'Ann'],
        ['2', 'Bob'],
      ],
    ]);
    expect(read.inspection.notes).toEqual([
      'Cells to the right of the table are left out, in 2 rows, the first of them 1.',
    ]);
    expect(read.problems).toEqual([]);
  });

  test('a column without a name beside the table is one of it', async () => {
    const { names, rows } = await readText(
      book(
        textRows([
          ['id', 'name'],
          ['1', 'Ann', 'note'],
          ['2', 'Bob', 'other'],
        ]),
      ),
    );
    expect([names, rows[0]]).toEqual([
      ['id', 'name', 'column 3'],
      ['1', 'Ann', 'note'],
    ]);
  });
});

test('a workbook of another beginning is read whatever stands in front of its parts', async () => {
  const entries = workbookEntries({ sheets: [{ name: 'S', rows: people }] });
  const { rows } = await readText(
    zipFile([{ name: 'docProps/thumbnail.jpeg', content: 'x' }, ...entries.toReversed()]),
  );
  expect(rows).toHaveLength(2);
});
