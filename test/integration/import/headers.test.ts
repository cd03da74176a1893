/** What a file's header says beside the names of fields holds for the records that it makes. */
import { expect, test } from 'vitest';
import { useImports } from '../../support/import.ts';

const given = useImports();

test('who has unsubscribed comes in as one who is not to be written to, and only he', async () => {
  const tenant = await given.tenant();
  const run = await given.import(
    tenant,
    'First Name,Last Name,Email,Unsubscribed from all email,Created (UTC),Birthday (DD/MM/YYYY)\n' +
      'Ann,Lee,a@example.com,Yes,2021-07-26 08:30:00,01/02/1980\nBob,Ray,b@example.com,No,,\nCy,Oh,c@example.com,,,\n',
  );
  expect(run).toMatchObject({ created: 3, failed: 0 });
  expect(await given.column(tenant, 'email_opt_in')).toEqual({
    'a@example.com': false,
    'b@example.com': true,
    'c@example.com': true,
  });
  expect(
    await given.rows(
      tenant,
      `select c.created_at at time zone 'UTC' = timestamp '2021-07-26 08:30' as at, p.date_of_birth::text as born
       from customers c join individual_profiles p on p.customer_id = c.id where email = 'a@example.com'`,
    ),
  ).toEqual([{ at: true, born: '1980-02-01' }]);
});

test('street and number, and the parts of a Dutch name, are whole; the second import finds them unchanged', async () => {
  const tenant = await given.tenant();
  const file =
    'Klantnummer;Voornaam;Tussenvoegsel;Achternaam;E-mailadres;Straat;Huisnummer;Postcode;Plaats;Land\n' +
    '1001;Jan;van de;Berg;jan@example.com;Dorpsstraat;1a;1234 AB;Utrecht;Nederland\n' +
    '1002;Eva;;Smit;eva@example.com;Laan;2;1234 AC;Utrecht;Nederland\n';
  expect(await given.import(tenant, file)).toMatchObject({ created: 2, failed: 0 });
  expect(
    await given.rows(
      tenant,
      `select last_name, line1 as street, country_code from customers c
       join customer_addresses a on a.customer_id = c.id order by email`,
    ),
  ).toEqual([
    { last_name: 'Smit', street: 'Laan 2', country_code: 'NL' },
    { last_name: 'van de Berg', street: 'Dorpsstraat 1a', country_code: 'NL' },
  ]);
  expect(await given.import(tenant, file)).toMatchObject({ unchanged: 2, failed: 0 });
});

test('who is a woman and who a man is understood in the language of the file', async () => {
  const tenant = await given.tenant();
  const file =
    'Vorname;Nachname;E-Mail;Geschlecht\nAnna;Lee;a@example.com;weiblich\nBen;Ray;b@example.com;Herr\n' +
    'Zoé;Oh;c@example.com;femme\nKim;No;d@example.com;divers\nPat;Vo;e@example.com;keine Angabe\n';
  expect(await given.import(tenant, file)).toMatchObject({ created: 5, failed: 0 });
  const genders = await given.rows(
    tenant,
    'select gender from individual_profiles p join customers c on c.id = p.customer_id order by email',
  );
  expect(genders.map(({ gender }) => gender)).toEqual([
    'female',
    'male',
    'female',
    'other',
    'prefer_not_to_say',
  ]);
});

test('orders of another product keep its id as their number and are found by it', async () => {
  const tenant = await given.tenant();
  const file = 'id,Created date (UTC),Amount,Currency,Status\nch_1,2021-07-26 08:30:00,12.50,usd,Paid\n';
  const asked = { dataset: 'orders' };
  expect(await given.import(tenant, file, asked)).toMatchObject({ created: 1, failed: 0 });
  expect(await given.rows(tenant, 'select number from orders')).toEqual([{ number: 'ch_1' }]);
  expect(await given.import(tenant, file, asked)).toMatchObject({ unchanged: 1, failed: 0 });
});

test('the parts of objects in JSON feed fields; what a field keeps as an object stays whole', async () => {
  const tenant = await given.tenant();
  const file = JSON.stringify({
    customers: [
      {
        id: 207119551,
        email: 'bob@example.com',
        first_name: 'Bob',
        last_name: 'Norman',
        state: 'disabled',
        default_address: {
          address1: 'Chestnut Street 92',
          city: 'Louisville',
          zip: '40202',
          country_code: 'US',
        },
        metadata: { city: 'elsewhere', email: 'x@example.com' },
      },
    ],
  });
  expect(await given.import(tenant, file, { fileName: 'customers.json' })).toMatchObject({
    created: 1,
    failed: 0,
  });
  expect(
    await given.rows(
      tenant,
      `select email, external_id, metadata, line1 as street, city, postal_code, country_code
       from customers c join customer_addresses a on a.customer_id = c.id`,
    ),
  ).toEqual([
    {
      email: 'bob@example.com',
      external_id: '207119551',
      metadata: { city: 'elsewhere', email: 'x@example.com' },
      street: 'Chestnut Street 92',
      city: 'Louisville',
      postal_code: '40202',
      country_code: 'US',
    },
  ]);
  expect(await given.import(tenant, file, { fileName: 'customers.json' })).toMatchObject({ unchanged: 1 });
});

test('MongoDB’s ids and times are read from within their objects', async () => {
  const tenant = await given.tenant();
  const file =
    '{"_id":{"$oid":"5f1e2d3c0000400080000000"},"name":"Ann Lee","email":"ann@example.com","created_at":{"$date":"2021-07-26T08:30:00Z"}}\n' +
    '{"_id":{"$oid":"5f1e2d3c0000400080000001"},"name":"Bob Ray","email":"bob@example.com","created_at":{"$date":"2021-07-26T08:31:00Z"}}\n';
  expect(await given.import(tenant, file, { fileName: 'c.ndjson' })).toMatchObject({ created: 2, failed: 0 });
  expect(await given.column(tenant, 'external_id')).toEqual({
    'ann@example.com': '5f1e2d3c0000400080000000',
    'bob@example.com': '5f1e2d3c0000400080000001',
  });
});

test('files put one behind the other, with NULL for what is absent, come in whole; only their headers stay out', async () => {
  const tenant = await given.tenant();
  const header = 'First Name,Last Name,Email,Phone,City,Birthday\n';
  const run = await given.import(
    tenant,
    `${header}Ann,Null,a@example.com,NULL,NULL,1980-01-02\nBob,Ray,b@example.com,+44 20 7946 0018,Rome,NULL\n` +
      `${header}Cy,Oh,c@example.com,NULL,Bath,NULL\n`,
  );
  expect(run).toMatchObject({ rowsRead: 4, created: 3, failed: 1, skipped: 0 });
  expect(
    await given.rows(tenant, 'select last_name, email, phone from customers order by last_name'),
  ).toEqual([
    { last_name: 'Null', email: 'a@example.com', phone: null },
    { last_name: 'Oh', email: 'c@example.com', phone: null },
    { last_name: 'Ray', email: 'b@example.com', phone: '+44 20 7946 0018' },
  ]);
});
