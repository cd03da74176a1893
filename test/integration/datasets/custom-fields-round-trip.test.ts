/**
 * The two laws of moving data hold for fields of a tenant's own: a file that was exported, imported again as it is,
 * changes nothing; imported into a tenant with the same definitions and no records, it gives the same values. For a
 * field of every type, every format that is read, and both profiles.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, defineDataset } from '../../../src/datasets/define-dataset.ts';
import { exportFormats } from '../../../src/export/encode.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createTenant } from '../../../src/tenants/tenants.ts';
import { asTenantHasIt, define, oneOfEachType } from '../../support/custom-fields.ts';
import { exported, importableFields } from '../../support/export.ts';
import { hostileRecords } from '../../support/hostile-records.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

const recordsEach = 100 * Number(process.env.CLIENTELE_TEST_CASES ?? 1);

/** Fields that a record of each dataset cannot be without, or is found by. */
const needed: Readonly<Record<string, readonly string[]>> = {
  customers: ['email', 'first_name', 'number'],
  orders: ['number', 'created_at'],
  analytics: ['date'],
};

const ways = exportFormats
  .filter((format) => format !== 'parquet')
  .flatMap((format) => (['spreadsheet', 'data'] as const).map((profile) => ({ format, profile })));

async function tenantWithFields(of: string): Promise<string> {
  const { id } = await createTenant(given.database, {
    name: `Tenant ${newId()}`,
    slug: `t-${newId()}`,
    country: 'GB',
    timezone: 'Europe/London',
    currency: 'EUR',
  });
  for (const field of oneOfEachType) await define(given, id, { dataset: of, ...field });
  return id;
}

/** The dataset with the needed fields and the tenant's own alone. */
function own(dataset: Dataset): Dataset {
  const keys = needed[dataset.key] ?? [];
  return defineDataset({
    ...dataset,
    fields: dataset.fields.filter(({ key, custom }) => custom !== undefined || keys.includes(key)),
  });
}

function columnsOf(dataset: Dataset) {
  return own(dataset).fields.map(({ key }) => ({ field: key }));
}

async function whole(run: ImportRun): Promise<ImportRun> {
  expect({ state: run.state, problems: await given.problems(run), failure: run.failure }).toEqual({
    state: 'done',
    problems: [],
    failure: null,
  });
  return run;
}

describe.each(Object.keys(needed).map((key) => ({ key })))('$key', ({ key }) => {
  let tenant = '';
  let dataset: Dataset;
  beforeAll(async () => {
    tenant = await tenantWithFields(key);
    dataset = await asTenantHasIt(given, tenant, key);
    const [records = []] = fc.sample(hostileRecords(own(dataset), { named: {} }, recordsEach), {
      seed: 1,
      numRuns: 1,
    });
    const run = await given.import(tenant, records.map((record) => `${JSON.stringify(record)}\n`).join(''), {
      dataset: key,
      fileName: 'made.ndjson',
      require: [],
    });
    expect(run.state).toBe('done');
    const failures = (await given.outcomes(run)).filter((outcome) => !/^(created|skipped)/.test(outcome));
    expect(run.created, failures.join('; ')).toBeGreaterThan(recordsEach / 2);
  }, 120_000);

  test('every type has values, and blanks', async () => {
    const table = dataset.root.table;
    for (const { key: own } of oneOfEachType) {
      const [counts] = await given.rows(
        tenant,
        `select count(*) filter (where custom ? $1)::int as has, count(*) filter (where not custom ? $1)::int as lacks from ${table}`,
        [own],
      );
      expect(Number(counts?.has), own).toBeGreaterThan(recordsEach / 10);
      expect(Number(counts?.lacks), own).toBeGreaterThan(0);
    }
  });

  test.each(ways)(
    '$format, $profile: imported again, nothing changes; into an empty tenant, the same values',
    async ({ format, profile }) => {
      const asked = { dataset, format, profile, columns: columnsOf(dataset) };
      const { file, records } = await exported(given.database, tenant, asked);
      const before = await given.digestOf(tenant);
      const options = { dataset: key, fileName: `out.${format}`, require: [] };
      expect(await whole(await given.import(tenant, file, options))).toMatchObject({ unchanged: records });
      expect(await given.digestOf(tenant)).toBe(before);
      const other = await tenantWithFields(key);
      const there = await asTenantHasIt(given, other, key);
      expect(await whole(await given.import(other, file, options))).toMatchObject({ created: records });
      // Equal values are equal JSON.
      const kept = `select custom::text from ${dataset.root.table} order by 1`;
      expect(await given.rows(other, kept)).toEqual(await given.rows(tenant, kept));
      expect(await importableFields(given.database, other, own(there))).toEqual(
        await importableFields(given.database, tenant, own(dataset)),
      );
    },
    120_000,
  );
});
