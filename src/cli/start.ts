import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../database/connect.ts';
import { listen } from '../http/listen.ts';
import { driveRun } from '../import/drive.ts';
import { takeFile } from '../import/intake.ts';
import { countProblems, firstProblems } from '../import/outcome/problems.ts';
import { defaultOptions } from '../import/run.ts';
import { openJobs } from '../jobs/jobs.ts';
import { startWorkerThread } from '../jobs/thread.ts';
import { stopwatch } from '../platform/clock.ts';
import { installationFolder } from '../platform/config.ts';
import { createTenant, findTenant, listTenants, type Tenant } from '../tenants/tenants.ts';
import { asTyped } from './as-typed.ts';
import { type CommandContext, readArguments } from './command.ts';
import { progressLine } from './progress.ts';
import { runAsText } from './run-report.ts';
import { untilInterrupted } from './serve.ts';
import { settingUpLines } from './setting-up.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele start: set everything up, serve the API, and do the work behind it

What "npm start" runs: server and worker in one process, on the private database in the data folder. The first start
prints a link by which the first account is made. It stays until Ctrl-C.

Usage: clientele start [--demo]

  --demo  make the tenant "demo" too, with 500 example customers, some of them wrong, and show what became of them`;

const options = { demo: { type: 'boolean', default: false } } as const;

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values } = readArguments(args, options, { min: 0, max: 0 });
  return withDatabase(
    context,
    async (database) => {
      if (values.demo) await importExample(database, await demoTenant(database));
      const jobs = await openJobs(database);
      try {
        const server = await listen(database, jobs);
        process.stdout.write(
          [...(await settingUpLines(database, server.url)), ...whatNext(server.url), ''].join('\n'),
        );
        const worker = startWorkerThread(database);
        await untilInterrupted(context);
        await Promise.all([server.close(), worker.stop()]);
      } finally {
        await jobs.stop();
      }
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

function whatNext(url: string): string[] {
  return [
    '',
    `Clientele is running: ${url}`,
    `The API, to read and to try: ${url}/api/docs`,
    '',
    'By hand, in another terminal:',
    '',
    `  ${asTyped('tenant create "My business"')}`,
    `  ${asTyped('import YOUR-FILE.csv --tenant my-business --dry-run')}`,
    `  ${asTyped('imports list')}`,
    `  ${asTyped('--help')}`,
    '',
    'Ctrl-C stops it.',
  ];
}
