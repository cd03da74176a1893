/** What the measurements on a database have in common: their options, and a private server in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect, type Database } from '../../src/database/connect.ts';
import { ensureMigrated } from '../../src/database/migrate.ts';
import { printFigures } from './report.ts';

export type Figures = Record<string, unknown>;
export type Measure = (database: Database, folder: string, rows: number) => Promise<Figures>;

/** `--rows N [--json]`: measures, and prints the figures. The folder goes when the work ends. */
export async function measureOnDatabase(args: string[], measure: Measure): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { rows: { type: 'string', default: '100000' }, json: { type: 'boolean', default: false } },
  });
  const folder = await mkdtemp(join(tmpdir(), 'clientele-bench-'));
  try {
    const database = await connect({ dataFolder: folder, databaseUrl: null });
    try {
      await ensureMigrated(database);
      printFigures(await measure(database, folder, Number(values.rows)), values.json);
    } finally {
      await database.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
