/**
 * Who may do what: one table from role to permission. Every route asks it, and so may the interface.
 *
 * A permission is `<dataset>:<action>`, or one of the tenant's own: `members:write`, `audit:read` …
 */
import { datasets } from '../datasets/registry.ts';

export const roles = ['owner', 'admin', 'staff', 'viewer', 'customer'] as const;
export type Role = (typeof roles)[number];

export const datasetActions = [
  'read',
  'read_sensitive',
  'write',
  'delete',
  'import',
  'export',
  'erase',
] as const;
export type DatasetAction = (typeof datasetActions)[number];

const tenantPermissions = [
  'members:read',
  'members:write',
  'keys:read',
  'keys:write',
  'settings:read',
  'settings:write',
  'audit:read',
] as const;

export type Permission = (typeof tenantPermissions)[number] | `${string}:${DatasetAction}`;

/** Every permission there is, in the order in which a table of them reads. */
export const permissions: readonly Permission[] = [
  ...datasets.flatMap(({ key }) => datasetActions.map((action): Permission => `${key}:${action}`)),
  ...tenantPermissions,
];

const ofStaff: readonly DatasetAction[] = ['read', 'read_sensitive', 'write', 'delete', 'import', 'export'];

const held: Readonly<Record<Role, readonly Permission[]>> = {
  owner: permissions,
  // What sets the two apart is told with the members: nobody gives, or takes away, a role above his own.
  admin: permissions,
  staff: [...onEveryDataset(ofStaff), 'members:read', 'settings:read'],
  viewer: [...onEveryDataset(['read']), 'members:read', 'settings:read'],
  // Customers of the tenant reach their own record, by routes that ask for no permission of this table.
  customer: [],
};

function onEveryDataset(actions: readonly DatasetAction[]): Permission[] {
  return datasets.flatMap(({ key }) => actions.map((action): Permission => `${key}:${action}`));
}

/** What one permission brings with it, unless the tenant narrows it. */
export interface Implications {
  /** Who may write records may import them too. */
  readonly writeGivesImport: boolean;
  /** Who may read records may export them too. */
  readonly readGivesExport: boolean;
}

export function isPermission(text: string): text is Permission {
  return (permissions as readonly string[]).includes(text);
}

export function permissionsOf(role: Role, implied: Implications): ReadonlySet<Permission> {
  return withImplied(held[role], implied);
}

/** @returns the permissions and those that come with them. */
export function withImplied(
  given: Iterable<Permission>,
  { writeGivesImport, readGivesExport }: Implications,
): ReadonlySet<Permission> {
  const all = new Set(given);
  for (const { key } of datasets) {
    if (writeGivesImport && all.has(`${key}:write`)) all.add(`${key}:import`);
    if (readGivesExport && all.has(`${key}:read`)) all.add(`${key}:export`);
  }
  return all;
}
