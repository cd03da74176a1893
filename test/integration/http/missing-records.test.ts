/** `create_missing`: what rows name and nobody has is made, for whoever may import such records. */
import { expect, test } from 'vitest';
import { useServer } from '../../support/http.ts';

const api = useServer();

const orders = 'number,customer_email,total\n1,ann@example.com,10\n';
const address = '/api/imports?dataset=orders&name=orders.csv&until=committed';

test('an order’s unknown address becomes a guest, and the import says so', async () => {
  const { tenant, people } = await api.newTenant();
  const base = `/api/tenants/${tenant.slug}/imports`;
  const sent = await api.call('POST', `${base}?dataset=orders&until=checked&create_missing=customers`, {
    as: people.staff,
    body: orders,
    type: 'text/csv',
  });
  expect(sent.status, sent.text).toBe(201);
  const checked = await api.rested(people.staff, `${base}/${sent.json.id}`);
  expect(checked.json).toMatchObject({
    state: 'checked',
    report: { create: 1, fail: 0, made: { customers: 1 } },
  });
  const { json } = await api.call('GET', `${base}/${sent.json.id}/problems`, { as: people.staff });
  expect(json.problems).toMatchObject([
    {
      row: 1,
      code: 'reference.made',
      outcome: 'warning',
      message: 'There is no customer "ann@example.com": it is made with the import.',
    },
  ]);
  await api.call('PUT', `${base}/${sent.json.id}/commit`, { as: people.staff });
  const done = await api.rested(people.staff, `${base}/${sent.json.id}`);
  expect(done.json).toMatchObject({ state: 'done', created: 1, failed: 0 });
});

test('takes the permission to import those records too', async () => {
  const { tenant } = await api.newTenant();
  const key = await api.newKey(tenant, ['orders:import']);
  const send = (query: string) =>
    api.call('POST', `${address}${query}`, { as: key, body: orders, type: 'text/csv' });
  expect((await send('')).status).toBe(201);
  expect((await send('&create_missing=customers')).status).toBe(403);
});

test('is refused by name for what no row of the dataset names', async () => {
  const { tenant } = await api.newTenant();
  const key = await api.newKey(tenant);
  const sent = await api.call('POST', '/api/imports?dataset=orders&create_missing=quotes', {
    as: key,
    body: orders,
    type: 'text/csv',
  });
  expect(sent.json).toMatchObject({
    code: 'usage.invalid',
    detail: expect.stringContaining('there can be made: customers'),
  });
});
