/**
 * What goes out comes back: a file that was exported, imported again as it is, changes nothing; imported into an empty
 * tenant, it gives the same importable fields. For every dataset, format and profile.
 * CLIENTELE_TEST_CASES multiplies how many records are tried.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/datasets/define-dataset.ts';
import { datasets } from '../../../src/datasets/registry.ts';
import { type ExportFormat, exportFormats } from '../../../src/export/encode.ts';
import type { Profile } from '../../../src/field-types/field-type.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createTenant } from '../../../src/tenants/tenants.ts';
import { exported, importableFields } from '../../support/export.ts';
import { hostileRecords, type Surroundings } from '../../support/hostile-records.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

const recordsEach = 100 * Number(process.env.CLIENTELE_TEST_CASES ?? 1);
const people = ['ada@example.org', 'grace@example.org'];
const customers =
  'email,first_name,number,created_at\nbob@example.net,Bob,No. 901,2020-01-01\n,Eve,No. 902,2020-01-02\n,Zoe,odd@number,2020-01-03\n';
const quotes = 'text,created_at\nTo be = not,2020-01-01\n=1+1,2020-01-02\n';
const around: Surroundings = {
  named: {
    users: people,
    quotes: ['To be = not', '=1+1'],
    customers: ['bob@example.net', 'No. 901', 'No. 902'],
  },
};

/** A tenant with the members and customers that records may refer to. */
async function surroundings(): Promise<string> {
  const { id } = await createTenant(given.database, {
    name: `Tenant ${newId()}`,
    slug: `t-${newId()}`,
    country: 'GB',
    timezone: 'Europe/London',
    currency: 'EUR',
  });
  for (const email of people)
    await given.rows(
      id,
      `insert into members (tenant_id, id, email, role, created_at) values ($1, $2, $3, 'staff', now())`,
      [id, newId(), email],
    );
  await given.import(id, customers, { require: [] });
  await given.import(id, quotes, { dataset: 'quotes', require: [] });
  return id;
}

/** People of whom only a whole name is known, however that came about. @returns how many. */
async function keepWholeNamesOnly(tenant: string): Promise<number> {
  const changed = await given.rows(
    tenant,
    `update customers set first_name = null, last_name = null
     where id in (select id from customers where type = 'individual' and display_name is not null order by id desc limit 20) returning id`,
  );
  return changed.length;
}

async function whole(run: ImportRun): Promise<ImportRun> {
  expect({ state: run.state, problems: await given.problems(run), failure: run.failure }).toEqual({
    state: 'done',
    problems: [],
    failure: null,
  });
  return run;
}

/** Parquet is not read; `parquet.test.ts` holds its values to the records. */
const readable = exportFormats.filter((format) => format !== 'parquet');
const ways = readable.flatMap((format) =>
  (['spreadsheet', 'data'] as const).map((profile) => ({ format, profile })),
);

describe.each(datasets.map((dataset) => ({ key: dataset.key, dataset })))('$key', ({ dataset }) => {
  let tenant = '';
  let amount = 0;
  beforeAll(async () => {
    tenant = await surroundings();
    const [records = []] = fc.sample(hostileRecords(dataset, around, recordsEach), { seed: 1, numRuns: 1 });
    const file = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const run = await given.import(tenant, file, {
      dataset: dataset.key,
      fileName: 'made.ndjson',
      require: [],
    });
    expect(run.state).toBe('done');
    amount = run.created;
    const reasons = (await given.outcomes(run)).filter((outcome) => outcome !== 'created');
    expect(amount, `most records are storable: ${reasons.join('; ')}`).toBeGreaterThan(recordsEach / 2);
    if (dataset.key === 'customers') expect(await keepWholeNamesOnly(tenant)).toBeGreaterThan(10);
  }, 120_000);

  test.each(ways)(
    '$format, $profile: imported again, nothing changes',
    async ({ format, profile }) => {
      const { file, records } = await exportAll(tenant, dataset, format, profile);
      expect(records).toBeGreaterThanOrEqual(amount);
      const before = await given.digestOf(tenant);
      const run = await whole(await given.import(tenant, file, nameOf(dataset, format)));
      expect(run).toMatchObject({ rowsRead: records, unchanged: records });
      expect(await given.digestOf(tenant)).toBe(before);
    },
    120_000,
  );

  test.each(ways)(
    '$format, $profile: into an empty tenant, the same fields',
    async ({ format, profile }) => {
      const other = await surroundings();
      const { file, records } = await exportAll(tenant, dataset, format, profile);
      const run = await whole(await given.import(other, file, nameOf(dataset, format)));
      expect({ read: run.rowsRead, made: run.created }).toEqual({ read: records, made: amount });
      expect(await importableFields(given.database, other, dataset)).toEqual(
        await importableFields(given.database, tenant, dataset),
      );
    },
    120_000,
  );

  const { stated, implied } = Object.groupBy(
    dataset.fields.filter(({ exportable }) => exportable),
    (field) => (field.impliedBy === undefined ? 'stated' : 'implied'),
  );
  test.runIf(implied !== undefined)(
    'without the columns that others imply, imported again, nothing changes',
    async () => {
      const columns = stated?.map(({ key }) => ({ field: key })) ?? [];
      const asked = { dataset, format: 'csv', profile: 'data', columns } as const;
      const { file, records } = await exported(given.database, tenant, asked);
      const run = await whole(await given.import(tenant, file, nameOf(dataset, 'csv')));
      expect(run).toMatchObject({ rowsRead: records, unchanged: records });
    },
    120_000,
  );
});

function exportAll(tenant: string, dataset: Dataset, format: ExportFormat, profile: Profile) {
  return exported(given.database, tenant, { dataset, format, profile, columns: 'all' });
}

function nameOf(dataset: Dataset, format: ExportFormat) {
  return { dataset: dataset.key, fileName: `out.${format}`, require: [] };
}
