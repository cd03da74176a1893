import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { dumpSchema } from '../../../src/database/dump-schema.ts';
import { useDatabase } from '../../support/database.ts';

const given = useDatabase();

test('schema.sql is what the migrations make; "npm run schema" writes it', async (context) => {
  const { rows } = await given.database.app.query('show server_version_num');
  // Versions write the same expression differently; the private server's is the one that counts.
  if (Math.floor(Number(rows[0].server_version_num) / 10_000) !== 18) context.skip();
  const written = await readFile(new URL('../../../schema.sql', import.meta.url), 'utf8');
  expect(await given.database.asOwner(dumpSchema)).toBe(written);
});

test('a kind of thing that the dump does not know makes it fail rather than be left out', async () => {
  await given.database.asOwner(async (owner) => {
    await owner.query('begin');
    await owner.query(`create type mood as enum ('good', 'bad')`);
    await expect(dumpSchema(owner)).rejects.toThrow('type mood');
    await owner.query('rollback');
  });
});
