/**
 * Room for answers: each holds a connection to the database until its reader has taken the last byte, however slow he
 * is. So a process answers so many exports at once, and so many of one tenant.
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
    return running;
  } catch (error) {
    leave();
    throw error;
  }
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
