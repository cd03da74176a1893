/**
 * npm run crash -- [--rounds 100] [--seed N] [--rows 50000] [--only N] [--go-on]
 *
 * Kills the program and its database at random instants of check, commit and undo, half of the rows being updates,
 * and sees whether the end is the one that there is undisturbed: nothing twice, nothing missing, and no run stuck for
 * more than a minute.
 *
 *   --rounds N   how many rounds (default: 100)
 *   --seed N     from which everything follows that is left to chance (default: another one each time)
 *   --rows N     rows of the file (default: 50,000)
 *   --only N     play only the round with this number
 *   --go-on      after a round that failed
 *
 * Ends with 1 when a round failed; the seed and the kept data folder are printed then.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { abandonCrashTest, runCrashTest } from './crash.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(randomInt(1_000_000)) },
      rows: { type: 'string', default: '50000' },
      only: { type: 'string' },
      'go-on': { type: 'boolean', default: false },
    },
  });
  const rows = Number(values.rows);
  const seed = Number(values.seed);
  const rounds =
    values.only === undefined
      ? Array.from({ length: Number(values.rounds) }, (_, i) => i + 1)
      : [Number(values.only)];
  console.log(`Seed ${seed}, ${rows.toLocaleString('en')} rows.`);
  const begin = performance.now();
  const { reports, failed, folder } = await runCrashTest({
    rounds,
    seed,
    rows,
    chunkRows: Math.max(100, Math.round(rows / 10)),
    goOn: values['go-on'],
    tell: console.log,
  });
  const longest = Math.max(...reports.map(({ restedAfterMs }) => restedAfterMs)) / 1000;
  const minutes = (performance.now() - begin) / 60_000;
  console.log(
    `${reports.length - failed.length} rounds came to the same end, ${failed.length} did not; longest until a run rested ${longest.toFixed(1)} s; ${minutes.toFixed(1)} minutes.`,
  );
  if (folder === undefined) return;
  console.log(`Seed ${seed}. The data folder is kept: ${folder}`);
  process.exitCode = 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    abandonCrashTest();
    process.exit(130);
  });
}
await main();
