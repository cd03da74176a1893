/**
 * What a round has come to: every record of the tenant, the run, its chunks, its journal and its trail, in a form in
 * which two outcomes can be compared. Ids and times that a run gives out differ from run to run and are left out; those
 * that were there before it are kept.
 */
import { verifyAudit } from '../../src/audit/verify.ts';
import type { Database } from '../../src/database/connect.ts';
import { type TenantTransaction, withTenant } from '../../src/database/with-tenant.ts';

/** What was looked at, with what was found: a digest and a number of rows, or the rows themselves. */
export type Outcome = Readonly<Record<string, unknown>>;

export const secondFileName = 'second.csv';

/** @returns what is there, by the tenant's own login. */
export async function outcomeOf(database: Database, tenantId: string): Promise<Outcome> {
  return withTenant(database, tenantId, async (tx) => {
    return {
      ...(await recordsIn(tx)),
      ...(await writingOf(tx)),
      trail: (await verifyAudit(tx)).faults,
    };
  });
}

/** @returns the records alone, without the versions, which count every change and every undoing of one. */
export async function recordsOf(database: Database, tenantId: string): Promise<Outcome> {
  return withTenant(database, tenantId, (tx) => recordsIn(tx, ['version']));
}

/** @returns what differs, a line each; none when the two are the same. */
export function differences(expected: Outcome, found: Outcome): string[] {
  return Object.keys(expected).flatMap((key) => {
    const [wanted, got] = [JSON.stringify(expected[key]), JSON.stringify(found[key])];
    return wanted === got ? [] : [`${key}: ${shortened(got)} instead of ${shortened(wanted)}`];
  });
}

function shortened(text: string | undefined): string {
  return text === undefined || text.length < 400 ? `${text}` : `${text.slice(0, 400)} …`;
}

/** A table whose rows, `o`, are compared. */
interface Compared {
  /** Columns that differ from run to run. */
  readonly without: readonly string[];
  /** SQL of what stands in their place. `$1` is the tenant, `$2` when the run began. */
  readonly instead: readonly string[];
}

/** A time before the run; null for one that it gave. */
const past = (column: string): string => `case when o.${column} < $2 then o.${column} end`;
/** The id of a record that was there before the run. */
const pastId = `case when o.created_at < $2 then o.id end`;
const externalId = (column: string): string =>
  `(select c.external_id from customers c where c.tenant_id = $1 and c.id = o.${column})`;
const groupName = '(select g.name from customer_groups g where g.tenant_id = $1 and g.id = o.group_id)';
const profile: Compared = { without: ['customer_id'], instead: [externalId('customer_id')] };

const compared: Readonly<Record<string, Compared>> = {
  customers: {
    without: ['id', 'created_at', 'updated_at', 'referred_by'],
    instead: [pastId, past('created_at'), past('updated_at'), externalId('referred_by')],
  },
  individual_profiles: profile,
  business_profiles: profile,
  care_profiles: profile,
  customer_addresses: {
    without: ['id', 'customer_id', 'created_at', 'updated_at'],
    instead: [pastId, externalId('customer_id'), past('created_at'), past('updated_at')],
  },
  customer_notes: {
    without: ['id', 'customer_id', 'created_at'],
    instead: [pastId, externalId('customer_id'), past('created_at')],
  },
  customer_groups: {
    without: ['id', 'created_at', 'import_id'],
    instead: [pastId, past('created_at'), 'o.import_id is null'],
  },
  customer_group_members: {
    without: ['customer_id', 'group_id'],
    instead: [externalId('customer_id'), groupName],
  },
};

async function recordsIn(tx: TenantTransaction, without: readonly string[] = []): Promise<Outcome> {
  const since = await beginOfRun(tx);
  const found: Record<string, unknown> = {};
  for (const [table, { without: differing, instead }] of Object.entries(compared)) {
    const same = await columnsOf(tx, table, ['tenant_id', ...differing, ...without]);
    const row = [...same.map((column) => `o.${column}`), ...instead].join(', ');
    const { rows } = await tx.query(
      `select count(*)::int as rows, md5(string_agg(line, '' order by line)) as digest
       from (select md5(row(${row})::text) as line from ${table} o where o.tenant_id = $1 and $2::timestamptz is not null) l`,
      [tx.tenantId, since],
    );
    found[table] = rows[0];
  }
  return found;
}

async function columnsOf(
  tx: TenantTransaction,
  table: string,
  without: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = 'public' and table_name = $1 and column_name <> all ($2) order by ordinal_position`,
    [table, without],
  );
  return rows.map(({ name }) => `"${name}"`);
}

async function beginOfRun(tx: TenantTransaction): Promise<string> {
  const { rows } = await tx.query<{ since: string }>(
    `select coalesce(max(created_at), 'infinity')::text as since from imports where tenant_id = $1 and file_name = $2`,
    [tx.tenantId, secondFileName],
  );
  return rows[0]?.since ?? 'infinity';
}

const run = '(select i.file_name from imports i where i.tenant_id = $1 and i.id = o.import_id)';

/** One side of a change, without the times and ids that a run gives out. */
const lasting = (side: string): string =>
  `(select jsonb_object_agg(key, value) from jsonb_each(o.${side}) where key !~ '(updated_at|referred_by|undoes)$')::text`;

/** SQL of what is kept about the writing. `$1` is the tenant. */
const writing: Readonly<Record<string, string>> = {
  runs: `select file_name, state, rows_read, rows_staged, rows_invalid, created_count, updated_count, unchanged_count, skipped_count,
      failed_count, number_base, undo_report, failure, lease_token is null as is_free
    from imports where tenant_id = $1 order by created_at`,
  chunks: `select ${run} as run, phase, chunk, created_count, updated_count, unchanged_count, skipped_count, failed_count
    from import_chunks o where tenant_id = $1 order by 1, 2, 3`,
  plan: `select ${run} as run, outcome, code, count(*)::int as rows, count(distinct row)::int as distinct_rows
    from import_plan o where tenant_id = $1 group by 1, 2, 3 order by 1, 2, 3`,
  problems: `select ${run} as run, code, count(*)::int as rows, count(distinct row)::int as distinct_rows
    from import_problems o where tenant_id = $1 group by 1, 2 order by 1, 2`,
  changes: `select ${run} as run, phase, chunk, count(*)::int as rows, count(distinct record_id)::int as records,
      md5(string_agg(row || ' ' || ${lasting('before')} || ${lasting('after')}, E'\\n' order by row, phase)) as digest
    from changes o where tenant_id = $1 group by 1, 2, 3 order by 1, 2, 3`,
  entries: `select action, count(*)::int as entries from audit_entries where tenant_id = $1 group by 1 order by 1`,
  counters: `select name, value from tenant_counters where tenant_id = $1 order by name`,
  staged: `select count(*)::int as rows from staging.customers where tenant_id = $1`,
};

async function writingOf(tx: TenantTransaction): Promise<Outcome> {
  const found: Record<string, unknown> = {};
  for (const [what, query] of Object.entries(writing))
    found[what] = (await tx.query(query, [tx.tenantId])).rows;
  return found;
}
