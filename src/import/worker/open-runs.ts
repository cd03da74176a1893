/** Runs that can go on and that nobody works on: what a worker looks for. */
import type { Database } from '../../database/connect.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { configuration } from '../../platform/config.ts';
import type { RunName } from '../drive.ts';
import { leaseIsFree } from '../lease.ts';
import { goesOn, mayGoOn } from '../rest.ts';
import { writingStates } from '../states.ts';

export interface OpenRuns {
  /** Runs that do not rest, whoever works on them. */
  readonly open: readonly RunName[];
  /** Those that somebody may take at once, the oldest first, and no more than the tenant has room for. */
  readonly free: readonly RunName[];
}

/** One that has to wait for another run of the tenant, which is written, is open but not free. */
export async function openRunsOf(database: Database, tenantId: string): Promise<OpenRuns> {
  const { rows } = await withTenant(database, tenantId, (tx) =>
    tx.query<{ id: string; held: boolean; ready: boolean }>(
      `select id, not ${leaseIsFree} as held, ${goesOn} and (state <> 'checked' or not exists (
           select from imports w where w.tenant_id = $1 and w.state = any ($2))) as ready
       from imports where tenant_id = $1 and ${mayGoOn} and (${goesOn} or not ${leaseIsFree}) order by created_at, id`,
      [tenantId, writingStates],
    ),
  );
  const name = ({ id }: { readonly id: string }): RunName => ({ tenantId, importId: id });
  const held = rows.filter((run) => run.held).length;
  const room = Math.max(configuration().limits.tenantRunsMax - held, 0);
  const free = rows.filter((run) => !run.held && run.ready).slice(0, room);
  return { open: rows.map(name), free: free.map(name) };
}

/** By turns: one of each tenant, then the second of each, so that nobody's many keep others waiting. */
export function byTurns(tenants: readonly (readonly RunName[])[]): RunName[] {
  const turns = tenants.reduce((most, runs) => Math.max(most, runs.length), 0);
  return Array.from({ length: turns }, (_, turn) =>
    tenants.flatMap((runs) => runs.slice(turn, turn + 1)),
  ).flat();
}
