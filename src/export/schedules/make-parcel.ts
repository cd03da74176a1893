/** Makes the files of a run: the records, and where it follows changes, those that are gone. */
import { withTenant } from '../../database/with-tenant.ts';
import { now } from '../../platform/clock.ts';
import { slugFrom } from '../../tenants/tenants.ts';
import type { ExportAsked } from '../asked.ts';
import type { Carrier } from '../deliver/carrier.ts';
import type { Destination } from '../deliver/destination.ts';
import type { ParcelFile } from '../deliver/parcel.ts';
import { endingOf } from '../encode.ts';
import type { ExportPlan } from '../snapshot.ts';
import { storeExport } from '../stored-export.ts';
import { assertFollowable, type Baseline, changesSince, mayFollow, takeBaseline } from './baseline.ts';
import { changedRoot } from './changes.ts';
import { goneOf } from './gone.ts';
import type { Made } from './run.ts';
import type { Schedule } from './schedule.ts';

export interface MadeRun extends Omit<Made, 'madeFor'> {
  /** For the next run; null where all records are taken out each time. */
  readonly baseline: Baseline | null;
}

interface Making {
  readonly schedule: Schedule;
  /** ISO 8601. */
  readonly dueAt: string;
  readonly plan: ExportPlan;
}

/** @throws AppError as `storeExport` does; the signal's reason. */
export async function makeParcel(carrier: Carrier, making: Making, signal: AbortSignal): Promise<MadeRun> {
  const { schedule, plan } = making;
  const isSensitive = plan.isSensitive();
  const store = (asked: ExportAsked, role: ParcelFile['role']): Promise<ParcelFile> =>
    storeFile(carrier, making, { asked, role }, signal);
  if (schedule.mode === 'whole')
    return { contents: 'all', isSensitive, files: [await store(plan.asked, 'records')], baseline: null };
  assertFollowable(plan.asked);
  // In a transaction of its own, so that it is older than whatever the files see.
  const baseline = await withTenant(carrier.database, plan.asked.tenant.id, (tx) =>
    takeBaseline(tx, plan, now()),
  );
  if (!mayFollow(schedule.baseline, baseline))
    return { contents: 'all', isSensitive, files: [await store(plan.asked, 'records')], baseline };
  const changes = changesSince(plan, schedule.baseline.horizon);
  const records = await store({ ...plan.asked, root: changedRoot(changes) }, 'records');
  // Later than the changed records, so that what is deleted meanwhile is in both and not in neither.
  const gone = await store(goneOf(plan.asked, changes), 'gone');
  return { contents: 'changes', isSensitive, files: [records, gone], baseline };
}

async function storeFile(
  { database, files }: Carrier,
  { schedule, dueAt }: Making,
  { asked, role }: { readonly asked: ExportAsked; readonly role: ParcelFile['role'] },
  signal: AbortSignal,
): Promise<ParcelFile> {
  const moment = dueAt.replace(/\.000Z$/, 'Z').replaceAll(':', '-');
  const slug = slugFrom(schedule.name) || 'export';
  const fileName = `${slug}-${moment}${role === 'gone' ? '-gone' : ''}${endingOf(asked)}`;
  const stored = await storeExport(
    database,
    files,
    { ...asked, fileName, ...keeping(schedule.destination) },
    signal,
  );
  // Two schedules may share a slug, and never the end of their ids.
  return { ...stored, role, place: `${slug}-${schedule.id.slice(-8)}/${fileName}` };
}

const hourSeconds = 3600;
const daySeconds = 24 * hourSeconds;

/** A file is kept for as long as its links are good, and as attempts to deliver it may take. */
function keeping(destination: Destination): { readonly keepSeconds?: number } {
  if ('link_hours' in destination) return { keepSeconds: destination.link_hours * hourSeconds + daySeconds };
  if (destination.kind === 's3') return { keepSeconds: 2 * daySeconds };
  return destination.keep_days === undefined ? {} : { keepSeconds: destination.keep_days * daySeconds };
}
