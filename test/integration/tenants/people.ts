/** People for tests: accounts, and members of tenants that have them. */
import { verifyAudit } from '../../../src/audit/verify.ts';
import type { Database } from '../../../src/database/connect.ts';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { newId } from '../../../src/platform/ids.ts';
import type { Account, Roles } from '../../../src/tenants/joining.ts';
import { addMember } from '../../../src/tenants/members.ts';
import { permissionsOf } from '../../../src/tenants/permissions.ts';
import type { Actor } from '../../../src/tenants/role-order.ts';

let people = 0;

/** An account with an address of its own, unless it is given. */
export async function account(database: Database, email?: string): Promise<Account> {
  people += 1;
  const made = { userId: newId(), email: email ?? `person-${people}@example.com`, name: `Person ${people}` };
  await database.app.query(
    `insert into auth."user" (id, email, email_verified, name, created_at, updated_at) values ($1, $2, true, $3, now(), now())`,
    [made.userId, made.email, made.name],
  );
  return made;
}

export interface Colleague extends Account {
  readonly memberId: string;
  /** As who he calls the functions that change members and keys. */
  readonly acting: Actor;
}

export async function colleague(database: Database, tenantId: string, roles: Roles): Promise<Colleague> {
  const person = await account(database);
  const { id, role } = await addMember(database, tenantId, person, roles, null);
  const implied = { writeGivesImport: true, readGivesExport: true };
  return { ...person, memberId: id, acting: { id, role, permissions: permissionsOf(role, implied) } };
}

export interface Trail {
  readonly entries: readonly { action: string; actor: string | null; subject_id: string; detail: unknown }[];
  readonly faults: readonly unknown[];
}

/** The trail of a tenant from its beginning, and what is wrong with it. */
export async function trailOf(database: Database, tenantId: string): Promise<Trail> {
  return withTenant(database, tenantId, async (tx) => {
    const { rows } = await tx.query<Trail['entries'][number]>(
      'select action, actor, subject_id, detail from audit_entries where tenant_id = $1 order by seq',
      [tenantId],
    );
    return { entries: rows, faults: (await verifyAudit(tx)).faults };
  });
}
