import { connect } from '../database/connect.ts';
import { migrate } from '../database/migrate.ts';
import { readArguments } from './command.ts';

export const help = `clientele migrate: bring the database to this version of the program

Usage: clientele migrate [--json]

Makes the logins and tables that are missing. Any number of processes may run it at once. The private database is
migrated by itself; one of your own (DATABASE_URL) is migrated by this command and nothing else, and its login must be
allowed to make roles the first time.`;

export async function run(args: string[]): Promise<number> {
  const { values } = readArguments(args, { json: { type: 'boolean', default: false } }, { min: 0, max: 0 });
  const database = await connect();
  try {
    const applied = await migrate(database);
    process.stdout.write(values.json ? `${JSON.stringify({ applied })}\n` : sayApplied(applied));
    return 0;
  } finally {
    await database.close();
  }
}

function sayApplied(applied: readonly string[]): string {
  return applied.length === 0 ? 'Nothing to do.\n' : applied.map((name) => `Applied ${name}.\n`).join('');
}
