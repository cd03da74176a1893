/** What the fuzzing found, kept as cases of their own. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { useServer } from '../../support/http.ts';

const api = useServer();

test.each(['/audit?action=%00', '/imports?state=a%00b'])('NUL in an address is refused: %s', async (path) => {
  const { tenant, people } = await api.newTenant();
  const answered = await api.call('GET', `/api/tenants/${tenant.slug}${path}`, { as: people.owner });
  expect(answered).toMatchObject({ status: 400, json: { code: 'request.invalid' } });
});

test.each([
  ['GET', '/customers/export?search=%00', undefined],
  ['POST', '/customers/export', { filters: { search: 'a\0' } }],
  ['POST', '/customers/export-file', { filters: { group: '\0b' } }],
])('NUL in what is searched for is refused, and no outage: %s %s', async (method, path, json) => {
  const { tenant, people } = await api.newTenant();
  const sent = { as: people.owner, ...(json === undefined ? {} : { json }) };
  const answered = await api.call(method, `/api/tenants/${tenant.slug}${path}`, sent);
  expect(answered).toMatchObject({ status: 400, json: { code: 'request.invalid' } });
});

test('JSON and forms that come packed are refused by their coding; a packed file is taken', async () => {
  const { tenant, people } = await api.newTenant();
  const send = (path: string, type: string, body: Uint8Array<ArrayBuffer>) =>
    api.call('POST', `/api/tenants/${tenant.slug}${path}`, {
      as: people.owner,
      type,
      body,
      headers: { 'content-encoding': 'gzip' },
    });
  const packed = (text: string) => new Uint8Array(gzipSync(text));
  const json = await send('/customers/bulk', 'application/json', packed('{"customers":[]}'));
  expect(json).toMatchObject({ status: 415, json: { code: 'request.media_type' } });
  const form = await send('/imports', 'multipart/form-data; boundary=x', packed('--x--'));
  expect(form).toMatchObject({ status: 415, json: { code: 'request.media_type' } });
  expect((await send('/imports', 'text/csv', packed('email\na@example.com\n'))).status).toBe(201);
});

test('HEAD makes no file, and no entry that somebody took one', async () => {
  const { tenant, people } = await api.newTenant();
  const base = `/api/tenants/${tenant.slug}`;
  const statusOf = async (path: string) =>
    (await fetch(`${api.url}${base}${path}`, { method: 'HEAD', headers: { authorization: people.owner } }))
      .status;
  for (const path of ['/customers/export', '/export?type=leads'])
    expect(await statusOf(path), path).toBe(404);
  expect(await statusOf('/settings')).toBe(200);
  const { json } = await api.call('GET', `${base}/exports`, { as: people.owner });
  expect(json.exports).toEqual([]);
});

test.each(['/customers/import', '/imports'])('what stands in a form is bounded: %s', async (path) => {
  const { tenant, people } = await api.newTenant();
  const send = (boundary: string, name: string) =>
    api.call('POST', `/api/tenants/${tenant.slug}${path}`, {
      as: people.owner,
      type: `multipart/form-data; boundary=${boundary}`,
      body: `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\nname\nAda\n\r\n--${boundary}--`,
    });
  const endless = await send('x'.repeat(300), 'a.csv');
  expect(endless).toMatchObject({ status: 400, json: { code: 'request.malformed' } });
  expect((await send('x'.repeat(70), `a\tb${'c'.repeat(3000)}.csv`)).status).toBeLessThan(300);
  const { json } = await api.call('GET', `/api/tenants/${tenant.slug}/imports`, { as: people.owner });
  expect(json.imports).toMatchObject([{ file_name: `${'c'.repeat(251)}.csv` }]);
});

test.each(['/customers/import', '/imports'])(
  'a form that ends in the middle is refused: %s',
  async (path) => {
    const { tenant, people } = await api.newTenant();
    const answered = await api.call('POST', `/api/tenants/${tenant.slug}${path}`, {
      as: people.owner,
      type: 'multipart/form-data; boundary=x',
      body: '--x\r\nContent-Disposition: form-data; name="overwrite"\r\n\r\ntrue',
    });
    expect(answered).toMatchObject({ status: 400, json: { code: 'request.malformed' } });
  },
);
