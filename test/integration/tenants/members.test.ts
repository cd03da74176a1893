/** Members: who they are, what becomes of their roles, and that a tenant is never without an owner. */
import { describe, expect, test } from 'vitest';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { newId } from '../../../src/platform/ids.ts';
import { changeMember, removeMember } from '../../../src/tenants/member-changes.ts';
import { addMember, findMember, listMembers, memberOf } from '../../../src/tenants/members.ts';
import { type Role, roles } from '../../../src/tenants/permissions.ts';
import { useImports } from '../../support/import.ts';
import { account, colleague, trailOf } from './people.ts';

const given = useImports();

const within = given.within;

async function ownersOf(tenant: string): Promise<number> {
  return (await within(tenant, (tx) => listMembers(tx, { role: 'owner' }))).length;
}

describe('a member', () => {
  test('is who the account is, once in each tenant', async () => {
    const tenant = await given.tenant();
    const person = await account(given.database);
    const member = await addMember(given.database, tenant, person, { role: 'staff' }, null);
    expect(member).toMatchObject({
      email: person.email,
      role: 'staff',
      userId: person.userId,
      state: 'active',
    });
    const again = addMember(given.database, tenant, person, { role: 'owner' }, null);
    await expect(again).rejects.toMatchObject({ code: 'member.exists' });
    const otherAddress = { ...person, email: 'other@example.com' };
    const twice = addMember(given.database, tenant, otherAddress, { role: 'owner' }, null);
    await expect(twice).rejects.toMatchObject({ code: 'member.exists' });
    expect(await memberOf(given.database, tenant, person.userId)).toMatchObject({ role: 'staff' });
  });

  test('to whom customers were assigned already is the account that joins with his address', async () => {
    const tenant = await given.tenant();
    const id = newId();
    await given.rows(
      tenant,
      `insert into members (tenant_id, id, email, role, created_at) values ($1, $2, 'sales@example.com', 'staff', now())`,
      [tenant, id],
    );
    await given.import(tenant, 'email,first_name,assigned_to\na@example.com,A,sales@example.com\n');
    const sales = await account(given.database, 'sales@example.com');
    const member = await addMember(given.database, tenant, sales, { role: 'admin' }, null);
    expect(member).toMatchObject({ id, role: 'admin', state: 'active' });
    expect(await given.column(tenant, 'assigned_to')).toEqual({ 'a@example.com': id });
  });

  test('is found by id and by e-mail, and listed a page at a time', async () => {
    const tenant = await given.tenant();
    const all = [];
    for (const role of roles) all.push(await colleague(given.database, tenant, { role }));
    const ids = all.map(({ memberId }) => memberId);
    const first = await within(tenant, (tx) => listMembers(tx, { limit: 3 }));
    const rest = await within(tenant, (tx) => listMembers(tx, { after: first[2]?.id ?? '' }));
    expect([...first, ...rest].map(({ id }) => id)).toEqual(ids);
    const [owner] = all;
    expect(await within(tenant, (tx) => findMember(tx, owner?.email.toUpperCase() ?? ''))).toMatchObject({
      id: owner?.memberId,
    });
    for (const named of [newId(), 'nobody@example.com', '']) {
      const lost = within(tenant, (tx) => findMember(tx, named));
      await expect(lost).rejects.toMatchObject({ code: 'member.not_found' });
    }
  });

  test('of one tenant is neither seen, changed nor removed from another', async () => {
    const [tenant, other] = [await given.tenant(), await given.tenant()];
    const { memberId, userId } = await colleague(given.database, tenant, { role: 'staff' });
    const stranger = await colleague(given.database, other, { role: 'owner' });
    await expect(within(other, (tx) => findMember(tx, memberId))).rejects.toMatchObject({
      code: 'member.not_found',
    });
    const change = changeMember(given.database, other, memberId, { role: 'viewer' }, stranger.acting);
    await expect(change).rejects.toMatchObject({ code: 'member.not_found' });
    const removal = removeMember(given.database, other, memberId, stranger.acting);
    await expect(removal).rejects.toMatchObject({ code: 'member.not_found' });
    expect(await memberOf(given.database, other, userId)).toBeNull();
    expect(await memberOf(given.database, tenant, userId)).toMatchObject({ role: 'staff' });
  });
});

describe('a role', () => {
  test('changes in the trail with what it was and is, and with nothing personal', async () => {
    const tenant = await given.tenant();
    const owner = await colleague(given.database, tenant, { role: 'owner' });
    const { memberId } = await colleague(given.database, tenant, { role: 'staff' });
    await changeMember(given.database, tenant, memberId, { role: 'admin' }, owner.acting);
    await changeMember(given.database, tenant, memberId, { siteRole: 'viewer', name: 'Ann' }, owner.acting);
    await changeMember(given.database, tenant, memberId, { role: 'admin', name: 'Anna' }, owner.acting);
    const { entries, faults } = await trailOf(given.database, tenant);
    expect(faults).toEqual([]);
    expect(entries.filter(({ action }) => action === 'member.role')).toEqual([
      {
        action: 'member.role',
        actor: owner.memberId,
        subject_id: memberId,
        detail: { role: { from: 'staff', to: 'admin' } },
      },
      {
        action: 'member.role',
        actor: owner.memberId,
        subject_id: memberId,
        detail: { site_role: { from: null, to: 'viewer' } },
      },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/@|Ann|Person/);
    expect(await within(tenant, (tx) => findMember(tx, memberId))).toMatchObject({
      role: 'admin',
      siteRole: 'viewer',
      name: 'Anna',
    });
  });

  const order = roles.flatMap((own) => roles.map((other): [Role, Role] => [own, other]));

  test.each(order)('%s gives and takes away %s only from his own down', async (own, other) => {
    const tenant = await given.tenant();
    await colleague(given.database, tenant, { role: 'owner' });
    const actor = await colleague(given.database, tenant, { role: own });
    const target = await colleague(given.database, tenant, { role: 'customer' });
    const holder = await colleague(given.database, tenant, { role: other });
    const second = await colleague(given.database, tenant, { role: other });
    const stranger = await account(given.database);
    const outcomes = await Promise.allSettled([
      changeMember(given.database, tenant, target.memberId, { role: other }, actor.acting),
      changeMember(given.database, tenant, holder.memberId, { role: 'customer' }, actor.acting),
      addMember(given.database, tenant, stranger, { role: other }, actor.acting),
      removeMember(given.database, tenant, second.memberId, actor.acting),
    ]);
    const may = roles.indexOf(other) >= roles.indexOf(own);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject(
        may ? { status: 'fulfilled' } : { status: 'rejected', reason: { code: 'member.role_above' } },
      );
  });

  test('below an agency is given by nobody who is less himself', async () => {
    const tenant = await given.tenant();
    const admin = await colleague(given.database, tenant, { role: 'admin' });
    const staff = await colleague(given.database, tenant, { role: 'staff' });
    const above = changeMember(given.database, tenant, staff.memberId, { siteRole: 'owner' }, admin.acting);
    await expect(above).rejects.toMatchObject({ code: 'member.role_above' });
    await changeMember(given.database, tenant, staff.memberId, { siteRole: 'admin' }, admin.acting);
  });

  test('is given by a key only when it holds all that the role may do, and never ownership', async () => {
    const tenant = await given.tenant();
    const { acting: owner } = await colleague(given.database, tenant, { role: 'owner' });
    const { acting: staff } = await colleague(given.database, tenant, { role: 'staff' });
    const invite = async (permissions: typeof owner.permissions, role: Role) =>
      addMember(
        given.database,
        tenant,
        await account(given.database),
        { role },
        { id: newId(), role: null, permissions },
      );
    await expect(invite(owner.permissions, 'owner')).rejects.toMatchObject({ code: 'member.role_above' });
    await expect(invite(new Set(['members:write']), 'viewer')).rejects.toMatchObject({
      code: 'member.role_above',
    });
    await expect(invite(staff.permissions, 'admin')).rejects.toMatchObject({ code: 'member.role_above' });
    await invite(owner.permissions, 'admin');
    await invite(staff.permissions, 'staff');
  });

  test('that was lost a moment ago gives nothing more', async () => {
    const tenant = await given.tenant();
    await colleague(given.database, tenant, { role: 'owner' });
    const was = await colleague(given.database, tenant, { role: 'owner' });
    const { memberId } = await colleague(given.database, tenant, { role: 'staff' });
    await changeMember(given.database, tenant, was.memberId, { role: 'viewer' }, null);
    const late = changeMember(given.database, tenant, memberId, { role: 'owner' }, was.acting);
    await expect(late).rejects.toMatchObject({ code: 'member.role_above' });
    await removeMember(given.database, tenant, was.memberId, null);
    const later = removeMember(given.database, tenant, memberId, was.acting);
    await expect(later).rejects.toMatchObject({ code: 'permission.missing' });
  });
});

describe('the last owner', () => {
  test('can be neither demoted nor removed, not by himself either', async () => {
    const tenant = await given.tenant();
    const owner = await colleague(given.database, tenant, { role: 'owner' });
    for (const by of [owner.acting, null]) {
      const demotion = changeMember(given.database, tenant, owner.memberId, { role: 'admin' }, by);
      await expect(demotion).rejects.toMatchObject({ code: 'member.last_owner' });
      const removal = removeMember(given.database, tenant, owner.memberId, by);
      await expect(removal).rejects.toMatchObject({ code: 'member.last_owner' });
    }
    await colleague(given.database, tenant, { role: 'owner' });
    await removeMember(given.database, tenant, owner.memberId, owner.acting);
    expect(await ownersOf(tenant)).toBe(1);
  });

  test('is not made good by an owner who has no account yet', async () => {
    const tenant = await given.tenant();
    const owner = await colleague(given.database, tenant, { role: 'owner' });
    await given.rows(
      tenant,
      `insert into members (tenant_id, id, email, role, created_at) values ($1, $2, 'soon@example.com', 'owner', now())`,
      [tenant, newId()],
    );
    const removal = removeMember(given.database, tenant, owner.memberId, owner.acting);
    await expect(removal).rejects.toMatchObject({ code: 'member.last_owner' });
  });

  test('stays when all owners demote and remove each other at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const tenant = await given.tenant();
      const owners = await Promise.all(
        Array.from({ length: 3 }, () => colleague(given.database, tenant, { role: 'owner' })),
      );
      const strikes = owners.flatMap((by, n) =>
        owners
          .filter((other) => other !== by)
          .map((other) =>
            (n + round) % 2 === 0
              ? removeMember(given.database, tenant, other.memberId, by.acting)
              : changeMember(given.database, tenant, other.memberId, { role: 'admin' }, by.acting),
          ),
      );
      const refusals = (await Promise.allSettled(strikes)).flatMap((one) =>
        one.status === 'rejected' ? [one.reason.code ?? one.reason] : [],
      );
      for (const code of refusals)
        expect([
          'member.last_owner',
          'member.role_above',
          'member.not_found',
          'permission.missing',
        ]).toContain(code);
      expect(await ownersOf(tenant)).toBe(1);
      expect((await trailOf(given.database, tenant)).faults).toEqual([]);
    }
  });

  test('stays when all owners go or step down by themselves at once, or the operator does it to all', async () => {
    for (let round = 0; round < 10; round += 1) {
      const tenant = await given.tenant();
      const owners = await Promise.all(
        Array.from({ length: 4 }, () => colleague(given.database, tenant, { role: 'owner' })),
      );
      const going = owners.map(({ memberId, acting }, n) => {
        const by = round % 2 === 0 ? acting : null;
        return n % 2 === 0
          ? removeMember(given.database, tenant, memberId, by)
          : changeMember(given.database, tenant, memberId, { role: 'staff' }, by);
      });
      const outcomes = await Promise.allSettled(going);
      expect(outcomes.filter(({ status }) => status === 'rejected')).toMatchObject([
        { reason: { code: 'member.last_owner' } },
      ]);
      expect(await ownersOf(tenant)).toBe(1);
    }
  });
});

describe('who is removed', () => {
  test('reaches the tenant no more, and his customers are nobody’s; a run that he made can still be undone', async () => {
    const tenant = await given.tenant();
    const owner = await colleague(given.database, tenant, { role: 'owner' });
    const gone = await colleague(given.database, tenant, { role: 'staff' });
    const stays = await colleague(given.database, tenant, { role: 'staff' });
    const rows = `email,first_name,assigned_to\na@example.com,A,${gone.email}\nb@example.com,B,${stays.email}\n`;
    await given.import(tenant, rows, { by: gone.memberId });
    const run = await given.import(
      tenant,
      `email,first_name,assigned_to\nb@example.com,Bea,${gone.email}\n`,
      { by: stays.memberId },
    );
    await given.import(tenant, 'email,first_name\nc@example.com,C\n', { by: gone.memberId });
    const handedOver = await given.import(
      tenant,
      `email,first_name,assigned_to\nc@example.com,Cy,${stays.email}\n`,
    );
    await removeMember(given.database, tenant, gone.memberId, owner.acting);

    expect(await memberOf(given.database, tenant, gone.userId)).toBeNull();
    expect(await given.column(tenant, 'assigned_to')).toEqual({
      'a@example.com': null,
      'b@example.com': null,
      'c@example.com': stays.memberId,
    });
    expect(new Set(Object.values(await given.column(tenant, 'created_by')))).toEqual(new Set([null]));
    expect(Object.values(await given.column(tenant, 'updated_by'))).not.toContain(gone.memberId);
    const unknown = await given.import(
      tenant,
      `email,first_name,assigned_to\nz@example.com,Z,${gone.email}\n`,
    );
    expect(unknown).toMatchObject({ created: 0, failed: 1 });
    expect(await given.undo(run)).toMatchObject({ state: 'undone' });
    expect(await given.undo(handedOver)).toMatchObject({ state: 'undone' });

    const { entries, faults } = await trailOf(given.database, tenant);
    expect(faults).toEqual([]);
    expect(entries.find(({ action }) => action === 'member.remove')).toEqual({
      action: 'member.remove',
      actor: owner.memberId,
      subject_id: gone.memberId,
      detail: { role: 'staff', site_role: null, customers: 3 },
    });
  });

  test('is another member when he comes again, with the same address', async () => {
    const tenant = await given.tenant();
    await colleague(given.database, tenant, { role: 'owner' });
    const person = await account(given.database);
    const first = await addMember(given.database, tenant, person, { role: 'admin' }, null);
    await removeMember(given.database, tenant, first.id, null);
    const second = await addMember(given.database, tenant, person, { role: 'viewer' }, null);
    expect(second.id).not.toBe(first.id);
    expect(await memberOf(given.database, tenant, person.userId)).toMatchObject({
      id: second.id,
      role: 'viewer',
    });
    const found = await given.import(
      tenant,
      `email,first_name,assigned_to\na@example.com,A,${person.email}\n`,
    );
    expect(found).toMatchObject({ created: 1, failed: 0 });
    expect(await given.column(tenant, 'assigned_to')).toEqual({ 'a@example.com': second.id });
  });

  test('cannot be while a customer record is his own', async () => {
    const tenant = await given.tenant();
    await colleague(given.database, tenant, { role: 'owner' });
    const { memberId, userId } = await colleague(given.database, tenant, { role: 'customer' });
    await given.import(tenant, 'email,first_name\nown@example.com,Own\n');
    await given.rows(tenant, 'update customers set user_id = $1', [userId]);
    const removal = removeMember(given.database, tenant, memberId, null);
    await expect(removal).rejects.toMatchObject({ code: 'member.owns_record', status: 409 });
    await given.rows(tenant, 'update customers set deleted_at = now()');
    await removeMember(given.database, tenant, memberId, null);
  });

  test('may go by himself, whatever his role', async () => {
    const tenant = await given.tenant();
    await colleague(given.database, tenant, { role: 'owner' });
    const { memberId, acting } = await colleague(given.database, tenant, {
      role: 'customer',
      siteRole: 'admin',
    });
    await removeMember(given.database, tenant, memberId, acting);
    const again = removeMember(given.database, tenant, memberId, null);
    await expect(again).rejects.toMatchObject({ code: 'member.not_found' });
  });
});

test('the directory alone gives nobody a tenant', async () => {
  const tenant = await given.tenant();
  const { userId } = await account(given.database);
  await withTenant(given.database, tenant, (tx) =>
    tx.query('insert into auth.memberships (user_id, tenant_id) values ($1, $2)', [userId, tenant]),
  );
  expect(await memberOf(given.database, tenant, userId)).toBeNull();
});
