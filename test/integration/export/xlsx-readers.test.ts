/** Workbooks read back through two readers by other hands: each cell is the record's value, as CSV has it. */
import { parse } from 'csv-parse/sync';
import { readXlsx } from 'hucre/xlsx';
import { readSheet } from 'read-excel-file/node';
import { describe, expect, test } from 'vitest';
import type { FieldDefinition } from '../../../src/datasets/define-dataset.ts';
import { datasets } from '../../../src/datasets/registry.ts';
import type { Profile } from '../../../src/field-types/field-type.ts';
import { unmark } from '../../../src/field-types/spreadsheet-marks.ts';
import { exported } from '../../support/export.ts';
import { hostileTenant } from '../../support/hostile-tenant.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();
const recordsEach = 60 * Number(process.env.CLIENTELE_TEST_CASES ?? 1);
const profiles = ['spreadsheet', 'data'] as const;

const readers: Readonly<Record<string, (file: Buffer) => Promise<readonly (readonly unknown[])[]>>> = {
  hucre: async (file) => (await readXlsx(file)).sheets[0]?.rows ?? [],
  'read-excel-file': (file) => readSheet(file, { trim: false }),
};

/** What the reader made of a cell, as CSV shows it; a number is compared as one. */
function shown(value: unknown, expected: string, { type }: FieldDefinition, profile: Profile): unknown {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean')
    return (profile === 'spreadsheet' ? { true: 'Yes', false: 'No' } : { true: 'true', false: 'false' })[
      `${value}`
    ];
  if (typeof value === 'number') return Number(expected) === value ? expected : value;
  if (!(value instanceof Date)) return value;
  // A time is the nearest double to its place in the day; one of the readers cuts it to a millisecond before.
  const cut = value.getTime() + 1 === Date.parse(`${expected.replace(' ', 'T')}Z`);
  const text = new Date(value.getTime() + (cut ? 1 : 0)).toISOString();
  return type === 'date' ? text.slice(0, 10) : text.replace('T', ' ').replace(/\.?0*Z$/, '');
}

describe.each(datasets.map((dataset) => ({ key: dataset.key, dataset })))('$key', ({ dataset }) => {
  test('reads back as it was', async () => {
    const { tenant } = await hostileTenant(given, dataset, recordsEach);
    const fields = dataset.fields.filter(({ exportable }) => exportable);
    for (const profile of profiles) {
      const asked = { dataset, columns: 'all', profile } as const;
      const csv = await exported(given.database, tenant, { ...asked, format: 'csv' });
      const lines = (parse(csv.file, { bom: true }) as string[][]).map((cells, row) =>
        profile === 'spreadsheet' && row > 0 ? cells.map(unmark) : cells,
      );
      const { file } = await exported(given.database, tenant, { ...asked, format: 'xlsx' });
      for (const [name, read] of Object.entries(readers)) {
        const rows = await read(file);
        const seen = lines.map((cells, row) =>
          cells.map((cell, i) => shown(rows[row]?.[i], cell, fields[i] as FieldDefinition, profile)),
        );
        expect(seen, `${name}, ${profile}`).toEqual(lines);
      }
    }
  }, 120_000);
});
