/** Tenants below an agency, and who reaches them. */
import { describe, expect, test } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { changeMember, removeMember } from '../../../src/tenants/member-changes.ts';
import { addMember, memberOf, membershipsOf } from '../../../src/tenants/members.ts';
import { createTenant, createTenantFor, sitesOf } from '../../../src/tenants/tenants.ts';
import { useDatabase } from '../../support/database.ts';
import { account, colleague, trailOf } from './people.ts';

const given = useDatabase();

let agencies = 0;

async function agencyWithSites() {
  agencies += 1;
  const agency = await createTenant(given.database, { name: `Agency ${agencies}` });
  const [first, second] = [
    await createTenant(given.database, { name: `Site ${agencies} A`, parent: agency.slug }),
    await createTenant(given.database, { name: `Site ${agencies} B`, parent: agency.id }),
  ];
  return { agency, first, second };
}

describe('a tenant', () => {
  test('may stand below another one, which lists it', async () => {
    const { agency, first, second } = await agencyWithSites();
    expect(first.parentId).toBe(agency.id);
    expect(await sitesOf(given.database, agency.id)).toEqual([first, second]);
    expect(await sitesOf(given.database, first.id)).toEqual([]);
  });

  test('stands below none that stands below another, or is not there', async () => {
    const { first } = await agencyWithSites();
    const below = createTenant(given.database, { name: 'Too deep', parent: first.slug });
    await expect(below).rejects.toMatchObject({ code: 'tenant.invalid', details: { property: 'parent' } });
    const lost = createTenant(given.database, { name: 'Lost', parent: 'nowhere' });
    await expect(lost).rejects.toMatchObject({ code: 'tenant.not_found' });
  });

  test('is made with its first owner, or not at all', async () => {
    const person = await account(given.database);
    const { tenant, memberId } = await createTenantFor(given.database, person, { name: 'Own' });
    expect(await memberOf(given.database, tenant.id, person.userId)).toEqual({
      id: memberId,
      role: 'owner',
      through: 'tenant',
    });
    const { entries, faults } = await trailOf(given.database, tenant.id);
    expect(faults).toEqual([]);
    expect(entries.map(({ action, actor }) => ({ action, actor }))).toEqual([
      { action: 'tenant.create', actor: memberId },
      { action: 'member.join', actor: memberId },
    ]);
    const taken = createTenantFor(given.database, person, { name: 'Own' });
    await expect(taken).rejects.toMatchObject({ code: 'tenant.exists' });
    const strange = { userId: newId(), email: 'x@example.com' };
    await expect(createTenantFor(given.database, strange, { name: 'No account' })).rejects.toThrow();
    await createTenant(given.database, { name: 'No account' });
  });
});

describe('a member of an agency', () => {
  test('reaches its sites in the role that he has for them, and acts there as who he is in the agency', async () => {
    const { agency, first } = await agencyWithSites();
    const { userId, memberId } = await colleague(given.database, agency.id, {
      role: 'staff',
      siteRole: 'viewer',
    });
    expect(await memberOf(given.database, first.id, userId)).toEqual({
      id: memberId,
      role: 'viewer',
      through: 'agency',
    });
    expect(await memberOf(given.database, agency.id, userId)).toEqual({
      id: memberId,
      role: 'staff',
      through: 'tenant',
    });
  });

  test('reaches none without a role for them, and no more when it is taken away or he is removed', async () => {
    const { agency, first } = await agencyWithSites();
    await colleague(given.database, agency.id, { role: 'owner' });
    const { userId, memberId } = await colleague(given.database, agency.id, { role: 'owner' });
    expect(await memberOf(given.database, first.id, userId)).toBeNull();
    await changeMember(given.database, agency.id, memberId, { siteRole: 'admin' }, null);
    expect(await memberOf(given.database, first.id, userId)).toMatchObject({ role: 'admin' });
    await changeMember(given.database, agency.id, memberId, { siteRole: null }, null);
    expect(await memberOf(given.database, first.id, userId)).toBeNull();
    await changeMember(given.database, agency.id, memberId, { siteRole: 'admin' }, null);
    await removeMember(given.database, agency.id, memberId, null);
    expect(await memberOf(given.database, first.id, userId)).toBeNull();
    expect(await membershipsOf(given.database, userId)).toEqual([]);
  });

  test('has in a site where he is a member himself the role that he has there, also when it is less', async () => {
    const { agency, first } = await agencyWithSites();
    const person = await colleague(given.database, agency.id, { role: 'admin', siteRole: 'admin' });
    const own = await addMember(given.database, first.id, person, { role: 'viewer' }, null);
    expect(await memberOf(given.database, first.id, person.userId)).toEqual({
      id: own.id,
      role: 'viewer',
      through: 'tenant',
    });
  });

  test('reaches no tenant of another agency, and a site’s member neither the agency nor another site', async () => {
    const { agency, first, second } = await agencyWithSites();
    const other = await agencyWithSites();
    const agent = await colleague(given.database, agency.id, { role: 'owner', siteRole: 'owner' });
    for (const { id } of [other.agency, other.first])
      expect(await memberOf(given.database, id, agent.userId)).toBeNull();
    const local = await colleague(given.database, first.id, { role: 'owner', siteRole: 'owner' });
    for (const { id } of [agency, second])
      expect(await memberOf(given.database, id, local.userId)).toBeNull();
    expect(await memberOf(given.database, newId(), agent.userId)).toBeNull();
  });

  test('changes the members of a site from his role there down', async () => {
    const { agency, first } = await agencyWithSites();
    const agent = await colleague(given.database, agency.id, { role: 'owner', siteRole: 'admin' });
    const owner = await colleague(given.database, first.id, { role: 'owner' });
    const staff = await colleague(given.database, first.id, { role: 'staff' });
    const asThere = { ...agent.acting, role: 'admin' as const };
    await changeMember(given.database, first.id, staff.memberId, { role: 'admin' }, asThere);
    const above = removeMember(given.database, first.id, owner.memberId, asThere);
    await expect(above).rejects.toMatchObject({ code: 'member.role_above' });
    const { entries, faults } = await trailOf(given.database, first.id);
    expect(faults).toEqual([]);
    expect(entries.at(-1)).toMatchObject({ action: 'member.role', actor: agent.memberId });
  });
});

test('a user’s tenants are listed with his role in each, whichever way he reaches them', async () => {
  const { agency, first, second } = await agencyWithSites();
  const person = await colleague(given.database, agency.id, { role: 'staff', siteRole: 'admin' });
  const elsewhere = await createTenantFor(given.database, person, { name: 'A place of his own' });
  const inFirst = await addMember(given.database, first.id, person, { role: 'viewer' }, null);
  expect(await membershipsOf(given.database, person.userId)).toEqual(
    [
      { ...named(agency), memberId: person.memberId, role: 'staff', through: 'tenant' },
      { ...named(elsewhere.tenant), memberId: elsewhere.memberId, role: 'owner', through: 'tenant' },
      { ...named(first), memberId: inFirst.id, role: 'viewer', through: 'tenant' },
      { ...named(second), memberId: person.memberId, role: 'admin', through: 'agency' },
    ].sort((a, b) => (a.slug < b.slug ? -1 : 1)),
  );
});

const named = ({ id, slug, name }: { id: string; slug: string; name: string }) => ({
  tenantId: id,
  slug,
  name,
});
