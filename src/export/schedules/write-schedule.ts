/** Making, changing, pausing and removing schedules; each leaves an entry in the audit trail. */
import type { Database } from '../../database/connect.ts';
import { toJsonb } from '../../database/jsonb.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { datasetWithin } from '../../datasets/custom/tenant-dataset.ts';
import { dataset as datasetOf } from '../../datasets/registry.ts';
import { now } from '../../platform/clock.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Permission } from '../../tenants/permissions.ts';
import type { Tenant } from '../../tenants/tenants.ts';
import {
  assertDeliverable,
  type Destination,
  type Kept,
  keptDestination,
  type NewDestination,
} from '../deliver/destination.ts';
import { assertRecipients } from '../deliver/recipients.ts';
import { keptName, refuseTaken } from '../templates/names.ts';
import { findTemplate, type Template } from '../templates/template.ts';
import { planOf, wantedOf } from '../templates/use.ts';
import { note } from '../trail.ts';
import { assertFollowable } from './baseline.ts';
import { cronIn } from './cron.ts';
import { actorOf, findSchedule, type Mode, type RunsAs, runsAsColumns, type Schedule } from './schedule.ts';

export interface NewSchedule {
  readonly name: string;
  /** An id, or a name. */
  readonly template: string;
  readonly cron: string;
  /** The tenant's unless said. */
  readonly timezone?: string | undefined;
  readonly mode: Mode;
  readonly destination: NewDestination;
}

export type ScheduleChange = { readonly [Name in keyof NewSchedule]?: NewSchedule[Name] | undefined };

/** Who writes it: from then on it runs as him. */
export interface Writer {
  readonly runsAs: RunsAs;
  readonly permissions: ReadonlySet<Permission> | 'everything';
}

export interface Written {
  readonly schedule: Schedule;
  /** The secret by which a webhook's signature is checked; in this answer and nowhere else. */
  readonly secret: string | null;
}

/** @throws AppError `schedule.invalid`, `schedule.exists`, `template.not_found`, `template.invalid`, `permission.missing`, `delivery.address` */
export async function createSchedule(
  database: Database,
  tenant: Tenant,
  wanted: NewSchedule,
  writer: Writer,
): Promise<Written> {
  const id = newId();
  const at = now();
  const { timezone = tenant.timezone, cron, mode } = wanted;
  const { name, norm } = keptName(wanted.name, 'schedule');
  const nextAt = nextOf(cron, timezone, at);
  const kept = await keptDestination(wanted.destination, id);
  return withTenant(database, tenant.id, async (tx) => {
    await assertRoom(tx);
    const template = await findTemplate(tx, wanted.template);
    await assertPossible(tx, tenant, { template, mode, destination: kept.destination }, writer);
    const { runsAs } = writer;
    await tx
      .query(
        `insert into export_schedules (tenant_id, id, name, name_norm, template_id, cron, timezone, mode, destination, secret,
           runs_as, runs_as_id, runs_as_user, next_at, created_by, created_at, updated_by, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $12, $15, $12, $15)`,
        [
          tenant.id,
          id,
          name,
          norm,
          template.id,
          cron.trim(),
          timezone,
          mode,
          toJsonb(kept.destination),
          kept.secret,
          ...runsAsColumns(runsAs),
          nextAt,
          at,
        ],
      )
      .catch(refuseTaken(name, 'schedule'));
    const schedule = await findSchedule(tx, id);
    await note(tx, { action: 'schedule.create', ...subjectOf(schedule), actor: actorOf(runsAs), at });
    return { schedule, secret: kept.shown };
  });
}

/**
 * Replaces what is given. From then on it runs as who changed it. Where it takes out something else, or takes it
 * elsewhere, its next run is whole.
 *
 * @throws AppError as `createSchedule` does, and `schedule.not_found`.
 */
export async function changeSchedule(
  database: Database,
  tenant: Tenant,
  id: string,
  change: ScheduleChange,
  writer: Writer,
): Promise<Written> {
  const kept = change.destination === undefined ? null : await keptDestination(change.destination, id);
  const at = now();
  return withTenant(database, tenant.id, async (tx) => {
    const before = await locked(tx, id);
    const template = await findTemplate(tx, change.template ?? before.templateId);
    const after = merged(before, change, kept);
    await assertPossible(tx, tenant, { ...after, template }, writer);
    const isFollowed =
      kept === null &&
      template.id === before.templateId &&
      after.mode === before.mode &&
      after.mode === 'changed';
    const nextAt = before.pausedAt === null ? nextOf(after.cron, after.timezone, at) : null;
    await tx
      .query(
        `update export_schedules set name = $3, name_norm = $4, template_id = $5, cron = $6, timezone = $7, mode = $8, destination = $9,
           secret = $10, runs_as = $11, runs_as_id = $12, runs_as_user = $13, next_at = $14,
           baseline = case when $16::boolean then baseline end, updated_by = $12, updated_at = $15
         where tenant_id = $1 and id = $2`,
        [
          tenant.id,
          id,
          after.name,
          after.norm,
          template.id,
          after.cron,
          after.timezone,
          after.mode,
          toJsonb(after.destination),
          after.secret,
          ...runsAsColumns(writer.runsAs),
          nextAt,
          at,
          isFollowed,
        ],
      )
      .catch(refuseTaken(after.name, 'schedule'));
    const schedule = await findSchedule(tx, id);
    await note(tx, { action: 'schedule.change', ...subjectOf(schedule), actor: actorOf(writer.runsAs), at });
    return { schedule, secret: kept?.shown ?? null };
  });
}

interface Merged {
  readonly name: string;
  readonly norm: string;
  readonly cron: string;
  readonly timezone: string;
  readonly mode: Mode;
  readonly destination: Destination;
  readonly secret: string | null;
}

function merged(before: Schedule, change: ScheduleChange, kept: Kept | null): Merged {
  const { destination, secret } = kept ?? before;
  return {
    ...keptName(change.name ?? before.name, 'schedule'),
    cron: (change.cron ?? before.cron).trim(),
    timezone: change.timezone ?? before.timezone,
    mode: change.mode ?? before.mode,
    destination,
    secret,
  };
}

/** A paused schedule runs when it is asked to, and not by the clock. What is missed meanwhile is not made up. */
export async function pauseSchedule(
  database: Database,
  tenantId: string,
  id: string,
  { paused, by }: { readonly paused: boolean; readonly by: string | null },
): Promise<Schedule> {
  const at = now();
  return withTenant(database, tenantId, async (tx) => {
    const before = await locked(tx, id);
    if ((before.pausedAt !== null) === paused) return before;
    const nextAt = paused ? null : nextOf(before.cron, before.timezone, at);
    await tx.query(
      'update export_schedules set paused_at = $3, next_at = $4 where tenant_id = $1 and id = $2',
      [tenantId, id, paused ? at : null, nextAt],
    );
    const schedule = await findSchedule(tx, id);
    const action = paused ? 'schedule.pause' : 'schedule.resume';
    await note(tx, { action, ...subjectOf(schedule), actor: by, at });
    return schedule;
  });
}

/** Its history goes with it; the exports it made, and the audit trail, stay. A run that is under way ends without a trace. */
export async function removeSchedule(
  database: Database,
  tenantId: string,
  id: string,
  by: string | null,
): Promise<void> {
  await withTenant(database, tenantId, async (tx) => {
    const schedule = await locked(tx, id);
    await tx.query('delete from export_schedule_runs where tenant_id = $1 and schedule_id = $2', [
      tenantId,
      id,
    ]);
    await tx.query('delete from export_schedules where tenant_id = $1 and id = $2', [tenantId, id]);
    await note(tx, { action: 'schedule.remove', ...subjectOf(schedule), actor: by, at: now() });
  });
}

/** @throws AppError `schedule.not_found` */
export async function locked(tx: TenantTransaction, id: string): Promise<Schedule> {
  await tx.query('select from export_schedules where tenant_id = $1 and id = $2 for update', [
    tx.tenantId,
    id,
  ]);
  return findSchedule(tx, id);
}

function nextOf(cron: string, timezone: string, at: string): string {
  return new Date(cronIn(cron, timezone).next(Date.parse(at))).toISOString();
}

async function assertRoom(tx: TenantTransaction): Promise<void> {
  const { tenantSchedulesMax } = configuration().limits;
  const { rows } = await tx.query<{ count: number }>(
    'select count(*)::int as count from export_schedules where tenant_id = $1',
    [tx.tenantId],
  );
  if ((rows[0]?.count ?? 0) >= tenantSchedulesMax)
    throw new AppError('schedule.invalid', `A tenant has at most ${tenantSchedulesMax} schedules.`);
}

interface Possible {
  readonly template: Template;
  readonly mode: Mode;
  readonly destination: Destination;
}

/** What would fail at the first run is refused at once, where that can be told. */
async function assertPossible(
  tx: TenantTransaction,
  tenant: Tenant,
  { template, mode, destination }: Possible,
  { runsAs, permissions }: Writer,
): Promise<void> {
  if (permissions !== 'everything' && !permissions.has(`${template.dataset}:export`))
    throw new AppError('permission.missing', `This needs the permission ${template.dataset}:export.`);
  const dataset = await datasetWithin(tx, datasetOf(template.dataset));
  const use = { tenant, dataset, permissions, by: actorOf(runsAs), source: 'schedule' };
  const plan = planOf(template.name, wantedOf(template), use);
  if (mode === 'changed') assertFollowable(plan.asked);
  assertDeliverable(destination);
  if (destination.kind !== 'mail') return;
  const contents = { dataset: template.dataset, isSensitive: plan.isSensitive() };
  await assertRecipients(tx, tenant, destination.to, contents);
}

function subjectOf({ id, templateId, mode, cron, timezone, destination }: Schedule) {
  return { subjectId: id, detail: { template: templateId, mode, cron, timezone, to: destination.kind } };
}
