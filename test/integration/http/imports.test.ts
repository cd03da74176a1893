import { expect, test } from 'vitest';
import { useServer } from '../../support/http.ts';

const api = useServer();

const file =
  'First Name,Last Name,Email\nAda,Lovelace,ada@example.com\nGrace,Hopper,grace@example.com\nNo,Body,nobody\n';

test('a file is checked and rests; nothing is written before the commit is asked for', async () => {
  const { tenant, people } = await api.newTenant();
  const base = `/api/tenants/${tenant.slug}/imports`;
  const created = await api.call('POST', `${base}?name=people.csv`, {
    as: people.staff,
    body: file,
    type: 'text/csv',
  });
  expect(created.status, created.text).toBe(201);
  const checked = await api.rested(people.staff, `${base}/${created.json.id}`);
  expect(checked.json).toMatchObject({ state: 'checked', read: 3, report: { create: 2, fail: 1 } });
  const commit = await api.call('PUT', `${base}/${created.json.id}/commit`, { as: people.staff });
  expect(commit.status, commit.text).toBe(202);
  const done = await api.rested(people.staff, `${base}/${created.json.id}`);
  expect(done.json).toMatchObject({ state: 'done', created: 2, failed: 1 });
});

test('what was written is taken back, by force with what was changed since', async () => {
  const { tenant, people } = await api.newTenant();
  const base = `/api/tenants/${tenant.slug}/imports`;
  const write = async (body: string): Promise<string> => {
    const path = `${base}?name=people.csv&until=committed`;
    const { json } = await api.call('POST', path, { as: people.staff, body, type: 'text/csv' });
    await api.rested(people.staff, `${base}/${json.id}`);
    return json.id;
  };
  const id = await write(file);
  await write(file.replace('Lovelace', 'Byron'));
  const undo = await api.call('DELETE', `${base}/${id}/commit?force=true`, { as: people.staff });
  expect(undo.status, undo.text).toBe(202);
  const undone = await api.rested(people.staff, `${base}/${id}`);
  expect(undone.json).toMatchObject({ state: 'undone', undo: { removed: 2, left_alone: 0 } });
});
