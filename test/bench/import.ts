/**
 * `npm run bench -- import --rows 100000 [--json]`: a customer file from the disk to committed and checked, by the
 * command line in a process of its own, over the floor: the same rows by plain COPY into copies of the same tables.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect, type Database } from '../../src/database/connect.ts';
import { ensureMigrated } from '../../src/database/migrate.ts';
import { createTenant } from '../../src/tenants/tenants.ts';
import { writeCustomerFile } from './customer-file.ts';
import { copyFloor, dumpTenant, makeFloorTables } from './floor.ts';
import { type Measured, runProgram } from './program.ts';
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
  const file = join(folder, 'customers.csv');
  await writeCustomerFile(file, { rows });
  const tenant = await createTenant(database, { name: 'Bench', country: 'GB' });
  await settle(folder);
  const imported = await runProgram(['import', file, '--tenant', tenant.slug, '--json'], folder);
  const floorSeconds = await database.asOwner(async (owner) => {
    await makeFloorTables(owner);
    const dumped = await dumpTenant(owner, tenant.id, folder);
    await settle(folder);
    return copyFloor(owner, dumped);
  });
  return { ...figures(imported, floorSeconds), settings: await serverSettings(database) };
}

export function figures(
  { answer, peakRssMb, seconds: wholeProcess }: Measured,
  floorSeconds: number,
): Record<string, unknown> {
  const seconds = Number(answer.seconds);
  return {
    rows: answer.read,
    created: answer.created,
    updated: answer.updated,
    seconds,
    rows_per_second: answer.rows_per_second,
    floor_seconds: Number(floorSeconds.toFixed(3)),
    ratio: Number((seconds / floorSeconds).toFixed(3)),
    peak_rss_mb: Math.round(peakRssMb),
    process_seconds: Number(wholeProcess.toFixed(3)),
  };
}

/** A folder of its own for the database and the files, which goes when the work ends. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'clientele-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
