import { getMigrations } from 'better-auth/db/migration';
import { describe, expect, test } from 'vitest';
import { authenticationOptions } from '../../../src/accounts/authentication.ts';
import { noEvents } from '../../../src/accounts/events.ts';
import { useDatabase } from '../../support/database.ts';
import { baseUrl } from './account-support.ts';

const given = useDatabase();

function options(logged: string[] = []) {
  return {
    ...authenticationOptions(given.database, {
      secret: 'only for the tests, and long enough',
      baseUrl,
      methods: { signUp: false, oidc: null },
      events: noEvents,
      post: () => {},
      behind: () => {},
    }),
    logger: { level: 'warn' as const, log: (_: string, message: string) => void logged.push(message) },
  };
}

describe('the schema auth', () => {
  test('lacks nothing that better-auth wants: no table, column or index', async () => {
    const logged: string[] = [];
    const wanted = await getMigrations(options(logged));
    expect(await wanted.compileMigrations()).toBe(';');
    expect(wanted.schemaProblems ?? []).toEqual([]);
    // It reads what it would itself have made as bigint by the other name of the type.
    expect(logged.filter((message) => !message.startsWith('Field last_request'))).toEqual([]);
  });

  test('would be asked for what it lacks', async () => {
    const logged: string[] = [];
    const more = options(logged);
    const wanted = await getMigrations({
      ...more,
      user: { ...more.user, additionalFields: { nickname: { type: 'string', required: false } } },
    });
    expect(await wanted.compileMigrations()).toContain('"nickname"');
  });

  test('lets the loader in nowhere', async () => {
    for (const table of ['"user"', 'session', 'account', 'api_keys', 'memberships', 'setup_tokens'])
      await expect(given.database.loader.query(`select from auth.${table}`)).rejects.toMatchObject({
        code: '42501',
      });
  });

  test('takes a user’s sessions, ways to sign in and memberships away with him', async () => {
    const { rows } = await given.database.asOwner((owner) =>
      owner.query(
        `select conrelid::regclass::text as name from pg_constraint
         where contype = 'f' and confrelid = 'auth."user"'::regclass and confdeltype = 'c' order by 1`,
      ),
    );
    expect(rows.map(({ name }) => name)).toEqual([
      'auth.account',
      'auth.memberships',
      'auth.session',
      'auth.two_factor',
    ]);
  });
});
