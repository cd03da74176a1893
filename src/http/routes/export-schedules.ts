/** Schedules: templates that run by the clock, where their files go, and how each run went. */
import { z } from 'zod';
import { withTenant } from '../../database/with-tenant.ts';
import { datasets } from '../../datasets/registry.ts';
import { askRun } from '../../export/schedules/due.ts';
import { findScheduleRun, latestRuns, listScheduleRuns } from '../../export/schedules/run.ts';
import { findSchedule, listSchedules, type Schedule } from '../../export/schedules/schedule.ts';
import {
  changeSchedule,
  createSchedule,
  pauseSchedule,
  removeSchedule,
  type Writer,
} from '../../export/schedules/write-schedule.ts';
import { type Caller, may } from '../../tenants/caller.ts';
import { assertMay } from '../access.ts';
import { defineRoute, type Route, type TenantCall } from '../define-route.ts';
import {
  newScheduleSchema,
  runDocument,
  runSchema,
  runsAsOf,
  scheduleDocument,
  scheduleSchema,
} from './schedule-schemas.ts';

type AnyCall = TenantCall<unknown, unknown, unknown>;

const writtenSchema = scheduleSchema.extend({
  secret: z
    .string()
    .nullable()
    .describe(
      'Of a webhook, where the destination was given: shown once. By it a call’s signature is checked',
    ),
});

function writerOf(caller: Caller): Writer {
  return { runsAs: runsAsOf(caller), permissions: caller.permissions };
}

/** @throws AppError `schedule.not_found`, `permission.missing` */
async function reach({ services, tenant, caller }: AnyCall, id: string): Promise<Schedule> {
  const schedule = await withTenant(services.database, tenant.id, (tx) => findSchedule(tx, id));
  assertMay(caller, `${schedule.dataset}:export`);
  return schedule;
}

async function documentOf({ services, tenant }: AnyCall, schedule: Schedule) {
  const runs = await withTenant(services.database, tenant.id, (tx) => latestRuns(tx, [schedule.id]));
  return scheduleDocument(schedule, runs.get(schedule.id));
}

const params = z.strictObject({ id: z.uuid() });

const list = defineRoute({
  method: 'GET',
  path: '/schedules',
  name: 'schedules.list',
  summary: 'The schedules of exports, by name, with the last run of each',
  scope: 'tenant',
  permission: 'export on any dataset',
  answers: { 200: z.object({ schedules: z.array(scheduleSchema) }) },
  handler: async ({ services, tenant, caller }) => {
    const reachable = datasets.map(({ key }) => key).filter((key) => may(caller, `${key}:export`));
    const { schedules, runs } = await withTenant(services.database, tenant.id, async (tx) => {
      const found = await listSchedules(tx, reachable);
      const ids = found.map(({ id }) => id);
      return { schedules: found, runs: await latestRuns(tx, ids) };
    });
    const documents = schedules.map((schedule) => scheduleDocument(schedule, runs.get(schedule.id)));
    return { status: 200, body: { schedules: documents } };
  },
});

const create = defineRoute({
  method: 'POST',
  path: '/schedules',
  name: 'schedules.create',
  summary: 'Have a template run by the clock',
  description:
    'Its runs have the permissions of whoever makes it, as they are at each run. A webhook gets a call signed as Standard Webhooks says; the secret is in this answer and nowhere else. It and the address of an S3 service begin with https:// and lead to public addresses, unless the configuration allows others.',
  scope: 'tenant',
  permission: 'export on any dataset',
  body: { json: newScheduleSchema },
  answers: { 201: writtenSchema },
  handler: async ({ services, tenant, caller, json }) => {
    const { schedule, secret } = await createSchedule(services.database, tenant, json, writerOf(caller));
    return { status: 201, body: { ...scheduleDocument(schedule, undefined), secret } };
  },
});

const read = defineRoute({
  method: 'GET',
  path: '/schedules/{id}',
  name: 'schedules.read',
  summary: 'One schedule',
  scope: 'tenant',
  permission: 'export on any dataset',
  params,
  answers: { 200: scheduleSchema },
  handler: async (call) => ({
    status: 200,
    body: await documentOf(call, await reach(call, call.params.id)),
  }),
});

const change = defineRoute({
  method: 'PATCH',
  path: '/schedules/{id}',
  name: 'schedules.change',
  summary: 'Change a schedule; from then on it runs as who changed it',
  description:
    'A destination is given as a whole, with its secrets, and a webhook has a new one then. Where the schedule takes out something else, or takes it elsewhere, its next run is whole.',
  scope: 'tenant',
  permission: 'export on any dataset',
  params,
  body: { json: newScheduleSchema.partial() },
  answers: { 200: writtenSchema },
  handler: async (call) => {
    const { services, tenant, caller, json } = call;
    const { id } = await reach(call, call.params.id);
    const written = await changeSchedule(services.database, tenant, id, json, writerOf(caller));
    return { status: 200, body: { ...(await documentOf(call, written.schedule)), secret: written.secret } };
  },
});

const remove = defineRoute({
  method: 'DELETE',
  path: '/schedules/{id}',
  name: 'schedules.remove',
  summary: 'Remove a schedule and the history of its runs; the exports it made stay',
  scope: 'tenant',
  permission: 'export on any dataset',
  params,
  answers: { 204: 'nothing' },
  handler: async (call) => {
    const { id } = await reach(call, call.params.id);
    await removeSchedule(call.services.database, call.tenant.id, id, call.caller.id);
    return { status: 204 };
  },
});

const pause = defineRoute({
  method: 'PUT',
  path: '/schedules/{id}/pause',
  name: 'schedules.pause',
  summary: 'Have it run no more by the clock, until it is resumed',
  scope: 'tenant',
  permission: 'export on any dataset',
  params,
  answers: { 200: scheduleSchema },
  handler: (call) => setPaused(call, call.params.id, true),
});

const resume = defineRoute({
  method: 'DELETE',
  path: '/schedules/{id}/pause',
  name: 'schedules.resume',
  summary: 'Have it run by the clock again; what was due meanwhile is not made up',
  scope: 'tenant',
  permission: 'export on any dataset',
  params,
  answers: { 200: scheduleSchema },
  handler: (call) => setPaused(call, call.params.id, false),
});

async function setPaused(call: AnyCall, named: string, paused: boolean) {
  const { services, tenant, caller } = call;
  const { id } = await reach(call, named);
  const schedule = await pauseSchedule(services.database, tenant.id, id, { paused, by: caller.id });
  return { status: 200 as const, body: await documentOf(call, schedule) };
}

const run = defineRoute({
  method: 'POST',
  path: '/schedules/{id}/runs',
  name: 'schedules.run',
  summary: 'Ask for a run now, also of a schedule that is paused; a worker begins it within seconds',
  scope: 'tenant',
  permission: 'export on any dataset',
  params,
  answers: { 202: runSchema },
  handler: async (call) => {
    const { services, tenant, caller } = call;
    const { id } = await reach(call, call.params.id);
    const runId = await askRun(services.database, tenant.id, id, caller.id);
    const asked = await withTenant(services.database, tenant.id, (tx) => findScheduleRun(tx, id, runId));
    return { status: 202, body: runDocument(asked) };
  },
});

const listRuns = defineRoute({
  method: 'GET',
  path: '/schedules/{id}/runs',
  name: 'schedules.runs',
  summary: 'How its runs went, newest first',
  scope: 'tenant',
  permission: 'export on any dataset',
  params,
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(20),
    cursor: z.uuid().optional(),
  }),
  answers: { 200: z.object({ runs: z.array(runSchema), next_cursor: z.string().nullable() }) },
  handler: async (call) => {
    const { limit, cursor } = call.query;
    const { id: scheduleId } = await reach(call, call.params.id);
    const runs = await withTenant(call.services.database, call.tenant.id, (tx) =>
      listScheduleRuns(tx, { scheduleId, limit, before: cursor }),
    );
    const next = runs.length === limit ? (runs.at(-1)?.id ?? null) : null;
    return { status: 200, body: { runs: runs.map(runDocument), next_cursor: next } };
  },
});

const readRun = defineRoute({
  method: 'GET',
  path: '/schedules/{id}/runs/{run}',
  name: 'schedules.readRun',
  summary: 'How one run went',
  scope: 'tenant',
  permission: 'export on any dataset',
  params: params.extend({ run: z.uuid() }),
  answers: { 200: runSchema },
  handler: async (call) => {
    const { id } = await reach(call, call.params.id);
    const found = await withTenant(call.services.database, call.tenant.id, (tx) =>
      findScheduleRun(tx, id, call.params.run),
    );
    return { status: 200, body: runDocument(found) };
  },
});

export const scheduleRoutes: readonly Route[] = [
  list,
  create,
  read,
  change,
  remove,
  pause,
  resume,
  run,
  listRuns,
  readRun,
];
