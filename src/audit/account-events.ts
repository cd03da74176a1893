/** What happens to an account is told in the trail of each tenant where it is a member. */
import type { Database } from '../database/connect.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import { appendAudit } from './append.ts';

export interface AccountEvent {
  readonly userId: string;
  /** `account.sign_in`, `account.password` …: a noun and what was done. */
  readonly action: `account.${string}`;
  /** How, and never who: no address, no name. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** One transaction a tenant, one after the other. */
export async function appendAccountEvent(database: Database, event: AccountEvent): Promise<void> {
  const { rows } = await database.app.query<{ tenant: string }>(
    'select tenant_id as tenant from auth.memberships where user_id = $1 order by tenant_id',
    [event.userId],
  );
  const at = now();
  for (const { tenant } of rows) await withTenant(database, tenant, (tx) => appendFor(tx, event, at));
}

/** The directory may name a tenant that the member has just left. */
async function appendFor(
  tx: TenantTransaction,
  { userId, action, detail = {} }: AccountEvent,
  at: string,
): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    'select id from members where tenant_id = $1 and user_id = $2 and removed_at is null',
    [tx.tenantId, userId],
  );
  const [member] = rows;
  if (member === undefined) return;
  const subject = { subjectType: 'member', subjectId: member.id, actor: member.id };
  await appendAudit(tx, { action, ...subject, detail, digest: null, at });
}
