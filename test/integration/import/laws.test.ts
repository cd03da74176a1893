/**
 * Laws that hold for any file over any customers: the five counts, the dry run, the trail, the second import, undo.
 * Small worlds, so that keys and values meet often. CLIENTELE_TEST_CASES sets how many are tried.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyAudit } from '../../../src/audit/verify.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import type { Asked } from '../../support/import.ts';
import { useImports } from '../../support/import.ts';

// Some files are checked as small ones are and some as large ones.
const given = useImports({ chunkRows: 3, lookupRowsMax: 2 });

const cases = Number(process.env.CLIENTELE_TEST_CASES ?? 8);

/** What a cell of each field may hold; a blank one is added to each. */
const pools: Readonly<Record<string, readonly string[]>> = {
  email: [...'abcDefghij'].map((name) => `${name}@example.com`),
  external_id: ['x1', 'x2', 'x3', 'x4', 'x5', 'x6', 'x7', 'x8'],
  number: ['N-1', 'N-2', 'N-3', 'N-4', 'CUST-000003', 'CUST-000050'],
  username: ['one', 'Two', 'TWO', 'three', 'four', 'five', 'six'],
  referral_code: ['r1', 'r2', 'R1', 'r3', 'r4', 'r5'],
  first_name: ['Ann', 'Bob', 'Ann Marie'],
  last_name: ['Lee', 'Bell'],
  display_name: ['Annie', 'Ann Lee', 'Acme'],
  company_name: ['Acme', 'Umbrella'],
  type: ['individual', 'company', 'non_profit'],
  status: ['lead', 'archived', 'active', 'guest', 'unheard of'],
  job_title: ['Dean', 'Rector'],
  tags: ['x', 'x;y', 'z', 'y;x'],
  languages: ['en', 'fr;en'],
  groups: ['Gold', 'Gold;Silver', 'Bronze'],
  note: ['Called', 'Wrote'],
  phone: ['+442079460000', '020 7946 0001'],
  city: ['Leeds', 'York'],
  country: ['France', 'Atlantis'],
  address_type: ['billing', 'both'],
  date_of_birth: ['1990-01-02', '1991-03-04', '1992-05-06', '1991-02-30'],
  tax_id: ['T1'],
  paying_org: ['Org'],
  reminder_opt_in: ['yes', 'no'],
  referred_by: ['a@example.com', 'b@example.com', 'x2', 'N-1', 'N-2', 'e@example.com'],
};

const keys = Object.keys(pools);
const identifying = ['email', 'external_id', 'number'];

const quoted = (text: string): string => (text === '' ? '' : `"${text}"`);

/** A file of some columns. Its rows have a name and an e-mail more often than not, so that many go in. */
const file = fc
  .uniqueArray(fc.constantFrom(...keys.filter((key) => key !== 'email' && key !== 'first_name')), {
    minLength: 1,
    maxLength: 12,
  })
  .chain((others) => {
    const columns = ['email', 'first_name', ...others];
    const cells = columns.map((key) => {
      const filled = fc.constantFrom(...(pools[key] ?? []));
      return fc.oneof(
        { weight: key === 'email' || key === 'first_name' ? 12 : 2, arbitrary: filled },
        { weight: 1, arbitrary: fc.constant('') },
      );
    });
    return fc.array(fc.tuple(...cells), { minLength: 1, maxLength: 8 }).map((rows) => ({
      columns,
      rows,
      text: [columns, ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join(''),
    }));
  });

const asked = (columns: readonly string[]): fc.Arbitrary<Asked> =>
  fc.record({
    mode: fc.constantFrom('upsert', 'upsert', 'upsert', 'upsert', 'create', 'update'),
    duplicates: fc.constantFrom('last', 'first', 'merge', 'fail'),
    empty: fc.constantFrom('keep', 'keep', 'clear'),
    deleted: fc.constantFrom('restore', 'restore', 'skip'),
    createGroups: fc.constantFrom(true, true, false),
    atomic: fc.constantFrom(false, false, true),
    require: fc.constantFrom<string[]>(['email'], []),
    match: fc.constantFrom<string[]>(
      ['id', 'number', 'external_id', 'email'],
      ['email'],
      ['external_id', 'email'],
    ),
    write: fc
      .uniqueArray(fc.constantFrom(...columns), { maxLength: 3 })
      .chain((fields) => fc.tuple(...fields.map((field) => rule(field)))),
  });

const rule = (field: string): fc.Arbitrary<string> => {
  const rules = [
    'fill',
    'never',
    'clear',
    ...(['tags', 'languages', 'groups'].includes(field) ? ['add'] : []),
  ];
  return fc.constantFrom(...rules).map((one) => `${field}=${one}`);
};

const world = fc
  .record({ before: file, deleted: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }), after: file })
  .chain((parts) => asked(parts.after.columns).map((options) => ({ ...parts, options })));

const five = ({ created, updated, unchanged, skipped, failed }: ImportRun) => ({
  created,
  updated,
  unchanged,
  skipped,
  failed,
});

const faults = async (tenant: string) => (await given.within(tenant, verifyAudit)).faults;

async function tenantOf({
  before,
  deleted,
}: {
  before: { text: string };
  deleted: readonly string[];
}): Promise<string> {
  const tenant = await given.tenant();
  await given.import(tenant, before.text, { require: [] });
  for (const name of deleted)
    await given.rows(
      tenant,
      `update customers set deleted_at = now(), version = version + 1 where deleted_at is null and email = $1`,
      [`${name}@example.com`],
    );
  return tenant;
}

/**
 * A second import finds everything as it is, unless a row was kept out or has no key, a key that another row names has
 * changed, or the keys themselves are cleared.
 */
function isSettled({ state, options, report, mapping, failed, skipped }: ImportRun): boolean {
  const fields = mapping?.columns.map(({ field }) => field) ?? [];
  const keysChanged =
    identifying.some((key) => key in (report?.changed ?? {})) && fields.includes('referred_by');
  const keysCleared = identifying.some((key) => mapping?.write[key] === 'clear');
  return (
    state === 'done' &&
    options.mode === 'upsert' &&
    failed + skipped === 0 &&
    report?.withoutKey === 0 &&
    !keysChanged &&
    !keysCleared
  );
}

test(
  'whatever the file, the customers and the options',
  async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ before, deleted, after, options }) => {
        const tenant = await tenantOf({ before, deleted });
        const digest = await given.digestOf(tenant);

        const dry = await given.import(tenant, after.text, { ...options, commit: false });
        expect(await given.digestOf(tenant), 'a dry run writes nothing').toBe(digest);

        const run = await given.import(tenant, after.text, options);
        const counts = five(run);
        expect(
          Object.values(counts).reduce((sum, count) => sum + count),
          'the five counts make the rows read',
        ).toBe(after.rows.length);
        expect(counts, 'the dry run’s answer is what commit does').toEqual(five(dry));
        expect(await given.outcomes(run), 'for every row').toEqual(await given.outcomes(dry));
        expect(run.state).toBe(run.options.atomic && run.failed > 0 ? 'failed' : 'done');
        const outcomes = Object.groupBy(await given.results(run), ({ outcome }) => outcome);
        expect(
          Object.fromEntries(
            Object.keys(counts).map((key) => [key, outcomes[key as keyof typeof outcomes]?.length ?? 0]),
          ),
          'the result file tells the same',
        ).toEqual(counts);
        const [journal] = await given.rows(
          tenant,
          'select count(*)::int as changes from changes where import_id = $1',
          [run.id],
        );
        expect(journal?.changes, 'each update is one change').toBe(run.updated);
        expect(await faults(tenant), 'the trail is whole').toEqual([]);

        if (isSettled(run)) {
          const again = await given.import(tenant, after.text, options);
          expect(again.unchanged, 'a second import changes nothing').toBe(after.rows.length);
        }

        if (run.state === 'done') {
          const undone = await given.undo(run);
          expect(undone.undoReport).toEqual({ removed: run.created, restored: run.updated, leftAlone: 0 });
          expect(await given.digestOf(tenant), 'undo leaves all as it was').toBe(digest);
          expect(await faults(tenant), 'the trail is whole').toEqual([]);
        }
      }),
      { numRuns: cases },
    );
  },
  cases * 5_000 + 60_000,
);

test(
  'two imports over each other, undone in the order in which they came, leave nothing that either wrote alone',
  async () => {
    await fc.assert(
      fc.asyncProperty(world, file, async ({ before, deleted, after, options }, second) => {
        const tenant = await tenantOf({ before, deleted });
        const digest = await given.digestOf(tenant);
        const runs = [
          await given.import(tenant, after.text, { ...options, atomic: false }),
          await given.import(tenant, second.text),
        ];
        for (const run of runs.toReversed()) await given.undo(run);
        expect(await given.digestOf(tenant), 'the last one first').toBe(digest);
        expect(await faults(tenant), 'the trail is whole').toEqual([]);
      }),
      { numRuns: Math.ceil(cases / 2) },
    );
  },
  cases * 5_000 + 60_000,
);

const place = fc.tuple(
  fc.constantFrom('a@example.com', 'N-1', 'b@example.com'),
  fc.constantFrom('1 High St', '2 Low St', '3 Mid St', '4 Far St'),
  fc.constant('York'),
  fc.constant('GB'),
  fc.constantFrom('yes', 'no', 'no', ''),
  fc.constantFrom('yes', 'no', 'no', ''),
  fc.constantFrom('Home', 'Work', ''),
);

const places = fc
  .array(place, { minLength: 1, maxLength: 8 })
  .map(
    (rows) =>
      `customer,address_line1,city,country_code,is_default_billing,is_default_shipping,label\n${rows.map((row) => `${row.join(',')}\n`).join('')}`,
  );

test(
  'a customer has at most one default address of each kind, and undo brings back which',
  async () => {
    await fc.assert(
      fc.asyncProperty(places, places, fc.constantFrom('keep', 'clear'), async (before, after, empty) => {
        const tenant = await given.tenant();
        await given.import(
          tenant,
          'email,first_name,number,city\na@example.com,A,N-1,Hull\nb@example.com,B,,\n',
        );
        const asked = { dataset: 'addresses', empty } as const;
        await given.import(tenant, before, asked);
        const digest = await given.digestOf(tenant);
        const dry = await given.import(tenant, after, { ...asked, commit: false });
        const run = await given.import(tenant, after, asked);
        expect(await given.outcomes(run)).toEqual(await given.outcomes(dry));
        expect(five(run)).toEqual(five(dry));
        if (run.failed + run.skipped === 0)
          expect(
            (await given.import(tenant, after, asked)).unchanged,
            'a second import changes nothing',
          ).toBe(run.rowsRead);
        expect(await faults(tenant), 'the trail is whole').toEqual([]);
        expect((await given.undo(run)).undoReport?.leftAlone).toBe(0);
        expect(await given.digestOf(tenant), 'undo leaves all as it was').toBe(digest);
        expect(await faults(tenant), 'the trail is whole').toEqual([]);
      }),
      { numRuns: cases },
    );
  },
  cases * 5_000 + 60_000,
);
