import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { addMember } from '../../../src/tenants/members.ts';
import { useServer } from '../../support/http.ts';
import { number, row, text, textRows, workbookFile } from '../../support/workbook-file.ts';
import { type KeyedTenant, keyedTenant } from './contract-support.ts';

process.env.CLIENTELE_FILE_BYTES_MAX = String(64 * 1024);
const api = useServer();

const path = '/customers/import';
const people =
  'Name,Email,Job Title\nAda Lovelace,ada@example.com,Countess\nGrace Hopper,grace@example.com,Admiral\n';
const none = { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0, errors: [] };

const filePart = `--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${people}`;

interface Form {
  readonly file?: string | Uint8Array<ArrayBuffer>;
  readonly name?: string;
  /** Stand behind the file. */
  readonly after?: Readonly<Record<string, string>>;
  readonly before?: Readonly<Record<string, string>>;
}

function formOf({ file = people, name = 'customers.csv', before = {}, after = {} }: Form): FormData {
  const form = new FormData();
  for (const [key, value] of Object.entries(before)) form.append(key, value);
  form.append('file', new Blob([file]), name);
  for (const [key, value] of Object.entries(after)) form.append(key, value);
  return form;
}

function send(its: KeyedTenant, form: Form = {}, as = its.key) {
  return its.call('POST', path, undefined, { as, body: formOf(form) });
}

describe('POST /customers/import with a form', () => {
  test('creates the customers of a CSV file', async () => {
    const its = await keyedTenant(api);
    const answered = await send(its);
    expect(answered.status, answered.text).toBe(200);
    expect(answered.json).toEqual({ ...none, created: 2 });
    expect(
      await its.rows('select display_name, first_name, job_title from customers order by number'),
    ).toEqual([
      { display_name: 'Ada Lovelace', first_name: 'Ada', job_title: 'Countess' },
      { display_name: 'Grace Hopper', first_name: 'Grace', job_title: 'Admiral' },
    ]);
  });

  test('takes JSON in the older system’s keys; a name alone is enough', async () => {
    const its = await keyedTenant(api);
    const rows = [
      {
        name: 'Ada Lovelace',
        company: 'Analytical',
        jobTitle: 'Countess',
        zipCode: '02134',
        address: '1 High Street',
      },
      { name: 'Grace Hopper', customerType: 'company', company: 'Navy', totalRevenue: 12.5 },
    ];
    const answered = await send(its, { file: JSON.stringify(rows), name: 'customers.json' });
    expect(answered.json).toEqual({ ...none, created: 2 });
    expect(
      await its.rows(
        `select c.display_name, c.company_name, c.job_title, c.type, a.postal_code from customers c
         left join customer_addresses a on a.customer_id = c.id order by c.number`,
      ),
    ).toEqual([
      {
        display_name: 'Ada Lovelace',
        company_name: 'Analytical',
        job_title: 'Countess',
        type: 'individual',
        postal_code: '02134',
      },
      {
        display_name: 'Grace Hopper',
        company_name: 'Navy',
        job_title: null,
        type: 'company',
        postal_code: null,
      },
    ]);
  });

  test.each(['before', 'after'] as const)(
    'skips what exists unless told to overwrite; fields may stand %s the file',
    async (where) => {
      const its = await keyedTenant(api);
      await send(its);
      const file = people.replace('Countess', 'Programmer').replace('grace@', 'eve@');
      const kept = await send(its, { file });
      expect(kept.json).toEqual({ ...none, created: 1, skipped: 1 });
      const overwritten = await send(its, { file, [where]: { overwrite: 'true' } });
      expect(overwritten.json).toEqual({ ...none, updated: 1, unchanged: 1 });
      expect(await its.rows(`select job_title from customers where email = 'ada@example.com'`)).toEqual([
        { job_title: 'Programmer' },
      ]);
    },
  );

  test('takes a workbook, its cells as a person sees them', async () => {
    const its = await keyedTenant(api);
    const file = workbookOf(
      row(1, { A: text('name'), B: text('zipCode'), C: text('totalRevenue'), D: text('nextFollowUp') }) +
        row(2, { A: text('Ada Lovelace'), B: number(2134, 1), C: number(12.5), D: number(46_000, 2) }) +
        row(4, { A: text('Grace Hopper'), B: text('W1'), C: number('1E3') }),
    );
    const answered = await send(its, { file, name: 'customers.xlsx' });
    expect([answered.status, answered.json]).toEqual([200, { ...none, created: 2 }]);
    expect(
      await its.rows(
        `select c.display_name, a.postal_code, c.total_spent::float, c.next_follow_up_at::date::text as next from customers c
         left join customer_addresses a on a.customer_id = c.id order by c.number`,
      ),
    ).toEqual([
      { display_name: 'Ada Lovelace', postal_code: '02134', total_spent: 12.5, next: '2025-12-09' },
      { display_name: 'Grace Hopper', postal_code: 'W1', total_spent: 1000, next: null },
    ]);
  });

  test('one bad row of a workbook leaves nothing written; skipErrors goes on past it', async () => {
    const its = await keyedTenant(api);
    const file = workbookOf(
      textRows([
        ['Name', 'Email', 'Phone'],
        ['Ada Lovelace', 'ada@example.com', ''],
        ['No Body', 'nobody', '#N/A'],
      ]),
    );
    const errors = [
      { row: 2, field: 'email', message: '"nobody" is not an e-mail address.' },
      { row: 2, field: 'phone', message: '"#N/A" is what a spreadsheet left of the value.' },
    ];
    const refused = await send(its, { file, name: 'customers.xlsx' });
    expect([refused.status, refused.json]).toEqual([422, { ...none, skipped: 1, failed: 1, errors }]);
    expect(await its.rows('select id from customers')).toEqual([]);
    const goneOn = await send(its, { file, name: 'customers.xlsx', before: { skipErrors: 'true' } });
    expect([goneOn.status, goneOn.json]).toEqual([200, { ...none, created: 1, failed: 1, errors }]);
    const overwritten = await send(its, { file, after: { skipErrors: 'true', overwrite: 'true' } });
    expect(overwritten.json).toEqual({ ...none, unchanged: 1, failed: 1, errors });
  });

  test('one bad row leaves nothing written', async () => {
    const its = await keyedTenant(api);
    const answered = await send(its, { file: `${people}No Body,nobody,\n` });
    expect(answered.status).toBe(422);
    expect(answered.json).toEqual({
      ...none,
      skipped: 2,
      failed: 1,
      errors: [{ row: 3, field: 'email', message: '"nobody" is not an e-mail address.' }],
    });
    expect(await its.rows('select id from customers')).toEqual([]);
  });

  test('goes on past bad rows when told to, and says what is wrong with which field by its own name for it', async () => {
    const its = await keyedTenant(api);
    const file = `Name,Email,Phone,customerType\nAda Lovelace,ada@example.com,020 7946 0958,robot\n,x,none,\nEve Ray,,,\n`;
    const answered = await send(its, { file, before: { skipErrors: 'true' } });
    expect(answered.status).toBe(200);
    expect(answered.json).toEqual({
      ...none,
      created: 1,
      failed: 2,
      errors: [
        { row: 1, field: 'customerType', message: '"robot" is not one of the values allowed.' },
        { row: 2, field: 'email', message: '"x" is not an e-mail address.' },
        { row: 2, field: 'phone', message: '"none" is not a phone number.' },
      ],
    });
    const rejects = await its.call('GET', `/imports/${answered.headers.get('x-import-id')}/rejects`);
    expect(rejects.text.split('\n')).toHaveLength(4);
  });

  test('a company without its name, and nobody at all, are errors of their rows', async () => {
    const its = await keyedTenant(api);
    const file = 'Name,customerType,Phone\nNavy,company,020 7946 0958\n,,020 7946 0959\n';
    const answered = await send(its, { file, before: { skipErrors: 'yes' } });
    expect(answered.json).toEqual({
      ...none,
      failed: 2,
      errors: [
        { row: 1, field: 'company', message: 'Company Name is missing.' },
        { row: 2, field: 'first_name', message: 'First Name is missing.' },
      ],
    });
  });

  test('columns that mean no field are passed over and reported', async () => {
    const its = await keyedTenant(api);
    const answered = await send(its, { file: 'Name,Shoe Size\nAda Lovelace,7\n' });
    expect(answered.json).toEqual({ ...none, created: 1 });
    expect(answered.headers.get('x-ignored-keys')).toBe('Shoe%20Size');
  });

  test('the short address means the tenant of the key', async () => {
    const its = await keyedTenant(api);
    const answered = await api.call('POST', `/api${path}`, { as: its.key, body: formOf({}) });
    expect(answered.json).toEqual({ ...none, created: 2 });
  });
});

describe('what it refuses', () => {
  test.each([
    ['no file', { before: {} }, 422, 'file.empty'],
    ['a file of another name', 'upload', 400, 'request.invalid'],
    ['an unknown field', { after: { dryRun: 'true' } }, 400, 'request.invalid'],
    ['a field that is neither yes nor no', { before: { overwrite: 'perhaps' } }, 400, 'request.invalid'],
    ['an empty file', { file: '' }, 422, 'file.empty'],
    [
      'a workbook of the old kind',
      { file: new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), name: 'customers.xls' },
      415,
      'file.workbook',
    ],
    [
      'a workbook that leads elsewhere',
      { file: workbookOf('', [{ name: '../x', content: 'x' }]), name: 'customers.xlsx' },
      422,
      'file.zip',
    ],
    [
      'a picture',
      { file: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]) },
      415,
      'file.binary',
    ],
    ['a file that feeds no field', { file: 'Shoe Size,Hat Size\n7,8\n' }, 422, 'mapping.invalid'],
  ])('%s', async (what, form, status, code) => {
    const its = await keyedTenant(api);
    const body = typeof form === 'string' ? new FormData() : formOf(form);
    if (typeof form === 'string') body.append(form, new Blob([people]), 'customers.csv');
    if (what === 'no file') body.delete('file');
    if (what === 'no file') body.append('overwrite', 'true');
    const answered = await its.call('POST', path, undefined, { body });
    expect([answered.status, answered.json.code], answered.text).toEqual([status, code]);
    expect(answered.headers.get('content-type')).toContain('application/problem+json');
    expect(answered.json.error).toBe(answered.json.detail);
    expect(await its.rows('select id from customers')).toEqual([]);
  });

  test.each([
    ['no body', undefined, 'multipart/form-data; boundary=edge', 422, 'file.empty'],
    ['no boundary', 'Name', 'multipart/form-data', 400, 'request.malformed'],
    ['no parts', '--edge--\r\n', 'multipart/form-data; boundary=edge', 422, 'file.empty'],
    ['no end', filePart, 'multipart/form-data; boundary=edge', 400, 'request.broken_off'],
    [
      'two files',
      `${filePart}\r\n${filePart}\r\n--edge--\r\n`,
      'multipart/form-data; boundary=edge',
      413,
      'request.too_large',
    ],
  ])('a form with %s', async (_, body, type, status, code) => {
    const its = await keyedTenant(api);
    const answered = await its.call('POST', path, undefined, body === undefined ? { type } : { body, type });
    expect([answered.status, answered.json.code], answered.text).toEqual([status, code]);
    expect(await its.rows('select id from imports')).toEqual([]);
  });

  test('413 over the limit', async () => {
    const its = await keyedTenant(api);
    const answered = await send(its, { file: `${people}${'x'.repeat(70 * 1024)}` });
    expect([answered.status, answered.json.code]).toEqual([413, 'file.too_large']);
  });

  test('413 before the body is read to its end', async () => {
    const its = await keyedTenant(api);
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('utf8').on('data', (piece) => {
      answer += piece;
    });
    socket.write(
      `POST /api/tenants/${its.tenant.slug}${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${its.key}\r\n` +
        'Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: 1000000000\r\n\r\n' +
        '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nName\r\n',
    );
    socket.write('x'.repeat(80 * 1024));
    // A gigabyte was announced; the rest of it never comes, and the answer does.
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('file.too_large');
  });

  test('409 where a guard rail of the tenant holds the import until somebody has looked at it', async () => {
    const its = await keyedTenant(api);
    const settings = { guardRails: { approval: true } };
    expect((await its.call('PATCH', '/settings', { settings })).status).toBe(200);
    const answered = await send(its);
    expect([answered.status, answered.json.code], answered.text).toEqual([409, 'import.held']);
    expect(await its.rows('select id from customers')).toEqual([]);
  });

  test('401, 403 and 404 in another tenant', async () => {
    const its = await keyedTenant(api);
    const other = await keyedTenant(api);
    expect((await send(its, {}, 'Bearer clk_nobody')).status).toBe(401);
    expect((await send(its, {}, await api.newKey(its.tenant, ['customers:read']))).status).toBe(403);
    expect((await send(its, {}, other.key)).status).toBe(404);
  });
});

function workbookOf(
  rows: string,
  more: Parameters<typeof workbookFile>[0]['more'] = [],
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    workbookFile({ sheets: [{ name: 'Customers', rows }], formats: ['00000', 14], more }),
  );
}

describe('a customer who signs in', () => {
  interface Own extends KeyedTenant {
    /** Sends as the customer. */
    send(form: Form): ReturnType<typeof api.call>;
    readonly as: string;
  }

  /** Two customers, of whom the first belongs to whoever has the role. */
  async function withOwnRecord({ owned = true } = {}): Promise<Own> {
    const its = await keyedTenant(api);
    await send(its);
    const account = await api.newAccount();
    await addMember(api.database, its.tenant.id, account, { role: 'customer' }, null);
    if (owned)
      await its.rows(`update customers set user_id = $1 where email = 'ada@example.com'`, [account.userId]);
    return { ...its, as: account.as, send: (form) => send(its, form, account.as) };
  }

  test('imports his own record, and of it the fields that are his to write', async () => {
    const its = await withOwnRecord();
    const file =
      'Email,Name,Job Title,City,Store Credit,Loyalty Points,Status\nada@example.com,Ada King,Countess of Lovelace,London,1000,50,inactive\n';
    const answered = await its.send({ file, after: { overwrite: 'true' } });
    expect(answered.status, answered.text).toBe(200);
    expect(answered.json).toEqual({ ...none, updated: 1 });
    expect(answered.headers.get('x-ignored-keys')).toBe('Store%20Credit, Loyalty%20Points, Status');
    expect(
      await its.rows(
        'select display_name, job_title, store_credit_balance::int as credit, loyalty_points::int as points, status from customers order by number',
      ),
    ).toEqual([
      { display_name: 'Ada King', job_title: 'Countess of Lovelace', credit: 0, points: 0, status: 'active' },
      { display_name: 'Grace Hopper', job_title: 'Admiral', credit: 0, points: 0, status: 'active' },
    ]);
  });

  test('without overwrite his record is skipped', async () => {
    const its = await withOwnRecord();
    const answered = await its.send({ file: 'Email,Job Title\nada@example.com,Queen\n' });
    expect(answered.json).toEqual({ ...none, skipped: 1 });
  });

  test('a bad row is told of', async () => {
    const its = await withOwnRecord();
    const answered = await its.send({
      file: 'Email,Phone\nada@example.com,none\n',
      before: { overwrite: 'true' },
    });
    expect(answered.status).toBe(422);
    expect(answered.json).toEqual({
      ...none,
      failed: 1,
      errors: [{ row: 1, field: 'phone', message: '"none" is not a phone number.' }],
    });
  });

  test.each([
    ['another customer', 'Email,Job Title\ngrace@example.com,Nobody\n'],
    ['a new customer', 'Email,Name\neve@example.com,Eve Ray\n'],
    ['his own and another', 'Email,Job Title\nada@example.com,Queen\ngrace@example.com,Nobody\n'],
    ['nobody by any key', 'Name,Job Title\nAda Lovelace,Queen\n'],
    [
      'his own by its number and another by its e-mail',
      'Customer Number,Email\nCUST-000001,grace@example.com\n',
    ],
  ])('a file of %s is refused, and nothing is written', async (_, file) => {
    const its = await withOwnRecord();
    const before = await its.rows('select * from customers order by number');
    const answered = await its.send({ file, before: { overwrite: 'true', skipErrors: 'true' } });
    expect([answered.status, answered.json.code], answered.text).toEqual([403, 'permission.missing']);
    expect(await its.rows('select * from customers order by number')).toEqual(before);
    expect(await its.rows(`select state from imports where state not in ('done', 'cancelled')`)).toEqual([]);
  });

  test('without a record of his own he imports nothing; JSON rows are for the staff', async () => {
    const its = await withOwnRecord({ owned: false });
    const answered = await its.send({
      file: 'Email,Job Title\nada@example.com,Queen\n',
      before: { overwrite: 'true' },
    });
    expect(answered.status).toBe(403);
    const rows = { data: [{ email: 'ada@example.com', first_name: 'A', last_name: 'B' }], mode: 'upsert' };
    const asJson = await its.call('POST', path, rows, { as: its.as });
    expect(asJson.status).toBe(403);
  });
});
