import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/database/connect.ts';
import { assertMigrated, migrate, migrationState, readMigrations } from '../../../src/database/migrate.ts';
import { useDatabase } from '../../support/database.ts';
import { standingServer } from '../../support/server.ts';

const given = useDatabase({ empty: true });
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clientele-migrations-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
  await given.database.asOwner(async (owner) => {
    await owner.query('drop table if exists migrations, colours, shapes');
  });
  await given.database.loader.query('drop table if exists staging.colours').catch(() => undefined);
  await given.database.asOwner((owner) => owner.query('drop schema if exists staging'));
});

const write = (name: string, sql: string) => writeFile(join(folder, name), sql);

const migrateHere = () => migrate(given.database, folder);

const tables = () =>
  given.database.asOwner(async (owner) => {
    const { rows } = await owner.query(
      `select schemaname || '.' || tablename as name, tableowner as owner from pg_tables
       where schemaname in ('public', 'staging') and tablename <> 'migrations' order by 1`,
    );
    return rows;
  });

describe('migrations', () => {
  test('apply once, in the order of their names', async () => {
    await write('0002-fill.sql', `insert into colours values ('red')`);
    await write('0001-colours.sql', 'create table colours (name text)');
    expect(await migrateHere()).toEqual(['0001-colours', '0002-fill']);
    expect(await migrateHere()).toEqual([]);
    await write('0003-fill.sql', `insert into colours values ('blue')`);
    expect(await migrateHere()).toEqual(['0003-fill']);
    const { rows } = await given.database.asOwner((owner) =>
      owner.query('select name from colours order by 1'),
    );
    expect(rows).toEqual([{ name: 'blue' }, { name: 'red' }]);
  });

  test('apply once when several processes bring them at once', async () => {
    await write('0001-colours.sql', `create table colours (name text); insert into colours values ('red')`);
    await write('0002-slow.sql', 'select pg_sleep(0.2)');
    const others = [1, 2, 3, 4].map(() => openDatabase('external', given.logins, standingServer));
    try {
      const applied = await Promise.all(others.map((database) => migrate(database, folder)));
      expect(applied.map((names) => names.length).sort()).toEqual([0, 0, 0, 2]);
    } finally {
      await Promise.all(others.map((database) => database.close()));
    }
  });

  test('for the loader make tables that are the loader’s, and the loader can record nothing afterwards', async () => {
    await write(
      '0001-staging.sql',
      'create schema staging; grant usage, create on schema staging to clientele_loader',
    );
    await write('0002-colours.loader.sql', 'create table staging.colours (name text)');
    expect(await migrateHere()).toEqual(['0001-staging', '0002-colours.loader']);
    expect(await tables()).toEqual([{ name: 'staging.colours', owner: 'clientele_loader' }]);
    const forging = given.database.loader.query(`insert into migrations values ('0003-forged', '', now())`);
    await expect(forging).rejects.toMatchObject({ code: '42501' });
  });

  test('that fail leave nothing of themselves, and keep those before', async () => {
    await write('0001-colours.sql', 'create table colours (name text)');
    await write('0002-shapes.sql', 'create table shapes (name text);\n\ninsert into nowhere values (1);');
    await expect(migrateHere()).rejects.toThrow(
      '0002-shapes failed at line 3: relation "nowhere" does not exist',
    );
    expect((await tables()).map(({ name }) => name)).toEqual(['public.colours']);
    await write('0002-shapes.sql', 'create table shapes (name text)');
    expect(await migrateHere()).toEqual(['0002-shapes']);
  });
});

describe('a database is refused', () => {
  test('when a file that was applied has been edited', async () => {
    await write('0001-colours.sql', 'create table colours (name text)');
    await migrateHere();
    await write('0001-colours.sql', 'create table colours (name text not null)');
    await expect(migrateHere()).rejects.toMatchObject({
      code: 'database.outdated',
      details: { changed: ['0001-colours'] },
    });
  });

  test('when it has migrations that this program does not know', async () => {
    await write('0001-colours.sql', 'create table colours (name text)');
    await write('0002-shapes.sql', 'create table shapes (name text)');
    await migrateHere();
    await rm(join(folder, '0002-shapes.sql'));
    await expect(migrateHere()).rejects.toMatchObject({
      code: 'database.outdated',
      details: { unknown: ['0002-shapes'] },
    });
  });

  test('before anything is made when its server is too old', async () => {
    await write('0001-colours.sql', 'create table colours (name text)');
    await expect(migrate(given.database, folder, 99)).rejects.toMatchObject({
      code: 'database.outdated',
      message: expect.stringMatching(/^The database is PostgreSQL \d+\S*.*; 99 or newer is needed\.$/),
    });
    expect(await tables()).toEqual([]);
  });

  test('for a role that it may not hand out, and for an extension that is not at hand, naming who mends that', async () => {
    await write(
      '0001-role.sql',
      `do $$ begin raise insufficient_privilege using message = 'permission denied to grant role "clientele_search"'; end $$`,
    );
    await expect(migrateHere()).rejects.toThrow('As a superuser: grant clientele_search to LOGIN');
    await write('0001-role.sql', 'create extension not_at_hand');
    await expect(migrateHere()).rejects.toThrow("Install PostgreSQL's contributed extensions");
  });

  test('for work while it was never migrated, and told how to mend it', async () => {
    const refusal = assertMigrated(given.database);
    await expect(refusal).rejects.toMatchObject({ code: 'database.outdated' });
    await expect(refusal).rejects.toThrow('clientele migrate');
    const { pending } = await migrationState(given.database);
    expect(pending).toEqual((await readMigrations()).map(({ name }) => name));
  });
});
