/**
 * Members: who works in a tenant, in which role. A member without an account was invited and has not come yet, or is
 * there for customers to be assigned to; he can do nothing.
 *
 * A user reaches a tenant as its member, or else as a member of its agency who has a role for the tenants below.
 */
import type { Database } from '../database/connect.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { isId } from '../platform/ids.ts';
import { type Account, joinTenant, noteMember, type Roles, type SiteRole } from './joining.ts';
import type { Role } from './permissions.ts';
import { type Actor, assertMayGive } from './role-order.ts';
import { sitesOf } from './tenants.ts';

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  /** The role in the tenants below this one, if it is an agency. */
  readonly siteRole: SiteRole | null;
  readonly userId: string | null;
  /** `assignable`: neither signs in nor was he invited; customers can be assigned to him. */
  readonly state: 'active' | 'invited' | 'invitation expired' | 'assignable';
  /** Until when the invitation can be accepted. */
  readonly invitationExpiresAt: string | null;
  readonly createdAt: string;
  readonly acceptedAt: string | null;
}

export interface MembersAsked {
  readonly role?: Role;
  /** Those after the member with this id. */
  readonly after?: string;
  /** At most a thousand. */
  readonly limit?: number;
}

const pageMembersMax = 1000;

/** `$2` is the present. */
const memberColumns = `m.id, m.email, m.name, m.role, m.site_role as "siteRole", m.user_id as "userId",
  case when m.user_id is not null then 'active' when i.expires_at > $2 then 'invited'
    when i.expires_at is not null then 'invitation expired' else 'assignable' end as state,
  i.expires_at as "invitationExpiresAt", m.created_at as "createdAt", m.accepted_at as "acceptedAt"
from members m left join invitations i on i.tenant_id = $1 and i.member_id = m.id and i.accepted_at is null and i.revoked_at is null
where m.tenant_id = $1 and m.removed_at is null`;

/** @returns members in the order in which they came to be. */
export async function listMembers(tx: TenantTransaction, asked: MembersAsked = {}): Promise<Member[]> {
  const limit = Math.min(asked.limit ?? pageMembersMax, pageMembersMax);
  const values: unknown[] = [tx.tenantId, now(), limit];
  const conditions = Object.entries({ 'm.role =': asked.role, 'm.id >': asked.after }).flatMap(
    ([comparison, value]) => (value === undefined ? [] : [`and ${comparison} $${values.push(value)}`]),
  );
  const { rows } = await tx.query<Member>(
    `select ${memberColumns} ${conditions.join(' ')} order by m.id limit $3`,
    values,
  );
  return rows;
}

/**
 * @param named the member's id, or his e-mail.
 * @throws AppError member.not_found
 */
export async function findMember(tx: TenantTransaction, named: string): Promise<Member> {
  const column = isId(named) ? 'm.id' : 'm.email';
  const { rows } = await tx.query<Member>(`select ${memberColumns} and ${column} = $3`, [
    tx.tenantId,
    now(),
    named.toLowerCase(),
  ]);
  const [member] = rows;
  if (member !== undefined) return member;
  throw new AppError('member.not_found', 'There is no such member.');
}

/**
 * Makes an account a member without an invitation: whoever calls this knows the account by other means.
 *
 * @throws AppError member.exists, member.role_above
 */
export async function addMember(
  database: Database,
  tenantId: string,
  account: Account,
  roles: Roles,
  by: Actor | null,
): Promise<Member> {
  return withTenant(database, tenantId, async (tx) => {
    await assertMayGive(tx, by, [roles.role, roles.siteRole ?? null]);
    const memberId = await joinTenant(tx, account, roles);
    const member = await findMember(tx, memberId);
    await noteMember(tx, {
      action: 'member.join',
      memberId,
      detail: { role: member.role, site_role: member.siteRole },
      actor: by?.id ?? memberId,
    });
    return member;
  });
}

/** A member as he acts in a tenant. */
export interface ActingMember {
  /** The actor of the audit trail. Of an agency's member it is his id there. */
  readonly id: string;
  readonly role: Role;
  readonly through: 'tenant' | 'agency';
}

/**
 * Asked on each request: one short transaction, and a second one in the agency for whoever is no member here. Two
 * tenants are never in one transaction.
 *
 * @returns null for whoever does not reach the tenant, and when there is no such tenant.
 */
export async function memberOf(
  database: Database,
  tenantId: string,
  userId: string,
): Promise<ActingMember | null> {
  const { member, parentId } = await withTenant(database, tenantId, (tx) => ownMember(tx, userId), {
    readOnly: true,
  });
  if (member !== null) return { id: member.id, role: member.role, through: 'tenant' };
  if (parentId === null) return null;
  const agent = await withTenant(database, parentId, (tx) => ownMember(tx, userId), { readOnly: true });
  if (agent.member === null || agent.member.siteRole === null) return null;
  return { id: agent.member.id, role: agent.member.siteRole, through: 'agency' };
}

interface Found {
  readonly member: { readonly id: string; readonly role: Role; readonly siteRole: SiteRole | null } | null;
  readonly parentId: string | null;
}

async function ownMember(tx: TenantTransaction, userId: string): Promise<Found> {
  const { rows } = await tx.query<{
    parentId: string | null;
    id: string | null;
    role: Role;
    siteRole: SiteRole | null;
  }>(
    `select t.parent_id as "parentId", m.id, m.role, m.site_role as "siteRole" from tenants t
     left join members m on m.tenant_id = $1 and m.user_id = $2 and m.removed_at is null
     where t.id = $1`,
    [tx.tenantId, userId],
  );
  const [row] = rows;
  if (row === undefined) return { member: null, parentId: null };
  const { id, role, siteRole, parentId } = row;
  return { member: id === null ? null : { id, role, siteRole }, parentId };
}

/** A tenant that a user reaches. */
export interface Membership {
  readonly tenantId: string;
  readonly slug: string;
  readonly name: string;
  readonly memberId: string;
  readonly role: Role;
  readonly through: 'tenant' | 'agency';
}

/** @returns every tenant that a user reaches, in the order of their slugs; the directory says where to look. */
export async function membershipsOf(database: Database, userId: string): Promise<Membership[]> {
  const { rows } = await database.app.query<{ tenantId: string; slug: string; name: string }>(
    `select t.id as "tenantId", t.slug, t.name from auth.memberships d join tenants t on t.id = d.tenant_id
     where d.user_id = $1`,
    [userId],
  );
  const reached = new Map<string, Membership>();
  const sites: Membership[] = [];
  for (const tenant of rows) {
    const { member } = await withTenant(database, tenant.tenantId, (tx) => ownMember(tx, userId), {
      readOnly: true,
    });
    if (member === null) continue;
    const { id: memberId, role, siteRole } = member;
    reached.set(tenant.tenantId, { ...tenant, memberId, role, through: 'tenant' });
    if (siteRole === null) continue;
    for (const { id, slug, name } of await sitesOf(database, tenant.tenantId))
      sites.push({ tenantId: id, slug, name, memberId, role: siteRole, through: 'agency' });
  }
  for (const site of sites) if (!reached.has(site.tenantId)) reached.set(site.tenantId, site);
  return [...reached.values()].sort((a, b) => (a.slug < b.slug ? -1 : 1));
}
