/** Contract D: the marketing dashboard's exports, byte by byte. */
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { createTenant, type Tenant } from '../../../src/tenants/tenants.ts';
import { useServer } from '../../support/http.ts';

const api = useServer();

let tenant: Tenant;
let key = '';
let base = '';
const today = (): string => new Date().toISOString().slice(0, 10);

/** Noon of New York is 16:00 or 17:00 of UTC; its days end hours after those. */
const files: readonly (readonly [dataset: string, rows: readonly object[]])[] = [
  [
    'customers',
    [
      {
        email: 'ann@example.com',
        first_name: 'Ann',
        external_id: '7001',
        segment: 'vip',
        journey_stage: 'loyal',
        loyalty_tier: 'gold',
        lifetime_points: '12.5',
        created_at: '2026-03-01T12:00:00Z',
      },
      { email: 'bob@example.com', first_name: 'Bob', created_at: '2026-03-02T12:00:00Z' },
    ],
  ],
  [
    'leads',
    [
      {
        email: 'first@example.com',
        segment: '=1+1',
        source: 'quiz, "spring"',
        quiz_completed: 'yes',
        converted: 'no',
        utm_source: 'pin',
        created_at: '2026-03-01T04:59:59Z',
      },
      { email: 'second@example.com', created_at: '2026-03-01T05:00:00Z' },
      { email: 'third@example.com', quiz_completed: 'yes', created_at: '2026-03-03T04:59:59Z' },
      { email: 'fourth@example.com', created_at: '2026-03-03T05:00:00Z' },
    ],
  ],
  [
    'orders',
    [
      {
        shopify_order_id: 'S1',
        customer_email: 'ann@example.com',
        total: '30',
        discount_total: '1.5',
        status: 'paid',
        line_items: '[{"sku":"A","title":"Tea","quantity":3,"unit_price":10.5}]',
        created_at: '2026-03-01T18:00:00Z',
      },
      { shopify_order_id: 'S2', total: '5', status: 'refunded', created_at: '2026-03-02T18:00:00Z' },
    ],
  ],
  [
    'pins',
    [
      {
        title: 'Sky',
        board_name: 'Blue',
        status: 'published',
        impressions: '10',
        saves: '2',
        engagement_rate: '1.25',
        published_at: '2026-03-01T15:00:00Z',
        created_at: '2026-03-01T15:00:00Z',
      },
      { title: 'Sea', created_at: '2026-03-02T15:00:00Z' },
    ],
  ],
  ['quotes', [{ text: 'Less is more', attribution: 'Mies', created_at: '2026-03-01T15:00:00Z' }]],
  [
    'assets',
    [
      {
        quote_text: 'Less is more',
        format: 'square',
        status: 'ready',
        quality_score: '0.9',
        url: 'https://example.com/a.png',
        created_at: '2026-03-01T15:00:00Z',
      },
    ],
  ],
  ['analytics', [{ date: '2026-03-02', revenue: '99.9', orders: '7', pin_impressions: '1000' }]],
];

beforeAll(async () => {
  tenant = await createTenant(api.database, {
    name: `Tenant ${newId()}`,
    country: 'US',
    timezone: 'America/New_York',
  });
  base = `/api/tenants/${tenant.slug}`;
  key = await api.newKey(tenant);
  for (const [dataset, rows] of files) {
    const body = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    const path = `${base}/imports?until=committed&require=&dataset=${dataset}`;
    const { json } = await api.call('POST', path, { as: key, body, type: 'application/x-ndjson' });
    expect((await api.rested(key, `${base}/imports/${json.id}`)).json, dataset).toMatchObject({
      state: 'done',
      created: rows.length,
    });
  }
});

/** The bytes as they come, the mark at their beginning too. */
async function get(query: string, as = key) {
  const response = await fetch(`${api.url}${base}/export?${query}`, { headers: { authorization: as } });
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, text };
}

const mark = '\ufeff';
const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

describe('GET /export', () => {
  test.each([
    [
      'leads',
      'ID,Email,Segment,Source,Quiz Completed,Converted to Customer,Created At',
      [
        '#,fourth@example.com,,,,,2026-03-03 00:00:00',
        '#,third@example.com,,,Yes,,2026-03-02 23:59:59',
        '#,second@example.com,,,,,2026-03-01 00:00:00',
        `#,first@example.com,'=1+1,"quiz, ""spring""",Yes,No,2026-02-28 23:59:59`,
      ],
    ],
    [
      'customers',
      'ID,Email,Shopify ID,Segment,Order Count,Total Spent,First Order,Last Order,Journey Stage',
      [
        '#,bob@example.com,,New,0,0.00,,,',
        '#,ann@example.com,7001,VIP,1,30.00,2026-03-01 13:00:00,2026-03-01 13:00:00,loyal',
      ],
    ],
    [
      'orders',
      'ID,Shopify Order ID,Customer Email,Total,Subtotal,Discount,Item Count,Status,Created At',
      [
        '#,S2,,5.00,,,,refunded,2026-03-02 13:00:00',
        '#,S1,ann@example.com,30.00,31.50,1.50,3,paid,2026-03-01 13:00:00',
      ],
    ],
    [
      'pins',
      'ID,Title,Board,Status,Impressions,Saves,Clicks,Engagement Rate,Published At',
      ['#,Sea,,,0,0,0,0,', '#,Sky,Blue,published,10,2,0,1.25,2026-03-01 10:00:00'],
    ],
    [
      'quotes',
      'ID,Text,Attribution,Collection,Mood,Status,Assets Generated,Created At',
      ['#,Less is more,Mies,,,,1,2026-03-01 10:00:00'],
    ],
    [
      'assets',
      'ID,Quote,Format,Status,Quality Score,URL,Created At',
      ['#,Less is more,square,ready,0.9,https://example.com/a.png,2026-03-01 10:00:00'],
    ],
    [
      'analytics',
      'Date,Revenue,Orders,New Customers,New Leads,Quiz Completions,Pin Impressions,Pin Clicks',
      [
        '2026-03-03,0.00,0,0,1,0,,',
        '2026-03-02,99.90,7,,,,1000,',
        '2026-03-01,30.00,1,1,1,0,,',
        '2026-02-28,0.00,0,0,1,1,,',
      ],
    ],
  ])('%s, as it is unless said', async (type, header, lines) => {
    const { status, headers, text } = await get(`type=${type}`);
    expect([status, headers.get('content-type'), headers.get('x-record-count')]).toEqual([
      200,
      expect.stringMatching(/^text\/csv/),
      String(lines.length),
    ]);
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${type}-export-${today()}.csv"`);
    expect(text.replaceAll(uuid, '#')).toBe(`${mark}${[header, ...lines].join('\r\n')}\r\n`);
  });

  test('JSON has the dashboard’s keys and typed values', async () => {
    const { headers, text } = await get(
      'type=customers&format=json&fields=email,shopify_customer_id,order_count,total_spent,first_order_at,loyalty_tier,lifetime_points',
    );
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="customers-export-${today()}.json"`,
    );
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(JSON.parse(text)).toEqual([
      {
        email: 'bob@example.com',
        shopify_customer_id: null,
        order_count: 0,
        total_spent: 0,
        first_order_at: null,
        loyalty_tier: 'none',
        lifetime_points: 0,
      },
      {
        email: 'ann@example.com',
        shopify_customer_id: '7001',
        order_count: 1,
        total_spent: 30,
        first_order_at: '2026-03-01T18:00:00Z',
        loyalty_tier: 'gold',
        lifetime_points: 12.5,
      },
    ]);
    expect(JSON.parse((await get('type=pins&format=json&fields=clicks')).text)).toEqual([
      { clicks: 0 },
      { clicks: 0 },
    ]);
    expect(JSON.parse((await get('type=analytics&format=json&limit=1')).text)).toEqual([
      {
        date: '2026-03-03',
        revenue: 0,
        orders: 0,
        new_customers: 0,
        new_leads: 1,
        quiz_completions: 0,
        pin_impressions: null,
        pin_clicks: null,
      },
    ]);
  });

  test.each([
    ['utm_source,email', 'UTM Source,Email'],
    ['EMAIL,shoe_size,quizCompleted,email', 'Email,Quiz Completed'],
    ['shoe_size', 'ID,Email,Segment,Source,Quiz Completed,Converted to Customer,Created At'],
    ['', 'ID,Email,Segment,Source,Quiz Completed,Converted to Customer,Created At'],
  ])('fields=%s', async (fields, header) => {
    const { text } = await get(`type=leads&fields=${fields}`);
    expect(text.slice(1).split('\r\n')[0]).toBe(header);
  });

  test('a field of customers goes by its other names too, and no other field of theirs is there', async () => {
    const { text } = await get('type=customers&fields=external_id,orders_count,medical_notes,first_name');
    expect(text.slice(1).split('\r\n')[0]).toBe('Shopify ID,Order Count');
  });

  test.each([
    ['leads', 'startDate=2026-03-01&endDate=2026-03-02', ['third', 'second']],
    ['leads', 'startDate=2026-03-03', ['fourth']],
    ['leads', 'endDate=2026-02-28', ['first']],
    ['leads', 'startDate=2026-03-01T05:00:00.000Z&endDate=2026-03-01T05:00:00.000Z', ['second']],
    ['leads', 'startDate=&endDate=&limit=', ['fourth', 'third', 'second', 'first']],
    ['leads', 'limit=2', ['fourth', 'third']],
    ['leads', 'startDate=2026-03-03&endDate=2026-03-01', []],
    ['analytics', 'startDate=2026-03-01&endDate=2026-03-02', ['2026-03-02', '2026-03-01']],
    ['analytics', 'startDate=2026-03-03T00:00:00Z', ['2026-03-03']],
    ['analytics', 'endDate=2026-02-28', ['2026-02-28']],
  ])('%s&%s', async (type, query, found) => {
    const { headers, text } = await get(`type=${type}&fields=email,date&format=json&${query}`);
    const first = JSON.parse(text).map((row: Record<string, string>) => Object.values(row)[0]);
    expect(first).toEqual(found.map((name) => (type === 'leads' ? `${name}@example.com` : name)));
    expect(headers.get('x-record-count')).toBe(String(found.length));
  });

  test('nothing found is a header row, or an empty list', async () => {
    const none = 'startDate=2030-01-01&fields=email,segment';
    expect((await get(`type=leads&${none}`)).text).toBe(`${mark}Email,Segment\r\n`);
    expect((await get(`type=leads&format=json&${none}`)).text.trim()).toBe('[]');
    expect((await get('type=analytics&startDate=2030-01-01&fields=date')).text).toBe(`${mark}Date\r\n`);
  });

  test.each(['type=shoes', '', 'type=leads&format=xml', 'type=leads&startDate=soon', 'type=leads&limit=0'])(
    '?%s is refused',
    async (query) => {
      expect((await get(query)).status).toBe(400);
    },
  );

  test('asks for the permission on the kind that is exported', async () => {
    const leadsOnly = await api.newKey(tenant, ['leads:export']);
    expect((await get('type=leads', leadsOnly)).status).toBe(200);
    expect((await get('type=analytics', leadsOnly)).status).toBe(403);
  });

  test('the short address is the same, and every export is in the history', async () => {
    const query = 'type=analytics&fields=date,revenue&startDate=2026-03-01';
    const short = await api.call('GET', `/api/export?${query}`, { as: key });
    expect(mark + short.text).toBe((await get(query)).text);
    const { json } = await api.call('GET', `${base}/exports?dataset=analytics&limit=2`, { as: key });
    const entry = {
      dataset: 'analytics',
      format: 'csv',
      state: 'done',
      fields: ['date', 'revenue'],
      filter: { where: { and: [{ field: 'date', operator: 'at_least', value: '2026-03-01' }] } },
      records: 3,
      bytes: Buffer.byteLength(mark + short.text),
      source: 'export',
    };
    expect(json.exports).toMatchObject([entry, entry]);
  });
});

describe('POST /export', () => {
  test('describes the seven kinds', async () => {
    const { status, json } = await api.call('POST', `${base}/export`, { as: key });
    expect(status).toBe(200);
    expect(
      json.configs.map((config: Record<string, unknown>) => [
        config.type,
        config.label,
        config.description,
        config.defaultDateRange,
        config.maxRecords,
      ]),
    ).toEqual([
      ['leads', 'Leads', 'Quiz responses and email subscribers', 30, 50_000],
      ['customers', 'Customers', 'Customer profiles and purchase history', 90, 50_000],
      ['orders', 'Orders', 'Order history with line items', 90, 100_000],
      ['pins', 'Pinterest Pins', 'Pin performance and scheduling data', 30, 10_000],
      ['quotes', 'Quotes', 'Quote content and generation data', 90, 10_000],
      ['assets', 'Assets', 'Generated design assets', 90, 50_000],
      ['analytics', 'Analytics', 'Daily performance metrics', 30, 1000],
    ]);
    const fieldsOf = (type: string) =>
      json.configs.find((config: Record<string, unknown>) => config.type === type).fields;
    expect(fieldsOf('customers').slice(-3)).toEqual([
      { key: 'journey_stage', label: 'Journey Stage', default: true },
      { key: 'loyalty_tier', label: 'Loyalty Tier', default: false },
      { key: 'lifetime_points', label: 'Lifetime Points', default: false },
    ]);
    expect(fieldsOf('pins').map(({ key: name }: Record<string, unknown>) => name)).toEqual([
      'id',
      'title',
      'board_name',
      'status',
      'impressions',
      'saves',
      'clicks',
      'engagement_rate',
      'published_at',
      'link',
      'pinterest_pin_id',
      'created_at',
    ]);
  });
});
