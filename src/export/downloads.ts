/** Files of exports being taken from the file store: each time stands in the history and in the audit trail. */
import { Readable } from 'node:stream';
import type { Database } from '../database/connect.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import type { ByteRange, FileStore } from '../file-store/file-store.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import type { ExportEntry } from './history.ts';
import { fileThere, gone } from './kept-file.ts';
import { note } from './trail.ts';

/** Who takes a file: a member or a key, whoever has a link, or neither at the command line. */
export interface Taker {
  readonly by: string | null;
  readonly linkId: string | null;
}

interface BegunDownload {
  readonly id: string;
  readonly entry: ExportEntry;
  readonly taker: Taker;
  readonly range: ByteRange;
}

/**
 * @param range the part that is wanted; all of it unless said. Its places lie within the file.
 * @returns the bytes. That they were taken is in the history before the first leaves, and how many before the stream ends.
 * @throws AppError `export.move`, `export.gone`, `file.store_unreachable`
 */
export async function download(
  database: Database,
  files: FileStore,
  entry: ExportEntry,
  taker: Taker,
  range?: ByteRange,
): Promise<Readable> {
  const { key } = fileThere(entry);
  const source = await files.read(key, range).catch((error: unknown) => {
    throw error instanceof AppError && error.code === 'file.not_found' ? gone() : error;
  });
  const begun = { id: newId(), entry, taker, range: range ?? { first: 0, last: bytesOf(entry) - 1 } };
  try {
    await beginDownload(database, begun);
  } catch (error) {
    source.destroy();
    throw error;
  }
  return counted(database, begun, source);
}

export function bytesOf({ bytes }: ExportEntry): number {
  return bytes ?? 0;
}

/** So little is given on at a time: what was not asked for was not taken. */
const pieceBytes = 64 * 1024;

function counted(database: Database, begun: BegunDownload, source: Readable): Readable {
  return Readable.from(countedPieces(database, begun, source), {
    objectMode: false,
    highWaterMark: pieceBytes,
  });
}

async function* countedPieces(
  database: Database,
  begun: BegunDownload,
  source: Readable,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let isEnded = false;
  try {
    for await (const piece of source as AsyncIterable<Buffer>) {
      for (let at = 0; at < piece.length; at += pieceBytes) {
        const part = piece.subarray(at, at + pieceBytes);
        yield part;
        bytes += part.length;
      }
    }
    isEnded = true;
    await endDownload(database, begun, bytes);
  } finally {
    if (!isEnded) await noteBreak(database, begun, bytes);
  }
}

/** Whoever took it has gone, or the store. */
async function noteBreak(database: Database, begun: BegunDownload, bytes: number): Promise<void> {
  await endDownload(database, begun, bytes).catch((error: unknown) => {
    log().error({ export: begun.entry.id, err: error }, 'the history of a download could not be completed');
  });
}

function beginDownload(database: Database, { id, entry, taker, range }: BegunDownload): Promise<unknown> {
  return withTenant(database, entry.tenantId, (tx) =>
    tx.query(
      `insert into export_downloads (tenant_id, id, export_id, link_id, taken_by, begun_at, first_byte, last_byte, is_whole)
       values ($1, $2, $3, $4, $5, $6, $7, $8, false)`,
      [entry.tenantId, id, entry.id, taker.linkId, taker.by, now(), range.first, range.last],
    ),
  );
}

async function endDownload(
  database: Database,
  { id, entry, taker }: BegunDownload,
  bytes: number,
): Promise<void> {
  const at = now();
  const complete = bytes === bytesOf(entry);
  await withTenant(database, entry.tenantId, async (tx) => {
    await tx.query(
      'update export_downloads set ended_at = $3, bytes = $4, is_whole = $5 where tenant_id = $1 and id = $2',
      [entry.tenantId, id, at, bytes, complete],
    );
    await note(tx, {
      action: 'export.download',
      subjectId: entry.id,
      detail: { dataset: entry.dataset, complete, bytes, sha256: entry.sha256, link: taker.linkId },
      actor: taker.by,
      at,
    });
  });
}

export interface Download {
  readonly id: string;
  readonly linkId: string | null;
  readonly by: string | null;
  readonly begunAt: string;
  /** Null while it goes on, and for ever when its process was killed. */
  readonly endedAt: string | null;
  readonly firstByte: number;
  readonly lastByte: number;
  readonly bytes: number | null;
  readonly isWhole: boolean;
}

/** @param before the id of one: those before it. @returns them, newest first. */
export async function listDownloads(
  tx: TenantTransaction,
  {
    exportId,
    limit,
    before,
  }: { readonly exportId: string; readonly limit: number; readonly before?: string | undefined },
): Promise<readonly Download[]> {
  const { rows } = await tx.query<Download>(
    `select id, link_id as "linkId", taken_by as by, begun_at as "begunAt", ended_at as "endedAt", first_byte as "firstByte",
       last_byte as "lastByte", bytes, is_whole as "isWhole"
     from export_downloads where tenant_id = $1 and export_id = $2 and ($4::uuid is null or id < $4) order by id desc limit $3`,
    [tx.tenantId, exportId, limit, before ?? null],
  );
  return rows;
}
