import { work } from '../import/worker.ts';
import { type CommandContext, readArguments } from './command.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele work: bring imports on whose process has died

Any number of workers may run. A run belongs to whoever holds its lease; when that process is gone, a worker takes the
run over within a minute and goes on where it stood.

Usage: clientele work [--until-idle]

  --until-idle  end when no run is left to bring on`;

const options = { 'until-idle': { type: 'boolean', default: false } } as const;

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values } = readArguments(args, options, { min: 0, max: 0 });
  return withDatabase(
    context,
    async (database) => {
      const brought = await work(database, { stop: context.interrupted, untilIdle: values['until-idle'] });
      process.stdout.write(`Brought ${brought} import${brought === 1 ? '' : 's'} to an end.\n`);
      return 0;
    },
    { onInterrupt: 'await' },
  );
}
