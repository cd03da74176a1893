/**
 * Stage: the rows that are well go into the dataset's staging table by COPY, and the problems of the others beside
 * the run. Both begin from nothing whenever the stage begins: what an earlier attempt left is removed first.
 */
import type pg from 'pg';
import type { Database } from '../../database/connect.ts';
import { copyInto } from '../../database/copy.ts';
import { CopyRows } from '../../database/copy-rows.ts';
import { toJsonb } from '../../database/jsonb.ts';
import { identifier } from '../../database/literal.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { type Packing, packing } from '../../datasets/custom/stored-value.ts';
import type { Dataset } from '../../datasets/define-dataset.ts';
import type { RowBatch } from '../../file-formats/rows.ts';
import { newId } from '../../platform/ids.ts';
import { holdLease, type Lease } from '../lease.ts';
import type { ImportRun } from '../run.ts';
import { writtenStates } from '../states.ts';
import type { RowProblem, Validator } from './validate.ts';

export interface Staged {
  readonly rowsRead: number;
  readonly rowsStaged: number;
  readonly rowsInvalid: number;
}

export interface StageOptions {
  readonly run: ImportRun;
  readonly lease: Lease;
  readonly validator: Validator;
  readonly batches: AsyncIterable<RowBatch>;
  readonly onRows: (rowsRead: number) => void;
}

/** Bytes handed to COPY in one piece: large enough that the piece costs nothing, small enough that memory stays flat. */
const pieceBytes = 256 * 1024;
const problemsAtOnce = 2000;

/** @throws AppError `import.lost` */
export async function stageRows(database: Database, options: StageOptions): Promise<Staged> {
  const { run, lease, validator } = options;
  const client = await database.loader.connect();
  let broken = true;
  try {
    // To remove much of an earlier attempt takes time, and whoever takes this one over ends the session himself.
    await client.query('begin; set local idle_in_transaction_session_timeout = 0');
    await beginAnew(database, client, lease, run);
    const counts = new StageCounts();
    const packed = packing(run.dataset, validator.staged);
    const columns = ['tenant_id', 'import_id', 'chunk', 'row', 'new_id', ...packed.columns].map(identifier);
    await copyInto(
      client,
      `copy staging.${run.dataset.key} (${columns.join(', ')}) from stdin`,
      lines(database, options, packed, counts),
    );
    // The planner is to know how many rows there are and which keys are unique; a small sample tells.
    await client.query('set local default_statistics_target = 20');
    await client.query(
      `analyze staging.${run.dataset.key} (${['tenant_id', 'import_id', 'chunk', 'row', ...keysOf(run, validator)].map(identifier).join(', ')})`,
    );
    await client.query('commit');
    broken = false;
    return counts;
  } finally {
    client.release(broken);
  }
}

class StageCounts implements Staged {
  rowsRead = 0;
  rowsStaged = 0;
  rowsInvalid = 0;
}

/** Removes what an earlier attempt left, as long as the lease is held: a process that was taken over removes nothing. */
async function beginAnew(
  database: Database,
  loader: pg.PoolClient,
  lease: Lease,
  run: ImportRun,
): Promise<void> {
  await withTenant(database, run.tenantId, async (tx) => {
    await holdLease(tx, lease);
    await endEarlierCopy(loader, run);
    await tx.query(`delete from staging.${run.dataset.key} where tenant_id = $1 and import_id = $2`, [
      run.tenantId,
      run.id,
    ]);
    await tx.query('delete from import_problems where tenant_id = $1 and import_id = $2', [
      run.tenantId,
      run.id,
    ]);
  });
}

/**
 * A process that is only asleep holds its COPY open for as long as it sleeps, since no time limit of the database
 * applies to one: its session is ended, and with it the rows it brought.
 */
async function endEarlierCopy(loader: pg.PoolClient, { id }: ImportRun): Promise<void> {
  const { rows } = await loader.query<{ taken: boolean }>(
    'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as taken',
    [id],
  );
  if (rows[0]?.taken) return;
  await loader.query(
    `select pg_terminate_backend(pid) from pg_locks
     where locktype = 'advisory' and objsubid = 1 and granted and pid <> pg_backend_pid()
       and database = (select oid from pg_database where datname = current_database())
       and (classid::bigint << 32 | objid::bigint) = hashtextextended($1, 0)`,
    [id],
  );
  await loader.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [id]);
}

/** Match keys that the run stages: what the check joins by, so what the planner should know. */
function keysOf(run: ImportRun, validator: Validator): string[] {
  const keys = run.options.match ?? run.dataset.matchKeys;
  return keys
    .map((key) => run.dataset.field(key).normalColumn ?? key)
    .filter((column) => validator.staged.includes(column));
}

async function* lines(
  database: Database,
  options: StageOptions,
  packed: Packing,
  counts: StageCounts,
): AsyncGenerator<Buffer> {
  const { run, validator } = options;
  const prefix = `${run.tenantId}\t${run.id}\t`;
  const copy = new CopyRows({ pieceBytes });
  let problems: RowProblem[] = [];
  const take = (row: number, values: readonly (string | null)[]): void => {
    copy.append(`${prefix}${Math.floor((row - 1) / run.chunkRows)}\t${row}\t${newId()}`, packed.pack(values));
    counts.rowsStaged += 1;
  };
  for await (const batch of options.batches) {
    const validated = validator.validate(batch, take);
    counts.rowsRead += batch.length;
    counts.rowsInvalid += validated.invalid;
    if (validated.problems.length > 0) problems = [...problems, ...validated.problems];
    if (problems.length >= problemsAtOnce) {
      await insertProblems(database, options.lease, problems);
      problems = [];
    }
    if (copy.isFull) yield copy.take();
    options.onRows(counts.rowsRead);
  }
  if (problems.length > 0) await insertProblems(database, options.lease, problems);
  yield copy.take();
}

async function insertProblems(
  database: Database,
  lease: Lease,
  problems: readonly RowProblem[],
): Promise<void> {
  await withTenant(database, lease.tenantId, async (tx) => {
    await holdLease(tx, lease);
    await tx.query(
      `insert into import_problems (tenant_id, import_id, row, column_index, field, code, details, line, byte_offset, warning)
       select $1, $2, p.row, p.column_index, p.field, p.code, p.details, p.line, p.byte_offset, p.warning
       from jsonb_to_recordset($3::jsonb) as p(row bigint, column_index integer, field text, code text, details jsonb,
         line bigint, byte_offset bigint, warning boolean)`,
      [lease.tenantId, lease.importId, toJsonb(problems)],
    );
  });
}

/** Does staging hold what the run's manifest says? A restore, or a hand in the database, may have left less. */
export async function stagedAsManifest(database: Database, run: ImportRun): Promise<boolean> {
  const { rows } = await withTenant(database, run.tenantId, (tx) =>
    tx.query<{ rows: number }>(
      `select count(*)::int as rows from staging.${run.dataset.key} where tenant_id = $1 and import_id = $2`,
      [run.tenantId, run.id],
    ),
  );
  return rows[0]?.rows === run.rowsStaged;
}

/**
 * Removes the run's staged rows, which nobody needs once it is written. When no other run has rows there the table is
 * emptied in one stroke; a run that is just staging holds its lock, and then the rows are deleted.
 */
export async function dropStaged(database: Database, run: ImportRun): Promise<void> {
  if (await truncateIfAlone(database, run)) return;
  await withTenant(database, run.tenantId, (tx) => dropWritten(tx, run.dataset));
}

/** Removes the staged rows of all runs that need them no more: a process may have died just before it did. */
export async function dropWritten(tx: TenantTransaction, dataset: Dataset): Promise<void> {
  const table = `staging.${dataset.key}`;
  await tx.query(
    `delete from ${table} where tenant_id = $1 and import_id = any (array(
       select i.id from imports i where i.tenant_id = $1 and i.dataset = $2
         and (i.state = any ($3) or (i.state = 'checked' and not (i.options ->> 'commit')::boolean and not i.options ? 'review'))
         and exists (select from ${table} s where s.tenant_id = $1 and s.import_id = i.id)))`,
    [tx.tenantId, dataset.key, writtenStates],
  );
}

async function truncateIfAlone(database: Database, run: ImportRun): Promise<boolean> {
  const table = `staging.${run.dataset.key}`;
  const client = await database.loader.connect();
  let broken = true;
  try {
    await client.query(`begin; set local lock_timeout = '100ms'`);
    const alone = await client
      .query(`lock table ${table} in access exclusive mode`)
      .then(() =>
        client.query<{ others: boolean }>(
          `select exists (select from ${table} where import_id <> $1) as others`,
          [run.id],
        ),
      )
      .then(
        ({ rows }) => rows[0]?.others === false,
        () => false,
      );
    if (alone) await client.query(`truncate ${table}`);
    await client.query(alone ? 'commit' : 'rollback');
    broken = false;
    return alone;
  } finally {
    client.release(broken);
  }
}
