/**
 * Links go by mail to members of the tenant only: an address that anybody may type in would be a way out that nobody
 * sees. A member gets one when he may take out such a file himself, which is looked up each time.
 */
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { AppError } from '../../platform/errors.ts';
import { findMember, type Member } from '../../tenants/members.ts';
import { permissionsOf } from '../../tenants/permissions.ts';
import type { Tenant } from '../../tenants/tenants.ts';

export interface Contents {
  /** Key of the dataset. */
  readonly dataset: string;
  /** Whether a sensitive field is in it. */
  readonly isSensitive: boolean;
}

/** @returns those among the addresses who may get it. */
export async function recipientsAt(
  tx: TenantTransaction,
  tenant: Tenant,
  addresses: readonly string[],
  contents: Contents,
): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (const address of new Set(addresses.map((one) => one.toLowerCase()))) {
    const member = await memberAt(tx, address);
    if (member !== null && mayGet(tenant, member, contents)) members.push(member);
  }
  return members;
}

/** @throws AppError `schedule.invalid` naming the addresses that are nobody's, or of somebody who may not. */
export async function assertRecipients(
  tx: TenantTransaction,
  tenant: Tenant,
  addresses: readonly string[],
  contents: Contents,
): Promise<void> {
  const members = await recipientsAt(tx, tenant, addresses, contents);
  const known = new Set(members.map(({ email }) => email.toLowerCase()));
  const others = addresses.filter((address) => !known.has(address.toLowerCase()));
  if (others.length === 0) return;
  const such = contents.isSensitive ? 'with sensitive fields ' : '';
  throw new AppError(
    'schedule.invalid',
    `Links are mailed to members who may take such files ${such}out themselves: ${others.join(', ')} may not.`,
    { to: others },
  );
}

async function memberAt(tx: TenantTransaction, address: string): Promise<Member | null> {
  try {
    return await findMember(tx, address);
  } catch (error) {
    if (error instanceof AppError && error.code === 'member.not_found') return null;
    throw error;
  }
}

function mayGet({ settings }: Tenant, { state, role }: Member, { dataset, isSensitive }: Contents): boolean {
  if (state !== 'active') return false;
  const permissions = permissionsOf(role, settings.permissions);
  return (
    permissions.has(`${dataset}:export`) && (!isSensitive || permissions.has(`${dataset}:read_sensitive`))
  );
}
