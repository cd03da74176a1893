import { describe, expect, test } from 'vitest';
import { nearest } from '../../../src/cli/nearest.ts';

const known = ['import', 'imports', 'export', 'exports', 'templates', 'tenant', '--help'];

describe('what somebody meant', () => {
  test.each([
    ['improt', 'import'],
    ['tenants', 'tenant'],
    ['exprots', 'exports'],
    ['templ', 'templates'],
    ['--hlep', '--help'],
  ])('by %s was %s', (typed, meant) => {
    expect(nearest(typed, known)).toBe(meant);
  });

  test('is not guessed where nothing is near, or several begin like it', () => {
    for (const typed of ['conquer', 'x', '', 'te']) expect(nearest(typed, known), typed).toBeUndefined();
  });
});
