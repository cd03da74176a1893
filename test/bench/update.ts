/**
 * `npm run bench -- update --rows 100000 [--json]`: a second file that changes one field of half of the customers,
 * over its own floor: the changed values, already split and typed, by COPY into a temporary table and one UPDATE on
 * one connection, in a copy of the table with the same indexes. The floor keeps no history, finds no conflict and
 * reads none of the rows that stay as they are.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { from, to } from 'pg-copy-streams';
import { connect, type Database } from '../../src/database/connect.ts';
import { ensureMigrated } from '../../src/database/migrate.ts';
import { createTenant } from '../../src/tenants/tenants.ts';
import { writeCustomerFile } from './customer-file.ts';
import { copyFloor, dumpTenant, makeFloorTables } from './floor.ts';
import { figures, inFolder } from './import.ts';
import { runProgram } from './program.ts';
import { printFigures, serverSettings, settle } from './report.ts';

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { rows: { type: 'string', default: '100000' }, json: { type: 'boolean', default: false } },
  });
  const rows = Number(values.rows);
  await inFolder(async (folder) => {
    const database = await connect({ dataFolder: folder, databaseUrl: null });
    try {
      await ensureMigrated(database);
      printFigures(await measure(database, folder, rows), values.json);
    } finally {
      await database.close();
    }
  });
}

async function measure(database: Database, folder: string, rows: number): Promise<Record<string, unknown>> {
  const [first, second] = [join(folder, 'first.csv'), join(folder, 'second.csv')];
  await writeCustomerFile(first, { rows });
  await writeCustomerFile(second, { rows, promoteTo: 'Head of everything' });
  const tenant = await createTenant(database, { name: 'Bench', country: 'GB' });
  await runProgram(['import', first, '--tenant', tenant.slug, '--json'], folder);
  await database.asOwner(async (owner) => {
    await makeFloorTables(owner);
    await copyFloor(owner, await dumpTenant(owner, tenant.id, folder));
    await owner.query('analyze floor.customers');
  });
  await settle(folder);
  const updated = await runProgram(['import', second, '--tenant', tenant.slug, '--json'], folder);
  const floorSeconds = await database.asOwner(async (owner) => {
    const changed = await dumpChanged(owner, tenant.id, folder);
    await settle(folder);
    return updateFloor(owner, changed);
  });
  return { ...figures(updated, floorSeconds), settings: await serverSettings(database) };
}

/** The new job titles with the keys of their customers, as COPY reads them. */
async function dumpChanged(owner: pg.ClientBase, tenantId: string, folder: string): Promise<string> {
  const file = join(folder, 'changed.copy');
  await owner.query(`begin; set local app.tenant_id = '${tenantId}'`);
  const query = `copy (select tenant_id, external_id, job_title, updated_at from public.customers
    where tenant_id = '${tenantId}' and version > 1) to stdout`;
  await pipeline(owner.query(to(query)), createWriteStream(file));
  await owner.query('commit');
  return file;
}

async function updateFloor(owner: pg.ClientBase, file: string): Promise<number> {
  const started = performance.now();
  await owner.query(
    'create temporary table changed (tenant_id uuid, external_id text, job_title text, updated_at timestamptz)',
  );
  await pipeline(
    createReadStream(file, { highWaterMark: 1 << 18 }),
    owner.query(from('copy changed from stdin')),
  );
  await owner.query('analyze changed');
  await owner.query(
    `update floor.customers c set job_title = n.job_title, updated_at = n.updated_at, version = c.version + 1 from changed n
     where c.tenant_id = n.tenant_id and c.external_id = n.external_id and c.deleted_at is null`,
  );
  return (performance.now() - started) / 1000;
}
