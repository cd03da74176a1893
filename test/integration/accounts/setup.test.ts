import { expect, test } from 'vitest';
import { issueSetupToken, useSetupToken } from '../../../src/accounts/setup.ts';
import { useDatabase } from '../../support/database.ts';
import { open, password } from './account-support.ts';

const given = useDatabase();

test('a set-up token works once, also for many at the same time, and a new one replaces the old', async () => {
  const { database } = given;
  const { accounts } = await open(database);
  const old = (await issueSetupToken(database)) as string;
  const token = (await issueSetupToken(database)) as string;
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(await useSetupToken(database.app, old)).toBe(false);
  expect(await useSetupToken(database.app, `${token}x`)).toBe(false);

  const callers = Array.from({ length: 6 }, async (_, caller) => {
    if (!(await useSetupToken(database.app, token))) return 'refused';
    await accounts.createUser({
      email: `first${caller}@example.com`,
      name: 'First',
      password,
      emailVerified: true,
    });
    return 'made';
  });
  expect((await Promise.all(callers)).sort()).toEqual([
    'made',
    ...Array.from({ length: 5 }, () => 'refused'),
  ]);
  const { rows } = await database.app.query('select count(*)::int as users from auth."user"');
  expect(rows).toEqual([{ users: 1 }]);
  expect(await issueSetupToken(database)).toBeNull();
  const { rows: kept } = await database.app.query('select s::text as line from auth.setup_tokens s');
  for (const { line } of kept) expect(line).not.toContain(token);
});

test('a set-up token is dead once its day is over, or a user came another way', async () => {
  const { database } = given;
  await database.app.query('delete from auth."user"');
  const token = (await issueSetupToken(database)) as string;
  await database.app.query(
    `update auth.setup_tokens set expires_at = now() - interval '1 s' where used_at is null`,
  );
  expect(await useSetupToken(database.app, token)).toBe(false);
  const next = (await issueSetupToken(database)) as string;
  const { accounts } = await open(database);
  await accounts.createUser({ email: 'another@example.com', name: 'A', password });
  expect(await useSetupToken(database.app, next)).toBe(false);
});

test('of the tokens of two starts at once, one makes a user', async () => {
  const { database } = given;
  await database.app.query('delete from auth."user"');
  await Promise.all([issueSetupToken(database), issueSetupToken(database)]);
  // As two transactions leave them that did not see each other.
  const tokens = [await issueSetupToken(database), await issueSetupToken(database)] as string[];
  await database.app.query(
    `insert into auth.setup_tokens (hash, expires_at) values (sha256($1::text::bytea), now() + interval '1 hour')`,
    [tokens[0]],
  );
  const used = await Promise.all(tokens.map((token) => useSetupToken(database.app, token)));
  expect(used.filter((good) => good)).toHaveLength(1);
});
