/**
 * Who makes a file is decided by a lease in the export's row: a token, and a time until which it holds. It is renewed
 * while the file is made; a process that died stops renewing, and another one makes the file from its start, under a
 * key of its own. A process that was only asleep finds that its token is worth nothing any more.
 */
import type { Database } from '../../database/connect.ts';
import { throughOutages } from '../../database/retrying.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { configuration } from '../../platform/config.ts';
import { newId } from '../../platform/ids.ts';

export interface ExportLease {
  readonly tenantId: string;
  readonly exportId: string;
  readonly token: string;
}

export function newLease(tenantId: string, exportId: string): ExportLease {
  return { tenantId, exportId, token: newId() };
}

/** In the file store: each lease writes under a key of its own, so that no two write the same file. */
export function fileKeyOf({ tenantId, exportId, token }: ExportLease): string {
  return `${tenantId}/exports/${exportId}/${token}`;
}

/** An export whose file is to be made. */
export interface Taken {
  readonly lease: ExportLease;
  /** What it is to be made of, as it was kept. */
  readonly asked: unknown;
  /** How often it was begun, this time included. */
  readonly attempts: number;
}

/** SQL: whether nobody makes the file, and it may be begun. */
const isFree = '(lease_until is null or lease_until < clock_timestamp())';
/** SQL: whether workers have to make it. */
const isOpen = `made_as = 'file' and state in ('waiting', 'running') and asked is not null`;
/** SQL: whether somebody makes it now. */
const isHeld = `made_as = 'file' and state = 'running' and lease_token is not null and not ${isFree}`;

/**
 * Takes the oldest export of a tenant that waits for a worker, or whose worker has died.
 *
 * @returns null when there is none, or the tenant has as many at work as it may.
 */
export async function takeNext(database: Database, tenantId: string): Promise<Taken | null> {
  const { leaseSeconds, tenantExportsMax } = configuration().limits;
  return withTenant(database, tenantId, async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('clientele: exports of ' || $1, 0))`, [
      tenantId,
    ]);
    const { exportId, hasRoom } = await nextOf(tx, tenantExportsMax);
    if (exportId === null || !hasRoom) return null;
    const lease = newLease(tenantId, exportId);
    const { rows } = await tx.query<Omit<Taken, 'lease'>>(
      `update exports set state = 'running', attempts = attempts + 1, lease_token = $3, leases = leases || $3::uuid,
         lease_until = clock_timestamp() + make_interval(secs => $4), progress = null, progress_seq = progress_seq + 1
       where tenant_id = $1 and id = $2 and ${isOpen} and ${isFree} returning asked, attempts`,
      [tenantId, exportId, lease.token, leaseSeconds],
    );
    return rows[0] === undefined ? null : { lease, ...rows[0] };
  });
}

interface Next {
  readonly exportId: string | null;
  readonly hasRoom: boolean;
}

async function nextOf(tx: TenantTransaction, heldMax: number): Promise<Next> {
  const { rows } = await tx.query<Next>(
    `select (select id from exports where tenant_id = $1 and ${isOpen} and ${isFree} order by created_at, id limit 1) as "exportId",
       (select count(*) from exports where tenant_id = $1 and ${isHeld}) < $2 as "hasRoom"`,
    [tx.tenantId, heldMax],
  );
  return rows[0] ?? { exportId: null, hasRoom: false };
}

export interface OpenExports {
  /** Whether any file is still to be made, by whomever. */
  readonly isAny: boolean;
  /** Whether one could be begun at once. */
  readonly isNext: boolean;
}

export async function openExportsOf(database: Database, tenantId: string): Promise<OpenExports> {
  const { tenantExportsMax } = configuration().limits;
  return withTenant(
    database,
    tenantId,
    async (tx) => {
      const { rows } = await tx.query<{ any: boolean }>(
        `select exists (select from exports where tenant_id = $1 and ${isOpen}) as any`,
        [tenantId],
      );
      if (rows[0]?.any !== true) return { isAny: false, isNext: false };
      const { exportId, hasRoom } = await nextOf(tx, tenantExportsMax);
      return { isAny: true, isNext: exportId !== null && hasRoom };
    },
    { readOnly: true },
  );
}

/** SQL: the row of the lease `$1`, `$2`, `$3`, as long as it is that lease's. */
export const ownRow = `tenant_id = $1 and id = $2 and lease_token = $3 and state = 'running'`;

export function ownValues({ tenantId, exportId, token }: ExportLease): [string, string, string] {
  return [tenantId, exportId, token];
}

/** The process is about to end: another one makes the file, and this time does not count. */
export async function giveBack(database: Database, lease: ExportLease): Promise<void> {
  await setAside(database, lease, { seconds: 0, counted: 0 });
}

/** Something that passes was in the way: nobody begins again before so many seconds are over. */
export async function putOff(database: Database, lease: ExportLease, seconds: number): Promise<void> {
  await setAside(database, lease, { seconds, counted: 1 });
}

function setAside(
  database: Database,
  lease: ExportLease,
  { seconds, counted }: { readonly seconds: number; readonly counted: 0 | 1 },
): Promise<unknown> {
  return throughOutages(database, () =>
    withTenant(database, lease.tenantId, (tx) =>
      tx.query(
        `update exports set state = 'waiting', lease_token = null, lease_until = clock_timestamp() + make_interval(secs => $4),
           attempts = attempts - 1 + $5, progress = null, progress_seq = progress_seq + 1 where ${ownRow}`,
        [...ownValues(lease), seconds, counted],
      ),
    ),
  );
}
