/** Workbooks of every dataset: each cell against the same record's in CSV, and its type against the field's. */
import { parse } from 'csv-parse/sync';
import { readXlsx } from 'hucre/xlsx';
import { describe, expect, test } from 'vitest';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { customers } from '../../../src/datasets/customers.ts';
import type { FieldDefinition } from '../../../src/datasets/define-dataset.ts';
import { datasets } from '../../../src/datasets/registry.ts';
import { listExports } from '../../../src/export/history.ts';
import type { Profile } from '../../../src/field-types/field-type.ts';
import { unmark } from '../../../src/field-types/spreadsheet-marks.ts';
import { beginExport, exported } from '../../support/export.ts';
import { hostileTenant } from '../../support/hostile-tenant.ts';
import { useImports } from '../../support/import.ts';
import { type PlainCell, plainWorkbook } from '../../support/workbook.ts';

const given = useImports();

const recordsEach = 60 * Number(process.env.CLIENTELE_TEST_CASES ?? 1);

/** A cell as CSV has it, without its guard, and with the sign by which it is told that it has a type of its own. */
function textOf(cell: PlainCell | undefined, field: FieldDefinition, profile: Profile): string {
  if (cell === undefined) return '';
  if (cell.type === 'inlineStr') return cell.value;
  if (cell.type === 'b')
    return { 1: ['Yes', 'true'], 0: ['No', 'false'] }[cell.value]?.[profile === 'data' ? 1 : 0] ?? '?';
  if (field.type !== 'date' && field.type !== 'datetime') return cell.value;
  const at = new Date(Date.UTC(1899, 11, 30) + Math.round(Number(cell.value) * 86_400_000)).toISOString();
  return field.type === 'date' ? at.slice(0, 10) : at.replace('T', ' ').replace(/\.?0*Z$/, '');
}

/** That a cell is as its field wants it; text only where a spreadsheet has no such cell. */
function assertType(cell: PlainCell, { type }: FieldDefinition, profile: Profile): void {
  const digits = cell.value.replace(/[-.]/g, '').replace(/^0+/, '').length;
  const isText = cell.type === 'inlineStr';
  if (isText) expect(cell.format).toBe('@');
  switch (type) {
    case 'boolean':
      expect(cell.type).toBe('b');
      break;
    case 'integer':
    case 'decimal':
    case 'money':
      if (isText) expect(digits).toBeGreaterThan(15);
      else expect(cell.type).toBe('n');
      break;
    case 'date':
      if (isText) expect(cell.value < '1900-03-01').toBe(true);
      else expect(cell.format).toBe('yyyy\\-mm\\-dd');
      break;
    case 'datetime':
      if (profile === 'data') expect(cell.value).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      else if (isText) expect(cell.value).toMatch(/[+-]\d\d:\d\d(:\d\d)?$|\.\d{4,6}$|Z$/);
      else expect(cell.format).toBe('yyyy\\-mm\\-dd\\ hh:mm:ss');
      break;
    default:
      expect(cell.type).toBe('inlineStr');
  }
}

const profiles = ['spreadsheet', 'data'] as const;

describe.each(datasets.map((dataset) => ({ key: dataset.key, dataset })))('$key', ({ dataset }) => {
  test('every cell is the record’s value, in the type of its field', async () => {
    const { tenant, amount } = await hostileTenant(given, dataset, recordsEach);
    expect(amount).toBeGreaterThan(recordsEach / 3);
    for (const profile of profiles) {
      const asked = { dataset, columns: 'all', profile } as const;
      const csv = await exported(given.database, tenant, { ...asked, format: 'csv' });
      const expected = parse(csv.file, { bom: true }) as string[][];
      const { file } = await exported(given.database, tenant, { ...asked, format: 'xlsx' });
      const [sheet, ...further] = plainWorkbook(file);
      expect([further, sheet?.name, sheet?.rows.length]).toEqual([[], dataset.label, amount + 1]);
      const fields = dataset.fields.filter(({ exportable }) => exportable);
      for (const [row, cells] of (sheet?.rows ?? []).entries()) {
        const byColumn = new Map(cells.map((cell) => [cell.at.replace(/\d+/, ''), cell]));
        const shown = fields.map((field, i) => {
          const cell = byColumn.get(columnAt(i));
          if (row > 0 && cell !== undefined) assertType(cell, field, profile);
          return row === 0 ? cell?.value : textOf(cell, field, profile);
        });
        const unguarded = expected[row]?.map((cell) =>
          profile === 'spreadsheet' && row > 0 ? unmark(cell) : cell,
        );
        expect(shown).toEqual(unguarded);
      }
      const read = await readXlsx(file);
      expect(read.sheets[0]?.rows.slice(0, amount + 1).map((values) => textsOf(values))).toEqual(
        sheet?.rows.map((cells) =>
          cells.filter(({ type }) => type === 'inlineStr').map(({ value }) => value),
        ),
      );
    }
  }, 120_000);
});

function columnAt(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnAt(Math.floor(index / 26) - 1) + letter;
}

function textsOf(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

const payloads = [
  '=1+1',
  "=cmd|' /C calc'!A0",
  '@SUM(1+1)',
  '+1+1',
  '-2+3',
  "'=1+1",
  "''=1+1",
  "'007",
  '007',
  '\t=1',
  '-12.5',
];

describe('a file for spreadsheets', () => {
  test('holds formulas as texts, unguarded, and formatted as text so that they stay texts when they are edited', async () => {
    const tenant = await given.tenant();
    const lines = payloads.map(
      (payload, i) => `${JSON.stringify({ number: `N-${i}`, first_name: 'A', driver_notes: payload })}\n`,
    );
    await given.import(tenant, lines.join(''), { fileName: 'x.ndjson', require: [] });
    const kept = await given.rows(tenant, 'select driver_notes from care_profiles');
    const { file } = await exported(given.database, tenant, {
      dataset: customers,
      columns: [{ field: 'driver_notes' }],
      format: 'xlsx',
    });
    const cells = plainWorkbook(file)[0]?.rows.slice(1).flat() ?? [];
    expect(new Set(cells.map(({ value }) => value))).toEqual(new Set(kept.map((row) => row.driver_notes)));
    expect(new Set(cells.map(({ type, format }) => `${type} ${format}`))).toEqual(new Set(['inlineStr @']));
    expect(plainWorkbook(file)[0]?.xml).not.toContain('<f');
  });

  test('with a text that no cell holds is refused before it begins, and says which', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\na@example.com,A\nb@example.com,B\n', { require: [] });
    const setTags = (amount: number, end: string) =>
      given.rows(
        tenant,
        `update customers set tags = array_fill(repeat('x', 98), array[${amount}]) || $1::text where email = 'a@example.com'`,
        [end],
      );
    const asked = {
      dataset: customers,
      columns: [{ field: 'email' }, { field: 'tags' }],
      format: 'xlsx',
    } as const;
    await setTags(327, 'x'.repeat(67));
    const { file } = await exported(given.database, tenant, asked);
    const lengths = plainWorkbook(file)[0]
      ?.rows.slice(1)
      .map((row) => row[1]?.value.length);
    expect(lengths?.filter((length) => length !== undefined)).toEqual([32_767]);
    await setTags(327, `${'x'.repeat(66)}😀`);
    await expect(exported(given.database, tenant, asked)).rejects.toMatchObject({
      code: 'export.invalid',
      message: expect.stringMatching(/^Tags of 1 record is longer than the 32,767 characters/),
    });
  });

  test('that its reader leaves is broken off in the history', async () => {
    const tenant = await given.tenant();
    const rows = Array.from({ length: 4000 }, (_, i) => `m${i}@example.com,A,${noise(i)}\n`);
    await given.import(tenant, `email,first_name,driver_notes\n${rows.join('')}`, { require: [] });
    const running = await beginExport(given.database, tenant, {
      dataset: customers,
      columns: [{ field: 'email' }, { field: 'driver_notes' }],
      format: 'xlsx',
    });
    for await (const piece of running.stream) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    for (;;) {
      const [entry] = await withTenant(given.database, tenant, (tx) =>
        listExports(tx, { limit: 1, datasets: ['customers'] }),
      );
      if (entry?.state === 'running') {
        await new Promise((resolve) => setTimeout(resolve, 20));
        continue;
      }
      expect(entry).toMatchObject({ format: 'xlsx', state: 'broken_off', records: 4000 });
      break;
    }
  });
});

/** Which compresses badly. */
function noise(seed: number): string {
  let state = seed + 1;
  return Array.from({ length: 1500 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(97 + (state % 26));
  }).join('');
}
