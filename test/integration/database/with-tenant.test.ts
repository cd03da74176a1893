import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { retrying } from '../../../src/database/retrying.ts';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { newId } from '../../../src/platform/ids.ts';
import { useDatabase } from '../../support/database.ts';

const given = useDatabase();

const addGroup = (tenantId: string, name: string) =>
  withTenant(given.database, tenantId, async (tx) => {
    const id = newId();
    await tx.query(
      'insert into customer_groups (tenant_id, id, name, created_at) values ($1, $2, $3, now())',
      [tenantId, id, name],
    );
    return id;
  });

const groupsOf = (tenantId: string) =>
  withTenant(given.database, tenantId, async (tx) => {
    const { rows } = await tx.query<{ name: string }>('select name from customer_groups order by name');
    return rows.map(({ name }) => name);
  });

describe('a tenant', () => {
  test('sees its own rows and nobody else’s', async () => {
    const [one, two] = [await given.tenant(), await given.tenant()];
    await addGroup(one, 'Gold');
    await addGroup(two, 'Silver');
    expect(await groupsOf(one)).toEqual(['Gold']);
    expect(await groupsOf(two)).toEqual(['Silver']);
  });

  test('cannot change, remove or take over another tenant’s rows', async () => {
    const [one, two] = [await given.tenant(), await given.tenant()];
    const id = await addGroup(one, 'Gold');
    await withTenant(given.database, two, async (tx) => {
      expect(
        (await tx.query('update customer_groups set name = $2 where id = $1', [id, 'mine'])).rowCount,
      ).toBe(0);
      expect((await tx.query('delete from customer_groups where id = $1', [id])).rowCount).toBe(0);
      expect((await tx.query('update customer_groups set tenant_id = $1', [two])).rowCount).toBe(0);
    });
    expect(await groupsOf(one)).toEqual(['Gold']);
  });

  test('cannot write a row in another tenant’s name', async () => {
    const [one, two] = [await given.tenant(), await given.tenant()];
    const writing = withTenant(given.database, two, (tx) =>
      tx.query('insert into customer_groups (tenant_id, id, name, created_at) values ($1, $2, $3, now())', [
        one,
        newId(),
        'x',
      ]),
    );
    await expect(writing).rejects.toMatchObject({ code: '42501' });
    expect(await groupsOf(one)).toEqual([]);
  });

  test('may not be set to anything but an id', async () => {
    const work = async () => 'reached';
    await expect(withTenant(given.database, `'; select 1; --`, work)).rejects.toThrow('by its id');
    await expect(withTenant(given.database, '', work)).rejects.toThrow('by its id');
  });

  test('may not be set within another, nor within itself', async () => {
    const [one, two] = [await given.tenant(), await given.tenant()];
    for (const inner of [two, one]) {
      const nested = withTenant(given.database, one, () =>
        withTenant(given.database, inner, async () => 'reached'),
      );
      await expect(nested).rejects.toThrow('within withTenant');
    }
  });
});

describe('with no tenant set', () => {
  test('there are no rows', async () => {
    await addGroup(await given.tenant(), 'Gold');
    const { rows } = await given.database.app.query('select count(*)::int as count from customer_groups');
    expect(rows).toEqual([{ count: 0 }]);
  });

  test('nothing is left of the tenant that used the connection before', async () => {
    const one = await given.tenant();
    await addGroup(one, 'Gold');
    const pool = new pg.Pool({ ...given.logins.app, max: 1 });
    try {
      const onePool = { ...given.database, app: pool };
      const before = await withTenant(
        onePool,
        one,
        async (tx) => (await tx.query('select pg_backend_pid() as pid')).rows[0],
      );
      const { rows } = await pool.query(
        'select pg_backend_pid() as pid, (select count(*)::int from customer_groups) as count',
      );
      expect(rows).toEqual([{ ...before, count: 0 }]);
    } finally {
      await pool.end();
    }
  });
});

describe('a transaction', () => {
  test('is rolled back when its work throws, and throws what the work threw', async () => {
    const tenant = await given.tenant();
    const thrown = new Error('no');
    const failing = withTenant(given.database, tenant, async (tx) => {
      await tx.query(
        `insert into customer_groups (tenant_id, id, name, created_at) values ($1, $2, 'Gold', now())`,
        [tenant, newId()],
      );
      throw thrown;
    });
    await expect(failing).rejects.toBe(thrown);
    expect(await groupsOf(tenant)).toEqual([]);
  });

  test('says so when a swallowed failure kept it from being committed', async () => {
    const tenant = await given.tenant();
    const swallowing = withTenant(given.database, tenant, async (tx) => {
      await tx.query('select 1 / 0').catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('nothing was committed');
  });

  test('whose connection breaks leaves nothing broken in the pool', async () => {
    const tenant = await given.tenant();
    const broken = withTenant(given.database, tenant, async (tx) => {
      await tx.query('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
      await pause(50);
      await tx.query('select 1');
    });
    await expect(broken).rejects.toThrow();
    for (let i = 0; i < 10; i += 1) expect(await groupsOf(tenant)).toEqual([]);
  });

  test('survives its idle connections being cut', async () => {
    const tenant = await given.tenant();
    await Promise.all([groupsOf(tenant), groupsOf(tenant), groupsOf(tenant)]);
    const owner = new pg.Client(given.logins.owner);
    await owner.connect();
    try {
      await owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'clientele_app'`,
      );
    } catch {
      // An owner without the right to do so: the connections stay, and the next lines hold all the same.
    }
    await owner.end();
    await pause(100);
    expect(await groupsOf(tenant)).toEqual([]);
  });

  test('can be read only, and repeatable', async () => {
    const tenant = await given.tenant();
    const options = { readOnly: true, isolation: 'repeatable read' } as const;
    const settings = await withTenant(
      given.database,
      tenant,
      async (tx) =>
        (
          await tx.query(
            `select current_setting('transaction_isolation') as isolation, current_setting('transaction_read_only') as ro`,
          )
        ).rows[0],
      options,
    );
    expect(settings).toEqual({ isolation: 'repeatable read', ro: 'on' });
  });
});

describe('values come back', () => {
  test('as text where JavaScript would change them, and as numbers where it would not', async () => {
    const tenant = await given.tenant();
    const row = await withTenant(given.database, tenant, async (tx) => {
      const { rows } = await tx.query(`
        select date '0044-03-15 BC' as day, timestamptz '2026-03-29 01:30:00.123456+01' as moment, 12.10::numeric(9, 2) as amount,
          42::bigint as small, 9223372036854775807 as large, array[date '2026-01-01', null] as days, array[1::bigint, null] as numbers`);
      return rows[0];
    });
    expect(row).toEqual({
      day: '0044-03-15 BC',
      moment: '2026-03-29 00:30:00.123456+00',
      amount: '12.10',
      small: 42,
      large: 9223372036854775807n,
      days: ['2026-01-01', null],
      numbers: [1, null],
    });
  });
});

describe('retrying', () => {
  test('runs two transactions that deadlock until both are through', async () => {
    const tenant = await given.tenant();
    const [one, two] = [await addGroup(tenant, 'one'), await addGroup(tenant, 'two')];
    let met = 0;
    const swap = (first: string, second: string) =>
      retrying(() =>
        withTenant(given.database, tenant, async (tx) => {
          await tx.query('select from customer_groups where id = $1 for update', [first]);
          met += 1;
          // Each holds its first row before either asks for its second.
          while (met < 2) await pause(5);
          await tx.query('select from customer_groups where id = $1 for update', [second]);
        }),
      );
    await Promise.all([swap(one, two), swap(two, one)]);
    expect(met).toBe(3);
  });

  test('gives up after the attempts it has, and at once on any other failure', async () => {
    let runs = 0;
    const failing = (code: string) =>
      retrying(
        async () => {
          runs += 1;
          throw Object.assign(new Error('refused'), { code });
        },
        { attemptsMax: 3 },
      );
    await expect(failing('40001')).rejects.toThrow('refused');
    expect(runs).toBe(3);
    await expect(failing('23505')).rejects.toThrow('refused');
    expect(runs).toBe(4);
  });
});
