import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { isConnectionLost, isTransient } from '../../../src/database/failures.ts';
import { AppError } from '../../../src/platform/errors.ts';

const ofDatabase = (code: string): Error => Object.assign(new Error('of the server'), { code });

describe('a lost connection', () => {
  test('is the socket of a server that does not run', async () => {
    const failure = await new Promise((resolve) => connect('/nowhere/.s.PGSQL.5432').on('error', resolve));
    expect(failure).toMatchObject({ code: 'ENOENT' });
    expect(isConnectionLost(failure)).toBe(true);
  });

  test('is no file that is missing: to wait for that would have no end', async () => {
    const failure = await readFile('/nowhere/customers.csv').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ENOENT' });
    expect(isConnectionLost(failure)).toBe(false);
  });

  test('is a server that ends sessions, that starts, or that has no room for one more', () => {
    for (const code of ['57P01', '57P02', '57P03', '53300', '08006', '25P03'])
      expect(isConnectionLost(ofDatabase(code)), code).toBe(true);
  });

  test('is known through the refusal that was made of it', () => {
    const refusal = new AppError(
      'database.unreachable',
      'It does not answer.',
      {},
      { cause: ofDatabase('57P01') },
    );
    expect(isConnectionLost(refusal)).toBe(true);
  });

  test('is no statement that the server refused', () => {
    for (const code of ['23505', '40P01', '42601', '53100'])
      expect(isConnectionLost(ofDatabase(code)), code).toBe(false);
  });
});

test('what the database breaks off for the sake of another passes; what it refuses does not', () => {
  expect(['40001', '40P01'].map((code) => isTransient(ofDatabase(code)))).toEqual([true, true]);
  expect(['23505', '57P01'].map((code) => isTransient(ofDatabase(code)))).toEqual([false, false]);
});
