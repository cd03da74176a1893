/**
 * Room for answers: each holds a connection to the database until its reader has taken the last byte. So a process
 * answers so many exports at once, and so many of one tenant, and who hardly takes anything is cut off.
 */
import type { Database } from '../database/connect.ts';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import type { ExportAsked } from './asked.ts';
import { type RunningExport, runExport } from './run-export.ts';

/** By tenant; of this process. */
const atWork = new Map<string, number>();
let all = 0;

const retryAfterSeconds = 5;

/**
 * As `runExport`, where there is room.
 *
 * @throws AppError `export.busy` where there is none.
 */
export async function runWhereRoom(database: Database, asked: ExportAsked): Promise<RunningExport> {
  const leave = enter(asked.tenant.id);
  try {
    const running = await runExport(database, asked);
    running.stream.once('close', leave);
    if (running.stream.destroyed) leave();
    else cutOffSlow(running);
    return running;
  } catch (error) {
    leave();
    throw error;
  }
}

const lookEveryMs = 1000;

/** The reader breaks off with `request.too_slow` when too little has left while there was something for him all the time. */
function cutOffSlow({ stream, bytes }: RunningExport): void {
  const { answerBytesPerSecondMin, answerGraceSeconds } = configuration().limits;
  const least = answerBytesPerSecondMin * answerGraceSeconds;
  let before = bytes();
  let looks = 0;
  const look = setInterval(() => {
    // Where nothing lies ready, he waits for the database.
    looks = stream.readableLength === 0 ? 0 : looks + 1;
    if (looks > 0 && looks < answerGraceSeconds) return;
    if (looks > 0 && bytes() - before < least)
      stream.destroy(
        new AppError(
          'request.too_slow',
          `The file was taken at less than ${answerBytesPerSecondMin} bytes a second.`,
        ),
      );
    looks = 0;
    before = bytes();
  }, lookEveryMs);
  stream.once('close', () => clearInterval(look));
}

/** @returns what gives the room back, once. */
function enter(tenantId: string): () => void {
  const { exportAnswersMax, tenantExportAnswersMax, appConnectionsMax } = configuration().limits;
  const own = atWork.get(tenantId) ?? 0;
  // Some connections are left for everything else.
  const most = Math.max(1, Math.min(exportAnswersMax, appConnectionsMax - 2));
  if (all >= most || own >= tenantExportAnswersMax) {
    const message = 'As many exports leave just now as may at once: try again, or ask for a file.';
    throw new AppError('export.busy', message, { retryAfterSeconds });
  }
  all += 1;
  atWork.set(tenantId, own + 1);
  let isInside = true;
  return () => {
    if (!isInside) return;
    isInside = false;
    all -= 1;
    const left = (atWork.get(tenantId) ?? 1) - 1;
    if (left === 0) atWork.delete(tenantId);
    else atWork.set(tenantId, left);
  };
}
