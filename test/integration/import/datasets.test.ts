/** The datasets beside customers: a file as other people write it goes in by the mapping that is suggested, and out again by undo. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type Asked, useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 2 });

interface Sample {
  readonly dataset: string;
  /** A file that has what this one refers to. */
  readonly before?: readonly [dataset: string, content: string];
  readonly content: string;
  /** The field that each column feeds. */
  readonly fields: readonly (string | null)[];
  readonly table: string;
  readonly rows: number;
}

const samples: readonly Sample[] = [
  {
    dataset: 'leads',
    content:
      'Email Address,Quiz Result,Completed Quiz,Sign Up Date,UTM Source,Comment\n' +
      'Ann@Example.com,Dreamer,yes,2024-05-06 10:00,pinterest,hi\nbob@example.com,,no,,,\nkim@example.com,"Maker, bold",,2024-05-07,,\n',
    fields: ['email', 'segment', 'quiz_completed', 'created_at', 'utm_source', null],
    table: 'leads',
    rows: 3,
  },
  {
    dataset: 'orders',
    before: ['customers', 'email,first_name\nann@example.com,Ann\n'],
    content:
      'Name,Email,Financial Status,Currency,Subtotal,Discount Amount,Total,Discount Code,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku\n' +
      '#1001,ann@example.com,paid,USD,20.00,2.00,18.00,SPRING,2024-05-06 10:00:00 +0200,1,Mug,12.00,M-1\n' +
      '#1001,ann@example.com,,,,,,,,2,Card,4.00,C-1\n#1002,,refunded,USD,5.00,0.00,5.00,,2024-05-07 11:00:00 +0200,1,Pen,5.00,\n',
    fields: [
      'number',
      'customer_email',
      'status',
      'currency',
      'subtotal',
      'discount_total',
      'total',
      'coupon_code',
      'created_at',
      'line_quantity',
      'line_title',
      'line_unit_price',
      'line_sku',
    ],
    table: 'orders',
    rows: 2,
  },
  {
    dataset: 'pins',
    content:
      'Pin ID,Pin Title,Board,Status,Impressions,Saves,Pin Clicks,Engagement Rate,Published,Destination Link\n' +
      '77,Ten ideas,Home,published,"1,200",30,4,2.5,2024-05-06T10:00:00Z,https://example.com/a\n' +
      '78,Ten more,Home,draft,,,,,,\n79,Others,Garden,scheduled,0,0,0,0,,\n',
    fields: [
      'pinterest_pin_id',
      'title',
      'board_name',
      'status',
      'impressions',
      'saves',
      'clicks',
      'engagement_rate',
      'published_at',
      'link',
    ],
    table: 'pins',
    rows: 3,
  },
  {
    dataset: 'quotes',
    content:
      'Quote,Author,Category,Tone,Status\n"Be, or not",William,Classics,calm,approved\n“Só” isso,,,,draft\n"=1+1",Ann,,,\n',
    fields: ['text', 'attribution', 'collection', 'mood', 'status'],
    table: 'quotes',
    rows: 3,
  },
  {
    dataset: 'analytics',
    content:
      'Day,Revenue,Orders,New Customers,Leads,Quizzes,Impressions,Clicks\n2024-05-06,10.50,2,1,3,0,1200,4\n2024-05-13,,,,,,,\n',
    fields: [
      'date',
      'revenue',
      'orders',
      'new_customers',
      'new_leads',
      'quiz_completions',
      'pin_impressions',
      'pin_clicks',
    ],
    table: 'daily_metrics',
    rows: 2,
  },
];

describe.each(samples.map((sample) => [sample.dataset, sample] as const))(
  'a file of %s',
  (dataset, sample) => {
    test('goes in as suggested, is unchanged when it comes again, and goes by undo', async () => {
      const tenant = await given.tenant();
      if (sample.before !== undefined)
        await given.import(tenant, sample.before[1], { dataset: sample.before[0] });
      const before = await given.digestOf(tenant);
      const asked = { dataset, fileName: `${dataset}.csv` };
      const run = await given.import(tenant, sample.content, asked);
      expect(run.mapping?.columns.map(({ field }) => field)).toEqual(sample.fields);
      expect(run, JSON.stringify(await given.problems(run))).toMatchObject({
        created: sample.rows,
        failed: 0,
      });
      expect(await given.rows(tenant, `select count(*)::int as rows from ${sample.table}`)).toEqual([
        { rows: sample.rows },
      ]);
      const whole = await given.digestOf(tenant);
      expect(await given.import(tenant, sample.content, asked)).toMatchObject({
        created: 0,
        updated: 0,
        unchanged: sample.rows,
      });
      expect(await given.digestOf(tenant)).toBe(whole);
      await given.undo(run);
      expect(await given.digestOf(tenant)).toBe(before);
    });
  },
);

describe('an asset', () => {
  const importAs = (tenant: string, dataset: string, content: string, asked: Asked = {}) =>
    given.import(tenant, content, { dataset, fileName: `${dataset}.csv`, ...asked });

  test('finds its quote by its text or its id, and the quote counts it', async () => {
    const tenant = await given.tenant();
    await importAs(tenant, 'quotes', 'text\n"Be, or not"\nGo on\n');
    const [{ id } = {}] = await given.rows(tenant, `select id from quotes where text = 'Go on'`);
    const before = await given.digestOf(tenant);
    const run = await importAs(
      tenant,
      'assets',
      `Quote,Format,URL\n"Be, or not",square,https://a.example\n${String(id)},wide,\n"Be, or not",tall,\n,none,\n`,
    );
    expect(run.mapping?.columns.map(({ field }) => field)).toEqual(['quote_text', 'format', 'url']);
    expect(run).toMatchObject({ created: 4, failed: 0 });
    expect(await given.rows(tenant, 'select text, assets_count from quotes order by text')).toEqual([
      { text: 'Be, or not', assets_count: 2 },
      { text: 'Go on', assets_count: 1 },
    ]);
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('of a quote that is not there is a problem, and so is one whose text two quotes have', async () => {
    const tenant = await given.tenant();
    await importAs(tenant, 'quotes', 'text,attribution\nTwice,Ann\nOnce,Ann\n');
    await given.rows(
      tenant,
      `insert into quotes (tenant_id, id, version, text, text_key, assets_count, created_at, updated_at)
       select tenant_id, gen_random_uuid(), 1, text, text_key, 0, created_at, updated_at from quotes where text = 'Twice'`,
    );
    const run = await importAs(tenant, 'assets', 'quote_text,format\nTwice,a\nNever,b\nOnce,c\nonce,d\n');
    expect(await given.outcomes(run)).toEqual([
      'failed reference.ambiguous',
      'failed reference.not_found',
      'created',
      'failed reference.not_found',
    ]);
    expect((await given.problems(run))[0]).toMatchObject({
      field: 'quote_text',
      details: { target: 'quote', value: 'Twice' },
    });
  });

  test('keeps its quote there when the quote’s import is undone', async () => {
    const tenant = await given.tenant();
    const quotes = await importAs(tenant, 'quotes', 'text\nOnce\nAlone\n');
    await importAs(tenant, 'assets', 'quote_text,format\nOnce,c\n');
    expect((await given.undo(quotes)).undoReport).toEqual({ removed: 1, restored: 0, leftAlone: 1 });
  });
});

describe('a quote', () => {
  test('is found by its text, unless two have it', async () => {
    const tenant = await given.tenant();
    const asked = { dataset: 'quotes', match: ['id'] };
    await given.import(tenant, 'text\nOnce\nTwice\nTwice\n', asked);
    const run = await given.import(tenant, 'text,mood\nOnce,calm\nTwice,calm\n', { dataset: 'quotes' });
    expect(await given.outcomes(run)).toEqual(['updated', 'failed match.conflict']);
  });
});

describe('a board', () => {
  test('comes to be with its first pin, and goes with the run that made it once no pin is on it', async () => {
    const tenant = await given.tenant();
    const before = await given.digestOf(tenant);
    const first = await given.import(tenant, 'title,board_name\nOne,Home\nTwo,Home\nThree,\n', {
      dataset: 'pins',
    });
    const second = await given.import(tenant, 'title,board_name\nFour,Home\nFive,Garden\n', {
      dataset: 'pins',
    });
    const boards = async () =>
      (await given.rows(tenant, 'select name from boards order by name')).map(({ name }) => name);
    expect(await boards()).toEqual(['Garden', 'Home']);
    await given.undo(first);
    expect(await boards()).toEqual(['Garden', 'Home']);
    await given.undo(second);
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('that is not there is a problem for a run that may make none', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'title,board_name\nOne,Home\n', { dataset: 'pins' });
    const run = await given.import(tenant, 'title,board_name\nTwo,Home\nThree,Garden\n', {
      dataset: 'pins',
      createGroups: false,
    });
    expect(await given.outcomes(run)).toEqual(['created', 'failed reference.not_found']);
    expect(await given.problems(run)).toMatchObject([{ details: { target: 'board', value: 'Garden' } }]);
  });
});

test('the example of orders goes in after the example of customers, without one error', async () => {
  const tenant = await given.tenant();
  const example = (name: string): Promise<Buffer> =>
    readFile(new URL(`../../../examples/${name}`, import.meta.url));
  await given.import(tenant, await example('customers.csv'), { require: [], reading: { dateOrder: 'dmy' } });
  const run = await given.import(tenant, await example('orders.csv'), {
    dataset: 'orders',
    fileName: 'orders.csv',
  });
  expect(run, JSON.stringify(await given.problems(run))).toMatchObject({ created: 5, skipped: 2, failed: 0 });
});

test.each([
  ['leads', 'email,source\n,web\n'],
  ['orders', 'number,status\n1,paid\n'],
  ['pins', 'title,status\n,draft\n'],
  ['quotes', 'text,mood\n,calm\n'],
  ['analytics', 'date,revenue\n,5\n'],
])('a record of %s is none without what it must have', async (dataset, content) => {
  const tenant = await given.tenant();
  const run = await given.import(tenant, content, { dataset });
  expect(await given.outcomes(run)).toEqual(['failed value.required']);
});
