/** Everything that the database holds of a tenant, as one digest a table. */
import type { Database } from '../../src/database/connect.ts';
import { withTenant } from '../../src/database/with-tenant.ts';

/** @returns by table: how many rows are the tenant's, and a digest of them. */
export async function digestOf(database: Database, tenantId: string): Promise<Record<string, string>> {
  return withTenant(database, tenantId, async (tx) => {
    const { rows: tables } = await tx.query<{ name: string; key: string }>(
      `select c.oid::regclass::text as name, case when c.oid = 'public.tenants'::regclass then 'id' else 'tenant_id' end as key
       from pg_class c
       where relkind in ('r', 'p') and not relispartition and relnamespace = any ('{public,auth,staging}'::regnamespace[])
         and (c.oid = 'public.tenants'::regclass
           or exists (select from pg_attribute where attrelid = c.oid and attname = 'tenant_id' and not attisdropped))
       order by 1`,
    );
    const digests: Record<string, string> = {};
    for (const { name, key } of tables) {
      const { rows } = await tx.query<{ digest: string }>(
        `select count(*) || ' ' || md5(coalesce(string_agg(t::text, E'\\n' order by t::text), '')) as digest from ${name} t where ${key} = $1`,
        [tenantId],
      );
      digests[name] = rows[0]?.digest ?? '';
    }
    return digests;
  });
}
