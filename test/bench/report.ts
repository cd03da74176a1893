/** What the measurements have in common: a quiet server before each, and how the figures are shown. */
import pg from 'pg';
import type { Database } from '../../src/database/connect.ts';
import { acquireEmbeddedServer } from '../../src/database/embedded/server.ts';

/** Writes out what earlier work left in memory, so that no measurement pays for another. */
export async function settle(dataFolder: string): Promise<void> {
  const server = await acquireEmbeddedServer({ dataFolder });
  const client = new pg.Client({ ...server.connection, database: 'clientele' });
  await client.connect();
  await client.query('checkpoint');
  await client.end();
  await server.release();
}

const named = [
  'server_version',
  'shared_buffers',
  'max_wal_size',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_compression',
];

/** The server's settings that matter to a bulk load; both sides of a ratio have the same. */
export async function serverSettings(database: Database): Promise<Record<string, string>> {
  const { rows } = await database.app.query<{ name: string; setting: string }>(
    'select name, current_setting(name) as setting from pg_settings where name = any ($1) order by name',
    [named],
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

export function printFigures(figures: Record<string, unknown>, json: boolean): void {
  if (json) return void process.stdout.write(`${JSON.stringify(figures)}\n`);
  for (const [name, value] of Object.entries(figures)) {
    process.stdout.write(`${name.padEnd(20)} ${typeof value === 'object' ? JSON.stringify(value) : value}\n`);
  }
}
