import { expect, test } from 'vitest';
import { lastWords } from '../../../src/database/embedded/launch.ts';

const at = '2026-11-21 00:05:59.120 UTC [18342] ';
const log = [
  'LOG:  database system was interrupted; last known up at 2026-11-21 00:05:50 UTC',
  'FATAL:  the database system is not yet accepting connections',
  'FATAL:  the database system is not yet accepting connections',
  'FATAL:  could not write to file "pg_wal/xlogtemp.18342": No space left on device',
  'LOG:  startup process (PID 18342) exited with exit code 1',
].map((line) => at + line);

test('says why a server did not start, once, and what mends it', () => {
  expect(lastWords(log.join('\n'))).toBe(
    'FATAL:  could not write to file "pg_wal/xlogtemp.18342": No space left on device. The disk is full: make room',
  );
});
