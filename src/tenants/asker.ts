/**
 * Who asked for what is done later, by a worker: what he may do is looked up again then, since he may have left, or
 * have another role, or his key may have been revoked.
 */
import type { Database } from '../database/connect.ts';
import type { Caller } from './caller.ts';
import { permissionsOfKey } from './keys.ts';
import { memberOf } from './members.ts';
import { type Permission, permissionsOf, withImplied } from './permissions.ts';
import type { Tenant } from './tenants.ts';

/** What is kept of a caller. */
export type Asker = Pick<Caller, 'kind' | 'id' | 'userId'>;

/** @returns what he may do in the tenant at present; nothing when he is gone. */
export async function presentPermissions(
  database: Database,
  { id, settings }: Tenant,
  asker: Asker,
): Promise<ReadonlySet<Permission>> {
  if (asker.kind === 'key') {
    const held = await permissionsOfKey(database, id, asker.id);
    return withImplied(held, settings.permissions);
  }
  const member = asker.userId === null ? null : await memberOf(database, id, asker.userId);
  return member === null ? new Set() : permissionsOf(member.role, settings.permissions);
}
