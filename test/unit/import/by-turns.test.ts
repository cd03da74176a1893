import { expect, test } from 'vitest';
import { byTurns } from '../../../src/import/worker/open-runs.ts';

const run = (importId: string) => ({ tenantId: importId.charAt(0), importId });

test('tenants take turns: one of each, then the second of those that have one', () => {
  const turns = byTurns([[run('a1'), run('a2'), run('a3')], [], [run('b1')], [run('c1'), run('c2')]]);
  expect(turns.map(({ importId }) => importId)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  expect(byTurns([])).toEqual([]);
});
