/**
 * One run of a schedule: make its files, deliver them, and say how it ended. It may be killed anywhere: whoever takes it
 * over makes the files where they are not there yet, and delivers them where they have not arrived.
 */

import { toJsonb } from '../../database/jsonb.ts';
import { throughOutages } from '../../database/retrying.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { datasetWithin } from '../../datasets/custom/tenant-dataset.ts';
import { dataset as datasetOf } from '../../datasets/registry.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { findTenant, type Tenant } from '../../tenants/tenants.ts';
import type { Carrier } from '../deliver/carrier.ts';
import { deliver } from '../deliver/deliver.ts';
import type { Parcel } from '../deliver/parcel.ts';
import { findTemplate } from '../templates/template.ts';
import { planOf, wantedOf } from '../templates/use.ts';
import { type LeasedRun, type RunLease, whileLeased, writeRun } from './lease.ts';
import { makeParcel } from './make-parcel.ts';
import { type Ended, endRun, failRun, giveBackRun } from './outcome.ts';
import type { Made, ScheduleRun } from './run.ts';
import { type Maker, makerOf } from './runs-as.ts';
import { findSchedule, type Schedule } from './schedule.ts';

/**
 * @param stop gives the run back, for another worker.
 * @returns how it stands now. Nothing that goes wrong with the run is thrown: it is in its history.
 * @throws AppError `schedule.lost` when it is somebody else's by now.
 */
export async function carryOut(
  carrier: Carrier,
  { lease, run }: LeasedRun,
  stop: AbortSignal,
): Promise<Ended> {
  const { database } = carrier;
  const tenant = await findTenant(database, lease.tenantId);
  const schedule = await withTenant(database, tenant.id, (tx) => findSchedule(tx, run.scheduleId));
  const work: Work = { carrier, tenant, schedule, lease, run };
  return whileLeased(database, lease, stop, async (signal) => {
    try {
      assertSurvivable(run);
      const maker = await makerOf(database, tenant, schedule);
      const made = await madeFor(work, maker, signal);
      await deliverMade(work, { made, maker }, signal);
      return await throughOutages(database, () => endRun(database, work, made));
    } catch (error) {
      if (stop.aborted) return giveBackRun(database, lease);
      signal.throwIfAborted();
      return failRun(carrier, work, error);
    }
  });
}

/** A process that dies of a run says nothing of it: so that it does not kill every worker in turn, attempts are counted. */
function assertSurvivable({ attempts }: ScheduleRun): void {
  if (attempts > configuration().limits.scheduleAttemptsMax)
    throw new AppError('export.failed', 'Whatever process worked on the run has died.');
}

interface Work {
  readonly carrier: Carrier;
  readonly tenant: Tenant;
  readonly schedule: Schedule;
  readonly lease: RunLease;
  readonly run: ScheduleRun;
}

/** What an earlier attempt has made is taken as it is. */
async function madeFor(work: Work, maker: Maker, signal: AbortSignal): Promise<Made> {
  const { carrier, tenant, schedule, lease, run } = work;
  if (run.made !== null) return run.made;
  const { database } = carrier;
  const { template, dataset } = await withTenant(database, tenant.id, async (tx) => ({
    template: await findTemplate(tx, schedule.templateId),
    dataset: await datasetWithin(tx, datasetOf(schedule.dataset)),
  }));
  const use = { tenant, dataset, ...maker, source: 'schedule' };
  const plan = planOf(template.name, wantedOf(template), use);
  const dueAt = new Date(run.dueAt).toISOString();
  const { baseline, ...made } = await makeParcel(carrier, { schedule, dueAt, plan }, signal);
  await withTenant(database, tenant.id, (tx) =>
    writeRun(tx, lease, 'made = $4, baseline = $5', [
      toJsonb(made),
      baseline === null ? null : toJsonb(baseline),
    ]),
  );
  return made;
}

async function deliverMade(
  { carrier, tenant, schedule, lease, run }: Work,
  { made, maker }: { readonly made: Made; readonly maker: Maker },
  signal: AbortSignal,
): Promise<void> {
  const { destination, secret, dataset } = schedule;
  const parcel: Parcel = {
    ...made,
    tenant,
    schedule: { id: schedule.id, name: schedule.name },
    id: run.id,
    dueAt: new Date(run.dueAt).toISOString(),
    createdAt: new Date(run.createdAt).toISOString(),
    dataset,
    by: maker.by,
  };
  const arrived = new Set(run.delivered);
  const arrive = async (place: string): Promise<void> => {
    arrived.add(place);
    await withTenant(carrier.database, tenant.id, (tx) =>
      writeRun(tx, lease, 'delivered = $4', [toJsonb([...arrived])]),
    );
  };
  await deliver(carrier, { parcel, destination, secret, arrived, arrive }, signal);
}
