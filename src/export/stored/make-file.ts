/**
 * Makes the file of an export, in the file store, under a lease. It counts only when the export's row says so, which
 * one statement does: until then the file is there for nobody, and afterwards it is there whole.
 */
import { AsyncResource } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import type { Database } from '../../database/connect.ts';
import { throughOutages } from '../../database/retrying.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import type { FileStore, StoredFile } from '../../file-store/file-store.ts';
import { now } from '../../platform/clock.ts';
import { describeError, log } from '../../platform/log.ts';
import { appendOutcome, type ExportEntry, entryColumns, fieldsOf } from '../history.ts';
import { outgoing } from '../outgoing.ts';
import { type ExportPlan, openSnapshot, type Snapshot } from '../snapshot.ts';
import { type ExportLease, fileKeyOf, ownRow, ownValues } from './lease.ts';
import { lostTo, type Making, whileHeld } from './progress.ts';

export interface FileToMake {
  readonly lease: ExportLease;
  readonly plan: ExportPlan;
  readonly file: { readonly name: string; readonly mediaType: string };
  /** From the moment it is there. */
  readonly keepSeconds: number;
}

/**
 * @param signal breaks it off, and nothing is left of the file.
 * @returns the export, with its file.
 * @throws AppError `export.lost` when the export was cancelled, or is another process's by now; `file.too_large`,
 *   `file.store_unreachable`; the signal's reason.
 */
export async function makeFile(
  database: Database,
  files: FileStore,
  making: FileToMake,
  signal: AbortSignal,
): Promise<ExportEntry> {
  const { lease, plan } = making;
  let known: Making | undefined;
  return whileHeld(
    database,
    lease,
    () => known,
    async (lost) => {
      const ended = AbortSignal.any([signal, lost]);
      try {
        const snapshot = await openSnapshot(database, plan, ended);
        const sent = { bytes: 0 };
        known = {
          recordsTotal: snapshot.records,
          backend: snapshot.backend ?? 0,
          bytes: () => sent.bytes,
        };
        const stored = await files.put(fileKeyOf(lease), streamOf(snapshot, sent, ended));
        return await keepFile(database, files, making, { ...stored, records: snapshot.records });
      } catch (error) {
        // Whatever the database or the store said of it: that it was to end is the reason.
        throw ended.aborted ? ended.reason : error;
      }
    },
  );
}

function streamOf(snapshot: Snapshot, sent: { bytes: number }, ended: AbortSignal): Readable {
  const whole = AsyncResource.bind(() => snapshot.over);
  const stream = outgoing(snapshot, {
    take: (piece) => {
      sent.bytes += piece.length;
    },
    whole,
    // Who stores the stream hears of it.
    broken: () => {},
  });
  // The store may not have begun to read it when it breaks off; it is told of it all the same.
  stream.on('error', () => {});
  const end = (): void => void stream.destroy(ended.reason);
  ended.addEventListener('abort', end, { once: true });
  stream.once('close', () => ended.removeEventListener('abort', end));
  if (ended.aborted) end();
  return stream;
}

/** @throws AppError `export.lost`; the file is removed then. */
async function keepFile(
  database: Database,
  files: FileStore,
  making: FileToMake,
  stored: StoredFile & { readonly records: number },
): Promise<ExportEntry> {
  const kept = await throughOutages(database, () => writeKept(database, making, stored));
  if (kept === null) {
    await removeQuietly(files, making.lease);
    throw lostTo();
  }
  return kept;
}

/** The second time, after a connection that was lost, it may find that the first has gone through. */
async function writeKept(
  database: Database,
  { lease, plan, file, keepSeconds }: FileToMake,
  { records, bytes, sha256 }: StoredFile & { readonly records: number },
): Promise<ExportEntry | null> {
  const at = now();
  const expiresAt = new Date(Date.parse(at) + keepSeconds * 1000).toISOString();
  // What "all" or the usual fields are may have changed since it was asked for.
  const { fields, leftOut } = fieldsOf(plan.query);
  return withTenant(database, lease.tenantId, async (tx) => {
    const { rows } = await tx.query<ExportEntry>(
      `update exports e set state = 'done', records = $4, bytes = $5, sha256 = $6, file_key = $7, file_name = $8, media_type = $9,
         expires_at = $10, finished_at = $11, is_sensitive = $12, fields = $13, fields_left_out = $14, asked = null, lease_token = null, lease_until = null, progress = null,
         progress_seq = progress_seq + 1
       where ${ownRow} returning ${entryColumns}`,
      [
        ...ownValues(lease),
        records,
        bytes,
        sha256,
        fileKeyOf(lease),
        file.name,
        file.mediaType,
        expiresAt,
        at,
        plan.isSensitive(),
        fields,
        leftOut,
      ],
    );
    const [entry] = rows;
    if (entry === undefined) return keptBefore(tx, lease);
    await appendOutcome(tx, 'export.store', entry, { state: 'done', records, bytes, sha256 }, at);
    return entry;
  });
}

async function keptBefore(tx: TenantTransaction, lease: ExportLease): Promise<ExportEntry | null> {
  const { rows } = await tx.query<ExportEntry>(
    `select ${entryColumns} from exports e where e.tenant_id = $1 and e.id = $2 and e.file_key = $3`,
    [lease.tenantId, lease.exportId, fileKeyOf(lease)],
  );
  return rows[0] ?? null;
}

/** What cannot be removed now is removed with everything else of the export, when its time is over. */
async function removeQuietly(files: FileStore, lease: ExportLease): Promise<void> {
  await files.remove(fileKeyOf(lease)).catch((error: unknown) => {
    log().info(
      { export: lease.exportId, reason: describeError(error) },
      'a file that is nobody’s stays a while',
    );
  });
}
