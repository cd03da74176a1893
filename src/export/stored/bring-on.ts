/** A worker's part in an export: it takes one, makes its file, and says in the history what became of it. */
import type { Database } from '../../database/connect.ts';
import { isConnectionLost, isTransient } from '../../database/failures.ts';
import { toJsonb } from '../../database/jsonb.ts';
import { throughOutages } from '../../database/retrying.ts';
import { withTenant } from '../../database/with-tenant.ts';
import type { FileStore } from '../../file-store/file-store.ts';
import { now } from '../../platform/clock.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { describeError, log } from '../../platform/log.ts';
import { presentPermissions } from '../../tenants/asker.ts';
import { findTenant, type Tenant } from '../../tenants/tenants.ts';
import type { ExportFailure } from '../history.ts';
import { withOwnFields } from '../own-fields.ts';
import { planExport } from '../snapshot.ts';
import { fileOf } from '../wanted.ts';
import { askedOf, type KeptAsk, readKept } from './ask.ts';
import { type ExportLease, giveBack, ownRow, ownValues, putOff, type Taken } from './lease.ts';
import { makeFile } from './make-file.ts';

/**
 * Never fails for what is wrong with one export: that stands in its row.
 *
 * @param stop leaves it to another process.
 * @returns whether it was brought to its end, good or bad.
 */
export async function bringOn(
  database: Database,
  files: FileStore,
  taken: Taken,
  stop: AbortSignal,
): Promise<boolean> {
  try {
    await make(database, files, taken, stop);
    log().info({ export: taken.lease.exportId }, 'the file of an export was made');
    return true;
  } catch (error) {
    return end(database, taken, error, stop);
  }
}

async function make(database: Database, files: FileStore, taken: Taken, stop: AbortSignal): Promise<void> {
  const { lease } = taken;
  assertNotTooOften(taken);
  const kept = readKept(taken.asked);
  const tenant = await throughOutages(database, () => findTenant(database, lease.tenantId));
  await throughOutages(database, () => assertStillMay(database, tenant, kept));
  const plan = planExport(
    await throughOutages(database, () => withOwnFields(database, askedOf(tenant, kept))),
  );
  const keepSeconds = tenant.settings.retention.exportDays * 86_400;
  const file = fileOf(plan.asked, now().slice(0, 10));
  await makeFile(database, files, { lease, plan, file, keepSeconds }, stop);
}

/** Of a file whose every worker dies, that may be the reason. */
function assertNotTooOften({ attempts }: Taken): void {
  const { exportAttemptsMax } = configuration().limits;
  if (attempts <= exportAttemptsMax) return;
  throw new AppError(
    'export.failed',
    `The file was begun ${exportAttemptsMax} times and never ended: ask for fewer records, or for the answer itself.`,
  );
}

/** @throws AppError `permission.missing` when who asked has lost the permission since, or is gone. */
async function assertStillMay(database: Database, tenant: Tenant, { wanted, asker }: KeptAsk): Promise<void> {
  const permissions = await presentPermissions(database, tenant, asker);
  if (permissions.has(`${wanted.dataset}:export`)) return;
  const who = asker.kind === 'key' ? 'The key that' : 'Who';
  throw new AppError(
    'permission.missing',
    `${who} asked for this export has no permission ${wanted.dataset}:export any more.`,
  );
}

async function end(
  database: Database,
  { lease, attempts }: Taken,
  error: unknown,
  stop: AbortSignal,
): Promise<boolean> {
  if (error instanceof AppError && error.code === 'export.lost') return false;
  if (stop.aborted) {
    await giveBack(database, lease);
    return false;
  }
  const { exportAttemptsMax, exportRetrySeconds } = configuration().limits;
  if (isPassing(error) && attempts < exportAttemptsMax) {
    log().warn(
      { export: lease.exportId, reason: describeError(error) },
      'a file could not be made; it is tried again',
    );
    await putOff(database, lease, exportRetrySeconds * 2 ** (attempts - 1));
    return false;
  }
  if (!(error instanceof AppError) && !isPassing(error))
    log().error({ err: error, export: lease.exportId }, 'a file could not be made by a bug of the program');
  await fail(database, lease, failureOf(error));
  return true;
}

function isPassing(error: unknown): boolean {
  if (error instanceof AppError)
    return error.code === 'file.store_unreachable' || error.code === 'database.unreachable';
  return isConnectionLost(error) || isTransient(error);
}

function failureOf(error: unknown): ExportFailure {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  if (isPassing(error))
    return { code: 'export.failed', message: 'The database broke off, each time that the file was begun.' };
  return { code: 'program.failed', message: 'The program failed, and it is not your fault.' };
}

async function fail(database: Database, lease: ExportLease, failure: ExportFailure): Promise<void> {
  await throughOutages(database, () =>
    withTenant(database, lease.tenantId, (tx) =>
      tx.query(
        `update exports set state = 'failed', failure = $4, finished_at = $5, asked = null, lease_token = null, lease_until = null,
           progress = null, progress_seq = progress_seq + 1 where ${ownRow}`,
        [...ownValues(lease), toJsonb(failure), now()],
      ),
    ),
  );
}
