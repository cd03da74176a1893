/** Fields of a tenant's own over HTTP: their definitions, the columns they are made of, and what they leave untouched. */
import { describe, expect, test } from 'vitest';
import { settleCustomFields } from '../../../src/tenants/custom-fields/settle.ts';
import { type TestTenant, useServer } from '../../support/http.ts';

const api = useServer();

interface Its extends TestTenant {
  readonly base: string;
}

async function newTenant(): Promise<Its> {
  const its = await api.newTenant();
  return { ...its, base: `/api/tenants/${its.tenant.slug}` };
}

const shoes = {
  dataset: 'customers',
  key: 'shoe_size',
  type: 'decimal',
  label: 'Shoe size',
  range: [15, 60],
};

describe('definitions', () => {
  test('are made, shown, changed, deleted and restored', async () => {
    const { base, people } = await newTenant();
    const as = people.admin;
    const made = await api.call('POST', `${base}/custom-fields`, { as, json: shoes });
    expect(made.status, made.text).toBe(201);
    expect(made.json).toMatchObject({
      ...shoes,
      max: null,
      values: null,
      aliases: [],
      sensitive: false,
      filterable: false,
      index: 'none',
      deleted_at: null,
    });
    const at = `${base}/custom-fields/${made.json.id}`;
    expect(made.headers.get('location')).toBe(at);
    const changed = await api.call('PATCH', at, { as, json: { aliases: ['EU size'], filterable: true } });
    expect(changed.json).toMatchObject({ label: 'Shoe size', aliases: ['EU size'], index: 'filling' });
    await settleCustomFields(api.database, await tenantId(base));
    expect((await api.call('GET', at, { as: people.viewer })).json).toMatchObject({ index: 'ready' });
    expect((await api.call('DELETE', at, { as })).json.deleted_at).toEqual(expect.any(String));
    const listed = async (query = '') =>
      (await api.call('GET', `${base}/custom-fields${query}`, { as: people.viewer })).json.custom_fields;
    expect(await listed()).toEqual([]);
    expect(await listed('?deleted=true&dataset=customers')).toMatchObject([{ key: 'shoe_size' }]);
    expect(await listed('?deleted=true&dataset=leads')).toEqual([]);
    expect((await api.call('DELETE', `${at}/deletion`, { as })).json).toMatchObject({ deleted_at: null });
    expect((await api.call('DELETE', `${at}?values=remove`, { as })).json).toMatchObject({ removing: true });
    await settleCustomFields(api.database, await tenantId(base));
    expect((await api.call('GET', at, { as })).status).toBe(404);
  });

  test('are the owner’s and the admin’s to make, and everybody’s to read who reads the records', async () => {
    const { base, people, tenant } = await newTenant();
    for (const as of [people.staff, people.viewer, await api.newKey(tenant, ['customers:write'])])
      expect((await api.call('POST', `${base}/custom-fields`, { as, json: shoes })).status).toBe(403);
    const { json } = await api.call('POST', `${base}/custom-fields`, { as: people.owner, json: shoes });
    const ofLeads = await api.newKey(tenant, ['leads:read']);
    expect((await api.call('GET', `${base}/custom-fields`, { as: ofLeads })).json).toEqual({
      custom_fields: [],
    });
    expect((await api.call('GET', `${base}/custom-fields/${json.id}`, { as: ofLeads })).status).toBe(403);
    expect((await api.call('GET', `${base}/fields?dataset=customers`, { as: ofLeads })).status).toBe(403);
  });

  test.each([
    [{ ...shoes, key: 'email' }, 'custom_field.invalid', 422],
    [{ ...shoes, key: 'Shoe Size' }, 'custom_field.invalid', 422],
    [{ ...shoes, range: [60, 15] }, 'custom_field.invalid', 422],
    [{ ...shoes, type: 'enum' }, 'custom_field.invalid', 422],
    [{ ...shoes, type: 'json', range: null, filterable: true }, 'custom_field.invalid', 422],
    [{ ...shoes, label: 'a\tb\u0007' }, 'custom_field.invalid', 422],
    [{ ...shoes, type: 'reference' }, 'request.invalid', 400],
    [{ ...shoes, tenant_id: 'x' }, 'request.invalid', 400],
  ])('%j is refused with %s', async (json, code, status) => {
    const { base, people } = await newTenant();
    const answered = await api.call('POST', `${base}/custom-fields`, { as: people.owner, json });
    expect(answered).toMatchObject({ status, json: { code } });
  });

  test('stand among all fields of the dataset, for forms and filters', async () => {
    const { base, people } = await newTenant();
    const colour = {
      dataset: 'leads',
      key: 'colour',
      type: 'enum',
      values: ['red', { key: 'blue', label: 'Dark blue' }],
    };
    const { json: made } = await api.call('POST', `${base}/custom-fields`, {
      as: people.owner,
      json: colour,
    });
    const { json } = await api.call('GET', `${base}/fields?dataset=leads`, { as: people.viewer });
    expect(json.fields.at(0)).toMatchObject({ key: 'id', custom: null, importable: 'match' });
    expect(json.fields.at(-1)).toEqual({
      key: 'colour',
      label: 'Colour',
      type: 'enum',
      max: null,
      range: null,
      values: [
        { key: 'red', label: 'red' },
        { key: 'blue', label: 'Dark blue' },
      ],
      importable: 'yes',
      exportable: true,
      exported_by_default: false,
      sensitive: false,
      custom: made.id,
    });
  });
});

async function tenantId(base: string): Promise<string> {
  const slug = base.split('/').at(-1);
  const { rows } = await api.database.app.query('select id from tenants where slug = $1', [slug]);
  return rows[0].id;
}

const people = 'First Name,Email,Favourite colour\nAda,ada@example.com,red\nGrace,grace@example.com,\n';

describe('a column without a field', () => {
  test('becomes one with the mapping, for whoever may define fields', async () => {
    const its = await newTenant();
    const imports = `${its.base}/imports`;
    const upload = (as: string) =>
      api.call('POST', `${imports}?until=mapped&name=people.csv`, { as, body: people, type: 'text/csv' });
    const byStaff = await upload(its.people.staff);
    await api.rested(its.people.staff, `${imports}/${byStaff.json.id}`);
    const mapping = {
      columns: [
        { column: 'First Name', field: 'first_name' },
        { column: 'Email', field: 'email' },
        { column: 'Favourite colour', new_field: { key: 'colour', label: 'Colour', type: 'text' } },
      ],
    };
    const at = `${imports}/${byStaff.json.id}`;
    const refused = await api.call('PUT', `${at}/mapping`, { as: its.people.staff, json: mapping });
    expect(refused).toMatchObject({ status: 403, json: { code: 'permission.missing' } });
    const put = await api.call('PUT', `${at}/mapping`, { as: its.people.owner, json: mapping });
    expect(put.status, put.text).toBe(200);
    const kept = await api.call('GET', `${at}/mapping`, { as: its.people.owner });
    expect(kept.json.columns.map(({ field }: { field: string }) => field)).toEqual([
      'first_name',
      'email',
      'colour',
    ]);
    await api.call('PUT', `${at}/check`, { as: its.people.owner });
    await api.rested(its.people.owner, at);
    await api.call('PUT', `${at}/commit`, { as: its.people.owner });
    expect((await api.rested(its.people.owner, at)).json).toMatchObject({ state: 'done', created: 2 });
    const answered = await api.call('POST', `${its.base}/exports`, {
      as: its.people.owner,
      json: {
        dataset: 'customers',
        columns: ['email', 'colour'],
        format: 'json',
        sort: [{ field: 'email' }],
        filter: { where: { field: 'Colour', operator: 'is', value: 'red' } },
      },
    });
    expect(answered.json).toEqual([{ email: 'ada@example.com', colour: 'red' }]);
  });

  test('becomes one with the upload', async () => {
    const its = await newTenant();
    const query = new URLSearchParams({
      until: 'committed',
      new_field: 'Favourite colour=:text',
      require: '',
    });
    const send = (as: string) =>
      api.call('POST', `${its.base}/imports?${query}`, { as, body: people, type: 'text/csv' });
    expect((await send(its.people.staff)).status).toBe(403);
    const { json } = await send(its.people.owner);
    expect((await api.rested(its.people.owner, `${its.base}/imports/${json.id}`)).json).toMatchObject({
      state: 'done',
      created: 2,
    });
    const { json: listed } = await api.call('GET', `${its.base}/custom-fields`, { as: its.people.owner });
    expect(listed.custom_fields).toMatchObject([
      { key: 'favourite_colour', label: 'Favourite colour', type: 'text' },
    ]);
  });

  test('shows no value of a sensitive field to whoever may not read it, also when it became so later', async () => {
    const its = await newTenant();
    const { json: field } = await api.call('POST', `${its.base}/custom-fields`, {
      as: its.people.owner,
      json: { dataset: 'customers', key: 'diagnosis', type: 'text' },
    });
    const send = (cell: string) =>
      api.call('POST', `${its.base}/imports?until=committed`, {
        as: its.people.owner,
        body: `First Name,Email,Diagnosis\nAda,ada@example.com,${cell}\n`,
        type: 'text/csv',
      });
    const first = await send('flu');
    await api.rested(its.people.owner, `${its.base}/imports/${first.json.id}`);
    const { json } = await send('cold');
    const at = `${its.base}/imports/${json.id}`;
    await api.rested(its.people.owner, at);
    const key = await api.newKey(its.tenant, ['customers:import', 'customers:read']);
    const samples = async () => (await api.call('GET', at, { as: key })).json.report.samples[0];
    expect(await samples()).toMatchObject({ before: { diagnosis: 'flu' }, after: { diagnosis: 'cold' } });
    await api.call('PATCH', `${its.base}/custom-fields/${field.id}`, {
      as: its.people.owner,
      json: { sensitive: true },
    });
    expect(await samples()).toMatchObject({ before: {}, after: {} });
  });
});

describe('calls of the older systems', () => {
  test('neither take nor give own fields', async () => {
    const its = await newTenant();
    await api.call('POST', `${its.base}/custom-fields`, {
      as: its.people.owner,
      json: { ...shoes, filterable: true },
    });
    await api.call('PUT', '/api/session/tenant', { as: its.people.owner, json: { tenant: its.tenant.slug } });
    const as = its.people.owner;
    const data = [{ first_name: 'Ada', last_name: 'L', email: 'ada@example.com', shoe_size: 38 }];
    const json = await api.call('POST', '/api/customers/import', { as, json: { data, mode: 'upsert' } });
    expect(json.status, json.text).toBe(200);
    expect(json.headers.get('x-ignored-keys') ?? '').toContain('shoe_size');
    const form = new FormData();
    form.set('file', new Blob(['name,email,shoe_size\nGrace Hopper,grace@example.com,40\n']), 'people.csv');
    const formed = await api.call('POST', '/api/customers/import', { as, body: form });
    expect(formed.json).toMatchObject({ created: 1 });
    const rows = await api.call('POST', `${its.base}/customers/import-rows`, {
      as,
      json: { rows: [{ first_name: 'Eve', email: 'eve@example.com', shoe_size: 41 }] },
    });
    expect(rows.status, rows.text).toBe(200);
    const mine = await api.call('POST', `${its.base}/exports`, {
      as,
      json: { dataset: 'customers', columns: ['email', 'shoe_size'], format: 'json' },
    });
    expect(mine.json.map(({ shoe_size }: { shoe_size: unknown }) => shoe_size)).toEqual([null, null, null]);
    for (const path of ['/customers/export', '/api/customers/export?format=json'].map((one) =>
      one.startsWith('/api') ? one : `${its.base}${one}`,
    )) {
      const exported = await api.call('GET', path, { as });
      expect(exported.status, path).toBe(200);
      expect(exported.text).not.toMatch(/shoe/i);
    }
  });
});
