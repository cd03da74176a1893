/** Who acts in a tenant, and what he may do there. */
import type { Permission, Role } from './permissions.ts';

export interface Caller {
  readonly kind: 'member' | 'key';
  /** Of the member, or of the key: the actor of the audit trail. */
  readonly id: string;
  /** Of the account that is signed in; null for a key. */
  readonly userId: string | null;
  /** Null for a key, which holds permissions and no role. */
  readonly role: Role | null;
  readonly permissions: ReadonlySet<Permission>;
}

export function may({ permissions }: Caller, permission: Permission): boolean {
  return permissions.has(permission);
}
