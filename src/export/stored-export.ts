/**
 * Exports that become a file in the file store, to be taken later by whoever may. Here the process that is asked makes
 * the file itself; `stored/` has those that wait for a worker.
 */
import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import type { FileStore } from '../file-store/file-store.ts';
import { now } from '../platform/clock.ts';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { describeError, log } from '../platform/log.ts';
import type { ExportAsked } from './asked.ts';
import { appendOutcome, type ExportEntry, entryOf, insertEntry, type NewExport } from './history.ts';
import { planExport } from './snapshot.ts';
import { type ExportLease, newLease, ownRow, ownValues } from './stored/lease.ts';
import { makeFile } from './stored/make-file.ts';
import { fileOf } from './wanted.ts';

export interface StoredExport {
  readonly id: string;
  /** In the file store. */
  readonly fileKey: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly records: number;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Keys of fields that were asked for, and that the caller may not read. */
  readonly leftOut: readonly string[];
  /** Until when the file is kept; null: without an end. */
  readonly expiresAt: string | null;
}

/**
 * Runs an export to its end into the file store, in this process: the file is there whole or not at all. It stands in
 * the history from the beginning, and broken off there when this process dies.
 *
 * @param asked `fileName` in the place of its usual name; `keepSeconds` in the place of what the tenant has set.
 * @param signal breaks it off.
 * @throws AppError `export.invalid`, `filter.invalid`, `permission.missing`; `export.lost` when somebody cancels it;
 *   `file.too_large`, `file.store_unreachable`; the signal's reason.
 */
export async function storeExport(
  database: Database,
  files: FileStore,
  asked: ExportAsked & { readonly fileName?: string; readonly keepSeconds?: number },
  signal: AbortSignal = new AbortController().signal,
): Promise<StoredExport> {
  signal.throwIfAborted();
  const plan = planExport(asked);
  const entry = entryOf(plan);
  const lease = newLease(asked.tenant.id, entry.id);
  await begin(database, entry, lease);
  const usual = fileOf(asked, now().slice(0, 10));
  const file = { ...usual, name: asked.fileName ?? usual.name };
  const keepSeconds = asked.keepSeconds ?? asked.tenant.settings.retention.exportDays * 86_400;
  try {
    return storedOf(await makeFile(database, files, { lease, plan, file, keepSeconds }, signal));
  } catch (error) {
    if (!isLost(error)) await breakOff(database, entry, lease);
    throw error;
  }
}

function storedOf({ id, file, records, bytes, sha256, leftOut }: ExportEntry): StoredExport {
  if (file === null || records === null || bytes === null || sha256 === null)
    throw new Error('An export that is done has a file.');
  const { key: fileKey, name: fileName, mediaType, expiresAt } = file;
  return { id, fileKey, fileName, mediaType, records, bytes, sha256, leftOut, expiresAt };
}

/** Nobody else takes it over: what is to be made of it is known to this process alone. */
async function begin(database: Database, entry: NewExport, lease: ExportLease): Promise<void> {
  await withTenant(database, entry.tenantId, async (tx) => {
    await insertEntry(tx, entry, 'running');
    await tx.query(
      `update exports set made_as = 'file', attempts = 1, lease_token = $3, leases = array[$3::uuid],
         lease_until = clock_timestamp() + make_interval(secs => $4) where tenant_id = $1 and id = $2`,
      [tx.tenantId, entry.id, lease.token, configuration().limits.leaseSeconds],
    );
  });
}

function isLost(error: unknown): boolean {
  return error instanceof AppError && error.code === 'export.lost';
}

/** What cannot be said now is said by a worker, when the lease is over. */
async function breakOff(database: Database, entry: NewExport, lease: ExportLease): Promise<void> {
  const at = now();
  const outcome = { state: 'broken_off', records: null, bytes: null, sha256: null } as const;
  await withTenant(database, entry.tenantId, async (tx) => {
    const { rowCount } = await tx.query(
      `update exports set state = 'broken_off', finished_at = $4, lease_token = null, lease_until = null, progress = null,
         progress_seq = progress_seq + 1 where ${ownRow}`,
      [...ownValues(lease), at],
    );
    if (rowCount === 1) await appendOutcome(tx, 'export.store', entry, outcome, at);
  }).catch((error: unknown) => {
    log().warn({ export: entry.id, reason: describeError(error) }, 'an export could not be ended');
  });
}
