/**
 * Finds customers by what a caller names them with: an id, a customer number or an external id. An id stands before a
 * number, and a number before an external id.
 */
import type { TenantTransaction } from '../database/with-tenant.ts';

interface FindOptions {
  /** Deleted customers instead of those that are there; of several with one external id, the one deleted last. */
  readonly deleted?: boolean;
}

/** @returns the id for each name, in the order of the names; null for one that names nobody. */
export async function findNamed(
  tx: TenantTransaction,
  names: readonly string[],
  { deleted = false }: FindOptions = {},
): Promise<readonly (string | null)[]> {
  const { rows } = await tx.query<{ id: string | null }>(deleted ? findDeleted : findLive, [
    tx.tenantId,
    names,
  ]);
  return rows.map(({ id }) => id);
}

const named = `unnest($2::text[]) with ordinality n(name, place)
  cross join lateral (select case when n.name ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then n.name::uuid end as id offset 0) u`;

/** Fenced off from the sorting: the planner would go through all that were deleted until it meets the one. */
function joined(by: string, column: string, value: string, deleted: boolean): string {
  const state = deleted ? 'is not null' : 'is null';
  return `left join lateral (select f.id from (select c.id, c.deleted_at from customers c where c.tenant_id = $1 and c.${column} = ${value}
    and c.deleted_at ${state} offset 0) f order by f.deleted_at desc limit 1) ${by} on true`;
}

function find(deleted: boolean): string {
  return `select coalesce(i.id, m.id, e.id) as id from ${named}
  ${joined('i', 'id', 'u.id', deleted)}
  ${joined('m', 'number', 'n.name', deleted)}
  ${joined('e', 'external_id', 'n.name', deleted)}
  order by n.place`;
}

const findLive = find(false);
const findDeleted = find(true);
