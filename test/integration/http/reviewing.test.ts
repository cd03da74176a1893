/** From a file to its records and back, as a person goes who looks at each step. */
import { Readable } from 'node:stream';
import { beforeAll, expect, test } from 'vitest';
import { takeStream } from '../../../src/import/intake.ts';
import { defaultOptions } from '../../../src/import/run.ts';
import { createTenant, type Tenant } from '../../../src/tenants/tenants.ts';
import { useServer } from '../../support/http.ts';

const api = useServer();
let tenant: Tenant;
let as: string;
const path = '/api/imports';

beforeAll(async () => {
  tenant = await createTenant(api.database, { name: 'Reviewing', country: 'GB' });
  as = await api.newKey(tenant);
});

async function uploaded(body: string, query = ''): Promise<string> {
  const { status, json, text } = await api.call('POST', `${path}${query}`, { as, body, type: 'text/csv' });
  expect(status, text).toBe(201);
  await api.rested(as, `${path}/${json.id}`);
  return json.id;
}

const get = (id: string, of = '') => api.call('GET', `${path}/${id}${of}`, { as });
const put = (id: string, of: string, json?: unknown) => api.call('PUT', `${path}/${id}/${of}`, { as, json });
const rested = (id: string) => api.rested(as, `${path}/${id}`);

test('a mapping is looked at, changed and checked again; then the file is committed, and taken back', async () => {
  const id = await uploaded(
    'Who,Where\nAda,ada@example.com\nGrace,grace@example.com\n',
    '?until=mapped&map=Where=email',
  );
  expect((await get(id)).json).toMatchObject({ state: 'mapped', resting: true });
  const { json: mapping } = await get(id, '/mapping');
  const columns = mapping.columns.map((entry: { column: string }) =>
    entry.column === 'Who'
      ? { ...entry, field: 'first_name', confidence: 1, reason: 'A person said so.' }
      : entry,
  );
  expect(await put(id, 'mapping', { ...mapping, columns })).toMatchObject({
    status: 200,
    json: { state: 'mapped' },
  });
  expect((await get(id, '/mapping')).json.columns).toEqual(columns);
  expect((await put(id, 'check')).status).toBe(202);
  expect((await rested(id)).json).toMatchObject({ state: 'checked', report: { create: 2, fail: 0 } });

  expect((await put(id, 'commit')).status).toBe(202);
  expect((await rested(id)).json).toMatchObject({ state: 'done', created: 2, failed: 0 });
  const again = await put(id, 'commit');
  expect(again).toMatchObject({ status: 409, json: { code: 'import.move' } });

  expect((await api.call('DELETE', `${path}/${id}/commit`, { as })).status).toBe(202);
  expect((await rested(id)).json).toMatchObject({
    state: 'undone',
    undo: { removed: 2, restored: 0, left_alone: 0 },
  });
});

test('a mapping that does not fit is refused with all that is wrong', async () => {
  const id = await uploaded('First Name,Email\nAda,ada@example.com\n', '?until=mapped');
  const { json: mapping } = await get(id, '/mapping');
  const [first] = mapping.columns;
  const wrong = { ...mapping, columns: [{ ...first, column: 'No such column', field: 'no_such_field' }] };
  const refused = await put(id, 'mapping', wrong);
  expect(refused).toMatchObject({ status: 422, json: { code: 'mapping.invalid' } });
  expect(refused.json.detail).toContain('No such column');
  expect(refused.json.detail).toContain('no_such_field');
  const unknown = await put(id, 'mapping', { ...mapping, colour: 'red' });
  expect(unknown).toMatchObject({
    status: 400,
    json: { errors: [{ pointer: '/colour', code: 'unknown_field' }] },
  });
  expect((await get(id, '/mapping')).json).toEqual(mapping);
});

test('a file can be looked at before a worker has seen it', async () => {
  const options = { ...defaultOptions, review: 'mapping' as const, commit: false };
  const arrival = { tenantId: tenant.id, dataset: 'customers', options, by: null };
  const text = `Vorname;E-Mail\n${'Jörg;joerg@example.com\n'.repeat(50_000)}`;
  const id = await takeStream(
    api.database,
    'kunden.csv',
    Readable.from([Buffer.from(text, 'latin1')]),
    arrival,
  );
  const { status, json } = await get(id, '/inspection');
  expect(status).toBe(200);
  expect(json).toMatchObject({
    whole: false,
    dialect: { format: 'csv', delimiter: ';', header: true },
    columns: [
      { index: 0, name: 'Vorname' },
      { index: 1, name: 'E-Mail' },
    ],
  });
  expect(json.sample[0]).toEqual(['Jörg', 'joerg@example.com']);
  expect((await get(id)).json).toMatchObject({ state: 'uploaded', resting: false });
  expect(await get(id, '/mapping')).toMatchObject({ status: 409, json: { code: 'import.move' } });
});

test('a run that rests can be cancelled, and goes no further', async () => {
  const id = await uploaded('First Name\nAda\n');
  expect((await put(id, 'cancellation')).status).toBe(202);
  expect((await rested(id)).json).toMatchObject({ state: 'cancelled', created: 0 });
  expect((await put(id, 'cancellation')).status).toBe(202);
  for (const what of ['check', 'commit'])
    expect(await put(id, what)).toMatchObject({ status: 409, json: { code: 'import.move' } });
});

test('an import that was not committed cannot be taken back', async () => {
  const id = await uploaded('First Name\nAda\n');
  expect(await api.call('DELETE', `${path}/${id}/commit`, { as })).toMatchObject({
    status: 409,
    json: { code: 'import.move' },
  });
});

test('problems come in pages, each row whole, with the column, a sentence and what to do', async () => {
  const rows = Array.from({ length: 25 }, (_, i) =>
    i % 2 === 0 ? `Ada ${i},nobody,never` : `Ada ${i},a${i}@example.com,2001-02-03`,
  );
  const id = await uploaded(
    `First Name,Email,Date of Birth\n${rows.join('\n')}\n`,
    '?map=Date%20of%20Birth=date_of_birth',
  );
  const seen: { row: number; code: string; column: string | null }[] = [];
  let after = 0;
  for (;;) {
    const { json } = await get(id, `/problems?limit=4&after_row=${after}`);
    expect(new Set(json.problems.map(({ row }: { row: number }) => row)).size).toBeLessThanOrEqual(4);
    for (const problem of json.problems) {
      expect(problem.message.length).toBeGreaterThan(5);
      expect(problem.hint.length).toBeGreaterThan(5);
    }
    seen.push(...json.problems);
    if (json.next_after_row === null) break;
    after = json.next_after_row;
  }
  const failing = [...new Set(seen.map(({ row }) => row))];
  expect(failing).toEqual(Array.from({ length: 13 }, (_, i) => 2 * i + 1));
  expect(seen.filter(({ row }) => row === 1).map(({ column }) => column)).toEqual(
    expect.arrayContaining(['Email', 'Date of Birth']),
  );
  const code = seen[0]?.code ?? '';
  const { json } = await get(id, `/problems?code=${code}&limit=1000`);
  expect(json.problems.length).toBe(seen.filter((problem) => problem.code === code).length);
  expect((await get(id, '/problems?limit=0')).status).toBe(400);
});

test('rejected rows and results are files', async () => {
  const id = await uploaded('First Name,Email\nAda,ada-r@example.com\nNo,nobody\n', '?until=committed');
  const rejects = await get(id, '/rejects');
  expect(rejects.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(rejects.headers.get('content-disposition')).toBe(`attachment; filename="rejected-${id}.csv"`);
  expect(rejects.text).toContain('nobody');
  expect(rejects.text).not.toContain('ada-r@example.com');
  const results = await get(id, '/results');
  expect(results.headers.get('content-disposition')).toContain(`results-${id}.csv`);
  expect(results.text).toMatch(/created/);
  expect(results.text).toMatch(/failed/);
});

test('the history comes in pages, newest first, by dataset and state', async () => {
  const own = await createTenant(api.database, { name: 'History' });
  const key = await api.newKey(own);
  const made: string[] = [];
  for (let i = 0; i < 5; i++) {
    const { json } = await api.call('POST', `${path}?name=file-${i}.csv`, {
      as: key,
      body: `First Name\nAda ${i}\n`,
      type: 'text/csv',
    });
    await api.rested(key, `${path}/${json.id}`);
    made.unshift(json.id);
  }
  await api.call('PUT', `${path}/${made[2]}/cancellation`, { as: key });
  const seen: string[] = [];
  let cursor = '';
  for (;;) {
    const { json } = await api.call('GET', `${path}?limit=2${cursor}`, { as: key });
    seen.push(...json.imports.map(({ id }: { id: string }) => id));
    if (json.next_cursor === null) break;
    cursor = `&cursor=${json.next_cursor}`;
  }
  expect(seen).toEqual(made);
  const cancelled = await api.call('GET', `${path}?state=cancelled`, { as: key });
  expect(cancelled.json.imports.map(({ id }: { id: string }) => id)).toEqual([made[2]]);
  expect((await api.call('GET', `${path}?dataset=addresses`, { as: key })).json.imports).toEqual([]);
});

test('who may import but not read sees no records, and no sensitive values', async () => {
  await uploaded(
    'Email,First Name,Medical Notes\nada-s@example.com,Ada,allergic\n',
    '?until=committed&map=Medical%20Notes=medical_notes',
  );
  const again = 'Email,First Name,Medical Notes\nada-s@example.com,Augusta,recovered\n';
  const id = await uploaded(again, '?map=Medical%20Notes=medical_notes');
  const seenBy = async (held: Parameters<typeof api.newKey>[1]) => {
    const { json } = await api.call('GET', `${path}/${id}`, { as: await api.newKey(tenant, held) });
    return json.report.samples.map(({ before, after }: Record<'before' | 'after', unknown>) => ({
      before,
      after,
    }));
  };
  const all = {
    before: { first_name: 'Ada', medical_notes: 'allergic' },
    after: { first_name: 'Augusta', medical_notes: 'recovered' },
  };
  expect(await seenBy(['customers:import', 'customers:read', 'customers:read_sensitive'])).toMatchObject([
    all,
  ]);
  const shown = await seenBy(['customers:import', 'customers:read']);
  expect(shown).toMatchObject([{ before: { first_name: 'Ada' }, after: { first_name: 'Augusta' } }]);
  expect(JSON.stringify(shown)).not.toMatch(/allergic|recovered/);
  expect(await seenBy(['customers:import'])).toEqual([]);
});
