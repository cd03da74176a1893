/** The permissions of a schedule's run: those that its maker has at this moment. */
import type { Database } from '../../database/connect.ts';
import { dataset } from '../../datasets/registry.ts';
import { AppError } from '../../platform/errors.ts';
import { listKeys } from '../../tenants/keys.ts';
import { memberOf } from '../../tenants/members.ts';
import { isPermission, type Permission, permissionsOf, withImplied } from '../../tenants/permissions.ts';
import type { Tenant } from '../../tenants/tenants.ts';
import type { RunsAs } from './schedule.ts';

export interface Maker {
  readonly permissions: ReadonlySet<Permission> | 'everything';
  /** A member's id, or a key's; null for the operator. */
  readonly by: string | null;
}

/** @throws AppError `schedule.nobody` when the maker is gone, `permission.missing` when he may not export any more. */
export async function makerOf(
  database: Database,
  tenant: Tenant,
  { runsAs, dataset: key }: { readonly runsAs: RunsAs; readonly dataset: string },
): Promise<Maker> {
  const maker = await presentMaker(database, tenant, runsAs);
  if (maker.permissions === 'everything' || maker.permissions.has(`${key}:export`)) return maker;
  const what = runsAs.kind === 'key' ? 'The key' : 'The member';
  const { label } = dataset(key);
  throw new AppError(
    'permission.missing',
    `${what} that this schedule runs as may not export ${label.toLowerCase()} any more.`,
  );
}

async function presentMaker(database: Database, tenant: Tenant, runsAs: RunsAs): Promise<Maker> {
  if (runsAs.kind === 'operator') return { permissions: 'everything', by: null };
  const { permissions: implied } = tenant.settings;
  if (runsAs.kind === 'member') {
    const member = await memberOf(database, tenant.id, runsAs.userId);
    if (member === null) throw nobody('member that this schedule runs as is none any more');
    return { permissions: permissionsOf(member.role, implied), by: member.id };
  }
  const key = (await listKeys(database, tenant.id)).find(({ id }) => id === runsAs.id);
  const isOver = key?.expiresAt != null && Date.parse(key.expiresAt) <= Date.now();
  if (key === undefined || key.revokedAt !== null || isOver)
    throw nobody('key that this schedule runs as was revoked, or has expired');
  return { permissions: withImplied(key.permissions.filter(isPermission), implied), by: key.id };
}

function nobody(what: string): AppError {
  return new AppError(
    'schedule.nobody',
    `The ${what}: whoever changes what the schedule takes out, or where to, has it run as himself.`,
  );
}
