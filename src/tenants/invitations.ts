/**
 * Invitations: a member who has no account yet, and a token, sent to his e-mail address, by which an account becomes
 * his. Having the token proves that the mailbox is his; the account must have the same address. The token names the
 * tenant, since row security hides an invitation until the tenant is known.
 */
import type { Database } from '../database/connect.ts';
import { untilSettled } from '../database/retrying.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { hashOfToken, newTokenOf, tenantOfToken } from '../platform/tokens.ts';
import {
  type Account,
  enterDirectory,
  normalEmail,
  normalName,
  noteMember,
  type Roles,
  refuseSecond,
} from './joining.ts';
import { findMember, type Member } from './members.ts';
import type { Role } from './permissions.ts';
import { type Actor, assertMayGive } from './role-order.ts';

const tokenStart = 'inv_';

export interface NewInvitation extends Roles {
  readonly email: string;
  readonly name?: string | null;
}

/** What is to be mailed. The token is nowhere else, and cannot be had again. */
export interface Invited {
  readonly member: Member;
  readonly token: string;
  readonly expiresAt: string;
}

/**
 * Invites somebody. Who was invited before and has not come gets a new token, and the old one is worth nothing.
 *
 * @throws AppError member.exists for whoever is a member with an account, member.role_above, member.invalid.
 */
export async function inviteMember(
  database: Database,
  tenantId: string,
  invitation: NewInvitation,
  by: Actor | null,
): Promise<Invited> {
  const wanted = {
    role: invitation.role,
    siteRole: invitation.siteRole ?? null,
    email: normalEmail(invitation.email),
    name: normalName(invitation.name),
  };
  const token = newTokenOf(tenantId, tokenStart);
  return untilSettled(() =>
    withTenant(database, tenantId, async (tx) => {
      await assertMayGive(tx, by, [wanted.role, wanted.siteRole]);
      const memberId = await expectMember(tx, wanted, by);
      const expiresAt = await writeInvitation(tx, memberId, token, by);
      const member = await findMember(tx, memberId);
      await noteMember(tx, {
        action: 'member.invite',
        memberId,
        detail: { role: wanted.role, site_role: wanted.siteRole },
        actor: by?.id ?? null,
      });
      return { member, token, expiresAt };
    }),
  );
}

/** The row of who is to come. Somebody who waits already may have been promised more than who asks now may give. */
async function expectMember(
  tx: TenantTransaction,
  { email, name, role, siteRole }: NewInvitation,
  by: Actor | null,
): Promise<string> {
  const { rows } = await tx.query<{ id: string; userId: string | null; role: Role; siteRole: Role | null }>(
    `select id, user_id as "userId", role, site_role as "siteRole" from members
     where tenant_id = $1 and email = $2 and removed_at is null for no key update`,
    [tx.tenantId, email],
  );
  const [waiting] = rows;
  const at = now();
  if (waiting === undefined) {
    const id = newId();
    await tx.query(
      `insert into members (tenant_id, id, email, name, role, site_role, created_at, invited_at) values ($1, $2, $3, $4, $5, $6, $7, $7)`,
      [tx.tenantId, id, email, name, role, siteRole, at],
    );
    return id;
  }
  if (waiting.userId !== null)
    throw new AppError('member.exists', 'That e-mail address is a member already.');
  await assertMayGive(tx, by, [waiting.role, waiting.siteRole]);
  await tx.query(
    `update members set role = $3, site_role = $4, name = coalesce($5, name), invited_at = $6 where tenant_id = $1 and id = $2`,
    [tx.tenantId, waiting.id, role, siteRole, name, at],
  );
  return waiting.id;
}

async function writeInvitation(
  tx: TenantTransaction,
  memberId: string,
  token: string,
  by: Actor | null,
): Promise<string> {
  const at = now();
  await tx.query(
    `update invitations set revoked_at = $3
     where tenant_id = $1 and member_id = $2 and accepted_at is null and revoked_at is null`,
    [tx.tenantId, memberId, at],
  );
  const { invitationDays } = configuration().limits;
  const expiresAt = new Date(Date.parse(at) + invitationDays * 86_400_000).toISOString();
  await tx.query(
    `insert into invitations (tenant_id, id, member_id, token_hash, invited_by, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`,
    [tx.tenantId, newId(), memberId, hashOfToken(token), by?.id ?? null, at, expiresAt],
  );
  return expiresAt;
}

/** An invitation as it is shown to who has the token, before he signs in or makes an account. */
export interface OpenInvitation {
  readonly tenantId: string;
  readonly memberId: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly expiresAt: string;
}

/** @throws AppError invitation.not_found for a token that is none, was used or taken back; invitation.expired. */
export async function findInvitation(database: Database, token: string): Promise<OpenInvitation> {
  const tenantId = tenantIn(token);
  return withTenant(database, tenantId, async (tx) => (await openInvitation(tx, token)).shown, {
    readOnly: true,
  });
}

/**
 * The account becomes the member who was invited.
 *
 * @throws AppError as findInvitation does, invitation.other_email when the account has another address than was
 *   invited, member.exists when the account is a member under another address.
 */
export async function acceptInvitation(
  database: Database,
  account: Account,
  token: string,
): Promise<OpenInvitation> {
  const tenantId = tenantIn(token);
  return withTenant(database, tenantId, async (tx) => {
    const { id, shown } = await openInvitation(tx, token, { lock: true });
    if (normalEmail(account.email) !== shown.email) {
      throw new AppError(
        'invitation.other_email',
        'The invitation was sent to another e-mail address than that of your account.',
      );
    }
    const at = now();
    await tx
      .query(
        `update members set user_id = $3, name = coalesce(name, $4), accepted_at = $5 where tenant_id = $1 and id = $2`,
        [tenantId, shown.memberId, account.userId, normalName(account.name), at],
      )
      .catch(refuseSecond);
    await tx.query('update invitations set accepted_at = $3 where tenant_id = $1 and id = $2', [
      tenantId,
      id,
      at,
    ]);
    await enterDirectory(tx, account.userId);
    await noteMember(tx, {
      action: 'member.join',
      memberId: shown.memberId,
      detail: { role: shown.role },
      actor: shown.memberId,
    });
    return shown;
  });
}

/** The member's row is locked too, in the order in which his removal and another invitation lock. */
async function openInvitation(
  tx: TenantTransaction,
  token: string,
  { lock = false } = {},
): Promise<{ id: string; shown: OpenInvitation }> {
  const { rows } = await tx.query<Omit<OpenInvitation, 'tenantId'> & { id: string; expired: boolean }>(
    `select i.id, m.id as "memberId", m.email, m.name, m.role, i.expires_at as "expiresAt", i.expires_at <= $3 as expired
     from invitations i join members m on m.tenant_id = $1 and m.id = i.member_id and m.removed_at is null and m.user_id is null
     where i.tenant_id = $1 and i.token_hash = $2 and i.accepted_at is null and i.revoked_at is null
     ${lock ? 'for no key update of m, i' : ''}`,
    [tx.tenantId, hashOfToken(token), now()],
  );
  const [row] = rows;
  if (row === undefined) throw unknownInvitation();
  const { id, expired, ...shown } = row;
  if (expired) throw new AppError('invitation.expired', 'The invitation has expired: ask for another one.');
  return { id, shown: { tenantId: tx.tenantId, ...shown } };
}

function unknownInvitation(): AppError {
  return new AppError('invitation.not_found', 'The invitation is not valid, or not any more.');
}

/** @throws AppError invitation.not_found */
function tenantIn(token: string): string {
  const tenantId = tenantOfToken(token, tokenStart);
  if (tenantId === null) throw unknownInvitation();
  return tenantId;
}
