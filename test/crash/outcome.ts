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

/** A time before the run; null for one that it gave. */
const past = (column: string): string => `case when ${column} < $2::timestamptz then ${column}::text end`;

const customer = `(select c.external_id from customers c where c.tenant_id = $1 and c.id = o.customer_id)`;

/** SQL of the records as text, by table. `$1` is the tenant, `$2` when the run began, `$3` what is left out besides. */
const records: Readonly<Record<string, string>> = {
  customers: `select (to_jsonb(c) - array['tenant_id', 'id', 'created_at', 'updated_at', 'referred_by'] - $3::text[] || jsonb_build_object(
      'id', case when c.created_at < $2 then c.id end, 'created_at', ${past('c.created_at')}, 'updated_at', ${past('c.updated_at')},
      'referred_by', f.external_id))::text as line
    from customers c left join customers f on f.tenant_id = $1 and f.id = c.referred_by where c.tenant_id = $1`,
  individual_profiles: profile('individual_profiles'),
  business_profiles: profile('business_profiles'),
  care_profiles: profile('care_profiles'),
  customer_addresses: owned('customer_addresses', ['created_at', 'updated_at']),
  customer_notes: owned('customer_notes', ['created_at']),
  customer_groups: `select jsonb_build_array(o.name, ${past('o.created_at')}, o.import_id is null)::text as line
    from customer_groups o where o.tenant_id = $1`,
  customer_group_members: `select jsonb_build_array(${customer}, g.name)::text as line
    from customer_group_members o join customer_groups g on g.tenant_id = $1 and g.id = o.group_id where o.tenant_id = $1`,
};

function profile(table: string): string {
  return `select (to_jsonb(o) - array['tenant_id', 'customer_id'] || jsonb_build_object('customer', ${customer}))::text as line
    from ${table} o where o.tenant_id = $1`;
}

function owned(table: string, times: readonly string[]): string {
  const left = ['tenant_id', 'id', 'customer_id', ...times].map((column) => `'${column}'`).join(', ');
  const kept = times.map((column) => `'${column}', ${past(`o.${column}`)}`).join(', ');
  return `select (to_jsonb(o) - array[${left}] - $3::text[] || jsonb_build_object('customer', ${customer},
      'id', case when o.created_at < $2 then o.id end, ${kept}))::text as line
    from ${table} o where o.tenant_id = $1`;
}

async function recordsIn(tx: TenantTransaction, without: readonly string[] = []): Promise<Outcome> {
  const since = await beginOfRun(tx);
  const found: Record<string, unknown> = {};
  for (const [table, lines] of Object.entries(records)) {
    const { rows } = await tx.query(
      `select count(*)::int as rows, md5(string_agg(line, E'\\n' order by line collate "C")) as digest from (${lines}) l
       where $2::timestamptz is not null and $3::text[] is not null`,
      [tx.tenantId, since, without],
    );
    found[table] = rows[0];
  }
  return found;
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
