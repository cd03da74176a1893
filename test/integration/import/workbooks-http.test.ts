/** Workbooks over HTTP: which sheet, what was found, and the rows that did not go in. */
import { beforeAll, expect, test } from 'vitest';
import { type TestTenant, useServer } from '../../support/http.ts';
import { plainWorkbook } from '../../support/workbook.ts';
import { textRows, workbookFile } from '../../support/workbook-file.ts';

const api = useServer();
const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const sheets = [
  { name: 'About', rows: textRows([['made by hand']]) },
  {
    name: 'People',
    rows: textRows([
      ['Email', 'First Name'],
      ['ann@example.com', 'Ann'],
      ['nonsense', 'Bob'],
    ]),
  },
  { name: 'Hidden', rows: '', state: 'hidden' },
] as const;
const file = new Uint8Array(workbookFile({ sheets }));

let own: TestTenant;
let base = '';

beforeAll(async () => {
  own = await api.newTenant();
  base = `/api/tenants/${own.tenant.slug}`;
});

const send = (query: string) =>
  api.call('POST', `${base}/imports?${query}`, { as: own.people.owner, body: file, type });

test('the sheet is chosen in the address or as a field of the form; the inspection lists all', async () => {
  const inAddress = await send('until=mapped&sheet=People');
  expect(inAddress.status, inAddress.text).toBe(201);
  const form = new FormData();
  form.append('until', 'mapped');
  form.append('sheet', '2');
  form.append('file', new Blob([file]), 'people.xlsx');
  const inForm = await api.call('POST', `${base}/imports`, { as: own.people.owner, body: form });
  for (const { json } of [inAddress, inForm]) {
    await api.rested(own.people.owner, `${base}/imports/${json.id}`);
    const inspected = await api.call('GET', `${base}/imports/${json.id}/inspection`, {
      as: own.people.owner,
    });
    expect(inspected.json).toMatchObject({
      dialect: { format: 'xlsx', sheet: 'People', header: true, skip_lines: 0 },
      sheets: [
        { name: 'About', hidden: false },
        { name: 'People', hidden: false },
        { name: 'Hidden', hidden: true },
      ],
      columns: [
        { index: 0, name: 'Email' },
        { index: 1, name: 'First Name' },
      ],
      sample: [
        ['ann@example.com', 'Ann'],
        ['nonsense', 'Bob'],
      ],
      whole: true,
    });
  }
  expect(inAddress.json.file_name).toBe('rows.xlsx');
});

test('a sheet that is not there fails the run with its reason', async () => {
  const { json } = await send('until=committed&sheet=Nobody');
  const rested = await api.rested(own.people.owner, `${base}/imports/${json.id}`);
  expect(rested.json).toMatchObject({
    state: 'failed',
    failure: {
      code: 'usage.invalid',
      message: 'The workbook has no sheet "Nobody"; it has "About", "People", "Hidden".',
    },
  });
});

test('problems name the rows of the sheet, and the rejects are a workbook', async () => {
  const { json } = await send('until=committed&sheet=People');
  const rested = await api.rested(own.people.owner, `${base}/imports/${json.id}`);
  expect(rested.json).toMatchObject({ state: 'done', created: 1, failed: 1 });
  const problems = await api.call('GET', `${base}/imports/${json.id}/problems`, { as: own.people.owner });
  expect(problems.json.problems).toMatchObject([{ row: 2, line: 3, column: 'Email', code: 'email.invalid' }]);
  const rejects = await fetch(`${api.url}${base}/imports/${json.id}/rejects`, {
    headers: { authorization: own.people.owner },
  });
  expect([rejects.headers.get('content-type'), rejects.headers.get('content-disposition')]).toEqual([
    type,
    `attachment; filename="rejected-${json.id}.xlsx"`,
  ]);
  const [sheet] = plainWorkbook(Buffer.from(await rejects.arrayBuffer()));
  expect(sheet?.rows[1]?.map(({ value }) => value).slice(-2)).toEqual(['nonsense', 'Bob']);
});
