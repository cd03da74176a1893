/** A tenant that is called with an API key: it takes no time, where a member's password takes a second to hash. */
import { withTenant } from '../../../src/database/with-tenant.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createTenant, type Tenant } from '../../../src/tenants/tenants.ts';
import type { Answered, Sent, TestApi } from '../../support/http.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface KeyedTenant {
  readonly tenant: Tenant;
  /** Holds every permission. */
  readonly key: string;
  call(method: string, path: string, json?: unknown, sent?: Sent): Promise<Answered>;
  rows(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

export async function keyedTenant(
  api: TestApi,
  { country }: { readonly country?: string } = {},
): Promise<KeyedTenant> {
  const name = `Tenant ${newId()}`;
  const tenant = await createTenant(api.database, country === undefined ? { name } : { name, country });
  const key = await api.newKey(tenant);
  return {
    tenant,
    key,
    call: (method, path, json, sent = {}) =>
      api.call(method, `/api/tenants/${tenant.slug}${path}`, {
        as: key,
        ...(json === undefined ? {} : { json }),
        ...sent,
      }),
    rows: (sql, values = []) =>
      withTenant(api.database, tenant.id, async (tx) => (await tx.query(sql, values)).rows),
  };
}
