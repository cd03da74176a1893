/** Which tenant a run belongs to, for the command line, which names a run by its id alone. */
import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import { AppError } from '../platform/errors.ts';
import { isId } from '../platform/ids.ts';
import { listTenants } from '../tenants/tenants.ts';

/**
 * Asks tenant by tenant: no query ever looks across tenants.
 * @throws AppError `import.not_found`
 */
export async function tenantOfImport(database: Database, importId: string): Promise<string> {
  if (isId(importId)) {
    for (const { id } of await listTenants(database)) {
      const { rowCount } = await withTenant(database, id, (tx) =>
        tx.query('select from imports where tenant_id = $1 and id = $2', [id, importId]),
      );
      if (rowCount === 1) return id;
    }
  }
  throw new AppError(
    'import.not_found',
    `There is no import ${importId}; "clientele imports list" shows those there are.`,
  );
}
