/** Templates over HTTP and at the command line: kept, used with parts replaced, and clear when they cannot be used. */
import { beforeAll, describe, expect, test } from 'vitest';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { type Answered, type TestTenant, useServer } from '../../support/http.ts';
import { runProgram } from '../../support/program.ts';
import { testSecret } from '../../support/server.ts';
import { trailOf } from '../tenants/people.ts';

process.env.CLIENTELE_SECRET = testSecret;
const api = useServer();
let own: TestTenant;

beforeAll(async () => {
  own = await api.newTenant();
  const body =
    'Customer Number,Email,First Name,Segment,Medical Notes\na,a@example.com,Ada,vip,asthma\nb,b@example.com,Bo,new,\n';
  const { json } = await api.call('POST', at('/imports?until=committed'), {
    as: own.people.owner,
    body,
    type: 'text/csv',
  });
  await api.rested(own.people.owner, at(`/imports/${json.id}`));
});

function at(path: string): string {
  return `/api/tenants/${own.tenant.slug}${path}`;
}

const wanted = {
  dataset: 'customers',
  columns: ['number', { field: 'email', header: 'Mail' }],
  sort: [{ field: 'number' }],
  profile: 'data',
  line_end: 'lf',
};

let count = 0;
async function saved(more: Readonly<Record<string, unknown>> = {}, as = own.people.owner): Promise<Answered> {
  count += 1;
  return api.call('POST', at('/templates'), {
    as,
    json: { name: `Template ${count}`, export: { ...wanted, ...more } },
  });
}

function used(
  template: string,
  more: Readonly<Record<string, unknown>> = {},
  as = own.people.owner,
): Promise<Answered> {
  return api.call('POST', at('/exports'), { as, json: { template, ...more } });
}

describe('a template', () => {
  test('is kept, read, listed, changed and removed', async () => {
    const made = await saved();
    expect(made).toMatchObject({ status: 201, json: { dataset: 'customers', export: wanted } });
    const path = at(`/templates/${made.json.id}`);
    const as = own.people.owner;
    expect((await api.call('GET', path, { as })).json).toEqual(made.json);
    const changed = await api.call('PATCH', path, { as, json: { name: 'Another' } });
    expect(changed.json).toMatchObject({ name: 'Another', export: wanted });
    const { json } = await api.call('GET', at('/templates?dataset=customers'), { as });
    expect(json.templates.map(({ id }: { id: string }) => id)).toContain(made.json.id);
    expect((await api.call('GET', at('/templates?dataset=orders'), { as })).json.templates).toEqual([]);
    expect((await api.call('DELETE', path, { as })).status).toBe(204);
    expect(await api.call('GET', path, { as })).toMatchObject({
      status: 404,
      json: { code: 'template.not_found' },
    });
    const { entries } = await trailOf(api.database, own.tenant.id);
    const said = entries.filter(({ subject_id: id }) => id === made.json.id).map(({ action }) => action);
    expect(said).toEqual(['template.create', 'template.change', 'template.remove']);
  });

  test('has a name that is unique, whatever its case and spelling', async () => {
    const as = own.people.owner;
    const save = (name: string) => api.call('POST', at('/templates'), { as, json: { name, export: wanted } });
    expect((await save('Größe Café')).status).toBe(201);
    for (const name of ['größe café', 'GRÖßE CAFÉ', 'Größe Cafe\u0301', '  Größe Café '])
      expect(await save(name), name).toMatchObject({ status: 409, json: { code: 'template.exists' } });
    expect((await save('a\nb')).json.code).toBe('template.invalid');
  });

  test('is refused when it is saved, where it could not be exported', async () => {
    expect((await saved({ columns: ['shoe_size'] })).json).toMatchObject({
      code: 'template.invalid',
      detail: expect.stringContaining('shoe_size'),
    });
    expect((await saved({ dataset: 'nonesuch' })).status).toBe(400);
    expect((await saved({ sort: [{ field: 'medical_notes' }] }, own.people.viewer)).json.code).toBe(
      'permission.missing',
    );
  });
});

describe('an export by a template', () => {
  test('is what the template says', async () => {
    const { json } = await saved();
    for (const named of [json.id, json.name, json.name.toUpperCase()])
      expect((await used(named)).text).toBe('number,Mail\na,a@example.com\nb,b@example.com\n');
  });

  test('has what is said beside it in the place of its own, and nothing else', async () => {
    const { json } = await saved({ limit: 1 });
    expect((await used(json.id)).text).toBe('number,Mail\na,a@example.com\n');
    expect((await used(json.id, { limit: 5, sort: [{ field: 'number', descending: true }] })).text).toBe(
      'number,Mail\nb,b@example.com\na,a@example.com\n',
    );
    expect((await used(json.id, { format: 'ndjson' })).json).toEqual({ number: 'a', Mail: 'a@example.com' });
    expect((await used(json.id, { delimiter: 'semicolon' })).text).toBe('number;Mail\na;a@example.com\n');
  });

  test('keeps the template’s format and packing where nothing is said of them', async () => {
    const { json } = await saved({ format: 'json', gzip: true });
    const answered = await used(json.id);
    expect(answered.headers.get('content-type')).toBe('application/gzip');
    expect(answered.headers.get('content-disposition')).toContain('.json.gz');
  });

  test('leaves out what the one who uses it may not read', async () => {
    const { json } = await saved({ columns: ['number', 'medical_notes'] });
    expect((await used(json.id)).text).toBe('number,medical_notes\na,asthma\nb,\n');
    const viewed = await used(json.id, {}, own.people.viewer);
    expect(viewed.text).toBe('number\na\nb\n');
    expect(viewed.headers.get('x-fields-left-out')).toBe('medical_notes');
  });

  test('says clearly which field of the template is gone', async () => {
    const { json } = await saved();
    await withTenant(api.database, own.tenant.id, (tx) =>
      tx.query(
        `update export_templates set content = content || '{"columns": ["email", "shoe_size"]}' where tenant_id = $1 and id = $2`,
        [own.tenant.id, json.id],
      ),
    );
    const refused = await used(json.id);
    expect(refused).toMatchObject({ status: 422, json: { code: 'template.invalid' } });
    expect(refused.json.detail).toMatch(new RegExp(`"${json.name}" cannot be used as it is: .*"shoe_size"`));
    expect((await used(json.id, { columns: ['email'] })).status).toBe(200);
  });

  test('says a dataset or a template, and never another tenant’s', async () => {
    const { json } = await saved();
    expect((await used(json.id, { dataset: 'customers' })).status).toBe(400);
    expect((await api.call('POST', at('/exports'), { as: own.people.owner, json: {} })).status).toBe(400);
    const other = await api.newTenant();
    const theirs = await api.call('POST', `/api/tenants/${other.tenant.slug}/exports`, {
      as: other.people.owner,
      json: { template: json.id },
    });
    expect(theirs).toMatchObject({ status: 404, json: { code: 'template.not_found' } });
  });
});

describe('a schedule over HTTP', () => {
  test('is made, shown without its secret, changed, paused, run and removed', async () => {
    const as = own.people.staff;
    const { json: template } = await saved();
    const destination = {
      kind: 's3',
      bucket: 'files',
      endpoint: 'https://s3.example.com',
      access_key_id: 'AKIA',
      secret_access_key: 'very secret indeed',
    };
    const made = await api.call('POST', at('/schedules'), {
      as,
      json: {
        name: 'Nightly',
        template: template.name,
        cron: '30 2 * * *',
        timezone: 'Europe/Berlin',
        mode: 'changed',
        destination,
      },
    });
    expect(made).toMatchObject({
      status: 201,
      json: {
        state: 'active',
        mode: 'changed',
        template: { id: template.id, name: template.name },
        runs_as: { kind: 'member', id: own.memberIds.staff },
        destination: { kind: 's3', bucket: 'files', region: 'us-east-1', prefix: '', access_key_id: 'AKIA' },
        last_run: null,
        secret: null,
      },
    });
    const path = at(`/schedules/${made.json.id}`);
    expect((await api.call('PUT', `${path}/pause`, { as })).json).toMatchObject({
      state: 'paused',
      next_at: null,
    });
    expect((await api.call('DELETE', `${path}/pause`, { as })).json.state).toBe('active');
    const asked = await api.call('POST', `${path}/runs`, { as });
    expect(asked).toMatchObject({
      status: 202,
      json: { state: 'waiting', cause: 'asked', asked_by: own.memberIds.staff },
    });
    expect((await api.call('POST', `${path}/runs`, { as })).json.code).toBe('schedule.busy');
    const read = await api.call('GET', path, { as });
    expect(read.json.last_run.id).toBe(asked.json.id);
    expect((await api.call('GET', `${path}/runs`, { as })).json.runs).toEqual([asked.json]);
    expect((await api.call('GET', `${path}/runs/${asked.json.id}`, { as })).json).toEqual(asked.json);
    const hook = { kind: 'webhook', url: 'https://hooks.example.com/x' };
    const changed = await api.call('PATCH', path, {
      as: own.people.owner,
      json: { destination: hook, cron: '0 4 * * *' },
    });
    expect(changed.json).toMatchObject({
      cron: '0 4 * * *',
      runs_as: { id: own.memberIds.owner },
      secret: expect.stringMatching(/^whsec_/),
    });
    const list = await api.call('GET', at('/schedules'), { as });
    const texts = [made.text, read.text, list.text, asked.text].join('\n');
    expect(texts).not.toContain('very secret indeed');
    expect(list.text).not.toContain(changed.json.secret);
    expect((await api.call('DELETE', path, { as })).status).toBe(204);
    expect((await api.call('GET', path, { as })).status).toBe(404);
  });

  test('goes to no address within, unless the configuration allows it', async () => {
    const { json: template } = await saved();
    for (const url of [
      'http://hooks.example.com/',
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://169.254.169.254/',
    ]) {
      const schedule = {
        name: 'Inwards',
        template: template.id,
        cron: '0 3 * * *',
        mode: 'whole',
        destination: { kind: 'webhook', url },
      };
      const refused = await api.call('POST', at('/schedules'), { as: own.people.owner, json: schedule });
      expect(refused, url).toMatchObject({ status: 422, json: { code: 'delivery.address' } });
    }
  });
});

describe('at the command line', () => {
  const clientele = async (...args: string[]) => {
    const named = args.includes('--tenant') ? args : [...args, '--tenant', own.tenant.slug];
    return runProgram(named, { environment: { ...api.environment, CLIENTELE_PRIVATE_ADDRESSES: 'refused' } });
  };

  test('templates are saved, used, listed, shown and removed', async () => {
    const save = [
      'templates',
      'save',
      'By hand',
      'customers',
      '--columns',
      'number,email=Mail',
      '--sort',
      'number',
      '--profile',
      'data',
      '--line-end',
      'lf',
    ];
    expect(await clientele(...save)).toMatchObject({
      code: 0,
      output: expect.stringContaining('Saved the template "By hand"'),
    });
    expect(await clientele(...save)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('There is a template "By hand" already'),
    });
    expect((await clientele(...save, '--limit', '1', '--replace')).code).toBe(0);
    expect((await clientele('export', '--template', 'by hand')).output).toBe(
      'number,Mail\na,a@example.com\n',
    );
    expect(
      (await clientele('export', 'customers', '--template', 'by hand', '--limit', '2', '--delimiter', 'tab'))
        .output,
    ).toBe('number\tMail\na\ta@example.com\nb\tb@example.com\n');
    expect((await clientele('export', 'orders', '--template', 'by hand')).code).toBe(2);
    expect((await clientele('export')).code).toBe(2);
    expect((await clientele('templates', 'list')).output).toMatch(/ {2}customers {2}By hand\n/);
    expect(JSON.parse((await clientele('templates', 'show', 'by hand', '--json')).output)).toMatchObject({
      export: { limit: 1 },
    });
    expect((await clientele('templates', 'remove', 'By hand')).code).toBe(0);
    expect((await clientele('templates', 'show', 'By hand')).code).toBe(2);
  });

  test('schedules are added, listed, run, paused, resumed, shown and removed', async () => {
    const { json: template } = await saved();
    const add = ['schedules', 'add', 'Every night', '--template', template.name, '--cron', '30 2 * * *'];
    expect((await clientele(...add)).output).toMatch(/^Added "Every night" \([0-9a-f-]{36}\), next .*Z\.\n$/);
    expect(await clientele('schedules', 'run', 'every night')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/ {2}done {2}2 records\n$/),
    });
    expect((await clientele('schedules', 'list')).output).toMatch(
      /active {2}30 2 \* \* \* {2}UTC {2}whole {2}to file {2}next .* {2}Every night\n/,
    );
    expect((await clientele('schedules', 'pause', 'Every night')).output).toBe('"Every night" is paused.\n');
    expect((await clientele('schedules', 'resume', 'Every night')).output).toMatch(
      /^"Every night" is active, next /,
    );
    expect(
      JSON.parse((await clientele('schedules', 'show', 'Every night', '--json')).output).runs,
    ).toMatchObject([{ state: 'done', attempts: 1 }]);
    expect((await clientele('schedules', 'remove', 'Every night')).code).toBe(0);
    expect((await clientele('schedules', 'show', 'Every night')).code).toBe(2);
  });

  test('a destination that lacks something says what', async () => {
    const { json: template } = await saved();
    const add = (...more: string[]) =>
      clientele('schedules', 'add', 'X', '--template', template.name, '--cron', '0 3 * * *', ...more);
    expect(await add('--to', 'fax')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('--to is file, s3, webhook or mail'),
    });
    expect(await add('--to', 'webhook')).toMatchObject({ code: 2, errors: expect.stringContaining('--url') });
    expect(await add('--to', 'file', '--url', 'https://example.com/')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('--url does not go with --to file'),
    });
    expect(await add('--to', 's3', '--bucket', 'files')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('AWS_SECRET_ACCESS_KEY'),
    });
    expect(await add('--to', 'webhook', '--url', 'https://127.0.0.1/')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('not public'),
    });
  });
});
