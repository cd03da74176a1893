import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { customers } from '../../../src/datasets/customers.ts';
import { exportsNoted } from '../../../src/export/run-export.ts';
import { buildServer } from '../../../src/http/server.ts';
import { beginExport } from '../../support/export.ts';
import { useServer } from '../../support/http.ts';
import { headOf, rawConnection } from '../../support/raw-http.ts';

process.env.CLIENTELE_STOP_SECONDS_MAX = '2';
const api = useServer();

test('a server that stops lets calls end, and cuts off those that never would', async () => {
  const { tenant } = await api.newTenant();
  const authorization = await api.newKey(tenant);
  const server = await buildServer(api.services);
  await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const begin = async (bytes: number) => {
    const connection = await rawConnection(url);
    const head = { authorization, 'content-type': 'text/csv', 'content-length': bytes };
    connection.write(`${headOf('POST', '/api/imports', head)}email\n`);
    return connection;
  };
  const [ending, endless] = [await begin('email\na@example.com\n'.length), await begin(1000)];
  await new Promise((resolve) => setTimeout(resolve, 300));
  const closing = server.close();
  await new Promise((resolve) => setTimeout(resolve, 300));
  ending.write('a@example.com\n');
  expect(await ending.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 201 /);
  await closing;
  expect(await endless.closed()).toBe('');
});

test('what is cut off of an export stands in the history before the process ends', async () => {
  const { tenant, people } = await api.newTenant();
  const as = people.owner;
  const base = `/api/tenants/${tenant.slug}`;
  const data = Array.from({ length: 3000 }, (_, i) => ({
    first_name: 'Ada',
    last_name: 'Example',
    email: `a${i}@example.com`,
    driver_notes: 'x'.repeat(4000),
  }));
  const imported = await api.call('POST', `${base}/customers/import`, { as, json: { data, mode: 'create' } });
  expect(imported.json).toMatchObject({ success: data.length });
  const { stream } = await beginExport(api.database, tenant.id, {
    dataset: customers,
    columns: [{ field: 'driver_notes' }],
  });
  for await (const piece of stream) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
  await exportsNoted({ msMax: 60_000 });
  const { json } = await api.call('GET', `${base}/exports`, { as });
  expect(json.exports).toMatchObject([{ state: 'broken_off' }]);
});
