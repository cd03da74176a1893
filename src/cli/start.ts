import { access } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Database } from '../database/connect.ts';
import { driveRun } from '../import/drive.ts';
import { takeFile } from '../import/intake.ts';
import { countProblems, firstProblems } from '../import/problems.ts';
import { defaultOptions } from '../import/run.ts';
import { work } from '../import/worker.ts';
import { stopwatch } from '../platform/clock.ts';
import { configuration, installationFolder } from '../platform/config.ts';
import { createTenant, findTenant, listTenants, type Tenant } from '../tenants/tenants.ts';
import { type CommandContext, readArguments } from './command.ts';
import { progressLine } from './progress.ts';
import { runAsText } from './run-report.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele start: set everything up, import an example, and keep the database running

What "npm start" runs. It starts the private database in the data folder, makes the tenant "demo" with 500 example
customers, some of them wrong, shows what became of them, and stays until Ctrl-C. While it runs it also brings on
imports whose process has died.

Usage: clientele start`;

export async function run(args: string[], context: CommandContext): Promise<number> {
  readArguments(args, {}, { min: 0, max: 0 });
  return withDatabase(
    context,
    async (database) => {
      const demo = await demoTenant(database);
      await importExample(database, demo);
      process.stdout.write(whatNext());
      await work(database, { stop: context.interrupted });
      process.stdout.write(
        '\nStopped. Everything is in the data folder, and there again at the next start.\n',
      );
      return 0;
    },
    { onInterrupt: 'await' },
  );
}

async function demoTenant(database: Database): Promise<Tenant> {
  const tenants = await listTenants(database);
  if (tenants.some(({ slug }) => slug === 'demo')) return findTenant(database, 'demo');
  return createTenant(database, {
    name: 'Demo',
    slug: 'demo',
    country: 'GB',
    currency: 'GBP',
    timezone: 'Europe/London',
  });
}

/** The same file every time: from the second start on, it shows that nothing changes. */
async function importExample(database: Database, { id: tenantId }: Tenant): Promise<void> {
  const path = join(installationFolder, 'examples', 'customers.csv');
  await access(path);
  const seconds = stopwatch();
  const importId = await takeFile(database, path, {
    tenantId,
    dataset: 'customers',
    options: defaultOptions,
    by: null,
  });
  const line = progressLine();
  const ended = await driveRun(database, { tenantId, importId }, line.watch).finally(line.end);
  const figures = {
    problems: await countProblems(database, ended),
    firstProblems: await firstProblems(database, ended, 10),
    seconds: seconds(),
  };
  process.stdout.write(runAsText(ended, figures));
}

function whatNext(): string {
  const program = relative(process.cwd(), join(installationFolder, 'bin', 'clientele'));
  const environment =
    process.env.CLIENTELE_DATA === undefined ? '' : `CLIENTELE_DATA=${configuration().dataFolder} `;
  const command = (words: string): string => `  ${environment}${program} ${words}\n`;
  return [
    '\nThe database is running. Try next, in another terminal:\n\n',
    command('import examples/customers.csv --tenant demo --rejects rejected.csv'),
    command('import YOUR-FILE.csv --tenant demo --dry-run'),
    command('imports list'),
    command('audit verify'),
    command('--help'),
    '\nCtrl-C stops it.\n',
  ].join('');
}
