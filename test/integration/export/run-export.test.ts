/** Exports as files: their bytes, the snapshot they are of, what the history keeps, and what happens when they break off. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, inject, test } from 'vitest';
import { readAudit } from '../../../src/audit/read.ts';
import { verifyAudit } from '../../../src/audit/verify.ts';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { customers } from '../../../src/datasets/customers.ts';
import { listExports } from '../../../src/export/history.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createTenant } from '../../../src/tenants/tenants.ts';
import { beginExport, bufferOf, type ExportOf, exported } from '../../support/export.ts';
import { useImports } from '../../support/import.ts';
import { asAdmin } from '../../support/server.ts';

const given = useImports();

const columns = (...fields: string[]) => fields.map((field) => ({ field }));
const of = (asked: Partial<ExportOf>): ExportOf => ({
  dataset: customers,
  sort: [{ field: 'number' }],
  ...asked,
});

async function tenantWith(
  records: readonly object[],
  properties: { timezone?: string; currency?: string } = {},
): Promise<string> {
  const { id } = await createTenant(given.database, { name: 'T', slug: `t-${newId()}`, ...properties });
  const file = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const run = await given.import(id, file, { fileName: 'x.ndjson', require: [] });
  expect(run.created).toBe(records.length);
  return id;
}

function history(tenant: string) {
  return withTenant(given.database, tenant, (tx) => listExports(tx, { limit: 10, datasets: ['customers'] }));
}

async function many(amount: number): Promise<string> {
  const { id } = await createTenant(given.database, { name: 'T', slug: `t-${newId()}` });
  const rows = Array.from({ length: amount }, (_, i) => `m${i}@example.com,Many,${'x'.repeat(1500)}\n`);
  await given.import(id, `email,first_name,driver_notes\n${rows.join('')}`);
  return id;
}

const hostile = {
  number: 'CUST-000001',
  first_name: '=1+1',
  last_name: 'a "b", c',
  job_title: "'-5",
  email: 'a@example.com',
  general_notes: 'line\nbreak',
};

describe('bytes', () => {
  test('a spreadsheet: byte-order mark, labels, CRLF, quotes where needed, formulas guarded', async () => {
    const tenant = await tenantWith(
      [{ ...hostile, marketing_opt_in: true, total_spent: '1234.5', date_of_birth: '1980-02-03' }],
      { currency: 'JPY' },
    );
    const asked = of({
      columns: columns(
        'first_name',
        'last_name',
        'job_title',
        'phone',
        'marketing_opt_in',
        'store_credit_balance',
        'total_spent',
        'date_of_birth',
        'segment',
      ),
    });
    const { text } = await exported(given.database, tenant, asked);
    expect(text).toBe(
      '\ufeffFirst Name,Last Name,Job Title,Phone Number,Marketing Opt-in,Store Credit,Total Spent,Date of Birth,Segment\r\n' +
        `'=1+1,"a ""b"", c",''-5,,Yes,0,1234.5,1980-02-03,New\r\n`,
    );
  });

  test('for programs: keys, true and false, ISO 8601, nothing guarded', async () => {
    const tenant = await tenantWith([{ ...hostile, created_at: '2025-07-01T10:00:00.25+02:00' }], {
      timezone: 'Asia/Tokyo',
    });
    const asked = of({
      profile: 'data',
      columns: columns('first_name', 'job_title', 'email_verified', 'created_at', 'segment'),
    });
    const { text } = await exported(given.database, tenant, asked);
    expect(text).toBe(
      `first_name,job_title,email_verified,created_at,segment\r\n=1+1,'-5,false,2025-07-01T08:00:00.25Z,new\r\n`,
    );
  });

  test('the line feed of a cell stays, with CRLF and with LF', async () => {
    const tenant = await tenantWith([
      { number: 'CUST-000001', first_name: 'A', suspended_reason: 'one\ntwo\r\nthree' },
    ]);
    const asked = { profile: 'data', columns: columns('suspended_reason', 'number') } as const;
    const crlf = await exported(given.database, tenant, of(asked));
    expect(crlf.text).toBe('suspended_reason,number\r\n"one\ntwo\r\nthree",CUST-000001\r\n');
    const lf = await exported(
      given.database,
      tenant,
      of({ ...asked, csv: { lineEnd: 'lf', quotes: 'all', delimiter: 'tab' } }),
    );
    expect(lf.text).toBe('"suspended_reason"\t"number"\n"one\ntwo\r\nthree"\t"CUST-000001"\n');
  });

  test('a name of more than 63 bytes is not cut, and a formula in a header is guarded', async () => {
    const tenant = await tenantWith([hostile]);
    const header = `=Größe, "${'ä'.repeat(60)}"`;
    const chosen = [{ field: 'number', header }];
    const file = await exported(given.database, tenant, of({ columns: chosen }));
    expect(parse(file.file, { bom: true })).toEqual([[`'${header}`], ['CUST-000001']]);
    const json = await exported(given.database, tenant, of({ columns: chosen, format: 'json' }));
    expect(JSON.parse(json.text)).toEqual([{ [header]: 'CUST-000001' }]);
  });

  test('JSON is typed, and whatever stands in a text stays', async () => {
    const text = 'back\\slash "quoted" \t tab \u2028\n😀 שלום';
    const tenant = await tenantWith([
      {
        number: 'CUST-000001',
        first_name: 'A',
        last_name: text,
        tags: 'x; y',
        metadata: '{"a":[1,{"b":"\\\\\\""}]}',
        total_spent: 12.5,
        orders_count: 3,
      },
    ]);
    const fields = columns(
      'last_name',
      'tags',
      'metadata',
      'total_spent',
      'orders_count',
      'email_verified',
      'phone',
    );
    const expected = {
      last_name: text,
      tags: ['x', 'y'],
      metadata: { a: [1, { b: '\\"' }] },
      total_spent: 12.5,
      orders_count: 3,
      email_verified: false,
      phone: null,
    };
    const json = await exported(given.database, tenant, of({ columns: fields, format: 'json' }));
    expect(JSON.parse(json.text)).toEqual([expected]);
    const ndjson = await exported(given.database, tenant, of({ columns: fields, format: 'ndjson' }));
    expect(ndjson.text.endsWith('\n')).toBe(true);
    expect(
      ndjson.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([expected]);
  });

  test('nothing to export is a header, an empty list, or nothing', async () => {
    const tenant = await tenantWith([]).catch(() => given.tenant());
    const empty = (format: 'csv' | 'json' | 'ndjson') =>
      exported(given.database, tenant, of({ columns: columns('email'), format, profile: 'data' }));
    expect((await empty('csv')).text).toBe('email\r\n');
    expect(JSON.parse((await empty('json')).text)).toEqual([]);
    expect((await empty('ndjson')).text).toBe('');
  });

  test('in a file of one column an absent value is a row', async () => {
    const tenant = await tenantWith([
      { number: 'CUST-000001', first_name: 'A' },
      { number: 'CUST-000002', first_name: 'B', email: 'b@example.com' },
    ]);
    const { text } = await exported(
      given.database,
      tenant,
      of({ columns: columns('email'), profile: 'data' }),
    );
    expect(text).toBe('email\r\n""\r\nb@example.com\r\n');
  });

  test('compressed it is the same file', async () => {
    const tenant = await many(300);
    for (const format of ['csv', 'json', 'ndjson'] as const) {
      const plain = await exported(
        given.database,
        tenant,
        of({ columns: columns('email', 'driver_notes'), format }),
      );
      const packed = await exported(
        given.database,
        tenant,
        of({ columns: columns('email', 'driver_notes'), format, gzip: true }),
      );
      expect(packed.file.length).toBeLessThan(plain.file.length / 10);
      expect(gunzipSync(packed.file).equals(plain.file)).toBe(true);
    }
  });

  test('newest first, and at most so many', async () => {
    const tenant = await tenantWith(
      [1, 2, 3].map((day) => ({
        number: `CUST-00000${day}`,
        first_name: 'A',
        created_at: `2025-01-0${day}`,
      })),
    );
    const { text, records } = await exported(given.database, tenant, {
      dataset: customers,
      columns: columns('number'),
      profile: 'data',
      limit: 2,
    });
    expect([text, records]).toEqual(['number\r\nCUST-000003\r\nCUST-000002\r\n', 2]);
  });

  test('absent values read as a new record would have them, where that is asked for', async () => {
    const tenant = await tenantWith([{ number: 'CUST-000001', first_name: 'A' }]);
    const chosen = [
      { field: 'reminder_opt_in', absent: 'default' },
      { field: 'is_login_enabled' },
      { field: 'number' },
    ] as const;
    const { text } = await exported(given.database, tenant, of({ columns: chosen, profile: 'data' }));
    expect(text.split('\r\n')[1]).toBe('false,,CUST-000001');
  });
});

describe('columns', () => {
  test.each([
    [columns('shoe_size'), /no field "shoe_size"/],
    [columns('note'), /do not export the field "note"/],
    [columns('email', 'E-mail'), /Two columns/],
    [[{ field: 'email', header: ' ' }], /empty header/],
    [[{ field: 'email', header: 'E\0mail' }], /control character/],
    [[{ field: 'email', header: 'E\ud800mail' }], /control character/],
    [[], /No column/],
  ])('%j are refused by name', async (chosen, message) => {
    const tenant = await given.tenant();
    const refused = exported(given.database, tenant, of({ columns: chosen }));
    await expect(refused).rejects.toMatchObject({
      code: 'export.invalid',
      message: expect.stringMatching(message),
    });
    expect(await history(tenant)).toEqual([]);
  });
});

describe('sensitive fields', () => {
  const permissions = new Set(['customers:read', 'customers:export'] as const);

  test('leave the file without the permission, and are said to', async () => {
    const tenant = await tenantWith([
      { number: 'CUST-000001', first_name: 'A', medical_notes: 'asthma', medication_notes: 'salbutamol' },
    ]);
    const without = await exported(
      given.database,
      tenant,
      of({ columns: 'all', permissions, profile: 'data' }),
    );
    expect(without.leftOut).toEqual(['medical_notes', 'medication_notes']);
    expect(without.text).not.toMatch(/medical|medication|asthma|salbutamol/);
    const all = await exported(
      given.database,
      tenant,
      of({ columns: 'all', permissions: new Set([...permissions, 'customers:read_sensitive'] as const) }),
    );
    expect([all.leftOut, all.text.includes('asthma')]).toEqual([[], true]);
    expect((await history(tenant)).map(({ leftOut }) => leftOut)).toEqual([
      [],
      ['medical_notes', 'medication_notes'],
    ]);
  });

  test('a column that must stay is there, and empty', async () => {
    const tenant = await tenantWith([{ number: 'CUST-000001', first_name: 'A', medical_notes: 'asthma' }]);
    const chosen = [{ field: 'number' }, { field: 'medical_notes', unreadable: 'blank' }] as const;
    const { text } = await exported(
      given.database,
      tenant,
      of({ columns: chosen, permissions, profile: 'data' }),
    );
    expect(text).toBe('number,medical_notes\r\nCUST-000001,\r\n');
  });

  test('neither filter nor order', async () => {
    const tenant = await given.tenant();
    const filter = { where: { or: [{ field: 'Medical Notes', operator: 'contains', value: 'a' } as const] } };
    const missing = { code: 'permission.missing' };
    await expect(exported(given.database, tenant, of({ filter, permissions }))).rejects.toMatchObject(
      missing,
    );
    const sort = [{ field: 'medication_notes' }];
    await expect(exported(given.database, tenant, of({ sort, permissions }))).rejects.toMatchObject(missing);
  });
});

describe('one snapshot', () => {
  test('what is written while the file leaves is not in it, and the count is right', async () => {
    const tenant = await many(2000);
    const running = await beginExport(
      given.database,
      tenant,
      of({ columns: columns('email', 'driver_notes', 'groups') }),
    );
    await given.import(tenant, 'email,first_name\nlater@example.com,Later\n');
    await given.rows(tenant, `update customers set email = 'changed-' || email, version = version + 1`);
    const rows = parse(await bufferOf(running.stream), { bom: true }) as string[][];
    expect(rows.length - 1).toBe(running.records);
    expect(running.records).toBe(2000);
    expect(rows.slice(1).every(([email]) => email?.startsWith('m') === true)).toBe(true);
  });
});

describe('the history', () => {
  test('keeps who took what, how much, and its digest; the trail keeps that it was taken', async () => {
    const tenant = await tenantWith([hostile]);
    const by = newId();
    const filter = { where: { field: 'email', operator: 'not_empty' } as const };
    const { file, id } = await exported(
      given.database,
      tenant,
      of({ columns: columns('email'), filter, by, source: 'API', gzip: true }),
    );
    const [entry] = await history(tenant);
    expect(entry).toMatchObject({
      id,
      by,
      source: 'API',
      state: 'done',
      dataset: 'customers',
      format: 'csv',
      profile: 'spreadsheet',
      fields: ['email'],
      leftOut: [],
      filter,
      records: 1,
      bytes: file.length,
      sha256: createHash('sha256').update(file).digest('hex'),
    });
    const [noted] = await given.within(tenant, (tx) =>
      readAudit(tx, { action: 'export.download', limit: 5 }),
    );
    expect(noted).toMatchObject({
      subjectId: id,
      actor: by,
      detail: { records: 1, complete: true, fields: ['email'] },
    });
    expect(JSON.stringify(noted?.detail)).not.toContain('example.com');
    expect((await given.within(tenant, verifyAudit)).faults).toEqual([]);
  });

  async function brokenOff(tenant: string) {
    for (;;) {
      const [entry] = await history(tenant);
      if (entry !== undefined && entry.state !== 'running') return entry;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test('says so when the reader goes away, and the connection is not used any more', async () => {
    const tenant = await many(6000);
    const running = await beginExport(
      given.database,
      tenant,
      of({ columns: columns('email', 'driver_notes') }),
    );
    for await (const piece of running.stream) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(await brokenOff(tenant)).toMatchObject({ state: 'broken_off', records: 6000 });
    expect((await exported(given.database, tenant, of({ columns: columns('email') }))).records).toBe(6000);
    const [noted] = await given.within(tenant, (tx) =>
      readAudit(tx, { action: 'export.download', limit: 5 }),
    );
    expect(noted?.detail).toMatchObject({ complete: true });
  });

  test('and when the database does: the stream fails, so that nobody takes half a file for a whole one', async () => {
    const tenant = await many(6000);
    const running = await beginExport(
      given.database,
      tenant,
      of({ columns: columns('email', 'driver_notes') }),
    );
    await asAdmin(inject('testServer').admin, async (admin) => {
      const { rowCount } = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy (%' and datname = $1`,
        [given.logins.app.database],
      );
      expect(rowCount).toBe(1);
    });
    const outcome = await bufferOf(running.stream).then(
      ({ length }) => `all ${length} bytes`,
      () => 'failed',
    );
    expect(outcome).toBe('failed');
    expect(await brokenOff(tenant)).toMatchObject({ state: 'broken_off' });
    expect((await exported(given.database, tenant, of({ columns: columns('email') }))).records).toBe(6000);
  });

  test('more exports at once than there are connections', async () => {
    const tenant = await tenantWith([hostile]);
    const all = await Promise.all(
      Array.from({ length: 30 }, () => exported(given.database, tenant, of({ columns: columns('email') }))),
    );
    expect(new Set(all.map(({ text }) => text)).size).toBe(1);
  });
});
