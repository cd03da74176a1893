/** Ten rounds of the crash test on a small file; `npm run crash` plays as many as wanted on a large one. */
import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { runCrashTest } from '../../crash/crash.ts';

test('a program or a database killed at any instant of an import or an undo comes to the undisturbed end', async () => {
  const seed = randomInt(1_000_000);
  const lines: string[] = [`Seed ${seed}.`];
  const { failed, folder } = await runCrashTest({
    rounds: Array.from({ length: 10 }, (_, i) => i + 1),
    seed,
    rows: 2000,
    chunkRows: 200,
    shortLeases: true,
    tell: (line) => lines.push(line),
  });
  const said = folder === undefined ? '' : `${lines.join('\n')}\nThe data folder is kept: ${folder}`;
  expect(failed.length, said).toBe(0);
}, 300_000);
