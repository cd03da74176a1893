/**
 * The only way to a tenant's rows. Row security compares each row with the setting app.tenant_id, which exists in a
 * transaction of `withTenant` and nowhere else; without it there are no rows.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import { isId } from '../platform/ids.ts';
import type { Database } from './connect.ts';

/** A transaction in which one tenant is set. It is over when the work it was given to has ended. */
export interface TenantTransaction {
  readonly tenantId: string;
  /** For COPY and other streams; never for BEGIN, COMMIT or another tenant. */
  readonly client: pg.PoolClient;
  /** Values are always parameters. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

export interface TenantOptions {
  /** The server's, which is read committed, unless said. */
  readonly isolation?: 'repeatable read' | 'serializable';
  readonly readOnly?: boolean;
}

const insideTenant = new AsyncLocalStorage<string>();

/**
 * Runs the work in one transaction in which the tenant is set. Commits when it ends well, else rolls back and throws
 * what it threw. Two statements begin it in one round trip.
 *
 * The tenant is set by a literal, since a sharded database hands on `SET LOCAL` and not a call of `set_config`.
 *
 * @throws Error when called within another tenant's work, or the same one's: a transaction knows one tenant, and a
 *   second one waiting for the first may wait for ever. A bug of ours.
 */
export async function withTenant<T>(
  database: Database,
  tenantId: string,
  work: (tx: TenantTransaction) => Promise<T>,
  options: TenantOptions = {},
): Promise<T> {
  if (!isId(tenantId)) throw new Error('A tenant is named by its id.');
  if (insideTenant.getStore() !== undefined) throw new Error('withTenant was called within withTenant.');
  const client = await database.app.connect();
  let broken = true;
  try {
    await client.query(`begin${characteristics(options)}; set local app.tenant_id = '${tenantId}'`);
    const result = await insideTenant.run(tenantId, () => work(transaction(client, tenantId)));
    await commit(client);
    broken = false;
    return result;
  } catch (error) {
    if (broken) broken = !(await rolledBack(client));
    throw error;
  } finally {
    // A connection that may still be in the transaction is never given to anybody else.
    client.release(broken);
  }
}

function transaction(client: pg.PoolClient, tenantId: string): TenantTransaction {
  return { tenantId, client, query: (text, values) => client.query(text, values as unknown[]) };
}

function characteristics({ isolation, readOnly }: TenantOptions): string {
  return (isolation === undefined ? '' : ` isolation level ${isolation}`) + (readOnly ? ' read only' : '');
}

/** A transaction in which a statement failed unnoticed answers COMMIT with ROLLBACK, and no error. */
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  if (command !== 'COMMIT')
    throw new Error('A statement failed and its error was swallowed: nothing was committed.');
}

async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}
