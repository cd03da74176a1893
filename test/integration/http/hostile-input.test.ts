/** What the fuzzing found, kept as cases of their own. */
import { expect, test } from 'vitest';
import { useServer } from '../../support/http.ts';

const api = useServer();

test.each(['/audit?action=%00', '/imports?state=a%00b'])('NUL in an address is refused: %s', async (path) => {
  const { tenant, people } = await api.newTenant();
  const answered = await api.call('GET', `/api/tenants/${tenant.slug}${path}`, { as: people.owner });
  expect(answered).toMatchObject({ status: 400, json: { code: 'request.invalid' } });
});

test.each(['/customers/import', '/imports'])(
  'a form that ends in the middle is refused: %s',
  async (path) => {
    const { tenant, people } = await api.newTenant();
    const answered = await api.call('POST', `/api/tenants/${tenant.slug}${path}`, {
      as: people.owner,
      type: 'multipart/form-data; boundary=x',
      body: '--x\r\nContent-Disposition: form-data; name="overwrite"\r\n\r\ntrue',
    });
    expect(answered).toMatchObject({ status: 400, json: { code: 'request.malformed' } });
  },
);
