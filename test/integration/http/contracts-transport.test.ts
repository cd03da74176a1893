import { describe, expect, test } from 'vitest';
import { useServer } from '../../support/http.ts';
import { type KeyedTenant, keyedTenant, type Row } from './contract-support.ts';

const api = useServer();

const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
const ann = { name: 'Ann Lee', phone: '020 7946 0958' };
const bob = { name: 'Bob Day', phone: '07700 900123', email: 'bob@example.com' };
const bad = { name: 'Cy Fox', phone: 'none', email: 'cy@example.com' };

function bulk(its: KeyedTenant, customers: unknown, query = '') {
  return its.call('POST', `/customers/bulk${query}`, { customers });
}

function update(its: KeyedTenant, updates: unknown, query = '') {
  return its.call('PUT', `/customers/bulk-update${query}`, { updates });
}

/** Makes customers and answers their ids. */
async function made(its: KeyedTenant, customers: readonly Row[]): Promise<string[]> {
  const answered = await bulk(its, customers);
  expect(answered.status, answered.text).toBe(201);
  return answered.json.success.map((one: { customerId: string }) => one.customerId);
}

describe('POST /customers/bulk', () => {
  test('201 when all were created; a name stands for first and last name', async () => {
    const its = await keyedTenant(api);
    const answered = await bulk(its, [ann, { firstName: 'Bob', last_name: 'Day', Phone: bob.phone }]);
    expect(answered.status, answered.text).toBe(201);
    expect(answered.json).toEqual({
      success: [
        { row: 1, customerId: id, name: 'Ann Lee' },
        { row: 2, customerId: id, name: 'Bob Day' },
      ],
      errors: [],
      summary: { total: 2, created: 2, failed: 0 },
    });
    const kept = await its.rows(
      'select id, first_name, last_name, display_name, phone from customers order by number',
    );
    expect(kept).toEqual([
      {
        id: answered.json.success[0].customerId,
        first_name: 'Ann',
        last_name: 'Lee',
        display_name: 'Ann Lee',
        phone: ann.phone,
      },
      {
        id: answered.json.success[1].customerId,
        first_name: 'Bob',
        last_name: 'Day',
        display_name: 'Bob Day',
        phone: bob.phone,
      },
    ]);
  });

  test('207 when some were created, and the failed rows can be fetched as a file', async () => {
    const its = await keyedTenant(api);
    const answered = await bulk(its, [ann, bad]);
    expect(answered.status).toBe(207);
    expect(answered.json).toEqual({
      success: [{ row: 1, customerId: id, name: 'Ann Lee' }],
      errors: [{ row: 2, name: 'Cy Fox', error: 'Phone Number: "none" is not a phone number.' }],
      summary: { total: 2, created: 1, failed: 1 },
    });
    const rejects = await its.call('GET', `/imports/${answered.headers.get('x-import-id')}/rejects`);
    expect(rejects.status).toBe(200);
    expect(rejects.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(rejects.text).toBe(
      'problem_row,problem_fields,problem_codes,problems,name,phone,email\n' +
        '2,phone,phone.invalid,"Phone Number: ""none"" is not a phone number.",Cy Fox,none,cy@example.com\n',
    );
  });

  test('422 when none was created', async () => {
    const its = await keyedTenant(api);
    const answered = await bulk(its, [bad]);
    expect(answered.status).toBe(422);
    expect(answered.json).toEqual({
      success: [],
      errors: [{ row: 1, name: 'Cy Fox', error: 'Phone Number: "none" is not a phone number.' }],
      summary: { total: 1, created: 0, failed: 1 },
    });
  });

  test('with atomic=true one bad row leaves nothing written', async () => {
    const its = await keyedTenant(api);
    const answered = await bulk(its, [ann, bad], '?atomic=true');
    expect(answered.status).toBe(422);
    expect(answered.json).toEqual({
      success: [],
      errors: [{ row: 2, name: 'Cy Fox', error: 'Phone Number: "none" is not a phone number.' }],
      summary: { total: 2, created: 0, failed: 1 },
    });
    expect(await its.rows('select id from customers')).toEqual([]);
    expect((await bulk(its, [ann, bob], '?atomic=true')).status).toBe(201);
  });

  test.each([
    ['no name', { phone: ann.phone }, 'Name is missing.', null],
    ['no phone', { name: 'Ann Lee' }, 'Phone Number is missing.', 'Ann Lee'],
    ['neither', {}, 'Name is missing.', null],
    [
      'a name over its maximum',
      { ...ann, name: 'x'.repeat(512) },
      'Display Name: The text has 512 characters; 511 are allowed.',
      'x'.repeat(512),
    ],
    [
      'a control character',
      { ...ann, driver_notes: 'a\u0001' },
      'Driver Notes: The text holds the control character U+0001.',
      'Ann Lee',
    ],
    ['a row that is no object', 'x', 'The row is not a JSON object: it is a string.', null],
  ])('%s is an error of its row', async (_, row, error, name) => {
    const its = await keyedTenant(api);
    const answered = await bulk(its, [row]);
    expect(answered.json.errors).toEqual([{ row: 1, name, error }]);
  });

  test('text is stored as typed, markup and line breaks and all', async () => {
    const its = await keyedTenant(api);
    await made(its, [{ ...ann, driver_notes: ' Ring <b>twice</b>\n\tthen & wait ' }]);
    expect(await its.rows('select driver_notes from care_profiles')).toEqual([
      { driver_notes: 'Ring <b>twice</b>\n\tthen & wait' },
    ]);
  });

  test('of duplicates within a call the first goes in', async () => {
    const its = await keyedTenant(api);
    const answered = await bulk(its, [
      ann,
      { ...bob, phone: ann.phone },
      { ...ann, name: 'ANN LEE', phone: '020-7946 0958' },
      { ...bob, name: 'Robert Day' },
      { firstName: 'Ann', lastName: 'Lee', phone: ann.phone },
    ]);
    expect(answered.status).toBe(207);
    expect(answered.json.errors).toEqual([
      {
        row: 3,
        name: 'ANN LEE',
        error: expect.stringMatching(/^Name and phone ".*" stands in rows 1, 3\.$/),
      },
      { row: 4, name: 'Robert Day', error: 'Email "bob@example.com" stands in rows 2, 4.' },
      {
        row: 5,
        name: 'Ann Lee',
        error: expect.stringMatching(/^Name and phone ".*" stands in rows 1, 5\.$/),
      },
    ]);
    expect(answered.json.summary).toEqual({ total: 5, created: 2, failed: 3 });
  });

  test('a customer that exists is an error, also where all or nothing is asked for', async () => {
    const its = await keyedTenant(api);
    await made(its, [bob]);
    const error = 'Email "bob@example.com" belongs to another record.';
    const some = await bulk(its, [ann, { ...bob, name: 'Bobby Day' }]);
    expect(some.json.errors).toEqual([{ row: 2, name: 'Bobby Day', error }]);
    const none = await bulk(its, [{ ...ann, name: 'Ann Roe' }, bob], '?atomic=true');
    expect(none.status).toBe(422);
    expect(none.json.errors).toEqual([{ row: 2, name: 'Bob Day', error }]);
    expect(await its.rows('select display_name from customers order by number')).toEqual([
      { display_name: 'Bob Day' },
      { display_name: 'Ann Lee' },
    ]);
  });

  test('400 for a list that lacks', async () => {
    const its = await keyedTenant(api);
    for (const json of [{}, { customers: [] }, { customers: 'x' }, { customers: null }]) {
      const answered = await its.call('POST', '/customers/bulk', json);
      expect(answered.status).toBe(400);
      expect(answered.json.error).toBe('customers array is required');
    }
  });

  test('413 for more than 500, which names the import', async () => {
    const its = await keyedTenant(api);
    const answered = await bulk(
      its,
      Array.from({ length: 501 }, () => ann),
    );
    expect(answered.status).toBe(413);
    expect(answered.json.error).toContain('POST /api/customers/import');
    expect(await its.rows('select id from customers')).toEqual([]);
  });

  test('500 customers go in with one call', async () => {
    const its = await keyedTenant(api);
    const answered = await bulk(
      its,
      Array.from({ length: 500 }, (_, i) => ({ ...ann, name: `Ann Lee ${i}` })),
    );
    expect(answered.json.summary).toEqual({ total: 500, created: 500, failed: 0 });
  });

  test('unknown fields of the envelope and of the address are refused, unknown keys of a row passed over', async () => {
    const its = await keyedTenant(api);
    const envelope = await its.call('POST', '/customers/bulk', { customers: [ann], notify: true });
    expect(envelope.status).toBe(400);
    expect(envelope.json.error).toBe('There is no field "notify" here.');
    expect((await bulk(its, [ann], '?atomics=true')).status).toBe(400);
    const row = await bulk(its, [{ ...ann, shoe_size: 7 }]);
    expect(row.status).toBe(201);
    expect(row.headers.get('x-ignored-keys')).toBe('shoe_size');
  });
});

describe('the rules of the United Kingdom', () => {
  const postcode = 'Postal Code: "12345" is not a postcode of the United Kingdom.';
  const phone = 'Phone Number: "07700 90012" is not a phone number.';

  test.each([
    ['by the tenant’s country', 'GB', { ...ann, postcode: '12345' }, postcode],
    ['by the row’s country', 'FR', { ...ann, postcode: '12345', country: 'England' }, postcode],
    ['for phones', 'GB', { ...ann, phone: '07700 90012' }, phone],
  ])('apply %s', async (_, country, row, error) => {
    const its = await keyedTenant(api, { country });
    const answered = await bulk(its, [row]);
    expect(answered.json.errors).toEqual([{ row: 1, name: 'Ann Lee', error }]);
  });

  test.each([
    ['elsewhere', 'FR', { ...ann, postcode: '12345' }],
    [
      'to a row of another country',
      'GB',
      { ...ann, postcode: '75001', country_code: 'FR', phone: '01 42 68 53 00' },
    ],
    ['against a phone of another country', 'GB', { ...ann, phone: '+33 1 42 68 53 00' }],
    ['against a postcode in small letters', 'GB', { ...ann, postcode: 'sw1a1aa' }],
    ['against one of the armed forces', 'GB', { ...ann, postcode: 'BFPO 57' }],
  ])('do not apply %s', async (_, country, row) => {
    const its = await keyedTenant(api, { country });
    const answered = await bulk(its, [row]);
    expect(answered.status, answered.text).toBe(201);
  });

  test('hold for updates too', async () => {
    const its = await keyedTenant(api, { country: 'GB' });
    const [customer_id] = await made(its, [ann]);
    const answered = await update(its, [{ customer_id, postcode: '12345' }]);
    expect(answered.json.errors).toEqual([{ row: 1, name: null, error: postcode }]);
  });

  test('a schedule is looked at in depth', async () => {
    const its = await keyedTenant(api);
    const schedule = { monday: [{ start: '10:00', end: '09:00', destination: 'Day centre' }] };
    const answered = await bulk(its, [{ ...ann, schedule }]);
    expect(answered.status).toBe(422);
    expect(answered.json.errors[0].error).toContain('Schedule');
    schedule.monday = [{ start: '09:00', end: '10:00', destination: 'Day centre' }];
    expect((await bulk(its, [{ ...ann, schedule }])).status).toBe(201);
    expect(await its.rows('select schedule from care_profiles')).toEqual([{ schedule }]);
  });
});

describe('PUT /customers/bulk-update', () => {
  test('200 when all were updated, of each only the fields given; by id, number or external id', async () => {
    const its = await keyedTenant(api);
    const [first] = await made(its, [
      { ...ann, driver_notes: 'Ring' },
      bob,
      { ...ann, name: 'Eve Ray', external_id: 'X-1' },
    ]);
    const answered = await update(its, [
      { customer_id: first, payingOrg: 'Council', driver_notes: null },
      { customerId: 'CUST-000002', name: 'Robert Day' },
      { customer_id: 'X-1', tags: ['a', 'b'] },
    ]);
    expect(answered.status, answered.text).toBe(200);
    expect(answered.json).toEqual({
      success: [
        { row: 1, customerId: first },
        { row: 2, customerId: id },
        { row: 3, customerId: id },
      ],
      errors: [],
      summary: { total: 3, updated: 3, failed: 0 },
    });
    const kept = await its.rows(
      `select c.first_name, c.display_name, c.phone, c.tags, p.paying_org, p.driver_notes from customers c
       left join care_profiles p on p.customer_id = c.id order by c.number`,
    );
    expect(kept).toMatchObject([
      {
        first_name: 'Ann',
        display_name: 'Ann Lee',
        phone: ann.phone,
        paying_org: 'Council',
        driver_notes: null,
      },
      { first_name: 'Robert', display_name: 'Robert Day', phone: bob.phone },
      { first_name: 'Eve', display_name: 'Eve Ray', tags: ['a', 'b'] },
    ]);
  });

  test('what is so already counts as updated', async () => {
    const its = await keyedTenant(api);
    const [customer_id] = await made(its, [ann]);
    const answered = await update(its, [{ customer_id, phone: ann.phone }]);
    expect(answered.status).toBe(200);
    expect(answered.json.summary).toEqual({ total: 1, updated: 1, failed: 0 });
  });

  test('207 when some were, 422 when none was', async () => {
    const its = await keyedTenant(api);
    const [customer_id] = await made(its, [ann]);
    const nobody = { customer_id: 'CUST-009999', name: 'No Body' };
    const error = 'There is no customer "CUST-009999".';
    const some = await update(its, [{ customer_id, city: 'Leeds' }, nobody, { city: 'Bath' }]);
    expect(some.status).toBe(207);
    expect(some.json).toEqual({
      success: [{ row: 1, customerId: customer_id }],
      errors: [
        { row: 2, name: 'No Body', error },
        { row: 3, name: null, error: 'Customer ID is missing.' },
      ],
      summary: { total: 3, updated: 1, failed: 2 },
    });
    const none = await update(its, [nobody]);
    expect(none.status).toBe(422);
    expect(none.json).toEqual({
      success: [],
      errors: [{ row: 1, name: 'No Body', error }],
      summary: { total: 1, updated: 0, failed: 1 },
    });
  });

  test('with atomic=true one bad row leaves nothing written', async () => {
    const its = await keyedTenant(api);
    const [customer_id] = await made(its, [ann]);
    const answered = await update(
      its,
      [{ customer_id, name: 'Ann Roe' }, { customer_id: 'nobody' }],
      '?atomic=true',
    );
    expect(answered.status).toBe(422);
    expect(answered.json).toEqual({
      success: [],
      errors: [{ row: 2, name: null, error: 'There is no customer "nobody".' }],
      summary: { total: 2, updated: 0, failed: 1 },
    });
    expect(await its.rows('select display_name from customers')).toEqual([{ display_name: 'Ann Lee' }]);
  });

  test('two updates of one customer in one call are errors', async () => {
    const its = await keyedTenant(api);
    const [customer_id] = await made(its, [ann]);
    const answered = await update(its, [
      { customer_id, city: 'Leeds' },
      { customer_id: 'CUST-000001', city: 'Bath' },
    ]);
    expect(answered.status).toBe(422);
    expect(answered.json.errors).toMatchObject([{ row: 1 }, { row: 2 }]);
  });

  test('400 for a list that lacks, 413 for more than 500', async () => {
    const its = await keyedTenant(api);
    const empty = await update(its, []);
    expect(empty.status).toBe(400);
    expect(empty.json.error).toBe('updates array is required');
    const many = await update(
      its,
      Array.from({ length: 501 }, () => ({ customer_id: 'x' })),
    );
    expect(many.status).toBe(413);
    expect(many.json.error).toContain('POST /api/customers/import');
  });
});

describe('selections', () => {
  test('archive and unarchive those that this concerns, and say who did it', async () => {
    const its = await keyedTenant(api);
    const [first, second] = await made(its, [ann, bob]);
    const archived = await its.call('POST', '/customers/bulk-archive', {
      customer_ids: [first, 'CUST-000002', 'nobody'],
    });
    expect(archived.status, archived.text).toBe(200);
    expect(archived.json).toEqual({
      message: '2 customer(s) archived successfully',
      archived: 2,
      requested: 3,
      customers: [
        { id: first, name: 'Ann Lee' },
        { id: second, name: 'Bob Day' },
      ],
    });
    const again = await its.call('POST', '/customers/bulk-archive', { customer_ids: [first] });
    expect(again.json).toEqual({
      message: '0 customer(s) archived successfully',
      archived: 0,
      requested: 1,
      customers: [],
    });
    const kept = await its.rows(
      'select status, archived_at is not null as at, archived_by is not null as by from customers',
    );
    expect(kept).toEqual(Array(2).fill({ status: 'archived', at: true, by: true }));
    const back = await its.call('POST', '/customers/bulk-unarchive', { customer_ids: [second] });
    expect(back.json).toEqual({
      message: '1 customer(s) unarchived successfully',
      unarchived: 1,
      requested: 1,
      customers: [{ id: second, name: 'Bob Day' }],
    });
  });

  test('delete and restore', async () => {
    const its = await keyedTenant(api);
    const [first, second] = await made(its, [ann, bob]);
    const deleted = await its.call('POST', '/customers/bulk-delete', { customer_ids: [first, second] });
    expect(deleted.json).toEqual({
      message: '2 customer(s) deleted successfully',
      deleted: 2,
      requested: 2,
      customers: [
        { id: first, name: 'Ann Lee' },
        { id: second, name: 'Bob Day' },
      ],
    });
    expect((await update(its, [{ customer_id: first, city: 'Leeds' }])).status).toBe(422);
    const restored = await its.call('POST', '/customers/bulk-restore', { customer_ids: [first] });
    expect(restored.json).toEqual({
      message: '1 customer(s) restored successfully',
      restored: 1,
      requested: 1,
      customers: [{ id: first, name: 'Ann Lee' }],
    });
  });

  test('who cannot be restored is told of', async () => {
    const its = await keyedTenant(api);
    const [first] = await made(its, [bob]);
    await its.call('POST', '/customers/bulk-delete', { customer_ids: [first] });
    await made(its, [{ ...bob, name: 'Rob Day' }]);
    const restored = await its.call('POST', '/customers/bulk-restore', { customer_ids: [first] });
    expect(restored.json).toEqual({
      message:
        '0 customer(s) restored successfully. Bob Day stays deleted: Email "bob@example.com" belongs to another customer by now',
      restored: 0,
      requested: 1,
      customers: [],
    });
  });

  test.each(['archive', 'unarchive', 'delete', 'restore'])(
    'bulk-%s: 400 for a list that lacks, 413 for a long one',
    async (verb) => {
      const its = await keyedTenant(api);
      const path = `/customers/bulk-${verb}`;
      for (const json of [{}, { customer_ids: [] }, { customer_ids: 'x' }]) {
        const answered = await its.call('POST', path, json);
        expect(answered.status).toBe(400);
        expect(answered.json.error).toBe('customer_ids array is required');
      }
      const many = await its.call('POST', path, {
        customer_ids: Array.from({ length: 501 }, (_, i) => `${i}`),
      });
      expect(many.status).toBe(413);
      expect((await its.call('POST', path, { customer_ids: ['x'], force: true })).status).toBe(400);
    },
  );
});

const calls: readonly (readonly [string, string, unknown])[] = [
  ['POST', '/customers/bulk', { customers: [ann] }],
  ['PUT', '/customers/bulk-update', { updates: [{ customer_id: 'CUST-000001', name: 'X Y' }] }],
  ['POST', '/customers/bulk-archive', { customer_ids: ['CUST-000001'] }],
  ['POST', '/customers/bulk-unarchive', { customer_ids: ['CUST-000001'] }],
  ['POST', '/customers/bulk-delete', { customer_ids: ['CUST-000001'] }],
  ['POST', '/customers/bulk-restore', { customer_ids: ['CUST-000001'] }],
];

describe('who may call them', () => {
  test.each(calls)('%s %s: 401, 403, 404 in another tenant, 415', async (method, path, json) => {
    const its = await keyedTenant(api);
    const [customer] = await made(its, [ann]);
    const other = await keyedTenant(api);
    expect((await its.call(method, path, json, { as: 'Bearer clk_nobody' })).status).toBe(401);
    const importer = await api.newKey(its.tenant, ['customers:read', 'customers:import']);
    expect((await its.call(method, path, json, { as: importer })).status).toBe(403);
    expect((await its.call(method, path, json, { as: other.key })).status).toBe(404);
    expect((await its.call(method, path, undefined, { body: 'x', type: 'text/plain' })).status).toBe(415);
    const named = JSON.parse(JSON.stringify(json).replaceAll('CUST-000001', String(customer)));
    await other.call(method, path, named);
    expect(await its.rows('select display_name, status, deleted_at from customers')).toEqual([
      { display_name: 'Ann Lee', status: 'active', deleted_at: null },
    ]);
  });

  test('deleting and restoring need their own permission', async () => {
    const its = await keyedTenant(api);
    const as = await api.newKey(its.tenant, ['customers:write']);
    const statuses = calls.map(async ([method, path, json]) => [
      path,
      (await its.call(method, path, json, { as })).status,
    ]);
    const byPath = Object.fromEntries(await Promise.all(statuses));
    expect(byPath['/customers/bulk-delete']).toBe(403);
    expect(byPath['/customers/bulk-restore']).toBe(403);
    expect(byPath['/customers/bulk-archive']).toBe(200);
  });

  test('owner, admin and staff may; the short address means the active tenant', async () => {
    const { people } = await api.newTenant();
    const statuses = Object.entries(people).map(async ([role, as]) => {
      const json = { customers: [{ ...ann, name: `Ann ${role}` }] };
      return [role, (await api.call('POST', '/api/customers/bulk', { as, json })).status];
    });
    expect(Object.fromEntries(await Promise.all(statuses))).toEqual({
      owner: 201,
      admin: 201,
      staff: 201,
      viewer: 403,
      customer: 403,
    });
  });
});
