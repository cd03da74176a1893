import { listen } from '../http/listen.ts';
import { openJobs } from '../jobs/jobs.ts';
import { type CommandContext, readArguments } from './command.ts';
import { settingUpLines } from './setting-up.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele serve: answer calls, and leave the work to workers

Any number of servers may run, on any number of machines, beside any number of "clientele work". Where it listens is
said by CLIENTELE_HOST (127.0.0.1) and CLIENTELE_PORT (3000); where people reach it, when that is another address, by
CLIENTELE_URL.

Usage: clientele serve`;

export async function run(args: string[], context: CommandContext): Promise<number> {
  readArguments(args, {}, { min: 0, max: 0 });
  return withDatabase(
    context,
    async (database) => {
      const jobs = await openJobs(database);
      try {
        const server = await listen(database, jobs);
        process.stdout.write(
          [`Listening: ${server.url}`, ...(await settingUpLines(database, server.url)), ''].join('\n'),
        );
        await untilInterrupted(context);
        await server.close();
        return 0;
      } finally {
        await jobs.stop();
      }
    },
    { onInterrupt: 'await' },
  );
}

export function untilInterrupted({ interrupted }: CommandContext): Promise<void> {
  return new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
}
