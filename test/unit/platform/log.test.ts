import { describe, expect, test } from 'vitest';
import { describeError } from '../../../src/platform/log.ts';

/** As pg throws it: an Error with the server's fields. */
const databaseError = () =>
  Object.assign(new Error('duplicate key value violates unique constraint "customers_email"'), {
    severity: 'ERROR',
    code: '23505',
    detail: 'Key (email)=(ana@example.com) already exists.',
    where: 'COPY customers, line 3: "ana@example.com"',
    table: 'customers',
    constraint: 'customers_email',
    routine: '_bt_check_unique',
  });

describe('an error in the log', () => {
  test('quotes no value of a customer, and says where it was', () => {
    const described = describeError(new Error('The chunk failed.', { cause: databaseError() }));
    expect(JSON.stringify(described)).not.toContain('ana@example.com');
    expect(described.cause?.message).toBe(
      'database error 23505, table customers, constraint customers_email, routine _bt_check_unique',
    );
    expect(described.cause?.stack).toMatch(/^\s+at /);
  });

  test('of the server may quote a value in its message, which is left out', () => {
    const error = Object.assign(databaseError(), { code: '22P02' });
    error.message = 'invalid input syntax for type date: "born 1 May 1970"';
    expect(JSON.stringify(describeError(error))).not.toContain('1970');
  });

  test('keeps the message and the code of one of our own', () => {
    const error = Object.assign(new TypeError('x is not a function'), { code: 'ERR_X' });
    expect(describeError(error)).toMatchObject({
      type: 'TypeError',
      message: 'x is not a function',
      code: 'ERR_X',
    });
  });

  test('may be anything that was thrown', () => {
    expect(describeError('ana@example.com')).toEqual({
      type: 'string',
      message: 'Something that is not an Error was thrown.',
    });
  });
});
