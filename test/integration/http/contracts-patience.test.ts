import { expect, test } from 'vitest';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { useServer } from '../../support/http.ts';
import { keyedTenant } from './contract-support.ts';

process.env.CLIENTELE_SILENCE_SECONDS_MAX = '1';
process.env.CLIENTELE_BATCH_WAIT_SECONDS_MAX = '60';
const api = useServer();

const ada = { first_name: 'Ada', last_name: 'Lovelace', email: 'ada@example.com' };

test.each([
  ['/customers/import', { data: [ada], mode: 'create' }],
  ['/customers/import-rows', { rows: [ada] }],
])('POST %s is answered, however long the rows take', async (path, json) => {
  const its = await keyedTenant(api);
  const answered = await withTenant(api.database, its.tenant.id, async (tx) => {
    // What a long import holds while it writes: the tenant's customer numbers.
    await tx.query(
      `insert into tenant_counters (tenant_id, name, value) values ($1, 'customer_number', 0)
      on conflict (tenant_id, name) do update set value = tenant_counters.value`,
      [its.tenant.id],
    );
    const sent = its.call('POST', path, json);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    return { sent };
  });
  expect((await answered.sent).status).toBe(200);
});
