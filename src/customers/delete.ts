/**
 * Deleting a selection of customers and taking them back. A deleted customer is hidden from every query and stays, with
 * its history and orders; what may stand once, such as its e-mail, is free for another meanwhile, but for its number.
 */
import type { Database } from '../database/connect.ts';
import type { TenantTransaction } from '../database/with-tenant.ts';
import { customers } from '../datasets/customers.ts';
import {
  type CustomerName,
  type CustomersNamed,
  nobodyKept,
  type Operation,
  type OperationResult,
  operate,
} from './operation.ts';

const remove: Operation = {
  action: 'customers.delete',
  where: 'c.deleted_at is null',
  sets: { deleted_at: '$4::timestamptz', deleted_by: '$5::uuid' },
};

const restore: Operation = {
  action: 'customers.restore',
  amongDeleted: true,
  where: 'c.deleted_at is not null',
  sets: { deleted_at: 'null', deleted_by: 'null' },
};

export async function deleteCustomers(database: Database, named: CustomersNamed): Promise<OperationResult> {
  const { kept: _, ...result } = await operate(database, remove, named, nobodyKept);
  return result;
}

/** A customer that stays deleted, since another has by now what it would bring back. */
export interface StaysDeleted extends CustomerName {
  readonly field: string;
  /** A sentence for a person. */
  readonly reason: string;
}

export interface RestoreResult extends OperationResult {
  readonly refused: readonly StaysDeleted[];
}

/** One whose e-mail, or anything else that may stand once, was taken since stays deleted, with the reason. */
export async function restoreCustomers(database: Database, named: CustomersNamed): Promise<RestoreResult> {
  const { kept, ...result } = await operate(database, restore, named, findTaken);
  return { ...result, refused: [...kept.values()] };
}

/** Columns of values that may stand once among customers who are there, with the fields they belong to. */
const uniqueColumns = customers.fields
  .filter((field) => field.unique === true && field.key !== customers.numbers?.field)
  .map((field) => ({ field, column: field.normalColumn ?? field.column ?? field.key }));

/**
 * `$1` tenant, `$2` ids, each once. Of two that would bring back the same value, the first in the order of the call is
 * restored. Of several values that are taken, the first is named.
 */
const takenStatement = `with c as materialized (
    select n.place, o.* from unnest($2::uuid[]) with ordinality n(id, place)
    join lateral (select * from customers o where o.tenant_id = $1 and o.id = n.id and o.deleted_at is not null limit 1) o on true),
  taken as (${uniqueColumns
    .map(
      (
        { field, column },
        nth,
      ) => `select c.place, c.id, c.display_name as name, ${nth} as nth, '${field.key}' as field,
      c.${field.column ?? field.key}::text as value
    from (select c.*, min(c.place) over (partition by c.${column}) as first from c where c.${column} is not null) c
    where c.place > c.first or exists (select from customers h where h.tenant_id = $1 and h.${column} = c.${column} and h.deleted_at is null)`,
    )
    .join(' union all ')})
  select distinct on (place) id, name, field, value from taken order by place, nth`;

async function findTaken(
  tx: TenantTransaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StaysDeleted>> {
  const { rows } = await tx.query<{ id: string; name: string; field: string; value: string }>(
    takenStatement,
    [tx.tenantId, ids],
  );
  return new Map(
    rows.map(({ id, name, field, value }) => {
      const { label } = customers.field(field);
      return [id, { id, name, field, reason: `${label} "${value}" belongs to another customer by now.` }];
    }),
  );
}
