/** How a file comes in: every form of it, and what is made of its options. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { createTenant, type Tenant } from '../../../src/tenants/tenants.ts';
import { type Answered, useServer } from '../../support/http.ts';

const api = useServer();
let tenant: Tenant;
let as: string;
const path = '/api/imports';

beforeAll(async () => {
  tenant = await createTenant(api.database, { name: 'Uploads' });
  as = await api.newKey(tenant);
});

const csv = 'First Name,Email\nAda,ada@example.com\nGrace,grace@example.com\n';
const records = [
  { first_name: 'Ada', email: 'ada@example.com' },
  { first_name: 'Grace', email: 'grace@example.com' },
];

async function checked(created: Answered): Promise<Answered> {
  expect(created.status, created.text).toBe(201);
  expect(created.headers.get('location')).toBe(`/api/tenants/${tenant.slug}/imports/${created.json.id}`);
  return api.rested(as, `${path}/${created.json.id}`);
}

describe('the same two rows are read', () => {
  test.each([
    ['as CSV', 'text/csv', csv],
    ['as plain text', 'text/plain', csv],
    ['as bytes of whatever kind', 'application/octet-stream', csv],
    ['as JSON', 'application/json', JSON.stringify(records)],
    ['as lines of JSON', 'application/x-ndjson', records.map((record) => JSON.stringify(record)).join('\n')],
    ['packed', 'application/gzip', gzipSync(csv)],
    ['with parameters behind the media type', 'Text/CSV; charset=utf-8; header=present', csv],
  ])('%s', async (_, type, body) => {
    const { json } = await checked(await api.call('POST', path, { as, body, type }));
    expect(json).toMatchObject({ state: 'checked', read: 2, failed: 0, report: { fail: 0 } });
  });

  test('in a form, with the options before the file', async () => {
    const { json } = await checked(
      await api.call('POST', path, { as, body: formOf({ until: 'mapped', mode: 'create' }) }),
    );
    expect(json).toMatchObject({ state: 'mapped', mode: 'create', file_name: 'people.csv' });
  });

  test('in a form, with the options behind the file, as some clients send it', async () => {
    const form = new FormData();
    form.set('file', new Blob([csv]), 'people.csv');
    for (const [name, value] of Object.entries({
      until: 'mapped',
      mode: 'update',
      name: 'named.csv',
      id: newId(),
    }))
      form.set(name, value);
    const { json } = await checked(await api.call('POST', path, { as, body: form }));
    expect(json).toMatchObject({
      state: 'mapped',
      mode: 'update',
      file_name: 'named.csv',
      id: form.get('id'),
    });
  });
});

function formOf(options: Readonly<Record<string, string>>, content = csv): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(options)) form.set(name, value);
  form.set('file', new Blob([content]), 'people.csv');
  return form;
}

test('an option that there is not is refused by its name, wherever it stands, and nothing is kept', async () => {
  const before = await filesKept();
  const behind = new FormData();
  behind.set('file', new Blob([csv]), 'people.csv');
  behind.set('colour', 'red');
  for (const body of [formOf({ colour: 'red' }), behind]) {
    const refused = await api.call('POST', path, { as, body });
    expect(refused).toMatchObject({
      status: 400,
      json: { errors: [{ pointer: '/colour', code: 'unknown_field' }] },
    });
  }
  const inAddress = await api.call('POST', `${path}?colour=red`, { as, body: csv, type: 'text/csv' });
  expect(inAddress).toMatchObject({ status: 400, json: { errors: [{ pointer: 'query/colour' }] } });
  await expect.poll(filesKept).toBe(before);
});

async function filesKept(): Promise<number> {
  const entries = await readdir(join(api.folder, 'files', tenant.id), {
    recursive: true,
    withFileTypes: true,
  });
  return entries.filter((entry) => entry.isFile()).length;
}

test('options are checked by what there is, and said with a sentence', async () => {
  for (const query of [
    'match=nothing',
    'map=nonsense',
    'write=email',
    'require=nothing',
    'dataset=nothing',
    'until=never',
  ]) {
    const { status, json } = await api.call('POST', `${path}?${query}`, { as, body: csv, type: 'text/csv' });
    expect(status, query).toBe(400);
    expect(json.detail.length, query).toBeGreaterThan(10);
  }
});

describe('under an id that the client made', () => {
  const sent = (id: string, body: string, query = '') =>
    api.call('POST', `${path}?id=${id}${query}`, { as, body, type: 'text/csv' });

  test('a file that is sent twice is one import', async () => {
    const id = newId();
    const first = await sent(id, csv);
    expect([first.status, first.json.id]).toEqual([201, id]);
    for (const same of [id, id.toUpperCase()]) {
      const again = await sent(same, csv);
      expect([again.status, again.json.id]).toEqual([200, id]);
    }
    const inForm = await api.call('POST', path, { as, body: formOf({ id }) });
    expect([inForm.status, inForm.json.id]).toEqual([200, id]);
  });

  test('another file is refused, and the first one stays as it was', async () => {
    const id = newId();
    await sent(id, csv);
    expect(await sent(id, `${csv}More,more@example.com\n`)).toMatchObject({
      status: 422,
      json: { code: 'import.exists' },
    });
    const { json } = await api.rested(as, `${path}/${id}`);
    expect(json).toMatchObject({ read: 2, file_bytes: csv.length });
  });

  test('files that arrive at once do not overwrite one another: one is taken, and what was taken is what is read', async () => {
    const id = newId();
    const bodies = [1, 2, 3, 4].map((rows) => `First Name\n${'Ada\n'.repeat(rows)}`);
    const answers = await Promise.all(bodies.map((body) => sent(id, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422]);
    const taken = answers.findIndex(({ status }) => status === 201);
    const { json } = await api.rested(as, `${path}/${id}`);
    expect(json).toMatchObject({ state: 'checked', read: taken + 1, file_bytes: bodies[taken]?.length });
  });

  test('the same id in another tenant is another import', async () => {
    const id = newId();
    const other = await createTenant(api.database, { name: 'Uploads elsewhere' });
    await sent(id, csv);
    const key = await api.newKey(other);
    const elsewhere = await api.call('POST', `${path}?id=${id}`, {
      as: key,
      body: 'First Name\nEve\n',
      type: 'text/csv',
    });
    expect(elsewhere.status).toBe(201);
    expect((await api.rested(as, `${path}/${id}`)).json.read).toBe(2);
    expect((await api.rested(key, `${path}/${id}`)).json.read).toBe(1);
  });
});

test('a file that is none is told from its first look on', async () => {
  for (const [type, body, code] of [
    ['application/octet-stream', Buffer.from([0, 1, 2, 3, 0, 0, 255, 254, 0, 7]), 'file.binary'],
    ['application/zip', Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1'), 'file.'],
    ['text/csv', ' ', 'file.'],
  ] as const) {
    const created = await api.call('POST', path, { as, body, type });
    const { json } = created.status === 201 ? await api.rested(as, `${path}/${created.json.id}`) : created;
    expect(json.failure?.code ?? json.code, type).toContain(code);
  }
});
