/**
 * The worker of schedules: looks now and then for those that are due, for runs to be tried again and for runs whose
 * process is gone, in every tenant, and brings them on. Any number of workers may look.
 */
import { throughOutages } from '../../database/retrying.ts';
import { configuration } from '../../platform/config.ts';
import { log } from '../../platform/log.ts';
import { listTenants } from '../../tenants/tenants.ts';
import type { Carrier } from '../deliver/carrier.ts';
import { carryOut } from './carry-out.ts';
import { beginDue } from './due.ts';
import { type LeasedRun, takeRun } from './lease.ts';
import { removeOld } from './retention.ts';

export interface ScheduleWorkerOptions {
  /** Ends the worker: runs are given back, for others. */
  readonly stop: AbortSignal;
  /** End as soon as nothing is due and nothing is at work here. */
  readonly untilIdle?: boolean;
}

const tidyEveryMs = 3_600_000;

/** @returns how many runs it brought to their end, when it has stopped and given back those that had not come to it. */
export async function workOnSchedules(
  carrier: Carrier,
  { stop, untilIdle = false }: ScheduleWorkerOptions,
): Promise<number> {
  const atWork = new Map<Promise<void>, string>();
  let ended = 0;
  let latest = '';
  const begin = (taken: LeasedRun): void => {
    const ends = bringOn(carrier, taken, stop).then((isOver) => {
      if (isOver) ended += 1;
      atWork.delete(ends);
    });
    latest = taken.lease.tenantId;
    atWork.set(ends, latest);
  };
  /** Receivers that take their time keep no other tenant's files waiting. */
  const hasRoom = (tenantId: string): boolean => {
    const { workerSchedules } = configuration().limits;
    const own = [...atWork.values()].filter((id) => id === tenantId).length;
    return atWork.size < workerSchedules && own < Math.ceil(workerSchedules / 2) && !stop.aborted;
  };
  let tidiedAt = Number.NEGATIVE_INFINITY;
  while (!stop.aborted) {
    try {
      const isIdle = await look(carrier, { latest, hasRoom, begin });
      if (untilIdle && isIdle && atWork.size === 0) break;
      if (performance.now() - tidiedAt > tidyEveryMs) {
        tidiedAt = performance.now();
        await removeOld(carrier.database);
      }
    } catch (error) {
      log().warn({ err: error }, 'schedules could not be looked at; they are the next time');
    }
    await pause([...atWork.keys()], stop);
  }
  await Promise.all(atWork.keys());
  return ended;
}

interface Room {
  /** The tenant of whom something was begun last: the others come before him. */
  readonly latest: string;
  hasRoom(tenantId: string): boolean;
  begin(taken: LeasedRun): void;
}

/** @returns whether there was nothing to begin. */
async function look(carrier: Carrier, { latest, hasRoom, begin }: Room): Promise<boolean> {
  const { database } = carrier;
  const tenants = await throughOutages(database, () => listTenants(database));
  const turn = tenants.findIndex(({ id }) => id === latest) + 1;
  let isIdle = true;
  for (const { id } of [...tenants.slice(turn), ...tenants.slice(0, turn)]) {
    await throughOutages(database, () => beginDue(database, id));
    const taken = hasRoom(id) ? await throughOutages(database, () => takeRun(database, id)) : null;
    if (taken === null && hasRoom(id)) continue;
    isIdle = false;
    if (taken !== null) begin(taken);
  }
  return isIdle;
}

/**
 * A run at which the program fails must not end the worker; it is free again when its lease is over.
 *
 * @returns whether it has come to its end.
 */
async function bringOn(carrier: Carrier, taken: LeasedRun, stop: AbortSignal): Promise<boolean> {
  try {
    const { state } = await carryOut(carrier, taken, stop);
    log().info({ run: taken.run.id, state }, 'a run of a schedule was brought on');
    return state !== 'waiting';
  } catch (error) {
    log().warn({ err: error, run: taken.run.id }, 'a run of a schedule could not be brought on');
    return false;
  }
}

/** Until it is time to look again, one of the runs at work has ended, or the worker is to stop. */
async function pause(atWork: readonly Promise<void>[], stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, configuration().limits.scheduleLookSeconds * 1000);
  const end = (): void => over.resolve();
  stop.addEventListener('abort', end, { once: true });
  await Promise.race([over.promise, ...atWork]);
  clearTimeout(timer);
  stop.removeEventListener('abort', end);
}
