/** A person who becomes a company, or the other way round, has the profile of what he is; undo takes it back. */
import { expect, test } from 'vitest';
import { verifyAudit } from '../../../src/audit/verify.ts';
import { useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 2 });

const people = 'email,first_name,last_name,company_name,type,tax_id\n';

async function profiles(tenant: string): Promise<Record<string, string>> {
  const rows = await given.rows(
    tenant,
    `select email, type, exists (select from individual_profiles p where p.customer_id = c.id) as person,
       exists (select from business_profiles p where p.customer_id = c.id) as business from customers c order by email`,
  );
  return Object.fromEntries(
    rows.map(({ email, type, person, business }) => [
      String(email)[0],
      [type, ...(person === true ? ['person'] : []), ...(business === true ? ['business'] : [])].join(' '),
    ]),
  );
}

async function filled(): Promise<string> {
  const tenant = await given.tenant();
  await given.import(
    tenant,
    `${people}a@example.com,Ann,Lee,,individual,\nb@example.com,,,Bee Ltd,company,\nc@example.com,Cy,Lee,,individual,T-1\nd@example.com,Di,Lee,,individual,\n`,
  );
  return tenant;
}

const before = {
  a: 'individual person',
  b: 'company business',
  c: 'individual person business',
  d: 'individual person',
};

test('the profile of the new kind comes to be, and goes when the import is undone', async () => {
  const tenant = await filled();
  expect(await profiles(tenant)).toEqual(before);
  const digest = await given.digestOf(tenant);
  const run = await given.import(
    tenant,
    'email,type,company_name,first_name\na@example.com,company,Ann Ltd,\nb@example.com,individual,,Bea\nc@example.com,non_profit,Cyan,\nd@example.com,individual,,Dee\n',
  );
  expect(run).toMatchObject({ updated: 4, failed: 0 });
  expect(await profiles(tenant)).toEqual({
    a: 'company person business',
    b: 'individual person business',
    c: 'non_profit person business',
    d: 'individual person',
  });
  expect(await given.undo(run)).toMatchObject({ undoReport: { restored: 4, leftAlone: 0 } });
  expect(await profiles(tenant)).toEqual(before);
  expect(await given.digestOf(tenant)).toBe(digest);
  expect((await given.within(tenant, verifyAudit)).faults).toEqual([]);
});

test('the profile has its values where the row brings some, and stays where somebody wrote to it since', async () => {
  const tenant = await filled();
  const run = await given.import(
    tenant,
    'email,type,company_name,tax_id\na@example.com,company,Ann Ltd,T-9\nd@example.com,company,Di Ltd,\n',
  );
  expect(await given.customer(tenant, 'a@example.com')).toMatchObject({ is_business: true, tax_id: 'T-9' });
  expect(await given.customer(tenant, 'd@example.com')).toMatchObject({ is_business: true, tax_id: null });
  await given.import(tenant, 'email,business_type\nd@example.com,Bakery\n');
  await given.undo(run);
  expect(await profiles(tenant)).toEqual({ ...before, d: 'individual person business' });
});

test('the profile stays while the record stays of the kind', async () => {
  const tenant = await filled();
  const run = await given.import(tenant, 'email,type,company_name\na@example.com,company,Ann Ltd\n');
  await given.import(tenant, 'email,type\na@example.com,government\n');
  expect(await given.undo(run)).toMatchObject({ undoReport: { leftAlone: 1 } });
  expect((await profiles(tenant)).a).toBe('government person business');
});
