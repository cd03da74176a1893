/**
 * The order of roles: nobody gives, changes or takes away a role above his own. It is looked up where the change is
 * made and locked until that is done, so that a role which was lost a moment ago gives nothing more.
 */
import type { TenantTransaction } from '../database/with-tenant.ts';
import { AppError } from '../platform/errors.ts';
import type { Caller } from './caller.ts';
import { type Permission, permissionsOf, type Role, roles } from './permissions.ts';

/** Who makes a change; null stands for the operator, at the command line, who may do everything. */
export type Actor = Pick<Caller, 'id' | 'role' | 'permissions'>;

/** @throws AppError member.role_above, permission.missing for a member who was removed in the meantime. */
export async function assertMayGive(
  tx: TenantTransaction,
  by: Actor | null,
  given: readonly (Role | null)[],
): Promise<void> {
  if (by === null) return;
  const role = by.role === null ? null : await presentRole(tx, by);
  const above = given.find((one) => one !== null && !mayGive(one, role, by.permissions));
  if (above === undefined) return;
  throw new AppError(
    'member.role_above',
    `The role ${above} is above yours: somebody who has it must do this.`,
    {
      role: above,
    },
  );
}

/** An agency's member is no member here: his role is the one he came with. */
async function presentRole(tx: TenantTransaction, by: Actor): Promise<Role | null> {
  const { rows } = await tx.query<{ role: Role; removed: boolean }>(
    'select role, removed_at is not null as removed from members where tenant_id = $1 and id = $2 for share',
    [tx.tenantId, by.id],
  );
  const [row] = rows;
  if (row === undefined) return by.role;
  if (!row.removed) return row.role;
  throw new AppError('permission.missing', 'You are no member any more.');
}

/** A key has no role: it gives those whose every permission it holds, and never ownership. */
function mayGive(given: Role, own: Role | null, permissions: ReadonlySet<Permission>): boolean {
  if (own !== null) return roles.indexOf(given) >= roles.indexOf(own);
  if (given === 'owner') return false;
  const nothingImplied = { writeGivesImport: false, readGivesExport: false };
  return [...permissionsOf(given, nothingImplied)].every((permission) => permissions.has(permission));
}
