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
