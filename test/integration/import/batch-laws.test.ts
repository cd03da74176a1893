/**
 * Laws of JSON batches, for any rows over any customers. Small worlds, so that keys and values meet often.
 * CLIENTELE_TEST_CASES sets how many are tried.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyAudit } from '../../../src/audit/verify.ts';
import { importBatch } from '../../../src/import/batch/batch.ts';
import type { BatchOptions } from '../../../src/import/batch/batch-options.ts';
import { loadRun } from '../../../src/import/run.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

const cases = Number(process.env.CLIENTELE_TEST_CASES ?? 12);

/** What a row may have under each key. */
const pools: Readonly<Record<string, readonly string[]>> = {
  email: [...'abcDefgh'].map((name) => `${name}@example.com`),
  external_id: ['x1', 'x2', 'x3', 'x4', 'x5'],
  number: ['N-1', 'N-2', 'N-3', 'CUST-000003', 'CUST-000050'],
  username: ['one', 'Two', 'TWO', 'three'],
  first_name: ['Ann', 'Bob', 'Ann Marie'],
  last_name: ['Lee', 'Bell'],
  display_name: ['Annie', 'Ann Lee', 'Acme'],
  company_name: ['Acme', 'Umbrella'],
  type: ['individual', 'company'],
  status: ['lead', 'archived', 'active', 'unheard of'],
  job_title: ['Dean', 'Rector'],
  tags: ['x', 'x;y', 'z'],
  groups: ['Gold', 'Gold;Silver', 'Bronze'],
  note: ['Called', 'Wrote'],
  phone: ['+442079460000', '020 7946 0001'],
  city: ['Leeds', 'York'],
  country: ['France', 'Atlantis'],
  date_of_birth: ['1990-01-02', '1991-02-30'],
  paying_org: ['Org'],
  reminder_opt_in: ['yes', 'no'],
  referred_by: ['a@example.com', 'b@example.com', 'x2', 'N-1'],
};
const keys = Object.keys(pools);
const others = keys.filter((key) => key !== 'email' && key !== 'first_name');

type Row = Readonly<Record<string, string | null>>;

/** Most rows have an e-mail and a name, so that many go in. */
const rowOf = (columns: readonly string[], requiredKeys: readonly string[]): fc.Arbitrary<Row> =>
  fc.record(
    Object.fromEntries(
      columns.map((key) => [
        key,
        fc.oneof(
          {
            weight: key === 'email' || key === 'first_name' ? 12 : 3,
            arbitrary: fc.constantFrom(...(pools[key] ?? [])),
          },
          { weight: 1, arbitrary: fc.constant(null) },
        ),
      ]),
    ),
    { requiredKeys: [...requiredKeys] },
  );

/** Each row with keys of its own. */
const uneven = fc.array(rowOf(keys, ['email', 'first_name']), { minLength: 1, maxLength: 8 });

/** Rows with the same keys, as a file has them. */
const even = fc.uniqueArray(fc.constantFrom(...others), { minLength: 1, maxLength: 10 }).chain((more) => {
  const columns = ['email', 'first_name', ...more];
  return fc.array(rowOf(columns, columns), { minLength: 1, maxLength: 8 }).map((rows) => ({ columns, rows }));
});

const asked = fc.record({
  mode: fc.constantFrom('upsert', 'upsert', 'upsert', 'create', 'update'),
  duplicates: fc.constantFrom('last', 'first', 'merge', 'fail'),
  empty: fc.constantFrom('keep', 'clear'),
  deleted: fc.constantFrom('restore', 'restore', 'skip'),
  createGroups: fc.constantFrom(true, true, false),
  atomic: fc.constantFrom(false, false, false, true),
  required: fc.constantFrom<string[]>(['email'], []),
  match: fc.constantFrom<string[]>(
    ['id', 'number', 'external_id', 'email'],
    ['email'],
    ['external_id', 'email'],
  ),
}) satisfies fc.Arbitrary<Partial<BatchOptions>>;

const send = (tenantId: string, rows: readonly Row[], options: Partial<BatchOptions> = {}) =>
  importBatch(given.database, { tenantId, by: null, dataset: 'customers', source: 'bulk', rows, ...options });

async function tenantWith(rows: readonly Row[], deleted: readonly string[]): Promise<string> {
  const tenant = await given.tenant();
  await send(tenant, rows, { required: [] });
  for (const name of deleted)
    await given.rows(
      tenant,
      `update customers set deleted_at = '2020-01-01', version = version + 1 where deleted_at is null and email = $1`,
      [`${name}@example.com`],
    );
  return tenant;
}

const gone = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 });

test(
  'the five counts make the rows, the history tells the same, and undo leaves all as it was',
  async () => {
    await fc.assert(
      fc.asyncProperty(uneven, gone, uneven, asked, async (before, deleted, after, options) => {
        const tenant = await tenantWith(before, deleted);
        const digest = await given.digestOf(tenant);
        const { importId, outcomes, counts } = await send(tenant, after, options);
        const run = await given.within(tenant, (tx) => loadRun(tx, importId));
        expect(outcomes.map(({ row }) => row)).toEqual(after.map((_, i) => i + 1));
        expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(after.length);
        expect(run, 'the run has the counts').toMatchObject(counts);
        const results = await given.results(run);
        expect(
          results.map(({ outcome, id, number }) => [outcome, id, number]),
          'and the outcomes',
        ).toEqual(outcomes.map(({ outcome, id, number }) => [outcome, id, number]));
        for (const { outcome, problems } of outcomes)
          expect(problems.length > 0, 'a reason for every row that is kept out, and no other').toBe(
            outcome === 'skipped' || outcome === 'failed',
          );
        expect((await given.within(tenant, verifyAudit)).faults).toEqual([]);
        expect(await given.rows(tenant, 'select from staging.customers')).toEqual([]);
        if (run.state === 'done') {
          const undone = await given.undo(run);
          expect(undone.undoReport).toEqual({
            removed: counts.created,
            restored: counts.updated,
            leftAlone: 0,
          });
        }
        expect(await given.digestOf(tenant)).toBe(digest);
      }),
      { numRuns: cases },
    );
  },
  cases * 5_000 + 60_000,
);

const quoted = (text: string | null | undefined): string => (text == null ? '' : `"${text}"`);

/** Everything of the customers that does not differ from one tenant to the next. */
const whole = (tenant: string): Promise<unknown> =>
  given.rows(
    tenant,
    `select to_jsonb(c) - '{tenant_id,id,referred_by,created_at,updated_at,archived_at,deleted_at}'::text[] as customer,
       (select r.number from customers r where r.id = c.referred_by) as referred_by, c.deleted_at is null as live,
       (select jsonb_agg(to_jsonb(a) - '{tenant_id,id,customer_id,created_at,updated_at}'::text[]) from customer_addresses a where a.customer_id = c.id) as addresses,
       (select to_jsonb(k) - '{tenant_id,customer_id}'::text[] from care_profiles k where k.customer_id = c.id) as care,
       (select jsonb_agg(g.name order by g.name) from customer_group_members m join customer_groups g on g.id = m.group_id where m.customer_id = c.id) as groups,
       (select jsonb_agg(n.content order by n.content) from customer_notes n where n.customer_id = c.id) as notes
     from customers c order by c.number`,
  );

test(
  'rows with the same keys come to what a file of them comes to',
  async () => {
    await fc.assert(
      fc.asyncProperty(uneven, gone, even, asked, async (before, deleted, { columns, rows }, options) => {
        const [one, other] = [await tenantWith(before, deleted), await tenantWith(before, deleted)];
        const batch = await send(one, rows, options);
        const lines = rows.map((row) => columns.map((key) => quoted(row[key])).join(','));
        const { required, ...asFile } = options;
        const run = await given.import(other, [columns.join(','), ...lines, ''].join('\n'), {
          ...asFile,
          require: required,
        });
        expect(batch.outcomes.map(({ outcome }) => outcome)).toEqual(
          (await given.results(run)).map(({ outcome }) => outcome),
        );
        expect(await whole(one)).toEqual(await whole(other));
      }),
      { numRuns: cases },
    );
  },
  cases * 5_000 + 60_000,
);
