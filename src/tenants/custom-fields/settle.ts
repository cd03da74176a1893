/**
 * What a change of a definition means for its values, a bounded number of records at a time: a field that became
 * filterable gets its rows in `custom_values`, one that is so no more loses them, and one that is removed takes its
 * values along. The definition says how far it came, so any process may go on with it at any time.
 */
import type { Database } from '../../database/connect.ts';
import { untilSettled } from '../../database/retrying.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import type { CustomType } from '../../datasets/custom/custom-field.ts';
import { customColumn } from '../../datasets/custom/stored-value.ts';
import { reindex } from '../../datasets/custom/value-index.ts';
import { dataset } from '../../datasets/registry.ts';
import { beginChange } from './kept.ts';

/** Records of one transaction. */
const batchRows = 2000;

interface Unsettled {
  id: string;
  dataset: string;
  key: string;
  type: CustomType;
  index_state: 'none' | 'filling' | 'ready' | 'emptying';
  settled_up_to: string | null;
  removing: boolean;
}

/** @returns the tenants in which something is left to do. */
export async function unsettledTenants(database: Database): Promise<string[]> {
  const { rows } = await database.app.query<{ id: string }>(
    'select id from tenants where custom_fields_unsettled order by id',
  );
  return rows.map(({ id }) => id);
}

/**
 * Works until nothing is left, or until the signal is given. What another process has in its hands is left to it.
 * @returns whether nothing is left.
 */
export async function settleCustomFields(
  database: Database,
  tenantId: string,
  signal?: AbortSignal,
): Promise<boolean> {
  for (;;) {
    if (signal?.aborted === true) return false;
    const did = await untilSettled(() => withTenant(database, tenantId, settleOne));
    if (did !== 'some') return did === 'all';
  }
}

/** One batch of one definition. @returns `all` when there was none left, `none` when others have those that are. */
async function settleOne(tx: TenantTransaction): Promise<'some' | 'none' | 'all'> {
  const { rows } = await tx.query<Unsettled & Record<string, unknown>>(
    `select id, dataset, key, type, index_state, settled_up_to, removing from custom_fields
     where tenant_id = $1 and (removing or index_state in ('filling', 'emptying'))
     order by id limit 1 for no key update skip locked`,
    [tx.tenantId],
  );
  const [field] = rows;
  if (field === undefined) return (await endIfSettled(tx)) ? 'all' : 'none';
  if (field.index_state === 'emptying') await empty(tx, field);
  else if (field.removing) await removeValues(tx, field);
  else await fill(tx, field);
  return 'some';
}

async function endIfSettled(tx: TenantTransaction): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update tenants t set custom_fields_unsettled = false where t.id = $1 and not exists (
       select from custom_fields f where f.tenant_id = $1 and (f.removing or f.index_state in ('filling', 'emptying')))`,
    [tx.tenantId],
  );
  return rowCount === 1;
}

/** Whoever writes one of the records now makes its rows himself, since he sees that the field has an index. */
async function fill(tx: TenantTransaction, field: Unsettled): Promise<void> {
  const of = dataset(field.dataset);
  const ids = await nextRecords(tx, field, 'share');
  await reindex(tx, of, [field], { sql: 'select unnest($2::uuid[]) as id', values: [ids] });
  const isLast = ids.length < batchRows;
  // The index counts from now on, which all processes are to know.
  if (isLast) await beginChange(tx);
  await tx.query(
    `update custom_fields set index_state = $3, settled_up_to = $4 where tenant_id = $1 and id = $2`,
    [tx.tenantId, field.id, isLast ? 'ready' : 'filling', isLast ? null : ids.at(-1)],
  );
}

async function empty(tx: TenantTransaction, { id }: Unsettled): Promise<void> {
  const { rowCount } = await tx.query(
    `delete from custom_values v using (
       select record_id, place from custom_values where tenant_id = $1 and field_id = $2 limit ${batchRows}) d
     where v.tenant_id = $1 and v.record_id = d.record_id and v.field_id = $2 and v.place = d.place`,
    [tx.tenantId, id],
  );
  if ((rowCount ?? 0) === batchRows) return;
  await tx.query(
    `update custom_fields set index_state = 'none', settled_up_to = null where tenant_id = $1 and id = $2`,
    [tx.tenantId, id],
  );
}

/** No write by a person: version, time and author of the records stay. */
async function removeValues(tx: TenantTransaction, field: Unsettled): Promise<void> {
  const { table } = dataset(field.dataset).root;
  const ids = await nextRecords(tx, field, 'no key update');
  await tx.query(
    `update ${table} r set ${customColumn} = r.${customColumn} - $3::text
     where r.tenant_id = $1 and r.id = any ($2) and r.${customColumn} ? $3`,
    [tx.tenantId, ids, field.key],
  );
  if (ids.length === batchRows)
    await tx.query('update custom_fields set settled_up_to = $3 where tenant_id = $1 and id = $2', [
      tx.tenantId,
      field.id,
      ids.at(-1),
    ]);
  else await tx.query('delete from custom_fields where tenant_id = $1 and id = $2', [tx.tenantId, field.id]);
}

/** The next records in the order of their ids, held until the transaction ends. */
async function nextRecords(
  tx: TenantTransaction,
  { dataset: of, settled_up_to }: Unsettled,
  lock: 'share' | 'no key update',
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select r.id from ${dataset(of).root.table} r where r.tenant_id = $1 and ($2::uuid is null or r.id > $2)
     order by r.id limit ${batchRows} for ${lock}`,
    [tx.tenantId, settled_up_to],
  );
  return rows.map(({ id }) => id);
}
