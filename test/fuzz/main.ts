/**
 * Random input against oracles.
 *
 * Usage: npm run fuzz -- csv [--files N] [--seed S]
 *        npm run fuzz -- api [--cases N] [--seed S]
 */
import { parseArgs } from 'node:util';

interface Fuzz {
  /** @returns the exit code: 0 when nothing differed. */
  run(options: { readonly files: number; readonly cases: number; readonly seed: number }): Promise<number>;
}

const fuzzes: Readonly<Record<string, () => Promise<Fuzz>>> = {
  csv: () => import('./csv.ts'),
  api: () => import('./api.ts'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    files: { type: 'string', default: '100000' },
    cases: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
  },
});
const load = fuzzes[positionals[0] ?? ''];
if (load === undefined) {
  process.stderr.write(`Say what: ${Object.keys(fuzzes).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  const fuzz = await load();
  process.exitCode = await fuzz.run({
    files: Number(values.files),
    cases: Number(values.cases),
    seed: Number(values.seed),
  });
}
