/** API keys: what they may do, for how long, and that a tenant's keys are its own. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Database } from '../../../src/database/connect.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createKey, keyOf, listKeys, revokeKey } from '../../../src/tenants/keys.ts';
import { removeMember } from '../../../src/tenants/member-changes.ts';
import { changeTenant } from '../../../src/tenants/settings.ts';
import { createTenant } from '../../../src/tenants/tenants.ts';
import { useDatabase } from '../../support/database.ts';
import { colleague, trailOf } from './people.ts';

const given = useDatabase();

afterEach(() => {
  vi.useRealTimers();
});

/** Only the clock is ours; everything that waits does so for real. */
function setClock(time: number | string): void {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(time) });
}

const make = (tenant: string, more: { days?: number | null; permissions?: string[] } = {}) =>
  createKey(given.database, tenant, { name: 'Shop', permissions: ['customers:read'], ...more }, null);

/** As another process sees it, that remembers nothing: a token is remembered for five seconds. */
async function keyOfLater(token: string) {
  setClock(Date.now() + 5001);
  try {
    return await keyOf(given.database, token);
  } finally {
    vi.useRealTimers();
  }
}

describe('a key', () => {
  test('is known by its token, which is shown once and kept as its digest', async () => {
    const tenant = await given.tenant();
    const { key, token } = await make(tenant, { permissions: ['customers:write', 'customers:read'] });
    expect(token).toMatch(/^clk_[\w-]{43}$/);
    expect(await keyOf(given.database, token)).toMatchObject({
      id: key.id,
      tenantId: tenant,
      permissions: ['customers:read', 'customers:write'],
    });
    const [listed] = await listKeys(given.database, tenant);
    expect(listed).toMatchObject({ id: key.id, name: 'Shop', prefix: token.slice(0, 10), revokedAt: null });
    const { rows } = await given.database.app.query('select * from auth.api_keys where id = $1', [key.id]);
    expect(JSON.stringify([rows, listed])).not.toContain(token.slice(10));
  });

  test.each([
    ['', 'nothing'],
    ['clk_', 'no random part'],
    [`clk_${'A'.repeat(43)}`, 'a token that nobody made'],
    [`clk_${'A'.repeat(44)}`, 'a token that is too long'],
    ["clk_' or true --", 'SQL'],
  ])('is not %j: %s', async (token) => {
    expect(await keyOf(given.database, token)).toBeNull();
  });

  test('is its tenant’s: another one neither lists nor revokes it', async () => {
    const [tenant, other] = [await given.tenant(), await given.tenant()];
    const { key, token } = await make(tenant);
    expect(await listKeys(given.database, other)).toEqual([]);
    for (const id of [key.id, newId(), 'x']) {
      await expect(revokeKey(given.database, other, id, null)).rejects.toMatchObject({
        code: 'key.not_found',
      });
    }
    expect(await keyOfLater(token)).toMatchObject({ tenantId: tenant });
  });

  test('that was revoked is worth nothing here, and elsewhere within five seconds', async () => {
    const tenant = await given.tenant();
    const [here, elsewhere] = [await make(tenant), await make(tenant)];
    for (const { token } of [here, elsewhere]) expect(await keyOf(given.database, token)).not.toBeNull();
    await revokeKey(given.database, tenant, here.key.id, null);
    expect(await keyOf(given.database, here.token)).toBeNull();
    await given.database.app.query('update auth.api_keys set revoked_at = now() where id = $1', [
      elsewhere.key.id,
    ]);
    expect(await keyOfLater(elsewhere.token)).toBeNull();
    await expect(revokeKey(given.database, tenant, here.key.id, null)).rejects.toMatchObject({
      code: 'key.not_found',
    });
  });

  test('is worth nothing from the moment when it expires, also to who remembers it', async () => {
    const tenant = await given.tenant();
    const { key, token } = await make(tenant, { days: 1 });
    const end = Date.parse(key.expiresAt ?? '');
    setClock(end - 1);
    expect(await keyOf(given.database, token)).not.toBeNull();
    setClock(end);
    expect(await keyOf(given.database, token)).toBeNull();
  });

  test('loses a permission that there is no more', async () => {
    const tenant = await given.tenant();
    const { key, token } = await make(tenant);
    await given.database.app.query(
      `update auth.api_keys set permissions = array['customers:read', 'gone:read'] where id = $1`,
      [key.id],
    );
    expect(await keyOf(given.database, token)).toMatchObject({ permissions: ['customers:read'] });
  });
});

describe('making a key', () => {
  test('gives it no permission that its maker has not', async () => {
    const tenant = await given.tenant();
    const { acting } = await colleague(given.database, tenant, { role: 'staff' });
    const wanted = { name: 'Shop', permissions: ['customers:read', 'customers:erase', 'keys:write'] };
    await expect(createKey(given.database, tenant, wanted, acting)).rejects.toMatchObject({
      code: 'permission.missing',
      details: { permissions: ['customers:erase', 'keys:write'] },
    });
    const { key } = await createKey(
      given.database,
      tenant,
      { ...wanted, permissions: ['customers:read'] },
      acting,
    );
    expect(key.createdBy).toBe(acting.id);
  });

  test.each([
    ['a permission that there is not', { name: 'A', permissions: ['customers:read', 'customers:fly'] }],
    ['no permission', { name: 'A', permissions: [] }],
    ['a blank name', { name: ' ', permissions: ['customers:read'] }],
    ['a name of two lines', { name: 'A\nB', permissions: ['customers:read'] }],
    ['a name of 101 characters', { name: 'x'.repeat(101), permissions: ['customers:read'] }],
    ['a life of no day', { name: 'A', permissions: ['customers:read'], days: 0 }],
    ['a life of half a day', { name: 'A', permissions: ['customers:read'], days: 0.5 }],
    ['a life of more than a year', { name: 'A', permissions: ['customers:read'], days: 366 }],
    ['no end', { name: 'A', permissions: ['customers:read'], days: null }],
  ])('is refused with %s', async (_, wanted) => {
    const tenant = await given.tenant();
    await expect(createKey(given.database, tenant, wanted, null)).rejects.toMatchObject({
      code: 'key.invalid',
    });
    expect(await listKeys(given.database, tenant)).toEqual([]);
  });

  test('gives it the life that the tenant’s settings allow', async () => {
    const tenant = await given.tenant();
    const days = ({ createdAt, expiresAt }: { createdAt: string; expiresAt: string | null }) =>
      expiresAt === null ? null : (Date.parse(expiresAt) - Date.parse(createdAt)) / 86_400_000;
    expect(days((await make(tenant)).key)).toBe(365);
    await changeTenant(given.database, tenant, { settings: { keys: { daysMax: 30 } } }, null);
    expect(days((await make(tenant)).key)).toBe(30);
    await expect(make(tenant, { days: 31 })).rejects.toMatchObject({ code: 'key.invalid' });
    await changeTenant(given.database, tenant, { settings: { keys: { daysMax: null } } }, null);
    const { key, token } = await make(tenant);
    expect(key.expiresAt).toBeNull();
    expect(await keyOf(given.database, token)).not.toBeNull();
  });
});

describe('the use of a key', () => {
  test('is noted once a minute, and told in the trail once an hour', async () => {
    const tenant = await given.tenant();
    setClock('2026-03-01T10:00:00Z');
    const { key, token } = await make(tenant, { days: 2 });
    const used: (string | null | undefined)[] = [];
    for (const time of ['10:00:10', '10:01:00', '10:01:20', '10:59:59', '11:00:59', '11:30:00', '13:00:00']) {
      setClock(`2026-03-01T${time}Z`);
      expect(await keyOf(given.database, token)).not.toBeNull();
      used.push((await listKeys(given.database, tenant))[0]?.lastUsedAt?.slice(11, 19));
    }
    expect(used).toEqual([
      '10:00:10',
      '10:00:10',
      '10:01:20',
      '10:59:59',
      '11:00:59',
      '11:30:00',
      '13:00:00',
    ]);
    vi.useRealTimers();
    const { entries, faults } = await trailOf(given.database, tenant);
    expect(faults).toEqual([]);
    expect(entries.map(({ action, actor }) => ({ action, actor }))).toEqual([
      { action: 'key.create', actor: null },
      { action: 'key.use', actor: key.id },
      { action: 'key.use', actor: key.id },
      { action: 'key.use', actor: key.id },
    ]);
  });

  test('by many calls at once makes one entry', async () => {
    const tenant = await given.tenant();
    const { token } = await make(tenant);
    const found = await Promise.all(Array.from({ length: 20 }, () => keyOf(given.database, token)));
    expect(found.filter((key) => key === null)).toEqual([]);
    const { entries } = await trailOf(given.database, tenant);
    expect(entries.filter(({ action }) => action === 'key.use')).toHaveLength(1);
  });

  test('stands in the trail with its making and its end, without name and token', async () => {
    const tenant = await given.tenant();
    const { key, token } = await make(tenant, { days: 1 });
    const { acting } = await colleague(given.database, tenant, { role: 'owner' });
    await revokeKey(given.database, tenant, key.id, acting);
    const { entries, faults } = await trailOf(given.database, tenant);
    expect(faults).toEqual([]);
    expect(entries.filter(({ subject_id }) => subject_id === key.id)).toEqual([
      {
        action: 'key.create',
        actor: null,
        subject_id: key.id,
        detail: { permissions: ['customers:read'], expires_at: expect.any(String) },
      },
      { action: 'key.revoke', actor: acting.id, subject_id: key.id, detail: {} },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(new RegExp(`Shop|${token.slice(4)}`));
  });
});

test('a token is found by an index, as the login that works', async () => {
  await make(await given.tenant());
  const client = await given.database.app.connect();
  try {
    await client.query('set enable_seqscan = off');
    const { rows } = await client.query(
      `explain select id from auth.api_keys where hash = '\\x00' and revoked_at is null`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index Cond: \(hash = /);
  } finally {
    client.release(true);
  }
});

describe('whoever made a key', () => {
  const everything = { permissions: ['keys:write', 'customers:read'] };

  test('takes it along when he is removed, and what was made with it', async () => {
    const tenant = await given.tenant();
    const [leaving, staying] = [
      await colleague(given.database, tenant, { role: 'admin' }),
      await colleague(given.database, tenant, { role: 'owner' }),
    ];
    const wanted = { name: 'Shop', ...everything };
    const his = await createKey(given.database, tenant, wanted, leaving.acting);
    const acting = { id: his.key.id, role: null, permissions: new Set(his.key.permissions) };
    const madeWithIt = await createKey(given.database, tenant, wanted, acting);
    const other = await createKey(given.database, tenant, wanted, staying.acting);
    for (const { token } of [his, madeWithIt, other])
      expect(await keyOf(given.database, token)).not.toBeNull();

    await removeMember(given.database, tenant, leaving.memberId, staying.acting);
    for (const { token } of [his, madeWithIt]) expect(await keyOf(given.database, token)).toBeNull();
    expect(await keyOf(given.database, other.token)).toMatchObject({ id: other.key.id });
    const { entries, faults } = await trailOf(given.database, tenant);
    expect(faults).toEqual([]);
    const ended = entries.filter(({ action }) => action === 'key.revoke');
    expect(ended.map(({ subject_id }) => subject_id).sort()).toEqual([his.key.id, madeWithIt.key.id].sort());
    expect(ended.map(({ actor }) => actor)).toEqual([staying.memberId, staying.memberId]);
  });

  test('leaves it behind where that is said', async () => {
    const tenant = await given.tenant();
    const leaving = await colleague(given.database, tenant, { role: 'admin' });
    const { token } = await createKey(
      given.database,
      tenant,
      { name: 'Shop', ...everything },
      leaving.acting,
    );
    await removeMember(given.database, tenant, leaving.memberId, null, { keepKeys: true });
    expect(await keyOfLater(token)).not.toBeNull();
  });

  test('as an agency’s member, takes along those of the tenants below it', async () => {
    const { agency, first } = await agencyWithSites(given.database);
    const agent = await colleague(given.database, agency.id, { role: 'admin', siteRole: 'admin' });
    const { token } = await createKey(
      given.database,
      first.id,
      { name: 'Shop', ...everything },
      agent.acting,
    );
    expect(await keyOf(given.database, token)).not.toBeNull();
    await removeMember(given.database, agency.id, agent.memberId, null);
    expect(await keyOf(given.database, token)).toBeNull();
    expect((await trailOf(given.database, first.id)).entries.at(-1)).toMatchObject({ action: 'key.revoke' });
  });
});

async function agencyWithSites(database: Database) {
  const agency = await createTenant(database, { name: `Agency ${newId()}` });
  const first = await createTenant(database, { name: `Site ${newId()}`, parent: agency.id });
  return { agency, first };
}
