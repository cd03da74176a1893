/** Orders: how they name their customer, what they are called, and how a file brings their lines. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { importBatch } from '../../../src/import/batch/batch.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import { type Asked, useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 2 });

const importOrders = (tenant: string, content: string, asked: Asked = {}): Promise<ImportRun> =>
  given.import(tenant, content, { dataset: 'orders', fileName: 'orders.csv', ...asked });

async function tenantWithAnn(): Promise<string> {
  const tenant = await given.tenant();
  await given.import(tenant, 'email,first_name,number,external_id\nann@example.com,Ann,N-1,VINET\n');
  return tenant;
}

/** Each order as `number total item_count`, with its lines. */
async function orders(tenant: string): Promise<unknown[]> {
  const rows = await given.rows(
    tenant,
    `select number, total::float, item_count::int as items, line_items as lines from orders order by number`,
  );
  return rows.map(({ number, total, items, lines }) => [number, total, items, lines]);
}

describe('the customer of an order', () => {
  test.each(['ann@example.com', 'ANN@example.com', 'N-1', 'VINET'])('is found by %s', async (name) => {
    const tenant = await tenantWithAnn();
    await importOrders(tenant, `number,customer_email,total\n1,${name},5\n`);
    expect(await given.column(tenant, 'orders_count')).toEqual({ 'ann@example.com': 1 });
  });

  test('who is not there is a problem; an order without one is none', async () => {
    const tenant = await tenantWithAnn();
    const run = await importOrders(tenant, 'number,customer_email,total\n1,bob@example.com,5\n2,,5\n');
    expect(await given.outcomes(run)).toEqual(['failed reference.not_found', 'created']);
    expect(await given.problems(run)).toMatchObject([
      { field: 'customer_email', details: { target: 'customer', value: 'bob@example.com' } },
    ]);
  });
});

describe('the number of an order', () => {
  test('is its own, else that of Shopify, else the next one here', async () => {
    const tenant = await given.tenant();
    const content = 'number,shopify_order_id,total\nX-1,901,5\n,902,5\n,,5\nORD-000007,,5\n,,5\n';
    const run = await importOrders(tenant, content);
    expect(await given.problems(run)).toEqual([]);
    expect(run).toMatchObject({ created: 5, failed: 0 });
    const rows = await given.rows(tenant, 'select number from orders order by id');
    expect(rows.map(({ number }) => number)).toEqual([
      'X-1',
      '902',
      'ORD-000008',
      'ORD-000007',
      'ORD-000009',
    ]);
  });

  test('of Shopify’s that another order has already is found by the check', async () => {
    const tenant = await tenantWithAnn();
    await importOrders(tenant, 'number,total\n1001,5\n');
    const text = 'number,shopify_order_id,total\n,1001,7\n,1002,8\n2001,,7\n,2001,8\n';
    const dry = await importOrders(tenant, text, { commit: false });
    const found = ['failed unique.taken', 'created', 'failed duplicate.in_file', 'failed duplicate.in_file'];
    expect(await given.outcomes(dry)).toEqual(found);
    expect(await given.outcomes(await importOrders(tenant, text))).toEqual(found);
  });

  test('stays when a later file knows the order by the id of Shopify only', async () => {
    const tenant = await given.tenant();
    await importOrders(tenant, 'number,shopify_order_id,total\nX-1,901,5\n');
    const run = await importOrders(tenant, 'shopify_order_id,total\n901,6\n');
    expect(await given.outcomes(run)).toEqual(['updated']);
    expect(await orders(tenant)).toEqual([['X-1', 6, null, null]]);
  });

  test('that an order is given later is not given out again', async () => {
    const tenant = await given.tenant();
    await importOrders(tenant, 'number,shopify_order_id,total\nX-1,901,5\n');
    await importOrders(tenant, 'number,shopify_order_id,total\nORD-000002,901,5\n');
    const run = await importOrders(tenant, 'status,total\na,1\nb,2\nc,3\n');
    expect(await given.outcomes(run)).toEqual(['created', 'created', 'created']);
  });

  test('and its date are not cleared', async () => {
    const tenant = await given.tenant();
    await importOrders(tenant, 'number,shopify_order_id,total,created_at\nX-1,901,5,2024-01-02\n');
    const run = await importOrders(tenant, 'number,shopify_order_id,created_at,status\n,901,,paid\n', {
      empty: 'clear',
    });
    expect(run).toMatchObject({ updated: 1, failed: 0 });
    expect(run.report?.changed).toEqual({ status: 1 });
  });
});

describe('the lines of an order', () => {
  const json =
    '"[{""sku"":""A"",""quantity"":2,""unit_price"":1.5},{""title"":""B, large"",""unit_price"":""4.25""}]"';

  test('stand in one cell as JSON, and make the amounts that the file does not say', async () => {
    const tenant = await given.tenant();
    const content = `number,discount_total,line_items\n1,0.25,${json}\n`;
    await importOrders(tenant, content);
    expect(await orders(tenant)).toEqual([
      [
        '1',
        7,
        3,
        [
          { sku: 'A', quantity: 2, unit_price: 1.5 },
          { title: 'B, large', quantity: 1, unit_price: 4.25 },
        ],
      ],
    ]);
    expect(await importOrders(tenant, content)).toMatchObject({ unchanged: 1 });
    expect(await given.rows(tenant, 'select subtotal::float from orders')).toEqual([{ subtotal: 7.25 }]);
  });

  test('change the amounts with them, unless somebody has written others', async () => {
    const tenant = await given.tenant();
    await importOrders(tenant, `number,line_items\n1,${json}\n`);
    await importOrders(tenant, `number,total,line_items\n2,100,${json}\n`);
    const before = await given.digestOf(tenant);
    const run = await importOrders(
      tenant,
      'number,line_items\n1,"[{""sku"":""C"",""unit_price"":9}]"\n2,"[{""sku"":""C""}]"\n',
    );
    expect((await orders(tenant)).map((order) => (order as unknown[]).slice(0, 3))).toEqual([
      ['1', 9, 1],
      ['2', 100, 1],
    ]);
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test.each([
    [
      '"[{""sku"":""A"",""colour"":""red""}]"',
      'Line 1 has "colour"; a line has sku, title, quantity, unit_price',
    ],
    ['"[{""quantity"":1.5}]"', 'Line 1 has a quantity that is no whole number up to 1000000'],
    ['"[{""sku"":""A""},7]"', 'Line 2 is not an object'],
    [
      '"[{""unit_price"":0.00001}]"',
      'Line 1 has a unit_price that is no amount up to 999999999 with four decimals',
    ],
  ])('are looked at: %s', async (cell, reason) => {
    const tenant = await given.tenant();
    const run = await importOrders(tenant, `number,total,line_items\n1,5,${cell}\n`);
    expect(await given.problems(run)).toMatchObject([{ code: 'json.shape', details: { reason } }]);
  });

  const lines =
    'Order ID,Customer,Order Date,Product ID,Qty,Unit Price\n' +
    '1,VINET,2024-01-02,A,2,1.50\n2,VINET,2024-01-03,A,1,1.50\n1,,,B,1,4.00\n2,,,B,,\n3,VINET,2024-01-04,C,1,7\n';

  test('stand one in a row, and are gathered by the order’s number, wherever they stand in the file', async () => {
    const tenant = await tenantWithAnn();
    const before = await given.digestOf(tenant);
    const run = await importOrders(tenant, lines);
    expect(await given.outcomes(run)).toEqual([
      'created',
      'created',
      'skipped skip.gathered',
      'skipped skip.gathered',
      'created',
    ]);
    expect(await orders(tenant)).toEqual([
      [
        '1',
        7,
        3,
        [
          { sku: 'A', quantity: 2, unit_price: 1.5 },
          { sku: 'B', quantity: 1, unit_price: 4 },
        ],
      ],
      [
        '2',
        1.5,
        2,
        [
          { sku: 'A', quantity: 1, unit_price: 1.5 },
          { sku: 'B', quantity: 1 },
        ],
      ],
      ['3', 7, 1, [{ sku: 'C', quantity: 1, unit_price: 7 }]],
    ]);
    expect(await given.column(tenant, 'total_spent')).toEqual({ 'ann@example.com': '15.5000' });
    expect(await importOrders(tenant, lines)).toMatchObject({ unchanged: 3, skipped: 2, updated: 0 });
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test.each(['last', 'first', 'merge', 'fail'] as const)(
    'are gathered under the rule for duplicates “%s”',
    async (duplicates) => {
      const tenant = await tenantWithAnn();
      const run = await importOrders(tenant, lines, { duplicates });
      expect(run).toMatchObject({ created: 3, skipped: 2, failed: 0 });
      expect((await orders(tenant)).map((order) => (order as unknown[])[1])).toEqual([7, 1.5, 7]);
    },
  );

  test('come to orders that are there already', async () => {
    const tenant = await tenantWithAnn();
    await importOrders(tenant, 'number,customer_email,created_at\n1,VINET,2024-01-02\n2,VINET,2024-01-03\n', {
      require: [],
    });
    const before = await given.digestOf(tenant);
    const run = await importOrders(tenant, 'order id,sku,quantity,unit price\n2,A,1,2\n1,A,1,1\n1,B,2,3\n');
    expect(run).toMatchObject({ updated: 2, skipped: 1 });
    expect((await orders(tenant)).map((order) => (order as unknown[])[1])).toEqual([7, 2]);
    expect(await given.column(tenant, 'total_spent')).toEqual({ 'ann@example.com': '9.0000' });
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('take the whole order with them when one of them is wrong: none is lost from it', async () => {
    const tenant = await tenantWithAnn();
    const named = lines.replace(
      /.*/,
      'number,customer_email,created_at,line_sku,line_quantity,line_unit_price',
    );
    const run = await importOrders(tenant, named.replace('1,,,B,1,4.00', '1,,,B,one,4.00'));
    expect(await given.outcomes(run)).toEqual([
      'failed record.incomplete',
      'created',
      'failed number.unreadable',
      'skipped skip.gathered',
      'created',
    ]);
    expect((await given.problems(run)).map(({ row, code }) => `${row} ${code}`)).toContain(
      '1 record.incomplete',
    );
    expect((await given.rejects(run)).split('\n').filter((line) => line !== '')).toHaveLength(3);
  });

  test('that say different things of their order are warned of; the last one counts', async () => {
    const tenant = await tenantWithAnn();
    const run = await importOrders(
      tenant,
      'number,sku,quantity,unit price,discount,status\n1,A,1,5,0.1,paid\n1,B,1,5,0.25,paid\n2,A,1,5,0.1,\n2,B,1,5,0.1,paid\n',
      { map: ['discount=discount_total'] },
    );
    expect(run).toMatchObject({ created: 2, skipped: 2, failed: 0 });
    expect((await given.problems(run)).filter(({ outcome }) => outcome === 'warning')).toMatchObject([
      {
        row: 1,
        field: 'discount_total',
        code: 'record.contradicts',
        details: { label: 'Discount', one: '0.1000', other: '0.2500' },
      },
    ]);
    expect(await given.rows(tenant, 'select discount_total::float as d from orders order by number')).toEqual(
      [{ d: 0.25 }, { d: 0.1 }],
    );
  });

  test('of JSON rows are one order with what any of them says of it', async () => {
    const tenant = await tenantWithAnn();
    await importOrders(tenant, 'number,total,status,coupon_code\n1,5,open,X\n');
    const { counts } = await importBatch(given.database, {
      tenantId: tenant,
      by: null,
      dataset: 'orders',
      source: 'json import',
      empty: 'clear',
      rows: [
        { number: '1', sku: 'A', unit_price: 2 },
        { number: '1', sku: 'B', unit_price: 3, coupon_code: null },
      ],
    });
    expect(counts).toMatchObject({ updated: 1, skipped: 1 });
    expect(await given.rows(tenant, 'select status, coupon_code from orders')).toEqual([
      { status: 'open', coupon_code: null },
    ]);
  });

  test('fail with their order when that fails', async () => {
    const tenant = await tenantWithAnn();
    const run = await importOrders(tenant, lines.replace('1,VINET', '1,NOBODY'));
    expect(await given.outcomes(run)).toEqual([
      'failed reference.not_found',
      'created',
      'failed reference.not_found',
      'skipped skip.gathered',
      'created',
    ]);
  });

  test('of JSON rows stand in either way beside each other', async () => {
    const tenant = await tenantWithAnn();
    const { counts } = await importBatch(given.database, {
      tenantId: tenant,
      by: null,
      dataset: 'orders',
      source: 'json import',
      rows: [
        { number: '1', customerEmail: 'ann@example.com', sku: 'A', quantity: 2, unit_price: 1.5 },
        { number: '2', line_items: [{ sku: 'C', quantity: 1, unit_price: 7 }] },
        { number: '1', sku: 'B', quantity: 1, unit_price: 4 },
      ],
    });
    expect(counts).toEqual({ created: 2, updated: 0, unchanged: 0, skipped: 1, failed: 0 });
    expect((await orders(tenant)).map((order) => (order as unknown[]).slice(0, 3))).toEqual([
      ['1', 7, 3],
      ['2', 7, 1],
    ]);
    expect(await given.column(tenant, 'total_spent')).toEqual({ 'ann@example.com': '7.0000' });
  });

  test('of a large order are as many as they are', async () => {
    const tenant = await given.tenant();
    const many = Array.from({ length: 500 }, (_, i) => `1,S${i},1,1\n`).join('');
    const run = await importOrders(tenant, `number,sku,quantity,unit_price\n${many}`);
    expect(run).toMatchObject({ created: 1, skipped: 499 });
    expect((await orders(tenant)).map((order) => (order as unknown[]).slice(0, 3))).toEqual([
      ['1', 500, 500],
    ]);
  });
});

test('a file of Shopify’s orders goes in as it is: several rows an order, strangers as guests', async () => {
  const tenant = await given.tenant();
  await given.import(tenant, 'email,first_name\nmarta@example.com,Marta\n');
  const sample = await readFile(new URL('../../samples/shopify-orders.csv', import.meta.url));
  const run = await given.import(tenant, sample, {
    dataset: 'orders',
    fileName: 'orders_export_1.csv',
    createMissing: ['customers'],
  });
  expect(run.mapping?.preset).toBe('shopify-orders');
  expect(await given.outcomes(run)).toEqual(['created', 'skipped skip.gathered', 'created', 'created']);
  const orders = await given.rows(
    tenant,
    `select o.number, shopify_order_id, c.email, total::float, subtotal::float, discount_total::float as discount, item_count::int as items,
       o.currency, o.status, coupon_code as coupon, attribution_channel as channel, o.created_at, line_items
     from orders o left join customers c on c.id = o.customer_id order by o.number`,
  );
  expect(orders).toEqual([
    expect.objectContaining({
      number: '#1001',
      email: null,
      currency: 'USD',
      status: 'refunded',
      channel: 'pos',
      coupon: null,
    }),
    expect.objectContaining({
      number: '#1002',
      email: 'guest@example.com',
      status: 'cancelled',
      total: 10,
      line_items: [{ title: '=Card', quantity: 1, unit_price: 10 }],
    }),
    {
      number: '#1003',
      shopify_order_id: '5123456789012',
      email: 'marta@example.com',
      total: 63.4,
      subtotal: 64.5,
      discount: 6,
      items: 3,
      currency: 'EUR',
      status: 'paid',
      coupon: 'SPRING',
      channel: 'web',
      created_at: expect.stringContaining('2024-03-02 23:20:10'),
      line_items: [
        { sku: '00417', title: 'Oak tray - Large', quantity: 2, unit_price: 24.5 },
        { sku: 'WAX-1', title: 'Beeswax', quantity: 1, unit_price: 15.5 },
      ],
    },
  ]);
  const again = await given.import(tenant, sample, { dataset: 'orders', createMissing: ['customers'] });
  expect(again).toMatchObject({ unchanged: 3, created: 0, updated: 0, failed: 0 });
  expect(await given.column(tenant, 'orders_count')).toEqual({
    'marta@example.com': 1,
    'guest@example.com': 1,
  });
});
