/**
 * What is known of a run's rows: problems found while reading and validating, reasons that the check wrote into the
 * plan, and what commit and undo met. They are joined here; nothing of it is kept twice.
 */
import type { Database } from '../../database/connect.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { AppError } from '../../platform/errors.ts';
import type { ProblemCode, ProblemDetails } from '../../platform/problems.ts';
import type { ImportRun } from '../run.ts';

export interface ProblemAt {
  readonly row: number;
  /** 0-based column of the file. */
  readonly column_index: number | null;
  readonly field: string | null;
  readonly code: ProblemCode;
  readonly details: ProblemDetails;
  readonly line: number | null;
  readonly byte_offset: number | null;
  readonly outcome: 'fail' | 'skip' | 'warning';
}

export interface ProblemQuery {
  /** Only what keeps a row out, and not the reasons for skipping one or the warnings. */
  readonly failedOnly?: boolean;
}

const everything = `
  select row, column_index, field, code, details, line, byte_offset, case when warning then 'warning' else 'fail' end as outcome
  from import_problems where tenant_id = $1 and import_id = $2 and row > $3 and row <= $4
  union all
  select row, null, details ->> 'field', code, coalesce(details, '{}'), null, null, outcome
  from import_plan where tenant_id = $1 and import_id = $2 and row > $3 and row <= $4 and chunk between $5 and $6 and outcome in ('fail', 'skip')`;

/**
 * A whole list is read a page after the other, so that memory stays flat: a row has as many problems as wrong cells. Of
 * outcomes, each row has one.
 */
const problemPageRows = 50_000;
const problemsAtOnce = 10_000;
const outcomePageRows = 20_000;

/** @throws AppError `import.source_gone` for a run whose rows were kept for long enough. */
export function assertRowsKept({ rowsRemovedAt }: ImportRun): void {
  if (rowsRemovedAt === null) return;
  throw new AppError('import.source_gone', 'What became of the rows of this import is no longer kept.');
}

/**
 * @returns the run's problems in the order of the rows.
 * @throws AppError `import.source_gone` when they were kept for long enough.
 */
export async function* problemsOf(
  database: Database,
  run: ImportRun,
  query: ProblemQuery = {},
): AsyncGenerator<ProblemAt> {
  assertRowsKept(run);
  const columns = columnsOf(run);
  for (let after = 0; after < (run.rowsRead ?? 0); ) {
    const page = await withTenant(database, run.tenantId, async (tx) => {
      const to = await endOfPage(tx, run, after);
      const rows = await problemsWithin(tx, run, { after, to });
      return { to, rows };
    });
    for (const row of page.rows) if (!query.failedOnly || row.outcome === 'fail') yield placed(row, columns);
    after = page.to;
  }
}

/** @returns the last row of a page: at least one, and no more than have so many problems. */
async function endOfPage(tx: TenantTransaction, run: ImportRun, after: number): Promise<number> {
  const to = after + problemPageRows;
  const { rows } = await tx.query<{ last: number }>(
    `select greatest(row - 1, $3 + 1) as last from import_problems
     where tenant_id = $1 and import_id = $2 and row > $3 and row <= $4 order by row offset ${problemsAtOnce} limit 1`,
    [run.tenantId, run.id, after, to],
  );
  return rows[0]?.last ?? to;
}

/** The problems of the rows after one and up to another, of one code or of all, in the order of the rows. */
async function problemsWithin(
  tx: TenantTransaction,
  run: ImportRun,
  { after, to, code }: { readonly after: number; readonly to: number; readonly code?: string | undefined },
): Promise<ProblemAt[]> {
  const { rows } = await tx.query<ProblemAt & Record<string, unknown>>(
    `select * from (${everything}) p where $7::text is null or code = $7 order by row, column_index nulls last, code`,
    [run.tenantId, run.id, after, to, ...chunksOf(run, after, to), code ?? null],
  );
  return rows;
}

export interface ProblemPage {
  readonly problems: readonly ProblemAt[];
  /** Where the next page begins; null when this is the last. */
  readonly nextAfterRow: number | null;
}

/**
 * @returns the problems of up to `rowsMax` rows after one, each row's together.
 * @throws AppError `import.source_gone` when they were kept for long enough.
 */
export async function pageOfProblems(
  database: Database,
  run: ImportRun,
  {
    afterRow,
    rowsMax,
    code,
  }: { readonly afterRow: number; readonly rowsMax: number; readonly code?: string },
): Promise<ProblemPage> {
  assertRowsKept(run);
  const columns = columnsOf(run);
  return withTenant(database, run.tenantId, async (tx) => {
    const [first] = (
      await tx.query<{ rows: number; last: number | null }>(firstRows, [
        run.tenantId,
        run.id,
        afterRow,
        Math.floor(afterRow / run.chunkRows),
        code ?? null,
        rowsMax,
      ])
    ).rows;
    const last = first?.last ?? null;
    if (last === null) return { problems: [], nextAfterRow: null };
    const problems = await problemsWithin(tx, run, { after: afterRow, to: last, code });
    return {
      problems: problems.map((problem) => placed(problem, columns)),
      nextAfterRow: first?.rows === rowsMax ? last : null,
    };
  });
}

/** The first rows that have problems, by two indices that are in their order: no more is read than is wanted. */
const firstRows = `select count(*)::int as rows, max(row) as last from (
  (select distinct row from import_problems
    where tenant_id = $1 and import_id = $2 and row > $3 and ($5::text is null or code = $5) order by row limit $6)
  union
  (select row from import_plan
    where tenant_id = $1 and import_id = $2 and chunk >= $4 and row > $3 and outcome in ('fail', 'skip')
      and ($5::text is null or code = $5) order by chunk, row limit $6)
  order by row limit $6) w`;

/** The check and the commit know of fields alone. */
function placed(problem: ProblemAt, columns: ReadonlyMap<string | null, number>): ProblemAt {
  return { ...problem, column_index: problem.column_index ?? columns.get(problem.field) ?? null };
}

/** The column that feeds each field. */
function columnsOf({ inspection, mapping }: ImportRun): ReadonlyMap<string | null, number> {
  const places = new Map(inspection?.columns.map(({ name, index }) => [name, index]));
  const fed = mapping?.columns.filter(({ field }) => field !== null) ?? [];
  return new Map(
    fed.flatMap(({ field, column }) => {
      const place = places.get(column);
      return place === undefined ? [] : [[field, place] as const];
    }),
  );
}

/** @returns the first few problems that keep rows out, in the order of the rows. */
export async function firstProblems(
  database: Database,
  run: ImportRun,
  amount: number,
): Promise<readonly ProblemAt[]> {
  const first: ProblemAt[] = [];
  for await (const problem of problemsOf(database, run, { failedOnly: true })) {
    first.push(problem);
    if (first.length === amount) break;
  }
  return first;
}

/** @returns how many problems of each code the run has. */
export async function countProblems(database: Database, run: ImportRun): Promise<Record<string, number>> {
  const { rows } = await withTenant(database, run.tenantId, (tx) =>
    tx.query<{ code: string; problems: number }>(
      `select code, sum(problems)::int as problems from (
         select code, count(*) as problems from import_problems where tenant_id = $1 and import_id = $2 group by 1
         union all
         select code, count(*) from import_plan where tenant_id = $1 and import_id = $2 and code is not null group by 1) c
       group by code order by 2 desc, 1`,
      [run.tenantId, run.id],
    ),
  );
  return Object.fromEntries(rows.map((row) => [row.code, row.problems]));
}

export interface RowOutcome {
  readonly row: number;
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'skipped' | 'failed';
  readonly reason: string | null;
  readonly id: string | null;
  readonly number: string | null;
}

/**
 * @returns what became of each row of the source, in its order, some thousands at a time.
 * @throws AppError `import.source_gone` when it was kept for long enough.
 */
export async function* outcomesOf(database: Database, run: ImportRun): AsyncGenerator<readonly RowOutcome[]> {
  assertRowsKept(run);
  const { root, numbers } = run.dataset;
  const number = numbers === undefined ? 'null::text' : `r.${numbers.field}`;
  for (let after = 0; after < (run.rowsRead ?? 0); after += outcomePageRows) {
    const to = Math.min(after + outcomePageRows, run.rowsRead ?? 0);
    const { rows } = await withTenant(database, run.tenantId, (tx) =>
      tx.query<RowOutcome & Record<string, unknown>>(
        `select n.row, case p.outcome when 'create' then 'created' when 'update' then 'updated' when 'unchanged' then 'unchanged'
             when 'skip' then 'skipped' when 'fail' then 'failed'
             else case when f.code is null then 'skipped' else 'failed' end end as outcome,
           coalesce(p.code, f.code, case when p.row is null then 'skip.unreached' end) as reason, r.id, ${number} as number
         from generate_series($3::bigint + 1, $4::bigint) n(row)
         left join import_plan p on p.tenant_id = $1 and p.import_id = $2 and p.row = n.row and p.chunk between $5 and $6
         left join lateral (select f.code from import_problems f
           where f.tenant_id = $1 and f.import_id = $2 and f.row = n.row and not f.warning
           order by f.column_index nulls last, f.code limit 1) f on p.row is null
         left join ${root.table} r on r.tenant_id = $1 and r.id = p.record_id order by n.row`,
        [run.tenantId, run.id, after, to, ...chunksOf(run, after, to)],
      ),
    );
    yield rows;
  }
}

/** The chunks that hold the rows after one and up to another. */
function chunksOf(run: ImportRun, after: number, to: number): [number, number] {
  return [Math.floor(after / run.chunkRows), Math.floor((to - 1) / run.chunkRows)];
}
