/**
 * Schedules that are due get a run: one for each time, however many workers look, since whoever locks the schedule first
 * moves its next time on. What was missed while nobody looked is made up by one run, for the last time that was missed.
 */
import type { Database } from '../../database/connect.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { now } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import { log } from '../../platform/log.ts';
import { note } from '../trail.ts';
import { cronIn } from './cron.ts';
import { hasOpenRun, hastenRun, insertRun, type NewRun } from './run.ts';
import { locked } from './write-schedule.ts';

interface DueRow {
  readonly id: string;
  readonly cron: string;
  readonly timezone: string;
  readonly nextAt: string;
}

/** @param at ISO 8601; the present unless said. */
export async function beginDue(database: Database, tenantId: string, at: string = now()): Promise<void> {
  await withTenant(database, tenantId, async (tx) => {
    const { rows } = await tx.query<DueRow>(
      `select id, cron, timezone, next_at as "nextAt" from export_schedules
       where tenant_id = $1 and next_at <= $2 and paused_at is null order by next_at limit 100 for update skip locked`,
      [tenantId, at],
    );
    for (const row of rows) await begin(tx, row, at);
  });
}

async function begin(tx: TenantTransaction, row: DueRow, at: string): Promise<void> {
  const { dueAt, nextAt } = timesOf(row, at);
  await insertRun(tx, { ...(await newRun(tx, row.id, at)), dueAt });
  await tx.query('update export_schedules set next_at = $3 where tenant_id = $1 and id = $2', [
    tx.tenantId,
    row.id,
    nextAt,
  ]);
}

const dayMs = 86_400_000;

function timesOf(
  { id, cron: text, timezone, nextAt }: DueRow,
  at: string,
): { dueAt: string; nextAt: string } {
  const [planned, present] = [Date.parse(nextAt), Date.parse(at)];
  try {
    const cron = cronIn(text, timezone);
    const due = Math.max(cron.latest(present) ?? planned, planned);
    return { dueAt: iso(due), nextAt: iso(cron.next(present)) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // The engine's tables of time zones have changed under it.
    log().error(
      { schedule: id, err: error },
      'the next time of a schedule cannot be told; it runs once a day',
    );
    return { dueAt: iso(planned), nextAt: iso(present + dayMs) };
  }
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** While a run is waiting or at work, the next one is not begun; the history says so. */
async function newRun(tx: TenantTransaction, scheduleId: string, at: string): Promise<Omit<NewRun, 'dueAt'>> {
  const run = { scheduleId, cause: 'clock', askedBy: null, at } as const;
  if (!(await hasOpenRun(tx, scheduleId))) return { ...run, state: 'waiting', failures: [] };
  const failure = { at, code: 'schedule.busy', message: 'The run before was not over.' };
  return { ...run, state: 'skipped', failures: [failure] };
}

/**
 * A run that somebody asks for, also of a schedule that is paused. One that waits for its next attempt, or for the end of
 * a pause, is tried at once.
 *
 * @returns its id.
 * @throws AppError `schedule.not_found`; `schedule.busy` while another run of it was asked for or is at work.
 */
export async function askRun(
  database: Database,
  tenantId: string,
  scheduleId: string,
  by: string | null,
): Promise<string> {
  const at = now();
  return withTenant(database, tenantId, async (tx) => {
    await locked(tx, scheduleId);
    const asked = { scheduleId, dueAt: at, cause: 'asked', state: 'waiting', askedBy: by, at } as const;
    const id = (await hasOpenRun(tx, scheduleId))
      ? await hastenRun(tx, scheduleId, by)
      : await insertRun(tx, { ...asked, failures: [] });
    if (id === null)
      throw new AppError(
        'schedule.busy',
        'A run of this schedule was asked for or is at work: see its history.',
      );
    await note(tx, { action: 'schedule.run', subjectId: scheduleId, detail: { run: id }, actor: by, at });
    return id;
  });
}
