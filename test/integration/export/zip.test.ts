/** Exports packed alone into a zip archive. */
import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { customers } from '../../../src/datasets/customers.ts';
import { exportFormats } from '../../../src/export/encode.ts';
import { exported } from '../../support/export.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

test.each(exportFormats)(
  '%s: one file within, called after the dataset and the day, and the same bytes',
  async (format) => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\na@example.com,Zoë\n', { require: [] });
    const asked = {
      dataset: customers,
      columns: [{ field: 'email' }, { field: 'first_name' }],
      format,
    } as const;
    const { file } = await exported(given.database, tenant, { ...asked, compress: 'zip' });
    const directory = file.readUInt32LE(file.length - 6);
    expect(file.readUInt16LE(file.length - 12)).toBe(1);
    const name = file.toString('latin1', directory + 46, directory + 46 + file.readUInt16LE(directory + 28));
    expect(name).toMatch(new RegExp(`^customers-\\d{4}-\\d\\d-\\d\\d\\.${format}$`));
    const start = 30 + file.readUInt16LE(26) + file.readUInt16LE(28);
    const content = inflateRawSync(file.subarray(start, start + file.readUInt32LE(directory + 20)));
    const plain = await exported(given.database, tenant, asked);
    // A workbook says when it was made.
    if (format === 'xlsx') expect(content.subarray(0, 4)).toEqual(plain.file.subarray(0, 4));
    else expect(content).toEqual(plain.file);
  },
);
