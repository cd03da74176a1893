/**
 * A tenant of which the planner's statistics know nothing, since it was small or not there when the table was last
 * analysed, beside others that they know all of: every look-up must still go by the index of what is looked up.
 */
import { expect, test } from 'vitest';
import { importBatch, updateBatch } from '../../../src/import/batch/batch.ts';
import { importInBatches } from '../../../src/import/batch/in-batches.ts';
import { readBy as readOf } from '../../support/entries-read.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

const known = 3000;
const few = 100;

/** So long, and so much alike, that its index is deeper than the others, which look cheaper for that. */
const idOf = (name: string, i: number): string => `${'customer-'.repeat(25)}${name}-${i}`;

const csv = (rows: number, name: string): string =>
  [
    'first_name,email,external_id',
    ...Array.from({ length: rows }, (_, i) => `First ${i},${name}${i}@example.com,${idOf(name, i)}`),
    '',
  ].join('\n');

const readBy = (work: () => Promise<unknown>): Promise<number> => readOf(given.database, 'customers', work);

test('beside tenants that the statistics know, each row of a batch is looked up by its own index', async () => {
  for (const name of ['one', 'two', 'three']) await given.import(await given.tenant(), csv(known, name));
  await given.database.asOwner((owner) => owner.query('analyze customers'));
  const tenant = await given.tenant();
  const of = { tenantId: tenant, by: null, source: 'bulk' };
  // Batches leave the statistics as they are, where a file has them brought up to date.
  const there = Array.from({ length: known }, (_, i) => ({
    first_name: `First ${i}`,
    email: `four${i}@example.com`,
    external_id: idOf('four', i),
  }));
  const { counts } = await importInBatches(given.database, { ...of, dataset: 'customers', rows: there });
  expect(counts.created).toBe(known);
  const rows = Array.from({ length: few }, (_, i) => ({ first_name: 'Ada', email: `ada${i}@example.com` }));
  const names = rows.map((_, i) => idOf('four', known - 1 - i));

  const read = {
    create: await readBy(() => importBatch(given.database, { ...of, dataset: 'customers', rows, match: [] })),
    upsert: await readBy(() =>
      importBatch(given.database, {
        ...of,
        dataset: 'customers',
        rows: names.map((name) => ({ external_id: name, job_title: 'Head' })),
        match: ['external_id'],
      }),
    ),
    update: await readBy(() =>
      updateBatch(given.database, {
        ...of,
        updates: names.map((name) => ({ customer_id: name, job_title: 'Head' })),
      }),
    ),
    file: await readBy(() =>
      given.import(tenant, ['external_id,job_title', ...names.map((name) => `${name},Chair`), ''].join('\n')),
    ),
  };
  // Going through the tenant once for each row would read 300,000.
  for (const [what, entries] of Object.entries(read)) expect(entries, what).toBeLessThan(few * 100);
}, 120_000);
