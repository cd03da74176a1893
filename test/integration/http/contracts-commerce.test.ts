import { describe, expect, test } from 'vitest';
import { useServer } from '../../support/http.ts';
import { type KeyedTenant, keyedTenant, type Row } from './contract-support.ts';

process.env.CLIENTELE_ROWS_JSON_BYTES_MAX = String(256 * 1024);
process.env.CLIENTELE_CHUNK_ROWS = '50';
const api = useServer();

const ada = { first_name: 'Ada', last_name: 'Lovelace', email: 'ada@example.com' };
const grace = { first_name: 'Grace', last_name: 'Hopper', email: 'grace@example.com' };

const clean = { success: 1, failed: 0, skipped: 0, errors: [] };

function send(its: KeyedTenant, data: unknown, mode = 'create', as = its.key) {
  return its.call('POST', '/customers/import', { data, mode }, { as });
}

describe('POST /customers/import with JSON', () => {
  test('creates customers with their defaults, one number and one profile each', async () => {
    const its = await keyedTenant(api);
    const answered = await send(its, [
      ada,
      { ...grace, type: 'company', company_name: 'Navy', city: 'Arlington' },
    ]);
    expect(answered.status, answered.text).toBe(200);
    expect(answered.json).toEqual({ success: 2, failed: 0, skipped: 0, errors: [] });
    const kept =
      await its.rows(`select c.number, c.type, c.account_status, c.email_opt_in, c.marketing_opt_in, c.display_name, i.customer_id is not null as individual,
         b.customer_id is not null as business, a.city
       from customers c left join individual_profiles i on i.customer_id = c.id left join business_profiles b on b.customer_id = c.id
         left join customer_addresses a on a.customer_id = c.id order by c.number`);
    const common = { account_status: 'active', email_opt_in: true, marketing_opt_in: false };
    expect(kept).toEqual([
      {
        ...common,
        number: 'CUST-000001',
        type: 'individual',
        display_name: 'Ada Lovelace',
        individual: true,
        business: false,
        city: null,
      },
      {
        ...common,
        number: 'CUST-000002',
        type: 'company',
        display_name: 'Navy',
        individual: false,
        business: true,
        city: 'Arlington',
      },
    ]);
  });

  test('create skips an e-mail that is there, update one that is not, upsert takes both', async () => {
    const its = await keyedTenant(api);
    await send(its, [ada]);
    const created = await send(its, [{ ...ada, first_name: 'Augusta' }, grace], 'create');
    expect(created.json).toEqual({
      success: 1,
      failed: 0,
      skipped: 1,
      errors: [
        {
          row: 1,
          email: 'ada@example.com',
          error: 'A customer with the Email "ada@example.com" exists already.',
        },
      ],
    });
    const updated = await send(
      its,
      [
        { ...ada, first_name: 'Augusta' },
        { ...grace, email: 'no@example.com' },
      ],
      'update',
    );
    expect(updated.json).toEqual({
      success: 1,
      failed: 0,
      skipped: 1,
      errors: [
        { row: 2, email: 'no@example.com', error: 'There is no customer with the Email "no@example.com".' },
      ],
    });
    const both = await send(
      its,
      [{ ...ada, segment: 'vip' }, grace, { ...ada, email: 'new@example.com' }],
      'upsert',
    );
    expect(both.json).toEqual({ success: 3, failed: 0, skipped: 0, errors: [] });
    expect(await its.rows('select first_name, segment from customers order by number')).toEqual([
      { first_name: 'Ada', segment: 'vip' },
      { first_name: 'Grace', segment: 'new' },
      { first_name: 'Ada', segment: 'new' },
    ]);
  });

  test.each([
    ['a malformed e-mail', { ...ada, email: 'nobody' }, 'Email: "nobody" is not an e-mail address.'],
    [
      'a value that is none of those allowed',
      { ...ada, account_status: 'gone' },
      'Account Status: "gone" is not one of the values allowed. Allowed: active, suspended, closed.',
    ],
    ['a missing first name', { ...ada, first_name: ' ' }, 'First Name is missing.'],
    ['a missing last name', { first_name: 'Ada', email: ada.email }, 'Last Name is missing.'],
    ['a missing e-mail', { ...ada, email: null }, 'Email is missing.'],
    ['everything that is missing', {}, 'First Name is missing. Last Name is missing. Email is missing.'],
    [
      'a text over its maximum',
      { ...ada, first_name: 'x'.repeat(256) },
      'First Name: The text has 256 characters; 255 are allowed.',
    ],
    [
      'a control character',
      { ...ada, first_name: 'A\u0007' },
      'First Name: The text holds the control character U+0007.',
    ],
    [
      'a list where a text belongs',
      { ...ada, last_name: ['x'] },
      'Last Name: Last Name is one value, and not a list.',
    ],
  ])('%s is an error of its row, and the others go in', async (_, row: Row, error) => {
    const its = await keyedTenant(api);
    const answered = await send(its, [grace, row]);
    expect(answered.status).toBe(200);
    const email = typeof row.email === 'string' ? row.email : null;
    expect(answered.json).toEqual({ success: 1, failed: 1, skipped: 0, errors: [{ row: 2, email, error }] });
  });

  test('a row that is no object is an error of its own', async () => {
    const its = await keyedTenant(api);
    const answered = await send(its, [null, 'x', ada]);
    expect(answered.json).toEqual({
      success: 1,
      failed: 2,
      skipped: 0,
      errors: [
        { row: 1, email: null, error: 'The row is not a JSON object: it is null.' },
        { row: 2, email: null, error: 'The row is not a JSON object: it is a string.' },
      ],
    });
  });

  test.each(['create', 'upsert'])(
    'of two rows with one e-mail the first counts, in mode %s',
    async (mode) => {
      const its = await keyedTenant(api);
      const answered = await send(
        its,
        [ada, { ...ada, email: 'ADA@example.com', first_name: 'Second' }],
        mode,
      );
      expect(answered.json).toEqual({
        success: 1,
        failed: 1,
        skipped: 0,
        errors: [{ row: 2, email: 'ADA@example.com', error: 'Email "ada@example.com" stands in rows 1, 2.' }],
      });
      expect(await its.rows('select first_name from customers')).toEqual([{ first_name: 'Ada' }]);
    },
  );

  test('a value that belongs to another customer is an error', async () => {
    const its = await keyedTenant(api);
    await send(its, [{ ...ada, username: 'ada' }]);
    const answered = await send(its, [{ ...grace, username: 'Ada' }]);
    expect(answered.json).toEqual({
      success: 0,
      failed: 1,
      skipped: 0,
      errors: [{ row: 1, email: grace.email, error: 'Username "Ada" belongs to another record.' }],
    });
  });

  test('a constraint that only the database knows is an error of the rows that break it', async () => {
    const its = await keyedTenant(api);
    const constraint = 'customers_no_pirates';
    await api.database.asOwner((owner) =>
      owner.query(`alter table customers add constraint ${constraint} check (journey_stage <> 'pirate')`),
    );
    try {
      const answered = await send(its, [ada, { ...grace, journey_stage: 'pirate' }]);
      expect(answered.json).toEqual({
        success: 1,
        failed: 1,
        skipped: 0,
        errors: [
          {
            row: 2,
            email: grace.email,
            error: `The database does not take the row: a value breaks a rule (${constraint}).`,
          },
        ],
      });
    } finally {
      await api.database.asOwner((owner) =>
        owner.query(`alter table customers drop constraint ${constraint}`),
      );
    }
  });

  test('fields go by key, label or alias in any spelling; unknown keys are passed over and reported', async () => {
    const its = await keyedTenant(api);
    const answered = await send(its, [
      {
        firstName: 'Ada',
        'Last Name': 'Lovelace',
        'E-MAIL': 'ada@example.com',
        'Shoe Size': 7,
        acceptsMarketing: true,
      },
    ]);
    expect(answered.json).toEqual(clean);
    expect(answered.headers.get('x-ignored-keys')).toBe('Shoe%20Size');
    expect(await its.rows('select first_name, last_name, marketing_opt_in from customers')).toEqual([
      { first_name: 'Ada', last_name: 'Lovelace', marketing_opt_in: true },
    ]);
  });

  test('text is stored as it was typed', async () => {
    const its = await keyedTenant(api);
    await send(its, [{ ...ada, company_name: '  <b>Ada</b> & Sons <3 ' }]);
    expect(await its.rows('select company_name from customers')).toEqual([
      { company_name: '<b>Ada</b> & Sons <3' },
    ]);
  });

  test('takes more rows than one batch has, and finds one e-mail in two of them', async () => {
    const its = await keyedTenant(api);
    const many = Array.from({ length: 120 }, (_, i) => ({ ...ada, email: `user${i}@example.com` }));
    const answered = await send(its, [...many, { ...ada, email: 'user3@example.com' }]);
    expect(answered.json).toEqual({
      success: 120,
      failed: 1,
      skipped: 0,
      errors: [
        { row: 121, email: 'user3@example.com', error: 'Email "user3@example.com" stands in rows 4, 121.' },
      ],
    });
    expect(answered.headers.get('x-import-id')?.split(', ')).toHaveLength(3);
  });

  test('no rows are no error', async () => {
    const answered = await send(await keyedTenant(api), []);
    expect(answered.json).toEqual({ success: 0, failed: 0, skipped: 0, errors: [] });
  });

  test('stands in the history, where it can be undone', async () => {
    const its = await keyedTenant(api);
    const answered = await send(its, [ada]);
    const path = `/api/tenants/${its.tenant.slug}/imports/${answered.headers.get('x-import-id')}`;
    const run = await api.call('GET', path, { as: its.key });
    expect(run.json).toMatchObject({ state: 'done', created: 1, created_by: expect.any(String) });
    await api.call('DELETE', `${path}/commit`, { as: its.key });
    const undone = await api.rested(its.key, path);
    expect(undone.json).toMatchObject({ state: 'undone' });
    expect(await its.rows('select id from customers')).toEqual([]);
  });
});

describe('who may call it, and how', () => {
  test('the short address means the tenant of the key', async () => {
    const its = await keyedTenant(api);
    const as = await api.newKey(its.tenant, ['customers:import']);
    const answered = await api.call('POST', '/api/customers/import', {
      as,
      json: { data: [ada], mode: 'create' },
    });
    expect(answered.status, answered.text).toBe(200);
    expect(answered.json).toEqual(clean);
  });

  test('writing gives importing', async () => {
    const its = await keyedTenant(api);
    const as = await api.newKey(its.tenant, ['customers:write']);
    expect((await send(its, [ada], 'create', as)).status).toBe(200);
  });

  test('401 for nobody, 403 without the permission, 404 in another tenant', async () => {
    const its = await keyedTenant(api);
    const other = await keyedTenant(api);
    expect((await send(its, [ada], 'create', 'Bearer clk_nobody')).status).toBe(401);
    expect((await send(its, [ada], 'create', await api.newKey(its.tenant, ['customers:read']))).status).toBe(
      403,
    );
    expect((await send(its, [ada], 'create', other.key)).status).toBe(404);
    expect(await its.rows('select id from customers')).toEqual([]);
  });

  test('owner, admin and staff may; viewer and customer may not', async () => {
    const { tenant, people } = await api.newTenant();
    const path = `/api/tenants/${tenant.slug}/customers/import`;
    const statuses = Object.entries(people).map(async ([role, as]) => {
      const json = { data: [{ ...ada, email: `${role}@example.com` }], mode: 'create' };
      return [role, (await api.call('POST', path, { as, json })).status];
    });
    expect(Object.fromEntries(await Promise.all(statuses))).toEqual({
      owner: 200,
      admin: 200,
      staff: 200,
      viewer: 403,
      customer: 403,
    });
  });

  test('an unknown field of the envelope is refused by name', async () => {
    const its = await keyedTenant(api);
    const answered = await api.call('POST', `/api/tenants/${its.tenant.slug}/customers/import`, {
      as: its.key,
      json: { data: [ada], mode: 'create', dryRun: true },
    });
    expect(answered.status).toBe(400);
    expect(answered.headers.get('content-type')).toContain('application/problem+json');
    expect(answered.json).toEqual({
      type: 'urn:clientele:error:request.invalid',
      title: 'Bad Request',
      status: 400,
      detail: 'There is no field "dryRun" here.',
      error: 'There is no field "dryRun" here.',
      code: 'request.invalid',
      errors: [{ pointer: '/dryRun', code: 'unknown_field', message: 'There is no field "dryRun" here.' }],
      request_id: answered.headers.get('x-request-id'),
    });
  });

  test.each([
    ['no mode', { data: [] }],
    ['a mode that is none', { data: [], mode: 'replace' }],
    ['no data', { mode: 'create' }],
    ['data that is no list', { data: {}, mode: 'create' }],
  ])('400 for %s', async (_, json) => {
    const its = await keyedTenant(api);
    const path = `/api/tenants/${its.tenant.slug}/customers/import`;
    const answered = await api.call('POST', path, { as: its.key, json });
    expect(answered.status).toBe(400);
    expect(answered.json.error).toBe(answered.json.detail);
  });

  test('400 for what is no JSON, 415 for what is no JSON by its type, 413 over the limit', async () => {
    const its = await keyedTenant(api);
    const path = `/api/tenants/${its.tenant.slug}/customers/import`;
    const as = its.key;
    const broken = await api.call('POST', path, { as, body: '{"data": [', type: 'application/json' });
    expect(broken.status).toBe(400);
    expect(broken.json.error).toContain('line 1, column');
    expect((await api.call('POST', path, { as, body: 'a,b', type: 'text/csv' })).status).toBe(415);
    expect((await api.call('POST', path, { as })).status).toBe(400);
    const large = await send(its, [{ ...ada, driver_notes: 'x'.repeat(300 * 1024) }]);
    expect(large.status).toBe(413);
    expect(large.json.code).toBe('request.too_large');
  });

  test('sent twice under one idempotency key, it is done once', async () => {
    const its = await keyedTenant(api);
    const path = `/api/tenants/${its.tenant.slug}/customers/import`;
    const sent = {
      as: its.key,
      json: { data: [ada], mode: 'create' },
      headers: { 'idempotency-key': 'one' },
    };
    expect((await api.call('POST', path, sent)).json).toEqual(clean);
    expect((await api.call('POST', path, sent)).json).toEqual(clean);
    const other = await api.call('POST', path, { ...sent, json: { data: [grace], mode: 'create' } });
    expect(other.status).toBe(422);
  });
});
