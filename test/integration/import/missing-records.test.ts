/** Records that rows name and nobody has: made by a run that may, listed, counted, and taken back with the run. */
import { describe, expect, test } from 'vitest';
import { verifyAudit } from '../../../src/audit/verify.ts';
import { dataset } from '../../../src/datasets/registry.ts';
import { importBatch } from '../../../src/import/batch/batch.ts';
import { advanceEpoch } from '../../../src/import/epoch.ts';
import { fieldsOfRun } from '../../../src/import/fields-of-run.ts';
import { makeMissing } from '../../../src/import/missing/make-missing.ts';
import { makeable } from '../../../src/import/missing/named-missing.ts';
import { askCommit } from '../../../src/import/review.ts';
import { type Asked, useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 3, lookupRowsMax: 5 });

const asked: Asked = { dataset: 'orders', createMissing: ['customers'], createGroups: true };

const known = 'email,first_name,last_name\nann@example.com,Ann,Lee\n';

/** Twelve rows in four chunks: three strangers, each named more than once and in any case. */
const orders = `number,customer_email,total,status
1,ann@example.com,10,paid
2,New.One@Example.com,20,paid
3,new.one@example.com,5,paid
4,two@example.com,7,paid
5,nobody,1,paid
6,NEW.ONE@example.com,1,paid
7,three@example.com,wrong,paid
8,two@example.com,2,refunded
9,,3,paid
10,three@example.com,4,paid
11,ann@example.com,1,paid
12,two@example.com,1,paid
`;

async function customersOf(tenant: string): Promise<unknown> {
  return given.rows(
    tenant,
    `select email, status, number, display_name, type, orders_count, total_spent::float as spent,
       exists (select from individual_profiles i where i.customer_id = c.id) as person
     from customers c order by email`,
  );
}

describe('a run that may make the customers whom its orders name', () => {
  test('makes each stranger once, as a guest, and puts the orders to him', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, known);
    const run = await given.import(tenant, orders, asked);
    expect(run).toMatchObject({ state: 'done', created: 10, failed: 2, report: { made: { customers: 3 } } });
    const guest = { status: 'guest', type: 'individual', person: true };
    expect(await customersOf(tenant)).toEqual([
      expect.objectContaining({ email: 'ann@example.com', status: 'active', orders_count: 2, spent: 11 }),
      {
        ...guest,
        email: 'new.one@example.com',
        display_name: 'new.one@example.com',
        number: 'CUST-000002',
        orders_count: 3,
        spent: 26,
      },
      {
        ...guest,
        email: 'three@example.com',
        display_name: 'three@example.com',
        number: 'CUST-000004',
        orders_count: 1,
        spent: 4,
      },
      {
        ...guest,
        email: 'two@example.com',
        display_name: 'two@example.com',
        number: 'CUST-000003',
        orders_count: 3,
        spent: 8,
      },
    ]);
    const listed = (await given.problems(run)).filter(({ code }) => code === 'reference.made');
    expect(listed.map(({ row, outcome, details }) => [row, outcome, details.value])).toEqual([
      [2, 'warning', 'new.one@example.com'],
      [4, 'warning', 'two@example.com'],
      [10, 'warning', 'three@example.com'],
    ]);
    expect((await given.outcomes(run))[4]).toBe('failed reference.not_found');
    const again = await given.import(tenant, orders, asked);
    expect(again).toMatchObject({ unchanged: 10, failed: 2, report: { made: { customers: 0 } } });
  });

  test('takes them back when it is undone, but for one that somebody has since', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, known);
    const before = await given.digestOf(tenant);
    const first = await given.import(tenant, orders, asked);
    expect(await given.undo(first)).toMatchObject({
      state: 'undone',
      undoReport: { removed: 13, restored: 0, leftAlone: 0 },
    });
    expect(await given.digestOf(tenant)).toBe(before);
    const second = await given.import(tenant, orders, asked);
    await given.import(tenant, 'email,last_name\ntwo@example.com,Two\n');
    const other = await given.import(tenant, 'number,customer_email,total\n99,three@example.com,1\n', {
      dataset: 'orders',
    });
    expect(other.created).toBe(1);
    expect(await given.undo(second)).toMatchObject({ undoReport: { removed: 11, leftAlone: 2 } });
    expect(await given.column(tenant, 'status')).toMatchObject({
      'two@example.com': 'guest',
      'three@example.com': 'guest',
    });
    expect(
      (await given.problems(second)).filter(({ code }) => code === 'undo.kept').map(({ row }) => row),
    ).toEqual([4, 10]);
    expect(await given.within(tenant, verifyAudit)).toMatchObject({ faults: [] });
  });

  test('makes nobody in a dry run, and nobody whose rows all fail', async () => {
    const tenant = await given.tenant();
    const dry = await given.import(tenant, orders, { ...asked, commit: false });
    expect(dry.report?.made).toEqual({ customers: 4 });
    const failing = await given.import(
      tenant,
      'number,customer_email,total\n1,a@example.com,1\n1,b@example.com,2\n',
      {
        ...asked,
        duplicates: 'fail',
      },
    );
    expect(failing).toMatchObject({ created: 0, report: { made: { customers: 0 } } });
    expect(await customersOf(tenant)).toEqual([]);
  });

  test('changes an order that was nobody’s, and gives it back to nobody', async () => {
    const tenant = await given.tenant();
    const plain = 'number,customer_email,total\n1,,10\n';
    await given.import(tenant, plain, { dataset: 'orders' });
    const before = await given.digestOf(tenant);
    const run = await given.import(tenant, plain.replace('1,,', '1,a@example.com,'), asked);
    expect(run).toMatchObject({ updated: 1, report: { made: { customers: 1 } } });
    expect(await given.column(tenant, 'orders_count')).toEqual({ 'a@example.com': 1 });
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('fails the rows of somebody who came to be after the check', async () => {
    const tenant = await given.tenant();
    const checked = await given.import(tenant, orders, { ...asked, commit: false, review: 'plan' });
    // By a way that no epoch tells of: the check is not done again.
    const customer = await given.import(tenant, 'email,first_name\ntwo@example.com,Two\n');
    expect(customer.created).toBe(1);
    await given.rows(
      tenant,
      `update imports set state = 'checked', options = options || '{"commit": true}', checked_epoch = (select value from tenant_counters where name = 'import_epoch') where id = $1`,
      [checked.id],
    );
    const run = await given.drive(tenant, checked.id);
    expect(run.state).toBe('done');
    const outcomes = await given.outcomes(run);
    expect([outcomes[3], outcomes[7], outcomes[11]]).toEqual(Array(3).fill('failed changed_since_check'));
    expect(outcomes[1]).toBe('created');
  });

  test('is still their maker when it was killed before its first chunk and is checked again', async () => {
    const tenant = await given.tenant();
    const checked = await given.import(tenant, orders, { ...asked, commit: false, review: 'plan' });
    await given.within(tenant, async (tx) => {
      expect(await makeMissing(tx, { run: checked }, fieldsOfRun(checked))).toBe(0);
      await advanceEpoch(tx);
    });
    expect(await customersOf(tenant)).toHaveLength(4);
    await askCommit(given.database, { tenantId: tenant, importId: checked.id, by: null });
    const run = await given.drive(tenant, checked.id);
    expect(run).toMatchObject({ state: 'done', created: 10, report: { made: { customers: 4 } } });
    expect(await customersOf(tenant)).toHaveLength(4);
    expect(await given.undo(run)).toMatchObject({ undoReport: { removed: 14, leftAlone: 0 } });
    expect(await customersOf(tenant)).toEqual([]);
  });

  test('all or nothing: a run that fails has made nobody', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, orders, { ...asked, atomic: true });
    expect(run.state).toBe('failed');
    expect(await customersOf(tenant)).toEqual([]);
    const whole = await given.import(
      tenant,
      'number,customer_email,total\n1,a@example.com,1\n2,a@example.com,2\n',
      { ...asked, atomic: true },
    );
    expect(whole).toMatchObject({ state: 'done', created: 2 });
    expect(await given.column(tenant, 'orders_count')).toEqual({ 'a@example.com': 2 });
  });

  test('in a batch of rows too', async () => {
    const tenant = await given.tenant();
    const batch = await importBatch(given.database, {
      tenantId: tenant,
      by: null,
      source: 'rows',
      dataset: 'orders',
      createMissing: ['customers'],
      rows: [
        { number: '1', customer_email: 'A@example.com', total: 5 },
        { number: '2', customer_email: 'a@example.com', total: 6 },
      ],
    });
    expect(batch.counts).toMatchObject({ created: 2, failed: 0 });
    expect(await given.column(tenant, 'total_spent::float')).toEqual({ 'a@example.com': 11 });
    const run = await given.drive(tenant, batch.importId);
    await given.undo(run);
    expect(await customersOf(tenant)).toEqual([]);
  });

  test('lines of one order are one', async () => {
    const tenant = await given.tenant();
    const lines = 'number,customer_email,sku,quantity,unit_price\n1,a@example.com,X,1,2\n1,,Y,2,3\n';
    const run = await given.import(tenant, lines, { ...asked, require: [] });
    expect(run).toMatchObject({ created: 1, report: { made: { customers: 1 } } });
    expect(await given.column(tenant, 'total_spent::float')).toEqual({ 'a@example.com': 8 });
  });
});

test('addresses of strangers may make them too, and what no row can name is refused by name', async () => {
  const tenant = await given.tenant();
  const rows = 'customer,address_line1,city,country\na@example.com,1 High Street,Leeds,United Kingdom\n';
  const without = await given.import(tenant, rows, { dataset: 'addresses' });
  expect(without).toMatchObject({ created: 0, failed: 1 });
  const run = await given.import(tenant, rows, { dataset: 'addresses', createMissing: ['customers'] });
  expect(run).toMatchObject({ created: 1, report: { made: { customers: 1 } } });
  await given.undo(run);
  expect(await customersOf(tenant)).toEqual([]);
  expect(() => makeable(dataset('leads'), ['customers'])).toThrow(/none can be made/);
  expect(() => makeable(dataset('orders'), ['quotes'])).toThrow(/there can be made: customers/);
});
