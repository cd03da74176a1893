import { openJobs } from '../jobs/jobs.ts';
import { type CommandContext, readArguments } from './command.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele work: bring imports, exports and schedules on, also where a process has died

Any number of workers may run, on any number of machines. They are woken for what arrives over the web, and look by
themselves for what nobody works on. An import or an export belongs to whoever holds its lease; when that process is
gone, a worker takes it over within a minute: an import goes on where it stood, the file of an export is made anew, and
what a schedule has made is delivered. A worker that is stopped leaves its imports to the others after the chunk that is
being written.

Usage: clientele work [--until-idle]

  --until-idle  end when nothing is left to be done`;

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
        process.stdout.write(`Brought ${brought} run${brought === 1 ? '' : 's'} to an end.\n`);
        return 0;
      } finally {
        await jobs.stop();
      }
    },
    { onInterrupt: 'await' },
  );
}
