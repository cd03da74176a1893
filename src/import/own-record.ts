/**
 * A customer imports his own record: a file of one row, which finds that very record by its number, its e-mail or
 * another key. The run goes the way of every import, with a look at its mapping and at its plan in between: columns of
 * fields that are not his to write are left out, and a plan for anything but his record is never carried out.
 */
import { ownFields, ownRecordOf } from '../customers/own-record.ts';
import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import { AppError } from '../platform/errors.ts';
import { cancelRun } from './cancel.ts';
import { driveRun } from './drive.ts';
import { leftOut, type Mapping } from './mapping/mapping.ts';
import { askCheck, askCommit, putMapping } from './review.ts';
import type { ImportRun } from './run.ts';

export interface OwnImport {
  readonly tenantId: string;
  readonly userId: string;
  /** The member. */
  readonly by: string;
  /** Brings the file in. @returns the id of its run, which is to rest when its columns are mapped. */
  readonly take: () => Promise<string>;
}

/** @returns the run at rest. @throws AppError `permission.missing` for a file of anything else; nothing is written. */
export async function importOwnRecord(database: Database, own: OwnImport): Promise<ImportRun> {
  const { tenantId, userId, by } = own;
  const recordId = await withTenant(database, tenantId, (tx) => ownRecordOf(tx, userId));
  if (recordId === null) throw refused('there is none of yours here');
  const asked = { tenantId, importId: await own.take(), by };
  const mapped = await driveRun(database, asked);
  if (mapped.mapping === null || mapped.state !== 'mapped') return mapped;
  try {
    await putMapping(database, asked, { mapping: ownColumns(mapped, mapped.mapping) });
    await askCheck(database, asked);
    const checked = await driveRun(database, asked);
    if (checked.state !== 'checked') return checked;
    await assertOwn(database, checked, recordId);
    await askCommit(database, asked);
  } catch (error) {
    if (error instanceof AppError) await cancelRun(database, tenantId, asked.importId, by);
    throw error;
  }
  return driveRun(database, asked);
}

/** Keys by which a row finds its record are read, and may not be changed. */
function ownColumns({ dataset }: ImportRun, mapping: Mapping): Mapping {
  const isOwn = (field: string): boolean => ownFields.has(field) || dataset.matchKeys.includes(field);
  const columns = mapping.columns.map((entry) =>
    entry.field === null || isOwn(entry.field)
      ? entry
      : leftOut(entry.column, 'Customers do not write this field themselves.'),
  );
  const keys = dataset.matchKeys.filter((key) => !ownFields.has(key));
  const mappedKeys = keys.filter((key) => columns.some(({ field }) => field === key));
  return {
    ...mapping,
    columns,
    write: { ...mapping.write, ...Object.fromEntries(mappedKeys.map((key) => [key, 'never' as const])) },
  };
}

/** A row that is invalid has no plan, and nothing is written for it. */
async function assertOwn(database: Database, run: ImportRun, recordId: string): Promise<void> {
  if (run.rowsRead !== 1) throw refused(`the file has ${run.rowsRead ?? 0} rows, and yours is one`);
  const { rows } = await withTenant(database, run.tenantId, (tx) =>
    tx.query<{ record_id: string | null; code: string | null }>(
      'select record_id, code from import_plan where tenant_id = $1 and import_id = $2',
      [run.tenantId, run.id],
    ),
  );
  // What another record is known by is not told to him either.
  if (rows.some(({ record_id, code }) => record_id !== recordId || code === 'match.conflict'))
    throw refused('the row has to name it, by its e-mail or its customer number');
}

function refused(why: string): AppError {
  return new AppError('permission.missing', `You may import your own record only: ${why}.`);
}
