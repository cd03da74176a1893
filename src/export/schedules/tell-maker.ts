/** Whoever made a schedule is told that it fails: by mail, or where he is gone or no person, the tenant's owners. */
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { scheduleFailedLetter } from '../../mail/letters/schedule-failed.ts';
import { AppError } from '../../platform/errors.ts';
import { log } from '../../platform/log.ts';
import { findMember, listMembers, type Member } from '../../tenants/members.ts';
import type { Tenant } from '../../tenants/tenants.ts';
import type { Carrier } from '../deliver/carrier.ts';
import type { Failure } from './run.ts';
import type { Schedule } from './schedule.ts';

/** A mail that cannot be sent changes nothing: the failure stands in the history all the same. */
export async function tellMaker(
  { database, mail, baseUrl }: Carrier,
  {
    tenant,
    schedule,
    failure,
  }: { readonly tenant: Tenant; readonly schedule: Schedule; readonly failure: Failure },
): Promise<void> {
  try {
    const members = await withTenant(database, tenant.id, (tx) => whomToTell(tx, schedule));
    for (const { email, name } of members) {
      const letter = scheduleFailedLetter({
        name: name ?? '',
        schedule: schedule.name,
        tenant: tenant.name,
        reason: failure.message,
        link: baseUrl,
      });
      await mail.send({ to: email, ...letter });
    }
  } catch (error) {
    log().warn({ schedule: schedule.id, err: error }, 'nobody could be told that a schedule failed');
  }
}

async function whomToTell(tx: TenantTransaction, { runsAs }: Schedule): Promise<readonly Member[]> {
  const maker = runsAs.kind === 'member' ? await memberThere(tx, runsAs.id) : null;
  if (maker !== null) return [maker];
  return (await listMembers(tx, { role: 'owner' })).filter(({ state }) => state === 'active');
}

/** An agency's member is none here. */
async function memberThere(tx: TenantTransaction, id: string): Promise<Member | null> {
  try {
    return await findMember(tx, id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'member.not_found') return null;
    throw error;
  }
}
