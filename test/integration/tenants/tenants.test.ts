import { describe, expect, test } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { createTenant, findTenant, listTenants, slugFrom } from '../../../src/tenants/tenants.ts';
import { useDatabase } from '../../support/database.ts';

const given = useDatabase();

describe('a new tenant', () => {
  test('is called by its name without accents, spaces and signs, unless it is told otherwise', async () => {
    expect(await createTenant(given.database, { name: '  Müller & Söhne  ' })).toMatchObject({
      slug: 'muller-sohne',
      name: 'Müller & Söhne',
      country: null,
      currency: 'USD',
      timezone: 'UTC',
      language: 'en',
    });
    expect(await createTenant(given.database, { name: '株式会社', slug: 'kabushiki' })).toMatchObject({
      slug: 'kabushiki',
    });
  });

  test('has a slug that nobody else has', async () => {
    await createTenant(given.database, { name: 'Taken' });
    const second = createTenant(given.database, { name: 'taken' });
    await expect(second).rejects.toMatchObject({ code: 'tenant.exists', details: { slug: 'taken' } });
  });

  test.each([
    ['a name that is blank', { name: ' ' }],
    ['a name of 256 characters', { name: 'x'.repeat(256) }],
    ['a name that leaves no slug', { name: '株式会社' }],
    ['a slug with capitals and spaces', { name: 'A', slug: 'Not A Slug' }],
    ['a slug that ends in a hyphen', { name: 'A', slug: 'a-' }],
    ['a slug that could be an id', { name: 'A', slug: newId() }],
    ['a country that is none', { name: 'A', country: 'Germany' }],
    ['a currency that is none', { name: 'A', currency: '€' }],
    ['a time zone that is none', { name: 'A', timezone: 'Mars/Olympus' }],
    ['a language that is none', { name: 'A', language: 'English' }],
  ])('is refused with %s', async (_, wanted) => {
    await expect(createTenant(given.database, wanted)).rejects.toMatchObject({ code: 'tenant.invalid' });
  });
});

test('a slug has 63 characters at most, and ends in none that is no letter or digit', () => {
  expect(slugFrom(`${'x'.repeat(62)} y`)).toBe('x'.repeat(62));
  expect(slugFrom('-- A.B --')).toBe('a-b');
});

test('a tenant is found by its slug and by its id, in any case, and by nothing else', async () => {
  const tenant = await createTenant(given.database, { name: 'Found', slug: 'found' });
  expect(await findTenant(given.database, 'found')).toEqual(tenant);
  expect(await findTenant(given.database, tenant.id.toUpperCase())).toEqual(tenant);
  for (const named of ['Lost', newId(), '', "found' or true --"]) {
    await expect(findTenant(given.database, named)).rejects.toMatchObject({ code: 'tenant.not_found' });
  }
});

test('tenants are listed by their slugs', async () => {
  await createTenant(given.database, { name: 'z-last' });
  await createTenant(given.database, { name: '0-first' });
  const slugs = (await listTenants(given.database)).map(({ slug }) => slug);
  expect(slugs).toEqual([...slugs].sort());
  expect(slugs[0]).toBe('0-first');
});
