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
      const { made, delivered } = earlier(work, maker) ?? (await make(work, maker, signal));
      await deliverMade(work, { made, delivered, maker }, signal);
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

/** Files, and the places where they have arrived. */
type Handing = Pick<ScheduleRun, 'delivered'> & { readonly made: Made };

/**
 * What an earlier attempt has made is taken as it is, unless schedule or template say something else since, or it holds
 * what the maker may not read any more.
 */
function earlier({ run: { made, delivered }, schedule }: Work, { permissions }: Maker): Handing | undefined {
  if (made === null || made.madeFor !== writingOf(schedule)) return undefined;
  const readsAll = permissions === 'everything' || permissions.has(`${schedule.dataset}:read_sensitive`);
  return made.isSensitive && !readsAll ? undefined : { made, delivered };
}

/** Another one after each change of what is taken out, and where to. */
function writingOf({ updatedAt, templateUpdatedAt }: Schedule): string {
  return `${updatedAt}, ${templateUpdatedAt}`;
}

async function make(work: Work, maker: Maker, signal: AbortSignal): Promise<Handing> {
  const { carrier, tenant, schedule, lease, run } = work;
  const { database } = carrier;
  const { template, dataset } = await withTenant(database, tenant.id, async (tx) => ({
    template: await findTemplate(tx, schedule.templateId),
    dataset: await datasetWithin(tx, datasetOf(schedule.dataset)),
  }));
  const use = { tenant, dataset, ...maker, source: 'schedule' };
  const plan = planOf(template.name, wantedOf(template), use);
  const dueAt = new Date(run.dueAt).toISOString();
  const { baseline, ...files } = await makeParcel(carrier, { schedule, dueAt, plan }, signal);
  const made = { ...files, madeFor: writingOf(schedule) };
  await withTenant(database, tenant.id, (tx) =>
    writeRun(tx, lease, `made = $4, baseline = $5, delivered = '[]'`, [
      toJsonb(made),
      baseline === null ? null : toJsonb(baseline),
    ]),
  );
  return { made, delivered: [] };
}

async function deliverMade(
  { carrier, tenant, schedule, lease, run }: Work,
  { made, delivered, maker }: Handing & { readonly maker: Maker },
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
  const arrived = new Set(delivered);
  const arrive = async (place: string): Promise<void> => {
    arrived.add(place);
    await withTenant(carrier.database, tenant.id, (tx) =>
      writeRun(tx, lease, 'delivered = $4', [toJsonb([...arrived])]),
    );
  };
  await deliver(carrier, { parcel, destination, secret, arrived, arrive }, signal);
}
