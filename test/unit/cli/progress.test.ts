import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { progressLine } from '../../../src/cli/progress.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** What a terminal is sent while a run of a million rows is at its first. */
function sentTo(columns: number): string {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns });
  const line = progressLine(terminal as unknown as NodeJS.WriteStream);
  line.watch({ doing: 'writing', state: 'committing', rowsDone: 1, rowsTotal: 1_000_000 });
  line.end();
  return String(terminal.read() ?? '');
}

describe('the line that says how far a run is', () => {
  test('is no wider than the terminal, where half of it would stay', () => {
    expect(sentTo(20)).toBe('\r\u001b[2KWriting: 1 of 1,000\r\u001b[2K');
  });

  test('is there on a terminal that does not know how wide it is', () => {
    expect(sentTo(0)).toContain('Writing: 1 of 1,000,000 rows');
  });

  test('is not on a terminal that can write nothing over', () => {
    vi.stubEnv('TERM', 'dumb');
    expect(sentTo(80)).toBe('');
  });
});
