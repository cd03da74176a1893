/**
 * `npm run bench -- import --rows 100000 [--json]`: a customer file from the disk to committed and checked, by the
 * command line in a process of its own, over the floor: the same rows by plain COPY into copies of the same tables.
 */
import { join } from 'node:path';
import type { Database } from '../../src/database/connect.ts';
import { createTenant } from '../../src/tenants/tenants.ts';
import { writeCustomerFile } from './customer-file.ts';
import { copyFloor, dumpTenant, makeFloorTables } from './floor.ts';
import { type Figures, measureOnDatabase } from './on-database.ts';
import { type Measured, runProgram } from './program.ts';
import { serverSettings, settle } from './report.ts';

export function run(args: string[]): Promise<void> {
  return measureOnDatabase(args, measure);
}

async function measure(database: Database, folder: string, rows: number): Promise<Figures> {
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
): Figures {
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
