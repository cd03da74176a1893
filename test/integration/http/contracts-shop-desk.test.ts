import { describe, expect, test } from 'vitest';
import { useServer } from '../../support/http.ts';
import { type KeyedTenant, keyedTenant } from './contract-support.ts';

process.env.CLIENTELE_ROWS_JSON_BYTES_MAX = String(256 * 1024);
const api = useServer();

const ada = { first_name: 'Ada', email: 'ada@example.com' };
const address = {
  address_line1: '1 High Street',
  city: 'London',
  country: 'United Kingdom',
  postal_code: 'SW1A 1AA',
};

function send(its: KeyedTenant, rows: unknown) {
  return its.call('POST', '/customers/import-rows', { rows });
}

describe('POST /customers/import-rows', () => {
  test('creates and updates by e-mail', async () => {
    const its = await keyedTenant(api);
    const row = {
      ...ada,
      last_name: 'Lovelace',
      phone: '020 7946 0958',
      company: 'Analytical',
      tags: ['a', 'b'],
      accepts_marketing: true,
    };
    const first = await send(its, [row, { ...ada, email: 'eve@example.com' }]);
    expect(first.status, first.text).toBe(200);
    expect(first.json).toEqual({ success: true, imported: 2, updated: 0, skipped: 0, errors: [] });
    const second = await send(its, [row, { ...ada, email: 'EVE@example.com', first_name: 'Eve' }]);
    expect(second.json).toEqual({ success: true, imported: 0, updated: 2, skipped: 0, errors: [] });
    expect(
      await its.rows(
        'select first_name, company_name, tags, marketing_opt_in, type from customers order by number',
      ),
    ).toEqual([
      {
        first_name: 'Ada',
        company_name: 'Analytical',
        tags: ['a', 'b'],
        marketing_opt_in: true,
        type: 'individual',
      },
      { first_name: 'Eve', company_name: null, tags: [], marketing_opt_in: false, type: 'individual' },
    ]);
  });

  test('rows are counted with a header as the first', async () => {
    const its = await keyedTenant(api);
    const answered = await send(its, [
      { email: 'no@example.com' },
      { first_name: 'No' },
      ada,
      { ...ada, email: 'nobody' },
      { ...ada, first_name: 'Again' },
    ]);
    expect(answered.status).toBe(200);
    expect(answered.json).toEqual({
      success: false,
      imported: 1,
      updated: 0,
      skipped: 4,
      errors: [
        { row: 2, message: 'First Name is missing.' },
        { row: 3, message: 'Email is missing.' },
        { row: 5, message: 'Email: "nobody" is not an e-mail address.' },
        { row: 6, message: 'Email "ada@example.com" stands in rows 4, 6.' },
      ],
    });
  });

  test('writes an address when it has a first line, a city and a country', async () => {
    const its = await keyedTenant(api);
    const { city: _, ...partial } = address;
    const answered = await send(its, [
      { ...ada, ...address },
      { ...ada, ...partial, email: 'eve@example.com' },
      { ...ada, address1: '2 Low Street', Town: 'Leeds', countryCode: 'GB', email: 'bob@example.com' },
    ]);
    expect(answered.json).toEqual({ success: true, imported: 3, updated: 0, skipped: 0, errors: [] });
    expect(
      await its.rows(
        `select c.email, a.line1, a.city, a.country_code from customers c join customer_addresses a on a.customer_id = c.id order by c.number`,
      ),
    ).toEqual([
      { email: 'ada@example.com', line1: '1 High Street', city: 'London', country_code: 'GB' },
      { email: 'bob@example.com', line1: '2 Low Street', city: 'Leeds', country_code: 'GB' },
    ]);
  });

  test('no rows are no error; keys that mean no field are passed over and reported', async () => {
    const its = await keyedTenant(api);
    expect((await send(its, [])).json).toEqual({
      success: true,
      imported: 0,
      updated: 0,
      skipped: 0,
      errors: [],
    });
    const answered = await send(its, [{ ...ada, 'Shoe Size': 7 }]);
    expect(answered.json).toEqual({ success: true, imported: 1, updated: 0, skipped: 0, errors: [] });
    expect(answered.headers.get('x-ignored-keys')).toBe('Shoe%20Size');
  });

  test('the short address means the tenant of the key', async () => {
    const its = await keyedTenant(api);
    const answered = await api.call('POST', '/api/customers/import-rows', {
      as: its.key,
      json: { rows: [ada] },
    });
    expect(answered.json).toEqual({ success: true, imported: 1, updated: 0, skipped: 0, errors: [] });
  });

  test('400, 401, 403, 404, 413 and 415', async () => {
    const its = await keyedTenant(api);
    const other = await keyedTenant(api);
    const statusOf = async (json: unknown, as = its.key) =>
      (await its.call('POST', '/customers/import-rows', json, { as })).status;
    expect(await statusOf({})).toBe(400);
    expect(await statusOf({ rows: 'x' })).toBe(400);
    expect(await statusOf({ rows: [ada], mode: 'create' })).toBe(400);
    expect(await statusOf({ rows: [ada] }, 'Bearer clk_nobody')).toBe(401);
    expect(await statusOf({ rows: [ada] }, await api.newKey(its.tenant, ['customers:read']))).toBe(403);
    expect(await statusOf({ rows: [ada] }, other.key)).toBe(404);
    expect(await statusOf({ rows: [{ ...ada, driver_notes: 'x'.repeat(300 * 1024) }] })).toBe(413);
    const text = await its.call('POST', '/customers/import-rows', undefined, { body: 'x', type: 'text/csv' });
    expect(text.status).toBe(415);
    expect(await its.rows('select id from customers')).toEqual([]);
  });
});
