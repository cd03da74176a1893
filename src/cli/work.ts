import { openJobs } from '../jobs/jobs.ts';
import { type CommandContext, readArguments } from './command.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele work: bring imports on, those whose process has died among them

Any number of workers may run, on any number of machines. They are woken for imports that arrive over the web, and look
by themselves for those that nobody works on. A run belongs to whoever holds its lease; when that process is gone, a
worker takes the run over within a minute and goes on where it stood. A worker that is stopped leaves its runs to the
others after the chunk that is being written.

Usage: clientele work [--until-idle]

  --until-idle  end when no run is left to bring on`;

const options = { 'until-idle': { type: 'boolean', default: false } } as const;

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values } = readArguments(args, options, { min: 0, max: 0 });
  return withDatabase(
    context,
    async (database) => {
      const jobs = await openJobs(database);
      const stop = (): void => void jobs.stop();
      context.interrupted.addEventListener('abort', stop, { once: true });
      if (context.interrupted.aborted) stop();
      try {
        const brought = await jobs.work({ untilIdle: values['until-idle'] });
        process.stdout.write(`Brought ${brought} import${brought === 1 ? '' : 's'} to an end.\n`);
        return 0;
      } finally {
        await jobs.stop();
      }
    },
    { onInterrupt: 'await' },
  );
}
