/**
 * A write to many customers at once that is no import: one statement changes those that are in the right state and
 * writes their history, and one entry of the audit trail speaks of them. Either all of it stands or nothing.
 *
 * A customer's name in a call is an id, a customer number or an external id.
 */
import { randomBytes } from 'node:crypto';
import { appendAudit } from '../audit/append.ts';
import { journalDigest, journalStatement } from '../audit/changes.ts';
import type { Database } from '../database/connect.ts';
import { plannerHints } from '../database/planner-hints.ts';
import { untilSettled } from '../database/retrying.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import { newId } from '../platform/ids.ts';
import { findNamed } from './find-named.ts';

export interface CustomersNamed {
  readonly tenantId: string;
  /** Who asks: the id of a member or of a key. */
  readonly by: string | null;
  readonly names: readonly string[];
}

export interface CustomerName {
  readonly id: string;
  /** The display name. */
  readonly name: string;
}

export interface OperationResult {
  /** How many names the call had. */
  readonly requested: number;
  /** Those that were changed, each once, in the order of the call. */
  readonly customers: readonly CustomerName[];
  /** Names that nobody has, in the order of the call. */
  readonly notFound: readonly string[];
  /** Those that were left as they are, since they were in that state already. */
  readonly unchanged: readonly CustomerName[];
}

/** What is done to each; all of it is SQL over the customer as it is, `c`. `$4` is the time, `$5` who. */
export interface Operation {
  /** `customers.archive`: noun and verb, for the audit trail. */
  readonly action: string;
  /** Is the customer looked for among the deleted ones? */
  readonly amongDeleted?: boolean;
  /** Customers that it is done to. */
  readonly where: string;
  /** New values of columns. */
  readonly sets: Readonly<Record<string, string>>;
}

interface Candidate {
  id: string;
  name: string;
  changed: boolean;
}

/** @param keepOut ids of those that may not be changed, found in the same transaction, with the reason. */
export function operate<Kept>(
  database: Database,
  operation: Operation,
  { tenantId, by, names }: CustomersNamed,
  keepOut: (tx: TenantTransaction, ids: readonly string[]) => Promise<ReadonlyMap<string, Kept>>,
): Promise<OperationResult & { readonly kept: ReadonlyMap<string, Kept> }> {
  return untilSettled(() =>
    withTenant(database, tenantId, async (tx) => {
      await tx.query(plannerHints.chunk);
      const found = await findNamed(tx, names, { deleted: operation.amongDeleted === true });
      const ids = [...new Set(found.filter((id) => id !== null))];
      const kept = await keepOut(tx, ids);
      const candidates = await write(
        tx,
        operation,
        ids.filter((id) => !kept.has(id)),
        by,
      );
      const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
      const inOrder = ids.flatMap((id) => byId.get(id) ?? []);
      const only = (changed: boolean): CustomerName[] =>
        inOrder.filter((one) => one.changed === changed).map(({ id, name }) => ({ id, name }));
      const notFound = names.filter((_, i) => found[i] === null);
      return { requested: names.length, customers: only(true), unchanged: only(false), notFound, kept };
    }),
  );
}

export async function nobodyKept(): Promise<ReadonlyMap<string, never>> {
  return new Map<string, never>();
}

async function write(
  tx: TenantTransaction,
  operation: Operation,
  ids: readonly string[],
  by: string | null,
): Promise<readonly Candidate[]> {
  if (ids.length === 0) return [];
  const [id, at] = [newId(), now()];
  const { rows } = await tx.query<{ candidates: Candidate[]; digest: string | null }>(
    statementFor(operation),
    [tx.tenantId, ids, ids.map(newId), at, by, randomBytes(32), id],
  );
  const [wrote] = rows;
  if (wrote === undefined) throw new Error('The statement of an operation gave no answer.');
  const { candidates, digest } = wrote;
  const changed = candidates.filter((candidate) => candidate.changed).length;
  if (digest !== null)
    await appendAudit(tx, {
      action: operation.action,
      subjectType: 'customers',
      subjectId: null,
      detail: { operation: id, customers: changed, changes: digest },
      digest: null,
      actor: by,
      at,
    });
  return candidates;
}

/**
 * `$1` tenant, `$2` ids, `$3` ids for their changes, `$6` secret of the salts, `$7` id of the operation. The rows are
 * locked in the order of their ids, so that two operations do not wait for each other.
 */
function statementFor({ where, sets }: Operation): string {
  const columns = Object.entries({ ...sets, updated_at: '$4::timestamptz', updated_by: '$5::uuid' });
  const side = (alias: string): string =>
    `jsonb_build_object(${columns.map(([column]) => `'${column}', ${alias}.${column}`).join(', ')})`;
  return `with c as materialized (
  select c.*, n.change_id from (select * from unnest($2::uuid[], $3::uuid[]) n(id, change_id) order by id offset 0) n
  cross join lateral (select * from customers c where c.tenant_id = $1 and c.id = n.id for no key update) c),
w as (update customers o set version = o.version + 1, ${columns.map(([column, sql]) => `${column} = ${sql}`).join(', ')}
  from c where o.tenant_id = $1 and o.id = c.id and ${where}
  returning o.id, c.change_id, ${side('c')} as before, ${side('o')} as after),
j as (${journalStatement({
    dataset: `'customers'`,
    phase: 'null',
    chunk: 'null',
    by: '$5::uuid',
    at: '$4::timestamptz',
    secret: '$6',
    operation: '$7',
    changes: `select w.change_id as id, w.id as record_id, null::bigint as row, w.before, w.after,
      '{}'::text[] as parts_created, null::jsonb as part_ids from w`,
  })})
select coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.display_name, 'changed', c.id in (select w.id from w)))
    from c), '[]') as candidates,
  ${journalDigest} as digest`;
}
