/**
 * Random calls of every operation of the API, of a server over a database of its own. The tests make a few of them each
 * time; this is the same with many.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const file = 'test/integration/http/fuzz.test.ts';

/** @param options.cases of each operation; the same seed makes the same ones again. */
export async function run({
  cases,
  seed,
}: {
  readonly cases: number;
  readonly seed: number;
}): Promise<number> {
  const child = spawn(process.execPath, [vitest, 'run', file], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, CLIENTELE_FUZZ_CASES: String(cases), CLIENTELE_FUZZ_SEED: String(seed) },
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}
