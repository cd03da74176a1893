/** A tenant full of records that encoders stumble over. */
import fc from 'fast-check';
import { customers } from '../../src/datasets/customers.ts';
import type { Dataset } from '../../src/datasets/define-dataset.ts';
import { hostileRecords } from './hostile-records.ts';
import type { TestImports } from './import.ts';

const around = { named: { users: [], quotes: [], customers: ['No. 901', 'No. 902'] } };

/** @returns the tenant, and how many records of the dataset it has. */
export async function hostileTenant(
  given: TestImports,
  dataset: Dataset,
  recordsEach: number,
): Promise<{ readonly tenant: string; readonly amount: number }> {
  const tenant = await given.tenant();
  await given.import(tenant, 'number,first_name\nNo. 901,Bob\nNo. 902,Eve\n', { require: [] });
  const fields = dataset.importable.filter(
    ({ type, reference }) => type !== 'reference' || reference?.dataset === 'customers',
  );
  const bare = { ...dataset, importable: fields };
  const [records = []] = fc.sample(hostileRecords(bare, around, recordsEach), { seed: 7, numRuns: 1 });
  const file = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const made = await given.import(tenant, file, {
    dataset: dataset.key,
    fileName: 'made.ndjson',
    require: [],
  });
  return { tenant, amount: made.created + (dataset === customers ? 2 : 0) };
}
