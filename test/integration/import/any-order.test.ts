/**
 * Files and lists of several datasets over each other, with a tenant's own fields, beside deletions, archiving and
 * edits, undone in any order, forced or not. CLIENTELE_TEST_CASES sets how many sequences are tried.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyAudit } from '../../../src/audit/verify.ts';
import { archiveCustomers, unarchiveCustomers } from '../../../src/customers/archive.ts';
import { deleteCustomers, restoreCustomers } from '../../../src/customers/delete.ts';
import { importBatch, updateBatch } from '../../../src/import/batch/batch.ts';
import type { BatchOptions } from '../../../src/import/batch/batch-options.ts';
import { type ImportRun, loadRun } from '../../../src/import/run.ts';
import { beginUndo } from '../../../src/import/undo/undo.ts';
import { define } from '../../support/custom-fields.ts';
import { type Asked, useImports } from '../../support/import.ts';

// Some files are checked as small ones are and some as large ones.
const given = useImports({ chunkRows: 3, lookupRowsMax: 2 });
const cases = Number(process.env.CLIENTELE_TEST_CASES ?? 4);

const emails = [...'abcde'].map((name) => `${name}@example.com`);

/** What a cell of each field may hold; a blank one is added to each. The first ones stand in every file. */
const pools: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  customers: {
    email: emails,
    first_name: ['Ann', 'Bob'],
    external_id: ['x1', 'x2', 'x3'],
    number: ['N-1', 'N-2', 'CUST-000003', 'CUST-000050'],
    username: ['one', 'Two', 'TWO'],
    display_name: ['Annie', 'Acme'],
    company_name: ['Acme'],
    type: ['individual', 'company'],
    status: ['lead', 'archived', 'active', 'guest'],
    tags: ['x', 'x;y', 'z'],
    groups: ['Gold', 'Gold;Silver', 'Bronze'],
    note: ['Called', 'Wrote'],
    phone: ['+442079460000', '020 7946 0001'],
    city: ['Leeds', 'York'],
    address_line1: ['1 High St', '2 Low St'],
    country: ['France', 'Peru'],
    gender: ['male', 'female'],
    annual_revenue: ['5', '6.50'],
    reminder_opt_in: ['yes', 'no'],
    referred_by: ['a@example.com', 'x2', 'N-1', 'e@example.com'],
    orders_count: ['3', '0'],
    total_spent: ['10', '0'],
    first_order_at: ['2020-01-01', '2025-01-01'],
    nick: ['Al', 'Bo'],
    shoe: ['41', '42.5'],
    hobby: ['go', 'go;chess'],
  },
  addresses: {
    customer: [...emails, 'N-1', 'x1'],
    address_line1: ['1 High St', '2 Low St', '3 Mid St'],
    city: ['York', 'Leeds'],
    country_code: ['GB'],
    is_default_billing: ['yes', 'no'],
    is_default_shipping: ['yes', 'no'],
    recipient_name: ['Ann'],
  },
  orders: {
    number: ['O-1', 'O-2', 'O-3', 'ORD-000002'],
    customer_email: [...emails, 'N-1'],
    total: ['5', '7.50'],
    shopify_order_id: ['s1', 's2'],
    currency: ['USD', 'EUR'],
    status: ['paid', 'refunded'],
    created_at: ['2024-01-01', '2024-02-01'],
    line_sku: ['A', 'B'],
    line_quantity: ['1', '2'],
  },
  pins: {
    title: ['P1', 'P2'],
    pinterest_pin_id: ['p1', 'p2'],
    board_name: ['B1', 'B2'],
    status: ['draft', 'live'],
  },
};
const leading: Readonly<Record<string, number>> = { customers: 2, addresses: 4, orders: 3, pins: 3 };
const lists = ['tags', 'groups', 'hobby'];

interface Given {
  readonly dataset: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly isList: boolean;
  readonly asked: Asked;
}

const ruleFor = (field: string): fc.Arbitrary<string> =>
  fc
    .constantFrom('fill', 'never', 'clear', ...(lists.includes(field) ? ['add'] : []))
    .map((rule) => `${field}=${rule}`);

const optionsFor = (dataset: string, columns: readonly string[]): fc.Arbitrary<Asked> =>
  fc.record({
    mode: fc.constantFrom('upsert', 'upsert', 'upsert', 'upsert', 'create', 'update'),
    duplicates: fc.constantFrom('last', 'first', 'merge', 'fail'),
    empty: fc.constantFrom('keep', 'keep', 'clear'),
    deleted: fc.constantFrom('restore', 'restore', 'skip'),
    createGroups: fc.constantFrom(true, true, false),
    require: fc.constant([]),
    ...(dataset === 'customers'
      ? { match: fc.constantFrom(['number', 'external_id', 'email'], ['email'], ['phone', 'email']) }
      : {}),
    ...(dataset === 'orders' ? { createMissing: fc.constantFrom([], ['customers']) } : {}),
    write: fc
      .uniqueArray(fc.constantFrom(...columns.filter((key) => !key.startsWith('line_'))), { maxLength: 3 })
      .chain((fields) => fc.tuple(...fields.map(ruleFor))),
  });

const file: fc.Arbitrary<Given> = fc
  .constantFrom('customers', 'customers', 'customers', 'addresses', 'orders', 'orders', 'pins')
  .chain((dataset) => {
    const pool = pools[dataset] ?? {};
    const keys = Object.keys(pool);
    const first = keys.slice(0, leading[dataset]);
    return fc
      .uniqueArray(fc.constantFrom(...keys.slice(first.length)), { minLength: 1, maxLength: 9 })
      .chain((others) => {
        const columns = [...first, ...others];
        const cells = columns.map((key) =>
          fc.oneof(
            { weight: first.includes(key) ? 14 : 3, arbitrary: fc.constantFrom(...(pool[key] ?? [])) },
            { weight: 1, arbitrary: fc.constant('') },
          ),
        );
        return fc.record({
          dataset: fc.constant(dataset),
          columns: fc.constant(columns),
          rows: fc.array(fc.tuple(...cells), { minLength: 1, maxLength: 7 }),
          isList: fc.constantFrom(false, false, true),
          asked: optionsFor(dataset, columns),
        });
      });
  });

const operations = { deleteCustomers, restoreCustomers, archiveCustomers, unarchiveCustomers };
const names = ['N-1', 'N-2', 'CUST-000001', 'CUST-000002', 'CUST-000003', 'x1', 'x2'];
const edits = [
  { first_name: 'Eve', city: 'Bath' },
  { groups: 'Iron', note: 'Hm' },
  { groups: null, tags: 'q' },
  { email: 'z@example.com' },
  { type: 'company', company_name: 'Co' },
  { nick: 'Ed', hobby: 'run', shoe: null },
];
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ file }) },
  {
    weight: 3,
    arbitrary: fc.record({ undo: fc.nat({ max: 20 }), force: fc.constantFrom(false, false, true) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      operation: fc.constantFrom(...(Object.keys(operations) as (keyof typeof operations)[])),
      names: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ who: fc.constantFrom(...names), edit: fc.constantFrom(...edits) }) },
);

async function tenantWithOwnFields(): Promise<string> {
  const tenant = await given.tenant();
  await define(given, tenant, { key: 'nick', type: 'text', filterable: true });
  await define(given, tenant, { key: 'shoe', type: 'decimal', filterable: true });
  await define(given, tenant, { key: 'hobby', type: 'tags', filterable: true });
  return tenant;
}

const five = ({ created, updated, unchanged, skipped, failed }: ImportRun) => ({
  created,
  updated,
  unchanged,
  skipped,
  failed,
});

async function take(tenantId: string, one: Given): Promise<ImportRun> {
  const run = one.isList ? await takeList(tenantId, one) : await takeFile(tenantId, one);
  const rows = Object.values(five(run)).reduce((sum, count) => sum + count);
  expect(rows, 'the five counts make the rows read').toBe(one.rows.length);
  return run;
}

async function takeFile(tenantId: string, { dataset, columns, rows, asked }: Given): Promise<ImportRun> {
  const quoted = (text: string): string => (text === '' ? '' : `"${text}"`);
  const text = [columns, ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('');
  const options = { ...asked, dataset, map: columns.map((key) => `${key}=${key}`) };
  const dry = await given.import(tenantId, text, { ...options, commit: false });
  const run = await given.import(tenantId, text, options);
  expect(five(run), 'the dry run’s answer is what commit does').toEqual(five(dry));
  expect(await given.outcomes(run), 'for every row').toEqual(await given.outcomes(dry));
  return run;
}

async function takeList(tenantId: string, { dataset, columns, rows, asked }: Given): Promise<ImportRun> {
  const { write = [], require: required = [], ...options } = asked;
  const { importId } = await importBatch(given.database, {
    ...(options as Partial<BatchOptions>),
    tenantId,
    by: null,
    source: 'list',
    dataset,
    customFields: true,
    required,
    write: Object.fromEntries(write.map((rule) => rule.split('='))),
    rows: rows.map((row) =>
      Object.fromEntries(row.map((cell, i) => [columns[i], cell === '' ? null : cell])),
    ),
  });
  return given.within(tenantId, (tx) => loadRun(tx, importId));
}

async function undo({ tenantId, id }: ImportRun, force: boolean): Promise<ImportRun> {
  await beginUndo(given.database, tenantId, id, null, { force });
  return given.drive(tenantId, id);
}

const wrong: Readonly<Record<string, string>> = {
  'a customer whose notes are not counted right': `select from customers c
     where notes_count <> (select count(*) from customer_notes n where n.customer_id = c.id)`,
  'a customer whose orders are not counted right': `select from customers c
     where ordered_count <> (select count(*) from orders o where o.customer_id = c.id)`,
  'a customer archived by one column and not by the other': `select from customers
     where (status = 'archived') <> (archived_at is not null)`,
  'a customer without the profile of its kind': `select from customers c
     where not exists (select from individual_profiles p where p.customer_id = c.id and c.type = 'individual')
       and not exists (select from business_profiles p where p.customer_id = c.id and c.type <> 'individual')`,
  'a write without history': `select from customers c
     where version <> 1 + (select count(*) from changes h where h.record_id = c.id and h.dataset = 'customers')`,
  'a value of one’s own beside the index of those': `select from customers c cross join jsonb_object_keys(c.custom) k
     where not exists (select from custom_values v join custom_fields f on f.id = v.field_id where v.record_id = c.id and f.key = k)`,
  'an entry of that index without a value': `select from custom_values v join custom_fields f on f.id = v.field_id
     join customers c on c.id = v.record_id where not c.custom ? f.key`,
};

async function expectSound(tenantId: string): Promise<void> {
  const counts = Object.entries(wrong).map(
    ([what, sql]) => `(select count(*)::int from (${sql}) w) as "${what}"`,
  );
  const [found] = await given.rows(tenantId, `select ${counts.join(', ')}`);
  expect(found).toEqual(Object.fromEntries(Object.keys(wrong).map((what) => [what, 0])));
}

async function expectWholeTrail(tenantId: string): Promise<void> {
  expect((await given.within(tenantId, verifyAudit)).faults, 'the trail is whole').toEqual([]);
}

const settings = { numRuns: cases, endOnFailure: process.env.SHRINK === undefined };
const timeoutMs = cases * 20_000 + 60_000;

test(
  'undone in the order in which they came, the last one first, each leaves what was there before it',
  async () => {
    const files = fc.array(file, { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(files, fc.boolean(), async (all, force) => {
        const tenant = await tenantWithOwnFields();
        const taken: { run: ImportRun; before: string }[] = [];
        for (const one of all) {
          const before = await given.digestOf(tenant);
          taken.push({ run: await take(tenant, one), before });
          await expectSound(tenant);
        }
        for (const { run, before } of taken.toReversed()) {
          if (run.state !== 'done') continue;
          expect((await undo(run, force)).undoReport).toMatchObject({ leftAlone: 0 });
          expect(await given.digestOf(tenant)).toBe(before);
          await expectSound(tenant);
        }
        await expectWholeTrail(tenant);
      }),
      settings,
    );
  },
  timeoutMs,
);

test(
  'undone in any order, among edits and deletions, they leave sound records and a whole trail',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
        const tenant = await tenantWithOwnFields();
        const of = { tenantId: tenant, by: null };
        const runs: ImportRun[] = [];
        for (const one of steps) {
          if ('file' in one) runs.push(await take(tenant, one.file));
          else if ('edit' in one)
            await updateBatch(given.database, {
              ...of,
              source: 'edit',
              updates: [{ customer_id: one.who, ...one.edit }],
            });
          else if ('operation' in one)
            await operations[one.operation](given.database, { ...of, names: one.names });
          else {
            const [run] = runs.splice(one.undo % Math.max(runs.length, 1), 1);
            if (run?.state === 'done') expect((await undo(run, one.force)).state).toBe('undone');
          }
          await expectSound(tenant);
        }
        await expectWholeTrail(tenant);
      }),
      settings,
    );
  },
  timeoutMs,
);
