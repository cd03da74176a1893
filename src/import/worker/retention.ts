/**
 * What is kept of an import after it has ended, and for how long. Its file goes after a while, so that nobody's data lies
 * about; what became of each row, and with it the rejected rows, after another. The run itself stays, with its counts and
 * its report, and so does what an undo needs: the journal of changes, and of the plan the records that were created.
 */
import type { Database } from '../../database/connect.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { fileStore } from '../../file-store/file-store.ts';
import { now } from '../../platform/clock.ts';
import { leaseIsFree } from '../lease.ts';
import { goesOn } from '../rest.ts';

/** One transaction's worth; the next one goes on. */
const runsAtOnce = 100;

export interface Kept {
  readonly tenantId: string;
  /** The file of a run. */
  readonly sourceDays: number;
  /** What became of its rows: a run with rejected ones keeps its file as long, since they are read from there. */
  readonly rejectDays: number;
}

interface OldRun {
  id: string;
  source: string;
}

/** The rows of a batch were never a file: its source is the rejected ones, see batch/keep-rejects.ts. */
const sourceDaysSql = `case when inspection is null and mapping is not null then $3::int
  when failed_count > 0 then greatest($2::int, $3::int) else $2::int end`;

/**
 * Removes the sources of runs of a tenant that have rested for long enough, and remembers it in the run. One that is held
 * for a person to decide keeps its source.
 *
 * @returns how many were removed.
 */
export function removeOldSources(database: Database, kept: Kept): Promise<number> {
  const { tenantId, sourceDays, rejectDays } = kept;
  const due = `source_removed_at is null and updated_at < now() - make_interval(days => ${sourceDaysSql})
    and state <> 'held' and not ${goesOn} and ${leaseIsFree}`;
  return inTurns(database, { tenantId, due, values: [sourceDays, rejectDays] }, async (runs) => {
    // The file first: one that is gone already is removed again without harm, and none is forgotten.
    for (const { source } of runs) await fileStore().remove(source);
    await withTenant(database, tenantId, (tx) =>
      tx.query('update imports set source_removed_at = $3 where tenant_id = $1 and id = any ($2)', [
        tenantId,
        runs.map(({ id }) => id),
        now(),
      ]),
    );
  });
}

/**
 * Removes what became of the rows of runs that have ended for longer than so many days: problems, and the plan but for
 * the records that were created, which an undo finds there.
 *
 * @returns of how many runs.
 */
export function removeOldRows(
  database: Database,
  { tenantId, rejectDays }: Omit<Kept, 'sourceDays'>,
): Promise<number> {
  const due = `rows_removed_at is null and updated_at < now() - make_interval(days => $2::int)
    and (state in ('done', 'cancelled', 'failed', 'undone') or state = 'checked' and options ->> 'review' is null)
    and not ${goesOn} and ${leaseIsFree}`;
  return inTurns(database, { tenantId, due, values: [rejectDays] }, async (runs) => {
    for (const { id } of runs) await removeRows(database, tenantId, id);
  });
}

/** A chunk at a time: a plan may have millions of rows. Whoever is stopped in between begins again, and finds fewer. */
async function removeRows(database: Database, tenantId: string, importId: string): Promise<void> {
  const scope = [tenantId, importId];
  const { rows } = await withTenant(database, tenantId, (tx) =>
    tx.query<{ chunks: number }>(
      'select coalesce(max(chunk) + 1, 0) as chunks from import_plan where tenant_id = $1 and import_id = $2',
      scope,
    ),
  );
  for (let chunk = 0; chunk < (rows[0]?.chunks ?? 0); chunk += 1) {
    await withTenant(database, tenantId, (tx) => tx.query(removeChunk, [...scope, chunk]));
  }
  await withTenant(database, tenantId, async (tx) => {
    await tx.query('delete from import_problems where tenant_id = $1 and import_id = $2', scope);
    await tx.query(
      `delete from import_made m using imports i where m.tenant_id = $1 and m.import_id = $2 and i.tenant_id = $1 and i.id = $2
         and (not m.made or i.state = 'undone')`,
      scope,
    );
    await tx.query('update imports set rows_removed_at = $3 where tenant_id = $1 and id = $2', [
      ...scope,
      now(),
    ]);
  });
}

/** Records that were created, and are not undone, stay. */
const removeChunk = `delete from import_plan p where p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3
  and not (p.outcome = 'create' and exists (select from import_chunks c join imports i on i.tenant_id = $1 and i.id = $2
    where c.tenant_id = $1 and c.import_id = $2 and c.phase = 'commit' and c.chunk = $3 and i.state <> 'undone'))`;

interface Due {
  readonly tenantId: string;
  /** SQL over a run; `$1` is the tenant. */
  readonly due: string;
  /** From `$2` on. */
  readonly values: readonly unknown[];
}

async function inTurns(
  database: Database,
  { tenantId, due, values }: Due,
  work: (runs: readonly OldRun[]) => Promise<void>,
): Promise<number> {
  for (let done = 0; ; ) {
    const { rows: runs } = await withTenant(database, tenantId, (tx) =>
      tx.query<OldRun & Record<string, unknown>>(
        `select id, source from imports where tenant_id = $1 and ${due} order by id limit ${runsAtOnce}`,
        [tenantId, ...values],
      ),
    );
    if (runs.length > 0) await work(runs);
    done += runs.length;
    if (runs.length < runsAtOnce) return done;
  }
}
