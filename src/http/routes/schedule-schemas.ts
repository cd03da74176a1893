/** What a schedule and its runs look like from outside. No secret is in them. */
import { z } from 'zod';
import { destinationSchema, newDestinationSchema } from '../../export/deliver/destination.ts';
import { runStates, type ScheduleRun } from '../../export/schedules/run.ts';
import { modes, type RunsAs, type Schedule, stateOf } from '../../export/schedules/schedule.ts';
import type { Caller } from '../../tenants/caller.ts';
import { instant, instantOrNull } from '../instant.ts';

export const runSchema = z
  .object({
    id: z.string(),
    due_at: z.string(),
    cause: z.enum(['clock', 'asked']),
    state: z.enum(runStates).describe('`skipped`: the run before was not over'),
    attempts: z.int(),
    try_at: z.string().nullable().describe('When it is tried again'),
    contents: z.enum(['all', 'changes']).nullable().describe('Null until its files are made'),
    files: z.array(
      z.object({
        role: z.enum(['records', 'gone']),
        export: z.string().describe('The entry of the history of exports, which has the file'),
        name: z.string(),
        records: z.int(),
        bytes: z.int(),
        sha256: z.string(),
      }),
    ),
    fields_left_out: z.array(z.string()),
    failures: z.array(z.object({ at: z.string(), code: z.string(), message: z.string() })),
    asked_by: z.string().nullable(),
    created_at: z.string(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
  })
  .meta({ id: 'ScheduleRun' });

export function runDocument(run: ScheduleRun): z.input<typeof runSchema> {
  const files = run.made?.files ?? [];
  return {
    id: run.id,
    due_at: instant(run.dueAt),
    cause: run.cause,
    state: run.state,
    attempts: run.attempts,
    try_at: instantOrNull(run.tryAt),
    contents: run.made?.contents ?? null,
    files: files.map(({ role, id, fileName, records, bytes, sha256 }) => ({
      role,
      export: id,
      name: fileName,
      records,
      bytes,
      sha256,
    })),
    fields_left_out: [...(files[0]?.leftOut ?? [])],
    failures: run.failures.map((failure) => ({ ...failure })),
    asked_by: run.askedBy,
    created_at: instant(run.createdAt),
    started_at: instantOrNull(run.startedAt),
    finished_at: instantOrNull(run.finishedAt),
  };
}

export const scheduleSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    template: z.object({ id: z.string(), name: z.string() }),
    dataset: z.string(),
    cron: z.string(),
    timezone: z.string(),
    mode: z.enum(modes),
    destination: destinationSchema,
    runs_as: z
      .object({ kind: z.enum(['member', 'key', 'operator']), id: z.string().nullable() })
      .describe('Whose permissions its runs have: of whoever said last what it takes out and where to'),
    state: z
      .enum(['active', 'paused', 'failed'])
      .describe('`failed`: its last run failed; it is tried again at its next time'),
    next_at: z.string().nullable(),
    paused_at: z.string().nullable(),
    failing_since: z.string().nullable(),
    last_run: runSchema.nullable(),
    created_by: z.string().nullable(),
    created_at: z.string(),
    updated_by: z.string().nullable(),
    updated_at: z.string(),
  })
  .meta({ id: 'Schedule' });

export function scheduleDocument(
  schedule: Schedule,
  lastRun: ScheduleRun | undefined,
): z.input<typeof scheduleSchema> {
  const { templateId, templateName, runsAs } = schedule;
  return {
    id: schedule.id,
    name: schedule.name,
    template: { id: templateId, name: templateName },
    dataset: schedule.dataset,
    cron: schedule.cron,
    timezone: schedule.timezone,
    mode: schedule.mode,
    destination: schedule.destination,
    runs_as: { kind: runsAs.kind, id: runsAs.kind === 'operator' ? null : runsAs.id },
    state: stateOf(schedule),
    next_at: instantOrNull(schedule.nextAt),
    paused_at: instantOrNull(schedule.pausedAt),
    failing_since: instantOrNull(schedule.failingSince),
    last_run: lastRun === undefined ? null : runDocument(lastRun),
    created_by: schedule.createdBy,
    created_at: instant(schedule.createdAt),
    updated_by: schedule.updatedBy,
    updated_at: instant(schedule.updatedAt),
  };
}

/** As whom a schedule runs that a caller makes or changes. */
export function runsAsOf({ kind, id, userId }: Caller): RunsAs {
  return kind === 'member' && userId !== null ? { kind, id, userId } : { kind: 'key', id };
}

export const newScheduleSchema = z.strictObject({
  name: z.string().min(1).max(100).describe('Unique in the tenant, whatever its case'),
  template: z.string().min(1).max(100).describe('By its name or id'),
  cron: z
    .string()
    .min(1)
    .max(200)
    .describe('Minute, hour, day of the month, month and day of the week, such as `30 2 * * mon-fri`'),
  timezone: z.string().min(1).max(100).optional().describe('The tenant’s unless said'),
  mode: z
    .enum(modes)
    .describe(
      '`changed`: from the second run on, records that changed since the last good one, and a list of those that are gone',
    ),
  destination: newDestinationSchema.describe('Where its files go'),
});
