/** Invitations: a token in a mail, which makes one account a member once. */
import { describe, expect, test } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { acceptInvitation, findInvitation, inviteMember } from '../../../src/tenants/invitations.ts';
import { changeMember, removeMember } from '../../../src/tenants/member-changes.ts';
import { listMembers, memberOf } from '../../../src/tenants/members.ts';
import { useImports } from '../../support/import.ts';
import { account, colleague, trailOf } from './people.ts';

const given = useImports();

const invite = (tenant: string, email: string, role: 'owner' | 'admin' | 'staff' = 'staff') =>
  inviteMember(given.database, tenant, { email, role }, null);

test('whoever is invited, and has the address, becomes the member that waits for him', async () => {
  const tenant = await given.tenant();
  const owner = await colleague(given.database, tenant, { role: 'owner' });
  const { member, token } = await inviteMember(
    given.database,
    tenant,
    { email: ' New@Example.com ', name: 'New', role: 'admin', siteRole: 'viewer' },
    owner.acting,
  );
  expect(member).toMatchObject({ email: 'new@example.com', state: 'invited', userId: null, role: 'admin' });
  expect(await findInvitation(given.database, token)).toMatchObject({
    tenantId: tenant,
    email: 'new@example.com',
    role: 'admin',
  });
  const person = await account(given.database, 'new@example.com');
  expect(await memberOf(given.database, tenant, person.userId)).toBeNull();
  const accepted = await acceptInvitation(given.database, person, token);
  expect(accepted).toMatchObject({ tenantId: tenant, memberId: member.id, role: 'admin' });
  expect(await memberOf(given.database, tenant, person.userId)).toEqual({
    id: member.id,
    role: 'admin',
    through: 'tenant',
  });
  const { entries, faults } = await trailOf(given.database, tenant);
  expect(faults).toEqual([]);
  expect(entries.slice(-2)).toEqual([
    {
      action: 'member.invite',
      actor: owner.memberId,
      subject_id: member.id,
      detail: { role: 'admin', site_role: 'viewer' },
    },
    { action: 'member.join', actor: member.id, subject_id: member.id, detail: { role: 'admin' } },
  ]);
  expect(JSON.stringify(entries)).not.toMatch(/@|New|inv_/);
});

describe('a token', () => {
  test('is worth something once, also when it is used twice at once', async () => {
    const tenant = await given.tenant();
    const person = await account(given.database);
    const { token } = await invite(tenant, person.email);
    const twice = await Promise.allSettled([
      acceptInvitation(given.database, person, token),
      acceptInvitation(given.database, person, token),
    ]);
    expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const late = acceptInvitation(given.database, person, token);
    await expect(late).rejects.toMatchObject({ code: 'invitation.not_found' });
    expect(await given.rows(tenant, 'select count(*)::int as members from members')).toEqual([
      { members: 1 },
    ]);
  });

  test('is worth nothing to another address', async () => {
    const tenant = await given.tenant();
    const { token } = await invite(tenant, 'meant@example.com');
    const other = await account(given.database, 'other@example.com');
    const accepting = acceptInvitation(given.database, other, token);
    await expect(accepting).rejects.toMatchObject({ code: 'invitation.other_email' });
    expect(await memberOf(given.database, tenant, other.userId)).toBeNull();
  });

  test('is worth nothing once another one was sent, or the invitation was taken back', async () => {
    const tenant = await given.tenant();
    const person = await account(given.database);
    const first = await invite(tenant, person.email);
    const second = await invite(tenant, person.email, 'admin');
    expect(second.member.id).toBe(first.member.id);
    await expect(findInvitation(given.database, first.token)).rejects.toMatchObject({
      code: 'invitation.not_found',
    });
    await removeMember(given.database, tenant, second.member.id, null);
    const late = acceptInvitation(given.database, person, second.token);
    await expect(late).rejects.toMatchObject({ code: 'invitation.not_found' });
    expect(await given.rows(tenant, 'select from members where removed_at is null')).toEqual([]);
  });

  test('expires', async () => {
    const tenant = await given.tenant();
    const person = await account(given.database);
    const { token } = await invite(tenant, person.email);
    await given.rows(tenant, `update invitations set expires_at = now() - interval '1 second'`);
    await expect(findInvitation(given.database, token)).rejects.toMatchObject({
      code: 'invitation.expired',
      status: 410,
    });
    const accepting = acceptInvitation(given.database, person, token);
    await expect(accepting).rejects.toMatchObject({ code: 'invitation.expired' });
    expect(await given.within(tenant, (tx) => listMembers(tx))).toMatchObject([
      { state: 'invitation expired' },
    ]);
  });

  test('with another tenant’s id in it finds nothing, and neither does any other text', async () => {
    const [tenant, other] = [await given.tenant(), await given.tenant()];
    const { token } = await invite(tenant, 'a@example.com');
    const bytes = Buffer.from(token.slice(4), 'base64url');
    bytes.set(Buffer.from(other.replaceAll('-', ''), 'hex'));
    const moved = `inv_${bytes.toString('base64url')}`;
    const forged = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    for (const text of [moved, forged, '', 'inv_', newId(), `${token}x`]) {
      await expect(findInvitation(given.database, text)).rejects.toMatchObject({
        code: 'invitation.not_found',
      });
    }
  });

  test('is in the database as its digest alone', async () => {
    const tenant = await given.tenant();
    const { token } = await invite(tenant, 'a@example.com');
    const kept = JSON.stringify(await given.rows(tenant, 'select * from invitations'));
    expect(kept).not.toContain(token.slice(4, 30));
  });
});

describe('inviting', () => {
  test('a member is refused, and an address that is none', async () => {
    const tenant = await given.tenant();
    const person = await colleague(given.database, tenant, { role: 'staff' });
    await expect(invite(tenant, person.email.toUpperCase())).rejects.toMatchObject({ code: 'member.exists' });
    await expect(invite(tenant, 'nobody')).rejects.toMatchObject({ code: 'member.invalid' });
  });

  test('the same address twice at once makes one member, with one token that works', async () => {
    const tenant = await given.tenant();
    const person = await account(given.database);
    const invited = await Promise.all([invite(tenant, person.email), invite(tenant, person.email)]);
    expect(new Set(invited.map(({ member }) => member.id)).size).toBe(1);
    const tried = await Promise.allSettled(
      invited.map(({ token }) => acceptInvitation(given.database, person, token)),
    );
    expect(tried.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('gives no role above one’s own, and takes none from who waits for a higher one', async () => {
    const tenant = await given.tenant();
    const admin = await colleague(given.database, tenant, { role: 'admin' });
    const asAdmin = (role: 'owner' | 'staff') =>
      inviteMember(given.database, tenant, { email: 'b@example.com', role }, admin.acting);
    await expect(asAdmin('owner')).rejects.toMatchObject({ code: 'member.role_above' });
    await invite(tenant, 'b@example.com', 'owner');
    await expect(asAdmin('staff')).rejects.toMatchObject({ code: 'member.role_above' });
  });

  test('promises the role that the member has when he comes', async () => {
    const tenant = await given.tenant();
    const person = await account(given.database);
    const { member, token } = await invite(tenant, person.email, 'admin');
    await changeMember(given.database, tenant, member.id, { role: 'viewer' }, null);
    expect(await acceptInvitation(given.database, person, token)).toMatchObject({ role: 'viewer' });
  });
});

test('an account that is a member under another address does not become a second one', async () => {
  const tenant = await given.tenant();
  const person = await colleague(given.database, tenant, { role: 'staff' });
  const { token } = await invite(tenant, 'alias@example.com', 'owner');
  const accepting = acceptInvitation(given.database, { ...person, email: 'alias@example.com' }, token);
  await expect(accepting).rejects.toMatchObject({ code: 'member.exists' });
  expect(await memberOf(given.database, tenant, person.userId)).toMatchObject({ role: 'staff' });
});
