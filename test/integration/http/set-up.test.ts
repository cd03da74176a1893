/** The first account and its tenant, by the link of the first start. */
import { beforeEach, expect, test } from 'vitest';
import { issueSetupToken } from '../../../src/accounts/setup.ts';
import { createTenant } from '../../../src/tenants/tenants.ts';
import { useServer } from '../../support/http.ts';

const api = useServer();
let token: string;

beforeEach(async () => {
  await api.database.app.query('delete from auth."user"');
  token = (await issueSetupToken(api.database)) as string;
});

const user = { name: 'First', email: 'First@Example.com', password: 'correct horse battery' };
const setUp = (tenant: object) => api.call('POST', '/api/setup', { json: { token, user, tenant } });

async function users(): Promise<string[]> {
  const { rows } = await api.database.app.query<{ email: string }>('select email from auth."user"');
  return rows.map(({ email }) => email);
}

test('the link makes an account and its tenant, once', async () => {
  const made = await setUp({ name: 'First business', country: 'GB' });
  expect(made).toMatchObject({ status: 201, json: { slug: 'first-business', country: 'GB' } });
  const session = await api.services.accounts.signIn(user.email, user.password);
  const { json } = await api.call('GET', '/api/session', { as: `Bearer ${session.token}` });
  expect(json.tenants).toMatchObject([{ slug: 'first-business', role: 'owner' }]);
  expect(await setUp({ name: 'Second business' })).toMatchObject({
    status: 422,
    json: { code: 'account.setup_over' },
  });
  expect(await users()).toEqual(['first@example.com']);
});

test('a tenant that cannot be made costs neither the link nor the address', async () => {
  await createTenant(api.database, { name: 'Taken' });
  const refused = [
    [{ name: 'Taken' }, 'tenant.exists'],
    [{ name: 'Nowhere', timezone: 'No/Where' }, 'tenant.invalid'],
    [{ name: 'Spaced', slug: 'a b' }, 'tenant.invalid'],
  ] as const;
  for (const [tenant, code] of refused) {
    expect((await setUp(tenant)).json, tenant.name).toMatchObject({ code });
    expect(await users(), tenant.name).toEqual([]);
  }
  expect((await setUp({ name: 'Free' })).status).toBe(201);
});

test('a name in letters that no address has is no reason to refuse a business', async () => {
  const made = await setUp({ name: '株式会社' });
  expect(made).toMatchObject({ status: 201, json: { name: '株式会社' } });
  expect(made.json.slug).toMatch(/^tenant-[0-9a-f]{8}$/);
});
