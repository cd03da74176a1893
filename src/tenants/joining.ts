/**
 * How an account becomes a member: a row among the tenant's members, which says its role, and one in the directory
 * `auth.memberships`, which only says where to look for that row.
 */
import { appendAudit } from '../audit/append.ts';
import { codeOf } from '../database/failures.ts';
import type { TenantTransaction } from '../database/with-tenant.ts';
import { fieldType } from '../field-types/registry.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Role } from './permissions.ts';

/** Who signs in. */
export interface Account {
  readonly userId: string;
  readonly email: string;
  readonly name?: string | null;
}

export interface Roles {
  readonly role: Role;
  /** The role in the tenants below this one; null: none. */
  readonly siteRole?: SiteRole | null;
}

/** A customer signs in where he is one, and nowhere below. */
export type SiteRole = Exclude<Role, 'customer'>;

const nameCharactersMax = 255;
const readEmail = fieldType('email').reader({ key: 'email', label: 'Email', type: 'email' }, {});

/** @throws AppError member.invalid */
export function normalEmail(text: string): string {
  const email = readEmail(text.trim());
  if (typeof email === 'string') return email;
  throw new AppError('member.invalid', 'That is not an e-mail address.', { property: 'email' });
}

/** @throws AppError member.invalid */
export function normalName(text: string | null | undefined): string | null {
  const name = text?.trim() ?? '';
  if ([...name].length > nameCharactersMax || /\p{Cc}/u.test(name)) {
    throw new AppError('member.invalid', `A name has at most ${nameCharactersMax} characters, on one line.`, {
      property: 'name',
    });
  }
  return name === '' ? null : name;
}

/**
 * Makes the account a member. Whoever is a member by its e-mail without an account, since customers are assigned to
 * him or he was invited, becomes that account.
 *
 * @returns the member's id.
 * @throws AppError member.exists when the account, or another one with its e-mail, is a member.
 */
export async function joinTenant(
  tx: TenantTransaction,
  account: Account,
  { role, siteRole = null }: Roles,
): Promise<string> {
  const values = [
    normalEmail(account.email),
    normalName(account.name),
    role,
    siteRole,
    account.userId,
    now(),
  ];
  const taken = await tx
    .query<{ id: string }>(
      `insert into members as m (tenant_id, id, email, name, role, site_role, user_id, created_at, accepted_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
       on conflict (tenant_id, email) where removed_at is null do update
         set name = coalesce(excluded.name, m.name), role = excluded.role, site_role = excluded.site_role,
           user_id = excluded.user_id, accepted_at = excluded.accepted_at
         where m.user_id is null
       returning id`,
      [tx.tenantId, newId(), ...values],
    )
    .catch(refuseSecond);
  const memberId = taken.rows[0]?.id;
  if (memberId === undefined) throw isMember();
  await enterDirectory(tx, account.userId);
  return memberId;
}

/** The account has a row already, under another e-mail. */
export function refuseSecond(error: unknown): never {
  throw codeOf(error) === '23505' ? isMember() : error;
}

function isMember(): AppError {
  return new AppError('member.exists', 'That account, or its e-mail address, is a member already.');
}

export async function enterDirectory(tx: TenantTransaction, userId: string): Promise<void> {
  await tx.query(
    'insert into auth.memberships (user_id, tenant_id) values ($1, $2) on conflict (user_id, tenant_id) do nothing',
    [userId, tx.tenantId],
  );
}

export async function leaveDirectory(tx: TenantTransaction, userId: string): Promise<void> {
  await tx.query('delete from auth.memberships where user_id = $1 and tenant_id = $2', [userId, tx.tenantId]);
}

export interface MemberEvent {
  readonly action: 'member.invite' | 'member.join' | 'member.role' | 'member.remove';
  readonly memberId: string;
  /** Roles and counts; never a name or an address. */
  readonly detail: Readonly<Record<string, unknown>>;
  readonly actor: string | null;
}

/** Locks the head of the chain: the last statement of its transaction. */
export async function noteMember(tx: TenantTransaction, event: MemberEvent): Promise<void> {
  await appendAudit(tx, {
    action: event.action,
    subjectType: 'member',
    subjectId: event.memberId,
    detail: event.detail,
    digest: null,
    actor: event.actor,
    at: now(),
  });
}
