/** The older systems' export calls: bytes, names and headers as their users have them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { type TestTenant, useServer } from '../../support/http.ts';

const api = useServer();

let own: TestTenant;
let base = '';
let ids: Record<string, string> = {};
const today = (): string => new Date().toISOString().slice(0, 10);

const rows = [
  {
    number: 'CUST-000001',
    email: 'ann@example.com',
    first_name: '=Ann',
    last_name: 'Lee "L"',
    segment: 'vip',
    tags: 'a, b',
    marketing_opt_in: 'yes',
    total_spent: '12.5',
    orders_count: '2',
    created_at: '2025-03-01T23:30:00Z',
    groups: 'Gold',
    date_of_birth: '1980-02-03',
  },
  {
    number: 'CUST-000002',
    email: 'acme@example.com',
    company_name: 'Acme',
    type: 'company',
    phone: '+44 20 7946 0018',
    created_at: '2025-03-02T00:30:00Z',
  },
  {
    number: 'CUST-000003',
    first_name: 'Cy',
    status: 'archived',
    created_at: '2025-03-05T12:00:00Z',
    paying_org: 'County',
    medical_notes: 'asthma',
    is_login_enabled: 'yes',
    schedule: '{"monday":[{"start":"08:00","end":"09:00"}]}',
    address_line1: '1 High St',
    city: 'York',
    postal_code: '02134',
  },
];

beforeAll(async () => {
  own = await api.newTenant({ country: 'GB' });
  base = `/api/tenants/${own.tenant.slug}`;
  const body = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const { json } = await api.call('POST', `${base}/imports?until=committed&require=`, {
    as: own.people.owner,
    body,
    type: 'application/x-ndjson',
  });
  expect((await api.rested(own.people.owner, `${base}/imports/${json.id}`)).json).toMatchObject({
    state: 'done',
    created: 3,
  });
  const { json: list } = await api.call('POST', `${base}/exports`, {
    as: own.people.owner,
    json: { dataset: 'customers', columns: ['id', 'number'], format: 'json' },
  });
  ids = Object.fromEntries(list.map(({ id, number }: Record<string, string>) => [number, id]));
});

describe('A: POST /customers/export', () => {
  const post = (json: object) => api.call('POST', `${base}/customers/export`, { as: own.people.owner, json });

  test('a file for spreadsheets: byte-order mark, its own labels, days, Yes and No', async () => {
    const selectedColumns = [
      'first_name',
      'last_name',
      'user_type',
      'account_status',
      'tags',
      'marketing_opt_in',
      'total_spent',
      'date_of_birth',
      'created_at',
    ];
    const { status, headers, text } = await post({
      scope: 'all',
      format: 'csv',
      selectedColumns,
      filters: { user_type: 'individual', segment: 'vip' },
    });
    expect([status, headers.get('content-disposition'), headers.get('x-record-count')]).toEqual([
      200,
      `attachment; filename="customers-${today()}.csv"`,
      '1',
    ]);
    expect(text).toBe(
      `First Name,Last Name,Customer Type,Status,Tags,Marketing Opt-in,Total Spent,Date of Birth,Created At\r\n'=Ann,"Lee ""L""",Individual,Active,"a, b",Yes,12.50,1980-02-03,2025-03-01\r\n`,
    );
    const response = await fetch(`${api.url}${base}/customers/export`, {
      method: 'POST',
      headers: { authorization: own.people.owner, 'content-type': 'application/json' },
      body: '{}',
    });
    expect([...new Uint8Array(await response.arrayBuffer()).slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  });

  test.each([
    [{ filters: { user_type: 'business' } }, ['CUST-000002']],
    [{ filters: { user_type: 'all', search: 'ANN' } }, ['CUST-000001']],
    [{ dateRange: { from: '2025-03-02', to: '2025-03-05' } }, ['CUST-000003', 'CUST-000002']],
    [{ dateRange: { from: '2025-01-01', field: 'last_login' } }, []],
    [{ scope: 'selected' }, ['CUST-000003', 'CUST-000001']],
  ])('%j', async (asked, numbers) => {
    const selectedIds = [ids['CUST-000001'], ids['CUST-000003']];
    const { text } = await post({
      ...asked,
      ...('scope' in asked ? { selectedIds } : {}),
      selectedColumns: ['number'],
    });
    expect(text.split('\r\n').slice(1, -1)).toEqual(numbers);
  });

  test('nobody selected is refused, and so is a column that there is not', async () => {
    expect((await post({ scope: 'selected' })).json).toMatchObject({
      status: 422,
      detail: 'No customers selected.',
    });
    expect((await post({ selectedColumns: ['shoe_size'] })).status).toBe(422);
  });
});

describe('B: GET /customers/export', () => {
  const get = (query: string, as = own.people.staff) =>
    api.call('GET', `${base}/customers/export${query}`, { as });
  const header =
    'ID,Name,Address,Address Line 2,City,County,Postcode,Phone,Email,Paying Org,Has Split Payment,Provider Split,Payment Split,Emergency Contact Name,Emergency Contact Phone,Medical Notes,Medication Notes,Driver Notes,Mobility Requirements,Reminder Opt In,Reminder Preference,Login Enabled,Username,Schedule (JSON),Archived,Created At,Updated At';

  test('27 columns in order; true and false, ISO 8601; no byte-order mark, CRLF, formulas guarded', async () => {
    const { status, headers, text } = await get('?search=ann');
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/csv/)]);
    expect(headers.get('content-disposition')).toBe(`attachment; filename="customers-${today()}.csv"`);
    const [first, record = '', rest] = text.split('\r\n');
    expect([first, rest]).toEqual([header, '']);
    expect(record).toMatch(
      new RegExp(
        `^${ids['CUST-000001']},"'=Ann Lee ""L""",,,,,,,ann@example.com,,false,,,,,,,,,false,none,false,,,false,2025-03-01T23:30:00Z,\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z$`,
      ),
    );
  });

  test.each([
    ['', ['CUST-000002', 'CUST-000001']],
    ['?archived=true', ['CUST-000003']],
    ['?archived=all&paying_org=County', ['CUST-000003']],
    ['?archived=all&is_login_enabled=false', ['CUST-000002', 'CUST-000001']],
  ])('%s', async (query, numbers) => {
    const { text } = await get(query);
    const found = text
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',')[0]);
    expect(found).toEqual(numbers.map((number) => ids[number]));
  });

  test('columns that the caller may not read stay, empty', async () => {
    const [, whole] = (await get('?archived=true')).text.split('\r\n');
    expect(whole).toContain('asthma');
    expect(whole).toContain('""monday""');
    const key = await api.newKey(own.tenant, ['customers:read']);
    const { text } = await get('?archived=true', key);
    expect(text.split('\r\n')[0]).toBe(header);
    expect(text).not.toContain('asthma');
    expect(text).toContain('02134');
  });
});

describe('C: POST /customers/export-file', () => {
  const post = (json: object) =>
    api.call('POST', `${base}/customers/export-file`, { as: own.people.owner, json });

  test('its own name, fields and labels unless said', async () => {
    const { headers, text } = await post({ format: 'csv', filters: { search: 'ann' } });
    expect(headers.get('content-disposition')).toBe(`attachment; filename="customers-export-${today()}.csv"`);
    expect(text).toBe(
      `First Name,Last Name,Email,Phone,Status,Orders,Total Spent\r\n'=Ann,"Lee ""L""",ann@example.com,,Active,2,12.50\r\n`,
    );
  });

  test('fields that are chosen, with figures of orders and the address', async () => {
    const { text } = await post({
      includeFields: ['email', 'accepts_marketing', 'isGuest', 'created_at'],
      includeOrderStats: true,
      includeAddresses: true,
    });
    expect(text.split('\r\n')[0]).toBe(
      'Email,Accepts Marketing,Guest,Created,Orders,Total Spent,Avg Order Value,Last Order,Address Line 1,Address Line 2,City,State,Postal Code,Country',
    );
  });

  test.each([
    [{ group: 'Gold' }, ['ann@example.com']],
    [{ hasOrders: false }, ['acme@example.com']],
    [{ minSpent: 12.5, maxSpent: '13' }, ['ann@example.com']],
    [{ dateFrom: '2025-03-02', dateTo: '2025-03-02' }, ['acme@example.com']],
    [{ acceptsMarketing: true }, ['ann@example.com']],
    [{ status: 'archived' }, ['""']],
  ])('%j', async (filters, emails) => {
    const { text } = await post({ includeFields: ['email'], filters });
    expect(text.split('\r\n').slice(1, -1)).toEqual(emails);
  });
});

describe('E: GET /customers/export?format=', () => {
  test('JSON in its own keys, with parsed notes and metadata, and the tags in both places', async () => {
    const { headers, json } = await api.call('GET', `${base}/customers/export?format=json`, {
      as: own.people.admin,
    });
    expect(headers.get('content-disposition')).toBe(`attachment; filename="customers-${today()}.json"`);
    expect(json).toHaveLength(3);
    const ann = json.find(({ email }: { email: string }) => email === 'ann@example.com');
    expect(ann).toMatchObject({
      $id: ids['CUST-000001'],
      id: ids['CUST-000001'],
      $createdAt: '2025-03-01T23:30:00Z',
      name: '=Ann Lee "L"',
      customerType: 'individual',
      totalRevenue: 12.5,
      tags: ['a', 'b'],
      metadata: { tags: ['a', 'b'] },
      notes: null,
      userId: null,
    });
  });

  test('CSV with the same keys', async () => {
    const { text } = await api.call('GET', `${base}/customers/export?format=csv`, { as: own.people.owner });
    expect(text.split('\r\n')[0]).toMatch(/^\$id,\$createdAt,\$updatedAt,userId,name,email,/);
  });

  test('a customer gets his own record and nothing else', async () => {
    const path = `${base}/customers/export`;
    const as = own.people.customer;
    expect((await api.call('GET', `${path}?format=json`, { as })).json).toEqual([]);
    expect((await api.call('GET', path, { as })).status).toBe(403);
    const member = await withTenant(api.database, own.tenant.id, async (tx) => {
      const { rows } = await tx.query<{ user_id: string }>('select user_id from members where id = $1', [
        own.memberIds.customer,
      ]);
      await tx.query('update customers set user_id = $1 where id = $2', [
        rows[0]?.user_id,
        ids['CUST-000002'],
      ]);
      return rows[0]?.user_id;
    });
    const { json } = await api.call('GET', `${path}?format=json`, { as });
    expect(json.map(({ id, userId }: Record<string, string>) => [id, userId])).toEqual([
      [ids['CUST-000002'], member],
    ]);
  });
});
