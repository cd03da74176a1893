/**
 * Imports of files and lists, single edits, deletions and undos in any order, beside a model of what they come to.
 * Few values, so that keys collide often. CLIENTELE_TEST_CASES sets how many sequences are tried.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyAudit } from '../../../src/audit/verify.ts';
import { deleteCustomers, restoreCustomers } from '../../../src/customers/delete.ts';
import { importBatch, updateBatch } from '../../../src/import/batch/batch.ts';
import { type ImportRun, loadRun } from '../../../src/import/run.ts';
import { useImports } from '../../support/import.ts';
import {
  type Asked,
  type Customer,
  fields,
  MergeModel,
  type Row,
  type Written,
} from '../../support/merge-model.ts';

const chunkRows = 3;
// Some files are checked as small ones are and some as large ones.
const given = useImports({ chunkRows, lookupRowsMax: 3 });

const cases = Number(process.env.CLIENTELE_TEST_CASES ?? 25);

const pools: Readonly<Record<string, readonly string[]>> = {
  number: ['N-1', 'N-2', 'N-3', 'CUST-000002', 'CUST-000004'],
  external_id: ['x1', 'x2', 'x3'],
  email: [...'abcabcabc'].map((name) => `${name}@example.com`).concat('wrong'),
  referral_code: ['r1', 'r2'],
  phone: ['+442079460000', '+442079460001'],
  first_name: ['Ann', 'Bob'],
  job_title: ['Dean', 'Rector'],
  tags: ['x', 'x;y', 'z', 'y;x'],
  groups: ['Gold', 'Gold;Silver', 'Bronze'],
  city: ['Leeds', 'York'],
};
const columnsThere = Object.keys(pools);

const cell = (key: string): fc.Arbitrary<string | null> =>
  fc.oneof(
    {
      weight: key === 'first_name' || key === 'email' ? 9 : 3,
      arbitrary: fc.constantFrom(...(pools[key] ?? [])),
    },
    { weight: 1, arbitrary: fc.constant(null) },
  );

/** Rows with the same keys, as a file has them, most with what a customer needs. */
const file = fc
  .uniqueArray(fc.constantFrom(...columnsThere.filter((key) => key !== 'first_name' && key !== 'email')), {
    minLength: 1,
    maxLength: 8,
  })
  .chain((others) => {
    const columns = ['first_name', 'email', ...others];
    const row: fc.Arbitrary<Row> = fc.record(Object.fromEntries(columns.map((key) => [key, cell(key)])));
    return fc.array(row, { minLength: 1, maxLength: 7 }).map((rows) => ({ columns, rows }));
  });

/** Each row with keys of its own. */
const uneven = fc
  .record(Object.fromEntries(columnsThere.map((key) => [key, cell(key)])), { requiredKeys: [] })
  .map((row) => row as Row);

const rulesFor = (key: string): readonly string[] => [
  'fill',
  'never',
  'clear',
  ...(key === 'tags' || key === 'groups' ? ['add'] : []),
];

const write = fc
  .uniqueArray(fc.constantFrom(...columnsThere.filter((key) => key !== 'number')), { maxLength: 3 })
  .chain((keys) =>
    fc.record(Object.fromEntries(keys.map((key) => [key, fc.constantFrom(...rulesFor(key))]))),
  );

const asked = fc.record({
  mode: fc.constantFrom('upsert', 'upsert', 'upsert', 'create', 'update'),
  match: fc.constantFrom(
    ['number', 'external_id', 'email'],
    ['email'],
    ['external_id', 'email'],
    ['email', 'number'],
    ['phone', 'email'],
  ),
  empty: fc.constantFrom('keep', 'clear'),
  duplicates: fc.constantFrom('last', 'first', 'merge', 'fail'),
  deleted: fc.constantFrom('restore', 'restore', 'skip'),
  require: fc.constantFrom<string[]>([], [], ['email']),
  write: fc.oneof(fc.constant({}), write),
  atomic: fc.constantFrom(false, false, false, true),
}) satisfies fc.Arbitrary<Asked>;

const which = fc.nat({ max: 30 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('file' as const), file, asked }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('list' as const),
      rows: fc.array(uneven, { minLength: 1, maxLength: 6 }),
      asked,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), which, row: uneven }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('undo' as const), which }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** An e-mail that is none keeps its row out. */
const readable = (row: Row): Row | null => (row.email === 'wrong' ? null : row);

const saidAs = {
  create: 'created',
  update: 'updated',
  unchanged: 'unchanged',
  skip: 'skipped',
  fail: 'failed',
} as const;

const wholeTenant = `
  select c.number, c.external_id, c.email, c.referral_code, c.phone, c.first_name, c.display_name, c.job_title, c.tags,
    (select coalesce(array_agg(g.name order by g.name), '{}') from customer_group_members m
       join customer_groups g on g.tenant_id = m.tenant_id and g.id = m.group_id where m.customer_id = c.id) as groups,
    (select a.city from customer_addresses a where a.customer_id = c.id) as city, c.deleted_at is not null as deleted
  from customers c order by c.number`;

class Trial {
  readonly tenant: string;
  readonly model = new MergeModel();
  readonly runs: { written: Written; id: string; chunkRows: number }[] = [];

  constructor(tenant: string) {
    this.tenant = tenant;
  }

  async take(one: Step): Promise<void> {
    switch (one.do) {
      case 'file':
        return this.importFile(one.file, one.asked);
      case 'list':
        return this.importList(one.rows, one.asked);
      case 'edit':
        return this.edit(one.which, one.row);
      case 'delete': {
        const live = this.model.live();
        const customer = live[one.which % Math.max(live.length, 1)];
        if (customer === undefined) return;
        this.model.delete(customer);
        const { customers } = await deleteCustomers(given.database, this.named(customer));
        expect(customers.length).toBe(1);
        return;
      }
      case 'restore': {
        const gone = this.model.customers.filter(({ deleted }) => deleted !== null);
        const customer = gone[one.which % Math.max(gone.length, 1)];
        if (customer === undefined) return;
        const isBack = this.model.restore(customer);
        const { customers } = await restoreCustomers(given.database, this.named(customer));
        expect(customers.length).toBe(isBack ? 1 : 0);
        return;
      }
      case 'undo':
        return this.undo(one.which);
    }
  }

  private named({ number }: Customer) {
    return { tenantId: this.tenant, by: null, names: [number ?? ''] };
  }

  private async importFile(
    { columns, rows }: { columns: string[]; rows: Row[] },
    options: Asked,
  ): Promise<void> {
    const lines = [columns, ...rows.map((row) => columns.map((key) => row[key] ?? ''))];
    const text = lines
      .map((cells) => `${cells.map((value) => (value === '' ? '' : `"${value}"`)).join(',')}\n`)
      .join('');
    const asFile = {
      ...options,
      write: Object.entries(options.write)
        .filter(([key]) => columns.includes(key))
        .map(([key, rule]) => `${key}=${rule}`),
    };
    const dry = await given.import(this.tenant, text, { ...asFile, commit: false });
    const before = await this.planOf(dry.id);
    const run = await given.import(this.tenant, text, asFile);
    const written = this.model.import(rows.map(readable), options);
    await this.compare(run, written, rows);
    if (written.done)
      expect(before, 'the dry run’s plan is the one that is carried out').toEqual(await this.planOf(run.id));
    expect(five(dry), 'and its counts').toEqual(five(run));
    this.runs.push({ written, id: run.id, chunkRows });
  }

  private async importList(rows: readonly Row[], { require: required, ...options }: Asked): Promise<void> {
    const written = this.model.import(rows.map(readable), { ...options, require: required });
    const there = new Set(rows.flatMap((row) => Object.keys(row)));
    const rules = Object.fromEntries(Object.entries(options.write).filter(([key]) => there.has(key)));
    const { importId } = await importBatch(given.database, {
      ...this.common,
      ...options,
      required,
      rows,
      dataset: 'customers',
      write: rules as Record<string, 'fill'>,
    });
    await this.compareBatch(importId, written, rows);
  }

  private get common() {
    return { tenantId: this.tenant, by: null, source: 'list' };
  }

  private async edit(place: number, { number: _, ...row }: Row): Promise<void> {
    const live = this.model.live();
    const customer = live[place % Math.max(live.length, 1)];
    if (customer === undefined) return;
    const options: Asked = { ...editing, match: ['number'] };
    const written = this.model.import([readable({ ...row, number: customer.number })], options);
    const { importId } = await updateBatch(given.database, {
      ...this.common,
      updates: [{ ...row, customer_id: customer.number }],
    });
    await this.compareBatch(importId, written, [row]);
  }

  private async compareBatch(importId: string, written: Written, rows: readonly Row[]): Promise<void> {
    await this.compare(await given.within(this.tenant, (tx) => loadRun(tx, importId)), written, rows);
    this.runs.push({ written, id: importId, chunkRows: rows.length });
  }

  private async compare(
    run: ImportRun,
    { plan, done, changes }: Written,
    rows: readonly Row[],
  ): Promise<void> {
    const byRow = new Map(plan.map((one) => [one.row, one]));
    const expected = rows.map((_, i) => {
      const one = byRow.get(i + 1);
      return one === undefined
        ? 'failed email.invalid'
        : `${saidAs[one.outcome]}${one.code === null ? '' : ` ${one.code}`}`;
    });
    expect(await given.outcomes(run), 'outcome of each row').toEqual(expected);
    expect(run.state).toBe(done ? 'done' : 'failed');
    const count = (outcome: string): number => expected.filter((text) => text.startsWith(outcome)).length;
    expect(five(run), 'the five counts').toEqual(
      Object.fromEntries(Object.values(saidAs).map((outcome) => [outcome, count(outcome)])),
    );
    const results = new Map((await given.results(run)).map(({ row, number }) => [row, number]));
    const made = plan.filter(({ outcome }) => outcome === 'create');
    for (const [i, { row }] of made.entries()) {
      const customer = this.model.customers.at(i - made.length);
      const number = results.get(row) ?? null;
      if (customer === undefined || number === null) throw new Error('A created row has no record.');
      if (customer.number === null) {
        expect(number).toMatch(/^CUST-\d{6}$/);
        customer.number = number;
      }
      expect(number).toBe(customer.number);
    }
    const journal = await given.rows(
      this.tenant,
      `select row::int, before, after from changes where import_id = $1 and phase = 'commit' order by row`,
      [run.id],
    );
    const told = (side: unknown): unknown =>
      Object.fromEntries(Object.entries(side as object).filter(([key]) => fields.includes(key)));
    expect(
      journal.map(({ row, before, after }) => ({ row, before: told(before), after: told(after) })),
      'the history of each field',
    ).toEqual(changes.map(({ row, before, after }) => ({ row, before, after })));
  }

  private async undo(place: number): Promise<void> {
    const [last] = this.runs.splice(place % Math.max(this.runs.length, 1), 1);
    if (last === undefined || !last.written.done) return;
    const undone = this.model.undo(last.written, last.chunkRows);
    const run = await given.undo(await given.within(this.tenant, (tx) => loadRun(tx, last.id)));
    expect(run.undoReport, 'what the undo came to').toEqual(undone);
  }

  private planOf(importId: string): Promise<unknown> {
    return given.rows(
      this.tenant,
      `select row::int, outcome, code, details, changed, version, case when version is not null then record_id end as record
       from import_plan where import_id = $1 order by row`,
      [importId],
    );
  }

  async compareCustomers(): Promise<void> {
    const told = this.model.customers
      .map(({ number, values, deleted }) => ({ number, ...values, deleted: deleted !== null }))
      .sort((a, b) => ((a.number ?? '') < (b.number ?? '') ? -1 : 1));
    expect(await given.rows(this.tenant, wholeTenant), 'the customers').toEqual(told);
  }
}

const editing: Omit<Asked, 'match'> = {
  mode: 'update',
  empty: 'clear',
  duplicates: 'fail',
  deleted: 'skip',
  require: [],
  write: {},
  atomic: false,
};

const five = ({ created, updated, unchanged, skipped, failed }: ImportRun) => ({
  created,
  updated,
  unchanged,
  skipped,
  failed,
});

test(
  'files, lists, edits, deletions and undos come to what the rules say, whatever their order',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
        const trial = new Trial(await given.tenant());
        for (const one of steps) {
          await trial.take(one);
          await trial.compareCustomers();
        }
        expect((await given.within(trial.tenant, verifyAudit)).faults, 'the trail is whole').toEqual([]);
      }),
      { numRuns: cases, endOnFailure: process.env.SHRINK === undefined },
    );
  },
  cases * 5_000 + 60_000,
);
