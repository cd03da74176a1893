import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { createTenant, type Tenant } from '../../../src/tenants/tenants.ts';
import { useServer } from '../../support/http.ts';
import { headOf, rawConnection, statusIn } from '../../support/raw-http.ts';

const jsonBytesMax = 4096;
const fileBytesMax = 300_000;
process.env.CLIENTELE_JSON_BYTES_MAX = String(jsonBytesMax);
process.env.CLIENTELE_FILE_BYTES_MAX = String(fileBytesMax);
process.env.CLIENTELE_JSON_SECONDS_MAX = '1';
process.env.CLIENTELE_HEAD_SECONDS_MAX = '1';
process.env.CLIENTELE_UPLOAD_GRACE_SECONDS = '1';

const api = useServer();
let tenant: Tenant;
let as: string;

beforeAll(async () => {
  tenant = await createTenant(api.database, { name: 'Bodies' });
  as = await api.newKey(tenant);
});

/** Runs of the tenant, and files of it, whole or not. */
async function kept(): Promise<{ runs: number; files: string[] }> {
  const { rows } = await withTenant(api.database, tenant.id, (tx) =>
    tx.query('select id from imports where tenant_id = $1', [tenant.id]),
  );
  const folder = join(api.folder, 'files', tenant.id);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return { runs: rows.length, files: entries.filter((entry) => entry.isFile()).map(({ name }) => name) };
}

/** What was cut off is cleared away behind the answer. */
async function untilNothingIsKept(): Promise<void> {
  await expect.poll(kept).toEqual({ runs: 0, files: [] });
}

describe('JSON', () => {
  const settings = (json: unknown) => api.call('PATCH', '/api/settings', { as, json });
  const sent = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
    api.call('PATCH', '/api/settings', { as, body, type });

  test('with a field that there is not is refused, and all such fields are named', async () => {
    const { status, json } = await settings({ name: 'Other', colour: 'red', settings: { keys: { max: 1 } } });
    expect(status).toBe(400);
    expect(json).toMatchObject({
      code: 'request.invalid',
      errors: expect.arrayContaining([
        { pointer: '/colour', code: 'unknown_field', message: 'There is no field "colour" here.' },
        { pointer: '/settings/keys/max', code: 'unknown_field', message: 'There is no field "max" here.' },
      ]),
    });
    expect((await api.call('GET', '/api/settings', { as })).json.name).toBe('Bodies');
  });

  test('that is malformed is answered with the line and the column', async () => {
    const { status, json } = await sent('{\n  "name": "Other",\n  "country" "GB"\n}');
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'request.malformed', errors: [{ message: 'line 3, column 13' }] });
    expect(json.detail).toContain('line 3, column 13');
  });

  test('that is empty, not UTF-8, or nested without end is malformed', async () => {
    const deep = `{"settings":${'['.repeat(1000)}${']'.repeat(1000)}}`;
    for (const body of [' \n', Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), deep]) {
      const { status, json } = await sent(body);
      expect([status, json.code], String(body).slice(0, 40)).toEqual([400, 'request.malformed']);
    }
    const missing = await api.call('POST', '/api/keys', { as, body: '', type: 'application/json' });
    expect(missing).toMatchObject({
      status: 400,
      json: { code: 'request.invalid', detail: 'A body is missing: send JSON.' },
    });
  });

  test('in brackets within a text is not nested', async () => {
    const name = `${'['.repeat(200)}\\"${'{'.repeat(50)}`;
    const { status, json } = await settings({ name });
    expect([status, json.name]).toEqual([200, name]);
    await settings({ name: 'Bodies' });
  });

  test('of another type is not taken', async () => {
    for (const type of [
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'nonsense',
    ]) {
      const { status, json } = await sent('{"name":"Other"}', type);
      expect([status, json.code], type).toEqual([415, 'request.media_type']);
    }
  });

  test('is not taken by a call that wants no body', async () => {
    const answered = await api.call('DELETE', `/api/keys/${tenant.id}`, { as, json: {} });
    expect(answered).toMatchObject({ status: 415, json: { code: 'request.media_type' } });
  });

  const head = (length: Readonly<Record<string, string | number>>) =>
    headOf('PATCH', '/api/settings', { authorization: as, 'content-type': 'application/json', ...length });

  test('that says it is too large is refused before a byte of it is sent', async () => {
    const connection = await rawConnection(api.url);
    connection.write(head({ 'content-length': jsonBytesMax + 1 }));
    const answer = await connection.closed();
    expect(statusIn(answer)).toBe(413);
    expect(answer).toContain('request.too_large');
  });

  test('that does not say how large it is, and never ends, is refused at the limit', async () => {
    const connection = await rawConnection(api.url);
    connection.write(head({ 'transfer-encoding': 'chunked' }));
    const piece = `400\r\n${'x'.repeat(0x400)}\r\n`;
    const writing = setInterval(() => connection.write(piece), 5);
    const answer = await connection.closed();
    clearInterval(writing);
    expect(statusIn(answer)).toBe(413);
    expect(answer).toContain('request.too_large');
  });

  test('that goes on behind its refusal does not keep the client from hearing it', async () => {
    const connection = await rawConnection(api.url);
    // As one that sends everything before it looks for an answer.
    connection.socket.pause();
    connection.write(head({ 'transfer-encoding': 'chunked' }));
    for (let i = 0; i < 10; i++) {
      connection.write(`80000\r\n${'x'.repeat(0x80000)}\r\n`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    connection.socket.resume();
    const answer = await connection.closed();
    expect(statusIn(answer)).toBe(413);
    expect(answer).toContain('request.too_large');
  });

  test('that ends before it should is not taken for whole', async () => {
    const connection = await rawConnection(api.url);
    connection.write(`${head({ 'content-length': 100 })}{"name":"Cut"}`);
    connection.socket.end();
    const answer = await connection.closed();
    expect([0, 400, 408]).toContain(statusIn(answer));
    expect((await api.call('GET', '/api/settings', { as })).json.name).toBe('Bodies');
  });

  test('that goes on behind its length is no part of the call, and no call by itself', async () => {
    const connection = await rawConnection(api.url);
    connection.write(`${head({ 'content-length': 17 })}{"name":"Bodies"}{"name":"Smuggled"}`);
    // The parser may refuse the rest before the call itself was answered.
    const answers = (await connection.closed()).match(/HTTP\/1\.1 \d+/g);
    expect(answers?.filter((answer) => answer.endsWith('200')).length).toBeLessThanOrEqual(1);
    expect(answers).toContain('HTTP/1.1 400');
    expect((await api.call('GET', '/api/settings', { as })).json.name).toBe('Bodies');
  });

  test('with two lengths, or a length and chunks, is no request', async () => {
    for (const lengths of [
      'content-length: 2\r\ncontent-length: 3',
      'content-length: 2\r\ntransfer-encoding: chunked',
    ]) {
      const connection = await rawConnection(api.url);
      connection.write(
        `PATCH /api/settings HTTP/1.1\r\nhost: a\r\nauthorization: ${as}\r\n${lengths}\r\n\r\n{}`,
      );
      const answer = await connection.closed();
      expect(statusIn(answer), lengths).toBe(400);
      expect(answer).toContain('application/problem+json');
    }
  });

  test('that comes too slowly is cut off', async () => {
    const connection = await rawConnection(api.url);
    connection.write(`${head({ 'content-length': 1000 })}{`);
    const writing = setInterval(() => connection.write(' '), 100);
    const answer = await connection.closed();
    clearInterval(writing);
    expect(statusIn(answer)).toBe(408);
    expect(answer).toContain('request.too_slow');
  });
});

describe('the head of a call', () => {
  test('that never ends is cut off', async () => {
    const connection = await rawConnection(api.url);
    connection.write('GET /health HTTP/1.1\r\nhost: a\r\n');
    const writing = setInterval(() => connection.write('x-a: b\r\n'), 100);
    const answer = await connection.closed();
    clearInterval(writing);
    expect(statusIn(answer)).toBe(408);
  });

  test('that is no HTTP, or much too long, is answered with a problem', async () => {
    for (const text of [
      'HELLO\r\n\r\n',
      `GET /health HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
    ]) {
      const connection = await rawConnection(api.url);
      connection.write(text);
      const answer = await connection.closed();
      expect(statusIn(answer)).toBe(400);
      expect(answer).toContain('"code":"request.malformed"');
    }
  });

  test('with an address that cannot be read is answered with a problem', async () => {
    for (const path of ['/api/imports/%zz', '/%', '/api/tenants/%ff/imports']) {
      const connection = await rawConnection(api.url);
      connection.write(headOf('GET', path, { authorization: as, connection: 'close' }));
      const answer = await connection.closed();
      expect(statusIn(answer), path).toBe(400);
      expect(answer).toMatch(/content-type: application\/problem\+json/i);
      expect(answer).toMatch(/x-request-id: [0-9a-f-]{36}/i);
    }
  });
});

describe('an upload', () => {
  const path = '/api/imports';
  const row = 'somebody@example.com\n';
  const head = (headers: Readonly<Record<string, string | number>>) =>
    headOf('POST', path, { authorization: as, 'content-type': 'text/csv', ...headers });
  const formHead = `--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\nEmail\n`;

  test('that never ends is refused at the limit, and nothing of it is kept', async () => {
    for (const [type, beginning] of [
      ['text/csv', 'Email\n'],
      ['multipart/form-data; boundary=x', formHead],
    ] as const) {
      const connection = await rawConnection(api.url);
      const text = row.repeat(1000);
      connection.write(head({ 'content-type': type, 'transfer-encoding': 'chunked' }));
      connection.write(`${beginning.length.toString(16)}\r\n${beginning}\r\n`);
      const writing = setInterval(() => connection.write(`${text.length.toString(16)}\r\n${text}\r\n`), 5);
      const answer = await connection.closed();
      clearInterval(writing);
      expect(statusIn(answer), type).toBe(413);
      expect(answer).toContain('file.too_large');
      await untilNothingIsKept();
    }
  });

  test('that says it is too large is refused before a byte of it is sent', async () => {
    const connection = await rawConnection(api.url);
    connection.write(head({ 'content-length': 2 * 1024 * 1024 }));
    const answer = await connection.closed();
    expect(statusIn(answer)).toBe(413);
    expect(answer).toContain('file.too_large');
    await untilNothingIsKept();
  });

  test('that hardly moves is cut off, and nothing of it is kept', async () => {
    for (const [type, beginning] of [
      ['text/csv', 'Email\n'],
      ['multipart/form-data; boundary=x', formHead],
    ] as const) {
      const connection = await rawConnection(api.url);
      connection.write(`${head({ 'content-type': type, 'content-length': 200_000 })}${beginning}`);
      const writing = setInterval(() => connection.write('x'), 100);
      const answer = await connection.closed();
      clearInterval(writing);
      expect(statusIn(answer), type).toBe(408);
      expect(answer).toContain('request.too_slow');
      await untilNothingIsKept();
    }
  });

  test('whose client breaks off leaves no run and no file', async () => {
    for (const [type, beginning] of [
      ['text/csv', 'Email\n'],
      ['multipart/form-data; boundary=x', formHead],
    ] as const) {
      for (const leave of ['destroy', 'end'] as const) {
        const connection = await rawConnection(api.url);
        connection.write(
          `${head({ 'content-type': type, 'content-length': 200_000 })}${beginning}${row.repeat(2000)}`,
        );
        // Some of it is in the store by then.
        await expect.poll(async () => (await kept()).files.length).toBe(1);
        connection.socket[leave]();
        await untilNothingIsKept();
      }
    }
  });

  test('of nothing is refused', async () => {
    const empty = await api.call('POST', path, { as, type: 'text/csv' });
    expect(empty).toMatchObject({ status: 422, json: { code: 'file.empty' } });
    const form = new FormData();
    form.set('dataset', 'customers');
    const without = await api.call('POST', path, { as, body: form });
    expect(without).toMatchObject({ status: 422, json: { code: 'file.empty' } });
    await untilNothingIsKept();
  });
});
