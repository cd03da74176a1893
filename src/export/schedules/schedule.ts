/**
 * A schedule: a template that runs by the clock, and where its files go. It acts with the permissions of whoever said
 * last what it takes out and where to, as they are at each run.
 */
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import type { Destination } from '../deliver/destination.ts';
import { normOf } from '../templates/names.ts';
import type { Baseline } from './baseline.ts';

export const modes = ['whole', 'changed'] as const;
/** All records each time, or those that changed since the last good run, with a list of those that are gone. */
export type Mode = (typeof modes)[number];

/** Whose permissions its runs have. */
export type RunsAs =
  | { readonly kind: 'member'; readonly id: string; readonly userId: string }
  | { readonly kind: 'key'; readonly id: string }
  | { readonly kind: 'operator' };

export interface Schedule {
  readonly id: string;
  readonly name: string;
  readonly templateId: string;
  readonly templateName: string;
  /** As PostgreSQL writes a timestamptz. */
  readonly templateUpdatedAt: string;
  /** Key. */
  readonly dataset: string;
  readonly cron: string;
  /** IANA. */
  readonly timezone: string;
  readonly mode: Mode;
  readonly destination: Destination;
  /** Sealed. Never shown, and not with the rest but where it is needed. */
  readonly secret: string | null;
  readonly runsAs: RunsAs;
  readonly pausedAt: string | null;
  /** Since when no run has gone well. */
  readonly failingSince: string | null;
  readonly nextAt: string | null;
  readonly baseline: Baseline | null;
  readonly createdBy: string | null;
  /** As PostgreSQL writes a timestamptz. */
  readonly createdAt: string;
  readonly updatedBy: string | null;
  readonly updatedAt: string;
}

interface Row extends Omit<Schedule, 'runsAs'> {
  readonly runsAs: RunsAs['kind'];
  readonly runsAsId: string | null;
  readonly runsAsUser: string | null;
}

const selected = `select s.id, s.name, s.template_id as "templateId", t.name as "templateName",
  t.updated_at as "templateUpdatedAt", t.dataset, s.cron, s.timezone, s.mode,
  s.destination, s.secret, s.runs_as as "runsAs", s.runs_as_id as "runsAsId", s.runs_as_user as "runsAsUser", s.paused_at as "pausedAt",
  s.failing_since as "failingSince", s.next_at as "nextAt", s.baseline, s.created_by as "createdBy", s.created_at as "createdAt",
  s.updated_by as "updatedBy", s.updated_at as "updatedAt"
from export_schedules s join export_templates t on t.tenant_id = s.tenant_id and t.id = s.template_id where s.tenant_id = $1`;

function scheduleOf({ runsAs: kind, runsAsId, runsAsUser, ...row }: Row): Schedule {
  return { ...row, runsAs: runsAsOf(kind, runsAsId, runsAsUser) };
}

function runsAsOf(kind: RunsAs['kind'], id: string | null, userId: string | null): RunsAs {
  if (kind === 'member' && id !== null && userId !== null) return { kind, id, userId };
  if (kind === 'key' && id !== null) return { kind, id };
  return { kind: 'operator' };
}

/** The actor of the audit trail. */
export function actorOf(runsAs: RunsAs): string | null {
  return runsAs.kind === 'operator' ? null : runsAs.id;
}

/** Values of the columns `runs_as`, `runs_as_id` and `runs_as_user`. */
export function runsAsColumns(runsAs: RunsAs): [string, string | null, string | null] {
  return [runsAs.kind, actorOf(runsAs), runsAs.kind === 'member' ? runsAs.userId : null];
}

/** @returns those of the datasets, in the order of their names. */
export async function listSchedules(
  tx: TenantTransaction,
  datasets: readonly string[],
): Promise<readonly Schedule[]> {
  const { rows } = await tx.query<Row>(`${selected} and t.dataset = any ($2) order by s.name_norm`, [
    tx.tenantId,
    datasets,
  ]);
  return rows.map(scheduleOf);
}

/**
 * @param named an id, or a name in any case.
 * @throws AppError `schedule.not_found`
 */
export async function findSchedule(tx: TenantTransaction, named: string): Promise<Schedule> {
  const [column, value] = isId(named) ? ['id', named.toLowerCase()] : ['name_norm', normOf(named)];
  const { rows } = await tx.query<Row>(`${selected} and s.${column} = $2`, [tx.tenantId, value]);
  const [row] = rows;
  if (row !== undefined) return scheduleOf(row);
  throw new AppError('schedule.not_found', `There is no schedule "${named.slice(0, 100)}".`, { named });
}

export type ScheduleState = 'active' | 'paused' | 'failed';

/** `failed`: the last run failed; it is tried again at its next time all the same. */
export function stateOf({ pausedAt, failingSince }: Schedule): ScheduleState {
  if (pausedAt !== null) return 'paused';
  return failingSince === null ? 'active' : 'failed';
}
