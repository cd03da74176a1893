/**
 * `npm run bench -- update --rows 100000 [--json]`: a second file that changes one field of half of the customers,
 * over its own floor, on one connection: COPY of the whole file's rows, split and typed, into a table without
 * indexes; one UPDATE of the customers that differ, in a copy of the table with the same indexes; COPY of the history
 * that such an update leaves, into a copy of its table with the same indexes. The floor reads no file, matches by one
 * key only, and finds no duplicate, no conflict and no wrong value.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from, to } from 'pg-copy-streams';
import type { Database } from '../../src/database/connect.ts';
import { createTenant } from '../../src/tenants/tenants.ts';
import { writeCustomerFile } from './customer-file.ts';
import { copyFloor, dumpTenant, makeFloorTables } from './floor.ts';
import { figures } from './import.ts';
import { type Figures, measureOnDatabase } from './on-database.ts';
import { runProgram } from './program.ts';
import { serverSettings, settle } from './report.ts';

export function run(args: string[]): Promise<void> {
  return measureOnDatabase(args, measure);
}

async function measure(database: Database, folder: string, rows: number): Promise<Figures> {
  const [first, second] = [join(folder, 'first.csv'), join(folder, 'second.csv')];
  await writeCustomerFile(first, { rows });
  await writeCustomerFile(second, { rows, promoteTo: 'Head of everything' });
  const tenant = await createTenant(database, { name: 'Bench', country: 'GB' });
  await runProgram(['import', first, '--tenant', tenant.slug, '--json'], folder);
  await database.asOwner(async (owner) => {
    await makeFloorTables(owner);
    await copyFloor(owner, await dumpTenant(owner, tenant.id, folder));
    await owner.query(
      'create table floor.changes (like public.changes including all); analyze floor.customers',
    );
  });
  await settle(folder);
  const updated = await runProgram(['import', second, '--tenant', tenant.slug, '--json'], folder);
  const floorSeconds = await database.asOwner(async (owner) => {
    const dumped = await dumpUpdate(owner, tenant.id, folder);
    await settle(folder);
    return updateFloor(owner, dumped);
  });
  return { ...figures(updated, floorSeconds), settings: await serverSettings(database) };
}

/** What the second file says of each customer: 20 columns, as the first one's. */
const fileColumns = `tenant_id, external_id, first_name, last_name, email, phone, company_name, job_title, status, segment, tags,
  marketing_opt_in, orders_count, total_spent, created_at, website, updated_at`;

interface DumpedUpdate {
  readonly rows: string;
  readonly history: string;
}

async function dumpUpdate(owner: pg.ClientBase, tenantId: string, folder: string): Promise<DumpedUpdate> {
  const dumped = { rows: join(folder, 'rows.copy'), history: join(folder, 'history.copy') };
  await owner.query(`begin; set local app.tenant_id = '${tenantId}'`);
  const rows = `copy (select ${fileColumns} from public.customers where tenant_id = '${tenantId}') to stdout`;
  await pipeline(owner.query(to(rows)), createWriteStream(dumped.rows));
  const history = `copy (select * from public.changes where tenant_id = '${tenantId}') to stdout`;
  await pipeline(owner.query(to(history)), createWriteStream(dumped.history));
  await owner.query('commit');
  return dumped;
}

async function updateFloor(owner: pg.ClientBase, dumped: DumpedUpdate): Promise<number> {
  await owner.query(`create table floor.rows as select ${fileColumns} from floor.customers with no data`);
  const started = performance.now();
  await copyFile(owner, 'floor.rows', dumped.rows);
  await owner.query('analyze floor.rows');
  await owner.query(
    `update floor.customers c set job_title = n.job_title, updated_at = n.updated_at, version = c.version + 1 from floor.rows n
     where c.tenant_id = n.tenant_id and c.external_id = n.external_id and c.deleted_at is null
       and c.job_title is distinct from n.job_title`,
  );
  await copyFile(owner, 'floor.changes', dumped.history);
  return (performance.now() - started) / 1000;
}

async function copyFile(owner: pg.ClientBase, table: string, file: string): Promise<void> {
  const source = createReadStream(file, { highWaterMark: 1 << 18 });
  await pipeline(source, owner.query(from(`copy ${table} from stdin`)));
}
