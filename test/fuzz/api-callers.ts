/** Who calls: each operation is called by somebody who may, and a caller is not used for long, since calls are counted. */
import { createHmac, randomBytes } from 'node:crypto';
import { signInSecret } from '../../src/accounts/secret.ts';
import { newId } from '../../src/platform/ids.ts';
import type { Tenant } from '../../src/tenants/tenants.ts';
import type { TestApi } from '../support/http.ts';
import type { Case } from './api-cases.ts';
import type { Operation } from './api-document.ts';

export interface Callers {
  /** @returns what stands in the header `Authorization`. */
  of(operation: Operation, by: Case['by']): Promise<string | null>;
}

/** The most calls of one caller to the operation that allows the fewest within a minute. */
const callsOfOneCaller = 5;

/** @param userIds of accounts that are taken in turn. */
export async function callersOf(api: TestApi, tenant: Tenant, userIds: readonly string[]): Promise<Callers> {
  const secret = await signInSecret();
  let key = '';
  let used = 0;
  let turn = 0;

  const freshKey = async (): Promise<string> => {
    if (used % callsOfOneCaller === 0) key = await api.newKey(tenant);
    used += 1;
    return key;
  };
  /** Without a password, whose check takes most of the time of a sign-in: a call may end the session it is made with. */
  const freshSession = async (): Promise<string> => {
    const token = randomBytes(24).toString('base64url');
    turn += 1;
    await api.database.app.query(
      `insert into auth.session (id, user_id, token, active_tenant_id, expires_at, created_at, updated_at)
       values ($1, $2, $3, $4, now() + interval '1 day', now(), now())`,
      [newId(), userIds[turn % userIds.length], token, tenant.id],
    );
    return `Bearer ${token}.${createHmac('sha256', secret).update(token).digest('base64')}`;
  };
  return {
    of: async ({ security }, by) => {
      if (by === 'nobody') return null;
      if (by === 'impostor') return `Bearer clk_${randomBytes(32).toString('base64url')}`;
      if (security.length === 0) return null;
      return security.includes('key') ? freshKey() : freshSession();
    },
  };
}
