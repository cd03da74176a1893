/** Settings: what is set is kept, what is not has its default, and the currency is fixed once there is money. */
import { describe, expect, test } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { changeTenant } from '../../../src/tenants/settings.ts';
import { defaultSettings } from '../../../src/tenants/settings-schema.ts';
import { findTenant } from '../../../src/tenants/tenants.ts';
import { useImports } from '../../support/import.ts';
import { colleague, trailOf } from './people.ts';

const given = useImports();

const change = (tenant: string, wanted: Parameters<typeof changeTenant>[2]) =>
  changeTenant(given.database, tenant, wanted, null);

test('a tenant that has set nothing has the defaults', async () => {
  const tenant = await given.tenant();
  expect((await findTenant(given.database, tenant)).settings).toEqual(defaultSettings);
  expect(defaultSettings).toEqual({
    retention: { sourceDays: 30, rejectDays: 30, exportDays: 7 },
    guardRails: { failedPercentMax: null, changedPercentMax: null, approval: false },
    permissions: { writeGivesImport: true, readGivesExport: true },
    keys: { daysMax: 365 },
  });
});

describe('a change', () => {
  test('leaves what it does not name, and is told in the trail by names without values', async () => {
    const tenant = await given.tenant();
    const { acting } = await colleague(given.database, tenant, { role: 'owner' });
    await changeTenant(
      given.database,
      tenant,
      {
        name: ' Renamed ',
        country: 'GB',
        settings: { guardRails: { failedPercentMax: 12.5 }, retention: { sourceDays: 7 } },
      },
      acting,
    );
    const after = await changeTenant(
      given.database,
      tenant,
      { country: null, settings: { guardRails: { approval: true }, retention: { sourceDays: 7 } } },
      acting,
    );
    expect(after).toEqual(await findTenant(given.database, tenant));
    expect(after).toMatchObject({ name: 'Renamed', country: null });
    expect(after.settings).toEqual({
      ...defaultSettings,
      retention: { sourceDays: 7, rejectDays: 30, exportDays: 7 },
      guardRails: { failedPercentMax: 12.5, changedPercentMax: null, approval: true },
    });
    const { entries, faults } = await trailOf(given.database, tenant);
    expect(faults).toEqual([]);
    expect(entries.slice(-2)).toEqual([
      {
        action: 'settings.change',
        actor: acting.id,
        subject_id: tenant,
        detail: { settings: ['name', 'country', 'retention.sourceDays', 'guardRails.failedPercentMax'] },
      },
      {
        action: 'settings.change',
        actor: acting.id,
        subject_id: tenant,
        detail: { settings: ['country', 'guardRails.approval'] },
      },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/Renamed|12\.5/);
  });

  test('that changes nothing makes no entry', async () => {
    const tenant = await given.tenant();
    const before = await findTenant(given.database, tenant);
    const { name, currency } = before;
    expect(await change(tenant, { name, currency, settings: { keys: { daysMax: 365 } } })).toEqual(before);
    expect((await trailOf(given.database, tenant)).entries).toEqual([]);
  });

  test('does not lose another one that is made at the same time', async () => {
    const tenant = await given.tenant();
    await Promise.all([
      change(tenant, { settings: { retention: { sourceDays: 1 } } }),
      change(tenant, { settings: { retention: { rejectDays: 2 } } }),
      change(tenant, { settings: { permissions: { writeGivesImport: false } } }),
      change(tenant, { timezone: 'Europe/Berlin' }),
    ]);
    const { settings, timezone } = await findTenant(given.database, tenant);
    expect({ ...settings.retention, ...settings.permissions, timezone }).toEqual({
      sourceDays: 1,
      rejectDays: 2,
      exportDays: 7,
      writeGivesImport: false,
      readGivesExport: true,
      timezone: 'Europe/Berlin',
    });
    const { entries, faults } = await trailOf(given.database, tenant);
    expect([entries.length, faults]).toEqual([4, []]);
  });

  test('of one tenant is none of another', async () => {
    const [tenant, other] = [await given.tenant(), await given.tenant()];
    await change(tenant, { settings: { keys: { daysMax: 1 } } });
    expect((await findTenant(given.database, other)).settings).toEqual(defaultSettings);
    const nobody = change(newId(), { name: 'Nobody' });
    await expect(nobody).rejects.toMatchObject({ code: 'tenant.not_found' });
  });

  test('names every setting that there is not, or that cannot be so', async () => {
    const tenant = await given.tenant();
    const wanted = {
      settings: { colour: 'red', retention: { sourceDays: 0, years: 1 }, keys: { daysMax: '9' } },
    };
    const refused = change(tenant, wanted as never);
    await expect(refused).rejects.toMatchObject({
      code: 'settings.invalid',
      status: 400,
      details: {
        settings: expect.arrayContaining([
          'colour',
          'retention.sourceDays',
          'retention.years',
          'keys.daysMax',
        ]),
      },
      message: expect.stringContaining('there is no setting "retention.years"'),
    });
    const property = change(tenant, { slug: 'other', parentId: newId() } as never);
    await expect(property).rejects.toMatchObject({ details: { settings: ['slug', 'parentId'] } });
  });

  test.each([
    ['a blank name', { name: ' ' }],
    ['a name of two lines', { name: 'A\nB' }],
    ['a country that is none', { country: 'Germany' }],
    ['a currency that is none', { currency: '€' }],
    ['a time zone that is none', { timezone: 'Mars/Olympus' }],
    ['a language that is none', { language: 'English' }],
  ])('is refused with %s', async (_, wanted) => {
    await expect(change(await given.tenant(), wanted)).rejects.toMatchObject({ code: 'tenant.invalid' });
  });
});

describe('the currency', () => {
  test('can change while no customer has money', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\na@example.com,A\n');
    expect(await change(tenant, { currency: 'EUR' })).toMatchObject({ currency: 'EUR' });
  });

  test.each([
    ['store credit', 'email,first_name,store_credit_balance\na@example.com,A,1.50\n'],
    ['an amount spent', 'email,first_name,total_spent\na@example.com,A,10\n'],
    ['an annual revenue', 'email,type,company_name,annual_revenue\na@example.com,company,Acme,1000\n'],
  ])('is fixed once a customer has %s, while everything else can change', async (_, file) => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, file);
    expect(run.created).toBe(1);
    await expect(change(tenant, { currency: 'EUR', name: 'New' })).rejects.toMatchObject({
      code: 'tenant.currency_fixed',
      status: 409,
    });
    expect(await change(tenant, { currency: 'USD', name: 'New' })).toMatchObject({
      currency: 'USD',
      name: 'New',
    });
  });

  test('is fixed while an import reads amounts', async () => {
    const tenant = await given.tenant();
    const importId = await given.take(tenant, 'email,total_spent\na@example.com,10\n');
    await given.rows(tenant, `update imports set state = 'checked' where id = $1`, [importId]);
    await expect(change(tenant, { currency: 'EUR' })).rejects.toMatchObject({
      code: 'tenant.currency_fixed',
    });
  });
});

test('the program’s own login can change neither a tenant’s slug nor its agency', async () => {
  const tenant = await given.tenant();
  for (const column of ['slug', 'parent_id', 'id', 'created_at']) {
    const statement = `update tenants set ${column} = ${column} where id = $1`;
    await expect(given.rows(tenant, statement, [tenant])).rejects.toMatchObject({ code: '42501' });
  }
});
