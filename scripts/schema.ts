/** Writes schema.sql: the schema that all migrations together give, on a private server made for the purpose. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../src/database/connect.ts';
import { dumpSchema } from '../src/database/dump-schema.ts';
import { migrate } from '../src/database/migrate.ts';

const target = new URL('../schema.sql', import.meta.url);

const dataFolder = await mkdtemp(join(tmpdir(), 'clientele-schema-'));
try {
  const database = await connect({ dataFolder, databaseUrl: null });
  try {
    await migrate(database);
    await writeFile(target, await database.asOwner(dumpSchema));
  } finally {
    await database.close();
  }
} finally {
  await rm(dataFolder, { recursive: true, force: true });
}
