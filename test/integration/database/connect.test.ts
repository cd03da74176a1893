import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Database } from '../../../src/database/connect.ts';
import { isConnectionLost } from '../../../src/database/failures.ts';
import { ensureMigrated } from '../../../src/database/migrate.ts';
import { secretOf } from '../../../src/database/secret.ts';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { createTenant, findTenant, listTenants } from '../../../src/tenants/tenants.ts';
import { useDatabase } from '../../support/database.ts';

const given = useDatabase({ empty: true });

describe('the private server', () => {
  let dataFolder: string;
  let database: Database;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'clientele-connect-'));
    database = await connect({ dataFolder, databaseUrl: null });
    await ensureMigrated(database);
  });

  afterAll(async () => {
    await database.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  test('is made, prepared and migrated by whoever comes first', async () => {
    expect(database.kind).toBe('embedded');
    expect(await listTenants(database)).toEqual([]);
    const { rows } = await database.loader.query('select current_user as login');
    expect(rows).toEqual([{ login: 'clientele_loader' }]);
  });

  test('keeps its secret from others', async () => {
    const { mode } = await stat(join(dataFolder, 'secret'));
    expect(mode & 0o777).toBe(0o600);
  });

  test('lets no membership come to be between its logins, but for what the owner may hand out', async () => {
    const rows = await database.asOwner(
      async (owner) =>
        (
          await owner.query(
            `select roleid::regrole::text as role, member::regrole::text as member, inherit_option or set_option as acts from pg_auth_members
             where roleid::regrole::text like 'clientele%' or member::regrole::text like 'clientele%'`,
          )
        ).rows,
    );
    expect(rows).toEqual([{ role: 'clientele_search', member: 'clientele_owner', acts: false }]);
  });

  test('is joined by others, who see the same', async () => {
    const tenant = await createTenant(database, { name: 'Seen by all' });
    const other = await connect({ dataFolder, databaseUrl: null });
    try {
      expect(await findTenant(other, tenant.slug)).toEqual(tenant);
    } finally {
      await other.close();
    }
    expect(await findTenant(database, tenant.id)).toEqual(tenant);
  });

  test('that was killed is brought back with everything committed, and work goes on', async () => {
    const tenant = await createTenant(database, { name: 'Kept' });
    const broken = withTenant(database, tenant.id, async (tx) => {
      process.kill(await postmasterOf(dataFolder), 'SIGKILL');
      for (;;) await tx.query('select pg_sleep(0.01)');
    });
    const failure = await broken.catch((error: unknown) => error);
    expect(isConnectionLost(failure)).toBe(true);
    await database.restore();
    expect(await findTenant(database, tenant.slug)).toEqual(tenant);
    await expect(
      withTenant(database, tenant.id, async (tx) => (await tx.query('select 1 as one')).rows),
    ).resolves.toEqual([{ one: 1 }]);
  });
});

/** PostgreSQL writes its process's number into the first line. */
async function postmasterOf(dataFolder: string): Promise<number> {
  const file = await readFile(join(dataFolder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8');
  return Number.parseInt(file, 10);
}

describe('a server of one’s own', () => {
  test('is not migrated on the way: it is refused until somebody has', async () => {
    const database = await connect({ databaseUrl: given.environment.DATABASE_URL, dataFolder: given.folder });
    try {
      await expect(ensureMigrated(database)).rejects.toMatchObject({ code: 'database.outdated' });
    } finally {
      await database.close();
    }
  });

  test('that does not answer is waited for, and then refused', async () => {
    const database = await connect({
      databaseUrl: 'postgres://somebody@localhost:1/nothing',
      dataFolder: given.folder,
    });
    await expect(database.asOwner(async () => 'reached')).rejects.toMatchObject({
      code: 'database.unreachable',
    });
    await database.close();
  });

  test('may not be named by an address that is none', async () => {
    await expect(connect({ databaseUrl: 'postgres://[', dataFolder: given.folder })).rejects.toMatchObject({
      code: 'usage.invalid',
    });
  });
});

describe('the secret of a data folder', () => {
  test('is the same for all who ask at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clientele-secret-'));
    try {
      const secrets = await Promise.all(Array.from({ length: 20 }, () => secretOf(folder)));
      expect(new Set(secrets).size).toBe(1);
      expect(secrets[0]).toMatch(/^[\w-]{43}$/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
