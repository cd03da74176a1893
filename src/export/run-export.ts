/**
 * An export: records leave as a file, by stream. The way in one sentence: the query says what, the format makes texts
 * of it in SQL, the encoding makes bytes, and the history keeps what left.
 *
 *     const { stream, records } = await runExport(database, { tenant, dataset: customers, format: 'csv', … });
 *     stream.pipe(response);
 *
 * Count and rows are of one snapshot. Memory does not depend on how many there are. What is to become a file in the
 * file store instead is `storeExport`.
 */
import { AsyncResource } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../database/connect.ts';
import type { Profile } from '../field-types/field-type.ts';
import { describeError, log } from '../platform/log.ts';
import type { ExportAsked } from './asked.ts';
import { beginEntry, endEntry, entryOf, type NewExport } from './history.ts';
import { Meter, outgoing } from './outgoing.ts';
import { openSnapshot, planExport } from './snapshot.ts';

export interface RunningExport {
  readonly id: string;
  /** The file. When it breaks off it is destroyed with the reason: what was read until then is no whole file. */
  readonly stream: Readable;
  /** How many records it holds. */
  readonly records: number;
  /** Keys of fields that were asked for, and that the caller may not read. */
  readonly leftOut: readonly string[];
  readonly profile: Profile;
  /** Bytes that have left until now. */
  readonly bytes: () => number;
}

/**
 * Begins an export. Its history entry is there before the first byte, and is complete before the stream ends.
 *
 * @throws AppError `export.invalid`, `filter.invalid`, `permission.missing`; nothing has begun then.
 */
export async function runExport(database: Database, asked: ExportAsked): Promise<RunningExport> {
  const plan = planExport(asked);
  const entry = entryOf(plan);
  await beginEntry(database, entry);
  const leave = enter();
  const meter = new Meter();
  const snapshot = await openSnapshot(database, plan).catch((error: unknown) => {
    void noteBreak(database, entry, { records: 0, meter, reason: error }).finally(leave);
    throw error;
  });
  const { records } = snapshot;
  // The streams of the snapshot are within its transaction; what comes after them is not.
  const whole = AsyncResource.bind(async () => {
    await snapshot.over;
    await endEntry(database, entry, { state: 'done', records, ...meter.result() }).finally(leave);
  });
  const broken = AsyncResource.bind(async (reason: Error) => {
    if (!meter.isRead) await noteBreak(database, entry, { records, meter, reason });
    leave();
  });
  return {
    id: entry.id,
    stream: outgoing(snapshot, { take: (piece) => meter.take(piece), whole, broken }),
    records,
    leftOut: entry.leftOut,
    profile: plan.profile,
    bytes: () => meter.bytes,
  };
}

/** The reader has gone, or the database: what left is no whole file, and the history says so. */
function noteBreak(
  database: Database,
  entry: NewExport,
  { records, meter, reason }: { readonly records: number; readonly meter: Meter; readonly reason: unknown },
): Promise<void> {
  log().info({ export: entry.id, reason: describeError(reason) }, 'an export broke off');
  return endEntry(database, entry, { state: 'broken_off', records, ...meter.result() }).catch(
    (error: unknown) => {
      log().error({ export: entry.id, err: error }, 'the history of an export could not be completed');
    },
  );
}

/** Of this process: exports whose history is not complete. */
const underWay = new Set<Promise<void>>();

/** @returns what says that an export's history is. */
function enter(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  underWay.add(promise);
  return () => {
    underWay.delete(promise);
    resolve();
  };
}

/** For a process that ends: call it when its connections are closed, and before its database is. */
export async function exportsNoted({ msMax }: { readonly msMax: number }): Promise<void> {
  await Promise.race([Promise.all(underWay), pause(msMax, undefined, { ref: false })]);
}
