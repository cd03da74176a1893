/** What a new customer gets beyond the cells of its row. */
import { describe, expect, test } from 'vitest';
import type { Asked } from '../../support/import.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

async function created(content: string, asked: Asked = {}) {
  const tenant = await given.tenant();
  const run = await given.import(tenant, content, asked);
  expect(await given.outcomes(run)).toEqual(['created']);
  const [row] = await given.rows(tenant, 'select email from customers');
  return { tenant, customer: await given.customer(tenant, String(row?.email)) };
}

describe('the type', () => {
  test.each([
    ['an individual by default', 'email,first_name\na@example.com,Ann\n', 'individual'],
    [
      'a company where there is a company’s name and no person’s',
      'email,company_name\na@example.com,Acme\n',
      'company',
    ],
    [
      'an individual where there are both',
      'email,first_name,company_name\na@example.com,Ann,Acme\n',
      'individual',
    ],
    [
      'a company where the full name is the company’s',
      'email,name,company_name\na@example.com,Acme,Acme\n',
      'company',
    ],
    ['what the file says', 'email,type,company_name\na@example.com,Non-profit,Aid\n', 'non_profit'],
    [
      'a company where the file says business',
      'email,type,company_name\na@example.com,business,Acme\n',
      'company',
    ],
  ])('is %s', async (_, content, type) => {
    expect((await created(content)).customer.type).toBe(type);
  });

  test.each([
    ['individual', 'is_individual', 'is_business'],
    ['company', 'is_business', 'is_individual'],
    ['non_profit', 'is_business', 'is_individual'],
    ['government', 'is_business', 'is_individual'],
  ])('%s has one profile, of its kind', async (type, has, hasNot) => {
    const { customer } = await created(
      `email,type,first_name,company_name\na@example.com,${type},Ann,Acme\n`,
    );
    expect(customer).toMatchObject({ [has]: true, [hasNot]: false, has_care: false });
  });
});

describe('a profile', () => {
  test('of the other kind comes with a value for it', async () => {
    const { customer } = await created(
      'email,first_name,date_of_birth,tax_id\na@example.com,Ann,1990-01-02,T1\n',
    );
    expect(customer).toMatchObject({
      is_individual: true,
      is_business: true,
      date_of_birth: '1990-01-02',
      tax_id: 'T1',
    });
  });

  test('of care comes only with something to say', async () => {
    const { tenant, customer } = await created(
      'email,first_name,paying_org,reminder_opt_in,reminder_preference\na@example.com,Ann,,no,none\n',
    );
    expect(customer.has_care).toBe(false);
    await given.import(tenant, 'email,first_name,reminder_opt_in\nb@example.com,Bob,yes\n');
    expect((await given.customer(tenant, 'b@example.com')).has_care).toBe(true);
  });

  test('comes to a record that is there when it is needed', async () => {
    const { tenant } = await created('email,first_name\na@example.com,Ann\n');
    const same = await given.import(
      tenant,
      'email,reminder_opt_in,reminder_preference\na@example.com,no,none\n',
    );
    expect(same.unchanged).toBe(1);
    await given.import(tenant, 'email,driver_notes\na@example.com,Ring twice\n');
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      has_care: true,
      driver_notes: 'Ring twice',
    });
  });
});

describe('the display name', () => {
  test.each([
    ['first and last name of a person', 'email,first_name,last_name\na@example.com,Ann,Lee\n', 'Ann Lee'],
    ['the first name alone', 'email,first_name\na@example.com,Ann\n', 'Ann'],
    ['the company’s name', 'email,company_name\na@example.com,Acme\n', 'Acme'],
    ['what the file says', 'email,first_name,display_name\na@example.com,Ann,Annie\n', 'Annie'],
  ])('is %s', async (_, content, name) => {
    expect((await created(content)).customer.display_name).toBe(name);
  });

  test('follows the names until somebody has written over it', async () => {
    const { tenant } = await created('email,first_name,last_name\na@example.com,Ann,Lee\n');
    const nameAfter = async (content: string): Promise<unknown> => {
      await given.import(tenant, content);
      return (await given.customer(tenant, 'a@example.com')).display_name;
    };
    expect(await nameAfter('email,last_name\na@example.com,Bell\n')).toBe('Ann Bell');
    expect(await nameAfter('email,first_name,display_name\na@example.com,Ann,Annie\n')).toBe('Annie');
    expect(await nameAfter('email,last_name\na@example.com,Cole\n')).toBe('Annie');
  });

  test('is split for a person', async () => {
    expect((await created('email,name\na@example.com,Ana María van der Berg\n')).customer).toMatchObject({
      display_name: 'Ana María van der Berg',
      first_name: 'Ana María',
      last_name: 'van der Berg',
    });
  });

  test('changes first and last name along with it, of a person', async () => {
    const { tenant } = await created('email,name\na@example.com,Ann Lee\n');
    await given.import(tenant, 'email,name\na@example.com,Cher\n');
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      display_name: 'Cher',
      first_name: 'Cher',
      last_name: null,
    });
  });
});

describe('what goes along with a value', () => {
  test('is the time since when for a customer who is archived, and the status before', async () => {
    const { tenant, customer } = await created('email,first_name,status\na@example.com,Ann,archived\n');
    expect(customer).toMatchObject({ status: 'archived', archived_at: expect.any(String) });
    await given.import(tenant, 'email,status\na@example.com,lead\n');
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      status: 'lead',
      archived_at: null,
    });
    await given.import(tenant, 'email,status\na@example.com,archived\n');
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      status: 'archived',
      status_before_archive: 'lead',
      archived_at: expect.any(String),
    });
  });

  test('is E.164 for a phone, read in the country of the row', async () => {
    const { tenant, customer } = await created(
      'email,first_name,phone,country\na@example.com,Ann,020 7946 0000,United Kingdom\n',
    );
    expect(customer).toMatchObject({
      phone: '020 7946 0000',
      phone_e164: '+442079460000',
      country_code: 'GB',
    });
    await given.import(tenant, 'email,phone\na@example.com,0123\n');
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({ phone: '0123', phone_e164: null });
  });

  test('is lower case for a username', async () => {
    expect((await created('email,first_name,username\na@example.com,Ann,AnnLee\n')).customer).toMatchObject({
      username: 'AnnLee',
      username_norm: 'annlee',
    });
  });

  test('is the country’s code, which changes with it', async () => {
    const { tenant } = await created('email,first_name,city,country\na@example.com,Ann,Lyon,France\n');
    await given.import(tenant, 'email,country\na@example.com,Atlantis\n');
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      country: 'Atlantis',
      country_code: null,
    });
  });
});

describe('the address in a row', () => {
  test('is the customer’s first, and the default for both', async () => {
    expect((await created('email,first_name,city\na@example.com,Ann,Leeds\n')).customer).toMatchObject({
      city: 'Leeds',
      address_label: 'Primary',
      address_type: 'both',
      is_default_billing: true,
      is_default_shipping: true,
    });
  });

  test('is none where every cell of it is blank, or says what is so anyway', async () => {
    const { tenant } = await created(
      'email,first_name,city,address_type,address_label\na@example.com,Ann,,both,Primary\n',
    );
    expect(await given.rows(tenant, 'select from customer_addresses')).toEqual([]);
  });

  test('is written to the address that the customer is shown with: the default for billing', async () => {
    const { tenant, customer } = await created('email,first_name,city\na@example.com,Ann,Leeds\n');
    const addresses =
      'customer,address_line1,city,country_code,is_default_billing\na@example.com,1 High St,York,GB,yes\n';
    await given.import(tenant, addresses, { dataset: 'addresses' });
    await given.import(tenant, 'email,city\na@example.com,Hull\n');
    const rows = await given.rows(
      tenant,
      'select city, id = $1 as first from customer_addresses order by city',
      [customer.id],
    );
    expect(rows).toEqual([
      { city: 'Hull', first: false },
      { city: 'Leeds', first: true },
    ]);
  });

  test('is made for a customer who has none yet', async () => {
    const { tenant } = await created('email,first_name\na@example.com,Ann\n');
    await given.import(tenant, 'email,city\na@example.com,Leeds\n');
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      city: 'Leeds',
      is_default_billing: true,
    });
  });
});

test('the time of creation in the file is kept for a new customer, and never changes another’s', async () => {
  const { tenant, customer } = await created(
    'email,first_name,created_at\na@example.com,Ann,2001-02-03T04:05:06Z\n',
  );
  expect(customer.created_at).toBe('2001-02-03 04:05:06+00');
  const run = await given.import(tenant, 'email,created_at\na@example.com,2010-01-01T00:00:00Z\n');
  expect(run.unchanged).toBe(1);
});

test('a customer lacks nothing that must be there: the name of a person, or of an organisation', async () => {
  const tenant = await given.tenant();
  const run = await given.import(
    tenant,
    'email,type,first_name,last_name,company_name\na@example.com,individual,,Lee,\nb@example.com,company,Bob,,\nc@example.com,,,,\n',
  );
  expect((await given.problems(run)).map(({ code, field }) => `${code} ${field}`)).toEqual([
    'value.required first_name',
    'value.required company_name',
    'value.required first_name',
  ]);
});

test('a change of type asks for the name that the new one needs', async () => {
  const { tenant } = await created('email,first_name\na@example.com,Ann\n');
  const run = await given.import(tenant, 'email,type\na@example.com,company\n');
  expect(await given.outcomes(run)).toEqual(['failed value.required']);
});
