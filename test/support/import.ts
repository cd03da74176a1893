/**
 * Imports as a test sees them: a text goes in through the product's own entrance and comes out as a run at rest; and
 * readers for what it left in the tenant.
 */
import { Readable } from 'node:stream';
import type { Database } from '../../src/database/connect.ts';
import { type TenantTransaction, withTenant } from '../../src/database/with-tenant.ts';
import { driveRun } from '../../src/import/drive.ts';
import { takeStream } from '../../src/import/intake.ts';
import { parseMapOption, parseWriteOption } from '../../src/import/mapping/mapping.ts';
import {
  outcomesOf,
  type ProblemAt,
  problemsOf,
  type RowOutcome,
} from '../../src/import/outcome/problems.ts';
import { rejectFile, resultFile } from '../../src/import/outcome/reject-file.ts';
import { defaultOptions, type ImportRun, type RunOptions } from '../../src/import/run.ts';
import { beginUndo } from '../../src/import/undo/undo.ts';
import { type TestDatabase, useDatabase } from './database.ts';

/** What a test may say of a run; `map` and `write` as on the command line. */
export interface Asked extends Partial<Omit<RunOptions, 'map' | 'write'>> {
  readonly dataset?: string;
  readonly fileName?: string;
  /** `Column=field` */
  readonly map?: readonly string[];
  /** `field=rule` */
  readonly write?: readonly string[];
  readonly by?: string;
}

type Row = Readonly<Record<string, unknown>>;

export interface TestImports extends TestDatabase {
  /** Takes the text in as a file, and drives its run until it rests. */
  import(tenantId: string, content: string | Buffer, asked?: Asked): Promise<ImportRun>;
  /** Takes the text in and leaves the run where it arrives. @returns its id. */
  take(tenantId: string, content: string | Buffer, asked?: Asked): Promise<string>;
  drive(tenantId: string, importId: string): Promise<ImportRun>;
  undo(run: ImportRun): Promise<ImportRun>;
  /** What became of each row, `outcome reason` where it has one. */
  outcomes(run: ImportRun): Promise<string[]>;
  results(run: ImportRun): Promise<RowOutcome[]>;
  problems(run: ImportRun): Promise<ProblemAt[]>;
  rejects(run: ImportRun): Promise<string>;
  resultText(run: ImportRun): Promise<string>;
  /** Works in the tenant as the program does. */
  within<T>(tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T>;
  rows(tenantId: string, sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The customer with an e-mail address, deleted or not, with the profiles' fields and the shown address's beside its own. */
  customer(tenantId: string, email: string): Promise<Row>;
  /** Every customer's e-mail with one of its columns. */
  column(tenantId: string, column: string): Promise<Record<string, unknown>>;
  digestOf(tenantId: string): Promise<string>;
}

export interface ImportsOptions {
  /** Rows of a chunk, so that a small file has several. */
  readonly chunkRows?: number;
  /** Rows up to which the check looks records up one by one, so that a small file is checked as a large one is. */
  readonly lookupRowsMax?: number;
}

/** Call it at the top of a test file: a database of its own, and imports into it. */
export function useImports({ chunkRows, lookupRowsMax }: ImportsOptions = {}): TestImports {
  if (chunkRows !== undefined) process.env.CLIENTELE_CHUNK_ROWS = String(chunkRows);
  if (lookupRowsMax !== undefined) process.env.CLIENTELE_LOOKUP_ROWS_MAX = String(lookupRowsMax);
  const given = useDatabase();
  const database = (): Database => given.database;
  const within: TestImports['within'] = (tenantId, work) => withTenant(database(), tenantId, work);
  const rows: TestImports['rows'] = (tenantId, sql, values = []) =>
    within(tenantId, async (tx) => (await tx.query(sql, values)).rows);
  const take: TestImports['take'] = (tenantId, content, asked = {}) =>
    takeStream(database(), asked.fileName ?? 'customers.csv', Readable.from([Buffer.from(content)]), {
      tenantId,
      dataset: asked.dataset ?? 'customers',
      options: optionsOf(asked),
      by: asked.by ?? null,
    });
  const drive: TestImports['drive'] = (tenantId, importId) => driveRun(database(), { tenantId, importId });
  const results: TestImports['results'] = async (run) => (await collect(outcomesOf(database(), run))).flat();
  return Object.assign(Object.create(given) as TestDatabase, {
    take,
    drive,
    within,
    rows,
    results,
    import: async (tenantId: string, content: string | Buffer, asked: Asked = {}) =>
      drive(tenantId, await take(tenantId, content, asked)),
    undo: async (run: ImportRun) => {
      await beginUndo(database(), run.tenantId, run.id);
      return drive(run.tenantId, run.id);
    },
    outcomes: async (run: ImportRun) =>
      (await results(run)).map(({ outcome, reason }) => (reason === null ? outcome : `${outcome} ${reason}`)),
    problems: (run: ImportRun) => collect(problemsOf(database(), run)),
    rejects: async (run: ImportRun) => (await collect(rejectFile(database(), run))).join(''),
    resultText: async (run: ImportRun) => (await collect(resultFile(database(), run))).join(''),
    customer: async (tenantId: string, email: string) => only(await rows(tenantId, wholeCustomer, [email])),
    column: async (tenantId: string, column: string) =>
      Object.fromEntries(
        (await rows(tenantId, `select email, ${column} as value from customers order by email, id`)).map(
          ({ email, value }) => [email, value],
        ),
      ),
    digestOf: (tenantId: string) => within(tenantId, digestOf),
  });
}

function optionsOf({ dataset: _, fileName: __, by: ___, map = [], write = [], ...asked }: Asked): RunOptions {
  return { ...defaultOptions, ...asked, map: map.map(parseMapOption), write: write.map(parseWriteOption) };
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

function only(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined || rows.length > 1)
    throw new Error(`One row was expected, and there are ${rows.length}.`);
  return row;
}

const wholeCustomer = `
  select a.label as address_label, a.type as address_type, a.line1 as address_line1, a.line2 as address_line2, a.city,
    a.state_province, a.postal_code, a.country, a.country_code, a.company as address_company, a.is_default_billing,
    a.is_default_shipping, i.date_of_birth, i.gender, b.business_type, b.tax_id, b.annual_revenue, k.paying_org, k.driver_notes,
    i.customer_id is not null as is_individual, b.customer_id is not null as is_business, k.customer_id is not null as has_care,
    (select array_agg(g.name order by g.name) from customer_group_members m
       join customer_groups g on g.tenant_id = m.tenant_id and g.id = m.group_id where m.customer_id = c.id) as groups,
    (select array_agg(n.content order by n.id) from customer_notes n where n.customer_id = c.id) as notes,
    c.*
  from customers c
  left join individual_profiles i on i.customer_id = c.id
  left join business_profiles b on b.customer_id = c.id
  left join care_profiles k on k.customer_id = c.id
  left join lateral (select * from customer_addresses a where a.customer_id = c.id
    order by is_default_billing desc, is_default_shipping desc, created_at, id limit 1) a on true
  where c.email = $1`;

/** Tables of a tenant's domain, each with the columns by which its rows are in an order. */
const domainTables: Readonly<Record<string, string>> = {
  customers: 'id',
  individual_profiles: 'customer_id',
  business_profiles: 'customer_id',
  care_profiles: 'customer_id',
  customer_addresses: 'id',
  customer_groups: 'id',
  customer_group_members: 'customer_id, group_id',
  customer_notes: 'id',
  leads: 'id',
  orders: 'id',
  boards: 'id',
  pins: 'id',
  quotes: 'id',
  assets: 'id',
  daily_metrics: 'id',
};

/** One digest over every row of the tenant's domain; every column but `version`, which counts writes. */
async function digestOf(tx: TenantTransaction): Promise<string> {
  const digests = Object.entries(domainTables).map(
    ([table, order]) =>
      `select '${table}' as name, (select md5(coalesce(string_agg(md5((to_jsonb(t) - 'version')::text), '' order by ${order}), ''))
         from ${table} t where t.tenant_id = $1) as digest`,
  );
  const { rows } = await tx.query<{ digest: string }>(
    `select string_agg(d.name || ' ' || d.digest, E'\\n' order by d.name) as digest from (${digests.join(' union all ')}) d`,
    [tx.tenantId],
  );
  return rows[0]?.digest ?? '';
}
