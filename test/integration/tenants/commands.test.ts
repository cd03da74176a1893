/** Members and keys at the command line. */
import { expect, test } from 'vitest';
import { acceptInvitation } from '../../../src/tenants/invitations.ts';
import { keyOf } from '../../../src/tenants/keys.ts';
import { memberOf } from '../../../src/tenants/members.ts';
import { createTenant, findTenant } from '../../../src/tenants/tenants.ts';
import { useDatabase } from '../../support/database.ts';
import { runProgram } from '../../support/program.ts';
import { account, colleague } from './people.ts';

const given = useDatabase();

const run = (...args: string[]) => runProgram(args, { environment: given.environment });

test('a tenant is made below an agency', async () => {
  const agency = await createTenant(given.database, { name: 'Agency' });
  const made = await run('tenant', 'create', 'Site', '--parent', 'agency', '--json');
  expect(made).toMatchObject({ code: 0, errors: '' });
  expect(JSON.parse(made.output)).toMatchObject({ slug: 'site', parentId: agency.id });
  expect(await run('tenant', 'create', 'Deep', '--parent', 'site')).toMatchObject({
    code: 2,
    errors: expect.stringContaining('"site" stands below another one'),
  });
});

test('somebody is invited, comes, gets another role, and is removed', async () => {
  const { id: tenant } = await createTenant(given.database, { name: 'People' });
  const invited = await run('member', 'invite', 'ada@example.com', '--tenant', 'people', '--role', 'owner');
  expect(invited).toMatchObject({ code: 0, errors: '' });
  expect((await run('member', 'list', '--tenant', 'people')).output).toMatch(
    /^ada@example\.com {2}\S{36} {2}owner \(invited\)\n$/,
  );
  const person = await account(given.database, 'ada@example.com');
  await acceptInvitation(given.database, person, /#(inv_\S+)\n$/.exec(invited.output)?.[1] ?? '');
  await colleague(given.database, tenant, { role: 'owner' });

  const changed = await run(
    ...[
      'member',
      'role',
      'ada@example.com',
      'staff',
      '--tenant',
      'people',
      '--site-role',
      'viewer',
      '--json',
    ],
  );
  expect(JSON.parse(changed.output)).toMatchObject({ role: 'staff', siteRole: 'viewer', state: 'active' });
  const listed = await run('member', 'list', '--tenant', tenant, '--json');
  expect(JSON.parse(listed.output)).toMatchObject([{ role: 'staff' }, { role: 'owner' }]);

  expect(await run('member', 'remove', 'ada@example.com', '--tenant', 'people')).toMatchObject({
    code: 0,
    output: 'Removed ada@example.com.\n',
  });
  expect(await memberOf(given.database, tenant, person.userId)).toBeNull();
});

test('the last owner stays, also at the command line', async () => {
  const { id: tenant } = await createTenant(given.database, { name: 'Alone' });
  const { memberId } = await colleague(given.database, tenant, { role: 'owner' });
  expect(await run('member', 'remove', memberId, '--tenant', 'alone')).toMatchObject({
    code: 1,
    errors: expect.stringContaining('keeps an owner'),
  });
});

test('a key is made, works, is listed and revoked', async () => {
  const { id: tenant } = await createTenant(given.database, { name: 'Keys' });
  const made = await run(
    ...['key', 'create', 'Web shop', '--tenant', 'keys', '--permissions', 'customers:read, customers:write'],
    ...['--expires', '90'],
  );
  expect(made).toMatchObject({ code: 0, errors: '' });
  const token = made.output.trim().split('\n').at(-1) ?? '';
  expect(await keyOf(given.database, token)).toMatchObject({
    tenantId: tenant,
    permissions: ['customers:read', 'customers:write'],
  });
  const [key] = JSON.parse((await run('key', 'list', '--tenant', 'keys', '--json')).output);
  expect(key).toMatchObject({ name: 'Web shop', createdBy: null, revokedAt: null });
  expect((await run('key', 'revoke', key.id, '--tenant', 'keys')).code).toBe(0);
  expect((await run('key', 'list', '--tenant', 'keys')).output).toMatch(/ {2}revoked \d{4}-\d\d-\d\d {2}/);
  expect(await run('key', 'revoke', key.id, '--tenant', 'keys')).toMatchObject({ code: 2 });
});

test.each([
  [['member', 'list'], /--tenant TENANT/],
  [['member', 'invite', 'a@example.com', '--tenant', 'usage'], /--role ROLE/],
  [['member', 'invite', 'a@example.com', '--tenant', 'usage', '--role', 'king'], /"king" is no role/],
  [['member', 'role', 'a@example.com', '--tenant', 'usage'], /Say which role/],
  [['member', 'remove', 'a@example.com', '--tenant', 'usage'], /no such member/],
  [['key', 'create', 'A', '--tenant', 'usage'], /--permissions/],
  [['key', 'create', 'A', '--tenant', 'usage', '--permissions', 'all'], /no permission "all"/],
  [['key', 'create', 'A', '--tenant', 'usage', '--permissions', 'audit:read', '--expires', 'soon'], /"soon"/],
  [
    ['key', 'create', 'A', '--tenant', 'usage', '--permissions', 'audit:read', '--expires', 'never'],
    /365 days/,
  ],
  [['key', 'revoke', 'x', '--tenant', 'usage'], /no such key/],
])('%j is answered with 2 and what is wrong', async (args, says) => {
  await findTenant(given.database, 'usage').catch(() => createTenant(given.database, { name: 'Usage' }));
  expect(await run(...args)).toMatchObject({ code: 2, output: '', errors: expect.stringMatching(says) });
});
