import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { addresses } from '../../../src/datasets/addresses.ts';
import { customers } from '../../../src/datasets/customers.ts';
import type { Dataset } from '../../../src/datasets/define-dataset.ts';
import { orders } from '../../../src/datasets/orders.ts';
import { datasets } from '../../../src/datasets/registry.ts';
import { normaliseSpelling } from '../../../src/field-types/spelling.ts';
import type { Inspection } from '../../../src/file-formats/rows.ts';
import { headerSpellings } from '../../../src/import/mapping/header-spellings.ts';
import { type Mapping, mappingSchema, validateMapping } from '../../../src/import/mapping/mapping.ts';
import { presetColumn } from '../../../src/import/mapping/presets/preset.ts';
import { presets } from '../../../src/import/mapping/presets/vendors.ts';
import { suggestMapping } from '../../../src/import/mapping/suggest-mapping.ts';
import { vendorFiles } from './vendor-files.ts';

function inspection(header: readonly string[], sample: readonly (readonly string[])[] = []): Inspection {
  return {
    dialect: {
      format: 'csv',
      packing: 'none',
      encoding: 'utf-8',
      delimiter: ',',
      quote: '"',
      escape: 'double',
      header: true,
      skipLines: 0,
      footerRows: 0,
      comment: '',
    },
    columns: header.map((name, index) => ({ index, name })),
    sample,
    encodingCertain: true,
    notes: [],
  };
}

/** Field to column, of a file given as its header and rows. */
function feeds(
  dataset: Dataset,
  header: string,
  ...rows: readonly (readonly string[])[]
): Record<string, string> {
  const [names = []] = parse(header) as string[][];
  return feedsOf(suggestMapping(dataset, inspection(names, rows)));
}

function feedsOf(mapping: Mapping): Record<string, string> {
  return Object.fromEntries(
    mapping.columns.flatMap((entry) => (entry.field === null ? [] : [[entry.field, entry.column]])),
  );
}

/** The field that one column feeds by itself. */
function fieldFor(header: string, ...values: readonly string[]): string | null {
  const rows = values.map((value) => [value]);
  return suggestMapping(customers, inspection([header], rows)).columns[0]?.field ?? null;
}

function entry(mapping: Mapping, column: string): Mapping['columns'][number] {
  const found = mapping.columns.find((candidate) => candidate.column === column);
  if (found === undefined) throw new Error(`There is no column ${column}.`);
  return found;
}

describe('the file of another product', () => {
  it.each(vendorFiles.map((file) => [file.file, file] as const))(
    '%s feeds the right fields',
    (_, { header, preset, feeds: expected }) => {
      const [names = []] = parse(header) as string[][];
      const mapping = suggestMapping(customers, inspection(names));
      expect(mapping.preset).toBe(preset);
      expect(feedsOf(mapping)).toEqual(expected);
      expect(() => validateMapping(mapping, customers, names)).not.toThrow();
      expect(mappingSchema.parse(mapping)).toEqual(mapping);
    },
  );

  it.each(presets.map((preset) => [preset.key, preset] as const))(
    '%s has a preset of fields that there are',
    (_, preset) => {
      const fields = Object.keys(preset.fields);
      const of = datasets.find(({ key }) => key === preset.dataset);
      expect(fields.filter((key) => !of?.has(key) || of.field(key).importable === 'no')).toEqual([]);
      const fed = new Set(
        Object.values(preset.fields)
          .flat()
          .map((source) => normaliseSpelling(presetColumn(source).column)),
      );
      expect(Object.keys(preset.leftOut).filter((column) => fed.has(normaliseSpelling(column)))).toEqual([]);
    },
  );

  it('is recognised in any case and order of its columns', () => {
    const header = 'TAGS,tax exempt,Total orders,Total spent,Accepts email marketing,email,customer id';
    expect(suggestMapping(customers, inspection(header.split(','))).preset).toBe('shopify');
  });

  it('feeds a field from the first of its columns that has values', () => {
    const header = 'Id,LastName,MailingStreet,Phone,MobilePhone,HomePhone';
    expect(feeds(customers, header, ['0035g0', 'Gray', '', '', '+1 555 0100', '+1 555 0101'])).toMatchObject({
      phone: 'MobilePhone',
      secondary_phone: 'HomePhone',
    });
  });

  it('has its consent told by the column that says a person has left', () => {
    const mapping = suggestMapping(
      customers,
      inspection(['Email Address', 'MEMBER_RATING', 'LEID', 'EUID', 'UNSUB_TIME']),
    );
    expect(entry(mapping, 'UNSUB_TIME')).toMatchObject({
      field: 'email_opt_in',
      transformations: [{ do: 'values', values: {}, otherwise: 'no' }],
    });
  });

  it('has its times read in the zone that its header names', () => {
    const mapping = suggestMapping(customers, inspection(['id', 'Email', 'Created (UTC)', 'Delinquent']));
    expect(entry(mapping, 'Created (UTC)').reading).toEqual({ timezone: 'UTC' });
  });
});

describe('files of no vendor', () => {
  it('Northwind: a company and the person to talk to', () => {
    const row = [
      'ALFKI',
      'Alfreds Futterkiste',
      'Maria Anders',
      'Sales Representative',
      'Obere Str. 57',
      'Berlin',
      '',
      '12209',
      'Germany',
      '030-0074321',
      '030-0076545',
    ];
    const other = [
      'ANATR',
      'Ana Trujillo Emparedados',
      'Ana Trujillo',
      'Owner',
      'Avda. 2222',
      'México D.F.',
      '',
      '05021',
      'Mexico',
      '(5) 555-4729',
      '',
    ];
    expect(
      feeds(
        customers,
        'CustomerID,CompanyName,ContactName,ContactTitle,Address,City,Region,PostalCode,Country,Phone,Fax',
        row,
        other,
      ),
    ).toEqual({
      external_id: 'CustomerID',
      company_name: 'CompanyName',
      display_name: 'ContactName',
      job_title: 'ContactTitle',
      address_line1: 'Address',
      city: 'City',
      state_province: 'Region',
      postal_code: 'PostalCode',
      country: 'Country',
      phone: 'Phone',
    });
  });

  it('numbered phones, and a column that counts', () => {
    const rows = [
      [
        '1',
        'dE014d010c7ab0c',
        'Andrew',
        'Goodman',
        'Stewart-Flynn',
        'Rowland',
        'Macao',
        '846-790-4623x4715',
        '(422)787-2331x71127',
        'm@example.info',
        '2021-07-26',
        'http://www.example.biz/',
      ],
      [
        '2',
        '2B54172c8b65eC3',
        'Alvin',
        'Lane',
        'Terry, Proctor',
        'Bethside',
        'Papua New Guinea',
        '124-597-8652',
        '321.441.0588x6218',
        'a@example.com',
        '2021-06-24',
        'http://www.example.com/',
      ],
    ];
    const expected = (spell: (header: string) => string) => ({
      external_id: spell('Customer Id'),
      last_name: spell('Last Name'),
      company_name: spell('Company'),
      city: spell('City'),
      country: spell('Country'),
      phone: spell('Phone 1'),
      secondary_phone: spell('Phone 2'),
      email: spell('Email'),
      subscription_started_at: spell('Subscription Date'),
      website: spell('Website'),
    });
    const header =
      'Index,Customer Id,First Name,Last Name,Company,City,Country,Phone 1,Phone 2,Email,Subscription Date,Website';
    expect(feeds(customers, header, ...rows)).toEqual({ ...expected(String), first_name: 'First Name' });
    const shouted = header.replaceAll(' ', '').toUpperCase().replace('FIRSTNAME', 'FIRSNAME');
    const shout = (name: string) => name.replaceAll(' ', '').toUpperCase();
    expect(feeds(customers, shouted, ...rows)).toEqual({ ...expected(shout), first_name: 'FIRSNAME' });
  });

  it('leads: an account that several rows share is not their id, an owner by name is none, a strange source is left out', () => {
    const header =
      'Index,Account Id,Lead Owner,First Name,Last Name,Company,Phone 1,Phone 2,Email 1,Email 2,Website,Source,Deal Stage,Notes';
    const row = (n: number, email: string) => [
      String(n),
      'pysVdTIGeq',
      'Harry Pitts',
      'Penny',
      'Coffey',
      'Gillespie',
      '523-267-6555',
      '(835)333-4203',
      email,
      'j@example.biz',
      'http://example.com/',
      'Trade magazine',
      'Qualified',
      'Star born.',
    ];
    const rows = Array.from({ length: 12 }, (_, n) => row(n + 1, `o${n}@example.com`));
    expect(feeds(customers, header, ...rows)).toEqual({
      first_name: 'First Name',
      last_name: 'Last Name',
      company_name: 'Company',
      phone: 'Phone 1',
      secondary_phone: 'Phone 2',
      email: 'Email 1',
      secondary_email: 'Email 2',
      website: 'Website',
      general_notes: 'Notes',
    });
  });

  it('hostile headers feed nothing, and each has its entry', () => {
    const header = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', ''];
    const mapping = suggestMapping(customers, inspection(header, [['1', '1', '1', '1', '1', '1']]));
    expect(mapping.columns.map(({ column, field }) => [column, field])).toEqual(
      header.map((name) => [name, null]),
    );
  });

  it('an export of our own feeds every field from its own column', () => {
    for (const dataset of datasets) {
      const importable = dataset.importable.map((field) => field.key);
      const labels = dataset.importable.map((field) => field.label);
      expect(feedsOf(suggestMapping(dataset, inspection(importable)))).toEqual(
        Object.fromEntries(importable.map((key) => [key, key])),
      );
      const byLabel = feedsOf(suggestMapping(dataset, inspection(labels)));
      const references = dataset.importable
        .filter((field) => field.type === 'reference')
        .map((field) => field.key);
      const plain = dataset.importable.filter(
        (field) => !references.includes(field.key) && field.key !== 'id',
      );
      for (const field of plain) expect(byLabel[field.key], field.key).toBe(field.label);
    }
  });
});

describe('a header', () => {
  it.each([
    ['email', 'email'],
    ['E-Mail', 'email'],
    ['EMAIL ADDRESS', 'email'],
    ['Email*', 'email'],
    ['Email (required)', 'email'],
    ['Emails', 'email'],
    ['Customer Email', 'email'],
    ['contact_email', 'email'],
    ['Primary Email', 'email'],
    ['Work Email', 'email'],
    ['Alternate email', 'email'],
    ['Full Name', 'display_name'],
    ['Customer Name', 'display_name'],
    ['Client name', 'display_name'],
    ['fname', 'first_name'],
    ['First', 'first_name'],
    ['Contact First Name', 'first_name'],
    ['Surname', 'last_name'],
    ['Org Name', 'company_name'],
    ['Firma', 'company_name'],
    ['Mobile Number', 'phone'],
    ['Tel.', 'phone'],
    ['Cell Phone', 'phone'],
    ['Phone (mobile)', 'phone'],
    ['Home Phone', 'phone'],
    ['Billing Phone', 'phone'],
    ['Zip', 'postal_code'],
    ['Postcode', 'postal_code'],
    ['ZIP/Postal Code', 'postal_code'],
    ['billing_postcode', 'postal_code'],
    ['PLZ', 'postal_code'],
    ['Billing City', 'city'],
    ['ShippingCity', 'city'],
    ['Town / City', 'city'],
    ['Mailing State/Province', 'state_province'],
    ['State or Province', 'state_province'],
    ['Street', 'address_line1'],
    ['Straße', 'address_line1'],
    ['Adress', 'address_line1'],
    ['Billing Address 2', 'address_line2'],
    ['Home Country/Region', 'country'],
    ['Country Code', 'country_code'],
    ['Nachname', 'last_name'],
    ['Imię', 'first_name'],
    ['Nazwisko', 'last_name'],
    ['Фамилия', 'last_name'],
    ['Birth Date', 'date_of_birth'],
    ['DOB', 'date_of_birth'],
    ['Date Created', 'created_at'],
    ['Sign-up date', 'created_at'],
    ['Customer Since', 'created_at'],
    ['# Orders', 'orders_count'],
    ['Number of orders', 'orders_count'],
    ['Total Spent (USD)', 'total_spent'],
    ['LTV', 'total_spent'],
    ['Newsletter', 'email_opt_in'],
    ['Accepts Marketing', 'marketing_opt_in'],
    ['Tag', 'tags'],
    ['Industy', 'industry'],
    ['Comments', 'general_notes'],
    ['Customer Number', 'number'],
    ['Kundennummer', 'number'],
    ['Time Zone', 'timezone'],
    ['User Name', 'username'],
    ['customer_city', 'city'],
  ])('"%s" feeds %s', (header, field) => {
    expect(fieldFor(header)).toBe(field);
  });

  it.each([
    'Fax',
    'Business Fax',
    'Name Prefix',
    'Salutation',
    'Middle Name',
    'Nickname',
    'Lead Status',
    'Company Size',
    'Company Description',
    'Password',
    'Owner Id',
    'Parent ID',
    'Order ID',
    'IP Address',
    'Assistant Phone',
    'Spouse',
    'Phone 3',
    'Email 1 - Type',
    'Phone 1 - Label',
    'Event 1 - Value',
    'Contact owner',
    'Account Owner',
    'Created By',
    'Updated At',
    'Avg Order Value',
    'Shipping First Name',
    'Department',
    'Age',
    'Score',
    'column 3',
    '',
    'Last Modified Date',
    'User 2',
    'Credit Card',
    'Bounced Email Reason',
    'Member Rating',
    'Lists Count',
    'Opt-in IP',
  ])('"%s" feeds nothing', (header) => {
    expect(fieldFor(header)).toBeNull();
  });

  it('that is the key itself stands, whatever the values', () => {
    expect(fieldFor('status', ...Array(20).fill('asleep'))).toBe('status');
    expect(fieldFor('date_of_birth', ...Array(20).fill('yesterday'))).toBe('date_of_birth');
  });

  it('is known with one letter wrong, and not with two', () => {
    expect(fieldFor('Frist Name')).toBe('first_name');
    expect(fieldFor('Frist Nane')).toBeNull();
    expect(fieldFor('Firt Name')).toBe('first_name');
    expect(fieldFor('Fit Name')).toBeNull();
  });

  it('tells the order and the zone of days and times alone', () => {
    const readingOf = (header: string): unknown =>
      suggestMapping(customers, inspection([header])).columns[0]?.reading;
    expect(readingOf('Created At (UTC)')).toEqual({ timezone: 'UTC' });
    expect(readingOf('Date of Birth (DD/MM/YYYY)')).toEqual({ dateOrder: 'dmy' });
    expect(readingOf('Phone (DD/MM/YYYY)')).toEqual({});
    expect(readingOf('Notes (UTC)')).toEqual({});
  });

  it('that is a name beside a first name is the last name', () => {
    expect(feeds(customers, 'Vorname,Name,Mail')).toEqual({
      first_name: 'Vorname',
      last_name: 'Name',
      email: 'Mail',
    });
    expect(feeds(customers, 'Prénom,Nom')).toMatchObject({ first_name: 'Prénom' });
    expect(feeds(customers, 'First Name,Last Name,Name')).toEqual({
      first_name: 'First Name',
      last_name: 'Last Name',
      display_name: 'Name',
    });
  });
});

describe('one column for a field', () => {
  it('is the one whose name is nearest', () => {
    expect(feeds(customers, 'Work Email,Email')).toEqual({ email: 'Email', secondary_email: 'Work Email' });
    expect(feeds(customers, 'Mobile,Phone,Home Phone')).toMatchObject({
      phone: 'Phone',
      secondary_phone: 'Home Phone',
    });
    expect(feeds(customers, 'Phone 2,Phone 1,Phone 3')).toEqual({
      phone: 'Phone 1',
      secondary_phone: 'Phone 2',
    });
  });

  it.each([
    ['Index', [], 'It counts the rows.'],
    ['Row Number', ['9', '3'], 'It counts the rows.'],
    ['No.', ['7', '8', '9'], 'It counts the rows.'],
    ['No.', ['7', '9', '8'], 'No field is known by this name.'],
    ['No.', ['7'], 'No field is known by this name.'],
    ['Höhe', ['1', '2', '3'], 'No field is known by this name.'],
    [
      'Status',
      Array.from({ length: 12 }, (_, i) => `stage ${i}`),
      'None of its values can be read as Status.',
    ],
    [
      'Status',
      Array.from({ length: 12 }, (_, i) => (i < 2 ? 'active' : `stage ${i}`)),
      'Few of its values can be read as Status.',
    ],
  ])('is none for "%s" over %j: %s', (header, values, reason) => {
    const rows = values.map((value) => [value]);
    expect(suggestMapping(customers, inspection([header], rows)).columns).toMatchObject([
      { field: null, reason },
    ]);
  });

  it('is none for a part of what a field keeps whole', () => {
    const { columns, ...rest } = inspection(
      ['metadata', 'metadata.email'],
      [['{"email":"a@b.co"}', 'a@b.co']],
    );
    const parts = columns.map((column, i) => (i === 1 ? { ...column, within: 'metadata' } : column));
    expect(suggestMapping(customers, { ...rest, columns: parts }).columns).toMatchObject([
      { field: 'metadata' },
      { field: null, reason: 'It is a part of “metadata”.' },
    ]);
  });

  it('says in the others why they are left out', () => {
    const mapping = suggestMapping(customers, inspection(['Town', 'City']));
    expect(entry(mapping, 'Town')).toMatchObject({
      field: null,
      confidence: 0,
      reason: '“City” is the better City.',
    });
  });

  it('comes with a confidence that falls from key to guess', () => {
    const confidence = (header: string): number =>
      suggestMapping(customers, inspection([header])).columns[0]?.confidence ?? 0;
    const headers = ['first_name', 'First Name', 'Forename', 'fname', 'Contact First Name', 'Firstnme'];
    const found = headers.map(confidence);
    expect(found).toEqual(found.toSorted((a, b) => b - a));
    expect(new Set(found).size).toBe(headers.length);
  });
});

describe('an address', () => {
  const header =
    'Email,Billing Street,Billing City,Billing Zip,Shipping Street,Shipping City,Shipping Zip,Country';
  const shipping = ['a@example.com', '', '', '', 'Side Lane 2', 'Leeds', 'LS1 4AP', 'UK'];
  const billing = ['b@example.com', 'Main Rd 1', 'York', 'YO1 7HH', '', '', '', 'UK'];

  it('is one address, never the street of one and the city of another', () => {
    expect(feeds(customers, header)).toMatchObject({
      address_line1: 'Billing Street',
      city: 'Billing City',
      postal_code: 'Billing Zip',
      country: 'Country',
    });
    expect(feeds(customers, header, shipping, shipping, shipping, billing)).toMatchObject({
      address_line1: 'Shipping Street',
      city: 'Shipping City',
      postal_code: 'Shipping Zip',
    });
    expect(feeds(customers, header, shipping, shipping, billing, billing)).toMatchObject({
      address_line1: 'Billing Street',
      city: 'Billing City',
    });
  });

  it('is the one with values, however few columns it has', () => {
    const wide =
      'Billing Street,Billing City,Billing Zip,Billing State,Billing Country,Shipping City,Shipping Country';
    expect(feeds(customers, wide, ['', '', '', '', '', 'Leeds', 'UK'])).toEqual({
      city: 'Shipping City',
      country: 'Shipping Country',
    });
  });

  it('has the phone and the company that stand within it, beside the customer’s own', () => {
    expect(
      feeds(customers, 'Phone,Company,Default Address Phone,Default Address Company,Default Address City'),
    ).toEqual({
      phone: 'Phone',
      company_name: 'Company',
      address_phone: 'Default Address Phone',
      address_company: 'Default Address Company',
      city: 'Default Address City',
    });
  });
});

describe('the values of a column', () => {
  const many = (value: string, count = 12): string[] => Array<string>(count).fill(value);

  it('tell an e-mail address under any header, but nobody else’s', () => {
    expect(fieldFor('Kontakt', 'a@example.com', 'b@example.com', 'c@example.com')).toBe('email');
    expect(fieldFor('column 3', 'a@example.com', 'b@example.com', 'c@example.com')).toBe('email');
    expect(fieldFor('Manager', 'a@example.com', 'b@example.com', 'c@example.com')).toBeNull();
    expect(fieldFor('Kontakt', 'a@example.com', 'call me', 'c@example.com')).toBeNull();
  });

  it('tell a phone only where no header says otherwise', () => {
    const phones = ['+44 20 7946 0018', '+44 20 7946 0019', '+44 20 7946 0020'];
    expect(fieldFor('column 3', ...phones)).toBe('phone');
    expect(fieldFor('Fax', ...phones)).toBeNull();
  });

  it('keep a column of other words away from a list of ours', () => {
    expect(fieldFor('Status', ...many('Closed won'))).toBeNull();
    expect(fieldFor('Status', 'Active', 'Asleep')).toBe('status');
    expect(fieldFor('Segment', ...many('vip', 6), ...many('gold', 6))).toBe('segment');
    expect(fieldFor('Segment', ...many('vip', 5), ...many('gold', 7))).toBeNull();
  });

  it('keep a column of forms of address away from the job title', () => {
    expect(fieldFor('Title', 'Mr.', 'Mrs', 'Dr.')).toBeNull();
    expect(fieldFor('Title', 'Mr.', 'Owner')).toBe('job_title');
  });

  it('keep a guess away from a field that would fail one row in five', () => {
    expect(fieldFor('Created Date', '2021-07-26', '2021-07-27', 'Q3 2018')).toBeNull();
    expect(fieldFor('Created Date', '2021-07-26', '2021-07-27')).toBe('created_at');
  });

  it('may be wrong in part under the very name of an e-mail address or phone', () => {
    expect(fieldFor('Email', ...many('nobody'))).toBe('email');
    expect(fieldFor('Phone Number', ...many('none'))).toBe('phone');
  });

  it('name a member by e-mail address, not by name', () => {
    expect(fieldFor('Owner', 'ann@example.com', 'ben@example.com')).toBe('assigned_to');
    expect(fieldFor('Owner', 'Ann Lee', 'Ben Okri')).toBeNull();
    expect(fieldFor('Assigned To (name)', 'Ann Lee', 'Ben Okri')).toBeNull();
  });

  it('say nothing against a reference under its own name', () => {
    expect(fieldFor('Assigned To', 'Ann Lee', 'Ben Okri')).toBe('assigned_to');
    expect(fieldFor('referred-by', 'No. 1', 'No. 2')).toBe('referred_by');
    expect(fieldFor('Referred By')).toBe('referred_by');
  });
});

describe('a column that names the record', () => {
  const uuids = ['0197b5a0-0000-7000-8000-000000000001', '0197b5a0-0000-7000-8000-000000000002'];

  it.each([
    'Customer ID',
    'customer_id',
    'CustomerID',
    'Client Id',
    'Cust. ID',
    'Customer Code',
    'id',
    'ID',
    'uid',
  ])('"%s" goes by its values', (header) => {
    expect(fieldFor(header, ...uuids)).toBe('id');
    expect(fieldFor(header, 'CUST-000001', 'CUST-000002')).toBe('number');
    expect(fieldFor(header, 'CUST-000001', '17')).toBe('external_id');
    expect(fieldFor(header, '1', '2', '3')).toBe('external_id');
    expect(fieldFor(header, "'7210448301122")).toBe('external_id');
  });

  it('is another product’s when its UUIDs cannot have been given out here', () => {
    expect(fieldFor('Customer ID', '9f8b3c5e-2f47-4c1b-9d3a-5d1c7e0a4b21')).toBe('external_id');
  });

  it('goes by what the tenant’s own ids are, where they are known', () => {
    const ownIds = { isId: () => false, isNumber: (text: string) => text.startsWith('K') };
    const ofValues = (...values: string[]) =>
      entry(
        suggestMapping(
          customers,
          inspection(
            ['Customer ID'],
            values.map((value) => [value]),
          ),
          { ownIds },
        ),
        'Customer ID',
      ).field;
    expect(ofValues('K1', 'K2')).toBe('number');
    expect(ofValues(...uuids)).toBe('external_id');
  });

  it('of the customer comes before other ids, which must not repeat', () => {
    expect(feeds(customers, 'Row ID,Customer ID', ['r1', 'c1'], ['r2', 'c2'])).toEqual({
      external_id: 'Customer ID',
    });
    expect(fieldFor('Account ID', 'a', 'b', 'c')).toBe('external_id');
    expect(fieldFor('Account ID', 'a', 'a', 'c')).toBeNull();
    expect(fieldFor('Customer ID', 'a', 'a', 'c')).toBe('external_id');
  });

  it('is not one that counts the rows', () => {
    expect(fieldFor('Index', '5', '9')).toBeNull();
    expect(fieldFor('No.', '1', '2', '3')).toBeNull();
    expect(fieldFor('column 1', '1', '2', '3')).toBeNull();
  });

  it('is another product’s while it has no values, and ours by a single one', () => {
    expect(fieldFor('Customer ID')).toBe('external_id');
    expect(fieldFor('Customer ID', 'CUST-000001')).toBe('number');
    expect(fieldFor('Customer ID', uuids[0] ?? '')).toBe('id');
  });
});

describe('a file with one row a line of an order', () => {
  const header = ['Order ID', 'SKU', 'Quantity', 'Unit Price', 'Discount', 'Status', 'Order Total', 'Total'];
  const rows = [
    ['1', 'a', '2', '10.00', '0', 'paid', '25.00', '20.00'],
    ['1', 'b', '1', '5.00', '0.15', 'paid', '25.00', '5.00'],
    ['2', 'a', '1', '10.00', '0', 'open', '', '10.00'],
    ['2', 'c', '1', '7.00', '0', 'open', '17.00', '7.00'],
    ['3', 'a', '1', '10.00', '0', 'paid', '10.00', '10.00'],
  ];

  it('has nothing said of the order by a column whose values differ within one', () => {
    const mapping = suggestMapping(orders, inspection(header, rows));
    expect(entry(mapping, 'Discount')).toMatchObject({
      field: null,
      reason: 'Its values differ within one order: it is the lines’, and a line has no such field.',
    });
  });

  it('keeps what is the same in all rows of an order, or blank', () => {
    expect(feedsOf(suggestMapping(orders, inspection(header, rows)))).toMatchObject({ status: 'Status' });
  });

  it('gives the field to the next column that could feed it', () => {
    const mapping = suggestMapping(orders, inspection(header, rows));
    expect(feedsOf(mapping)).toMatchObject({ total: 'Order Total' });
    expect(entry(mapping, 'Total').field).toBeNull();
  });

  it('leaves one order among many to the report, which contradicts itself by mistake', () => {
    const many = Array.from({ length: 50 }, (_, i) => String(Math.floor(i / 2))).map((id, i) => [
      id,
      'a',
      '1',
      '10.00',
      i === 7 ? '3' : '2',
    ]);
    const mapping = suggestMapping(orders, inspection(header.slice(0, 5), many));
    expect(feedsOf(mapping)).toMatchObject({ discount_total: 'Discount' });
  });

  it('takes a column at its word where each order has one row', () => {
    const mapping = suggestMapping(
      orders,
      inspection(
        header,
        rows.filter((_, i) => i % 2 === 0),
      ),
    );
    expect(feedsOf(mapping)).toMatchObject({ discount_total: 'Discount' });
  });
});

describe('a file of addresses', () => {
  it('joins first and last name to the recipient', () => {
    const header = ['Customer Email', 'First Name', 'Last Name', 'Street', 'City', 'Zip', 'Country'];
    const mapping = suggestMapping(addresses, inspection(header));
    expect(entry(mapping, 'First Name')).toMatchObject({
      field: 'recipient_name',
      transformations: [{ do: 'join', columns: ['Last Name'], separator: ' ' }],
    });
    expect(entry(mapping, 'Last Name')).toMatchObject({
      field: null,
      reason: 'It is joined to “First Name” as Recipient Name.',
    });
    expect(feedsOf(mapping)).toMatchObject({
      customer: 'Customer Email',
      address_line1: 'Street',
      city: 'City',
      postal_code: 'Zip',
      country: 'Country',
    });
    expect(() => validateMapping(mapping, addresses, header)).not.toThrow();
  });

  it('takes the recipient as it is where there is a column for it', () => {
    expect(feeds(addresses, 'customer_id,Recipient,First Name,Address,City')).toEqual({
      customer: 'customer_id',
      recipient_name: 'Recipient',
      address_line1: 'Address',
      city: 'City',
    });
  });

  it('takes a name in one piece', () => {
    expect(feeds(addresses, 'Email,Last Name,Address 1,Town')).toEqual({
      customer: 'Email',
      recipient_name: 'Last Name',
      address_line1: 'Address 1',
      city: 'Town',
    });
  });
});

describe.each(datasets.map((dataset) => [dataset.key, dataset] as const))(
  'the spellings that files use for %s',
  (key, dataset) => {
    it('lead to fields that can be imported, and claim no field’s own name', () => {
      const spellings = [...headerSpellings(key)];
      expect(
        spellings.filter(([, { field }]) => !dataset.has(field) || dataset.field(field).importable === 'no'),
      ).toEqual([]);
      expect(
        spellings.filter(([spelling, { field }]) => (dataset.keyFor(spelling) ?? field) !== field),
      ).toEqual([]);
      expect(spellings.length).toBeGreaterThan(20);
    });
  },
);

describe('headers in other languages', () => {
  it.each([
    [
      'French',
      'Nom,Prénom,Ville,Code postal,Tél. mobile,Date d’inscription',
      ['last_name', 'first_name', 'city', 'postal_code', 'phone', 'created_at'],
    ],
    ['Czech', 'Jméno,Příjmení,Město,PSČ,Země', ['first_name', 'last_name', 'city', 'postal_code', 'country']],
    ['Turkish', 'Ad,Soyad,E-posta,Şehir,Ülke', ['first_name', 'last_name', 'email', 'city', 'country']],
    ['Greek', 'Όνομα,Επώνυμο,Πόλη,Τηλέφωνο', ['first_name', 'last_name', 'city', 'phone']],
    ['Korean', '이름,이메일,전화번호,도시', ['display_name', 'email', 'phone', 'city']],
    ['Chinese', '姓名,電子郵件,手機,郵遞區號', ['display_name', 'email', 'phone', 'postal_code']],
    ['Arabic', 'الاسم,البريد الإلكتروني,المدينة', ['display_name', 'email', 'city']],
    ['Hebrew', 'שם פרטי,שם משפחה,טלפון', ['first_name', 'last_name', 'phone']],
    ['Lithuanian', 'Vardas,Pavardė,Miestas', ['first_name', 'last_name', 'city']],
  ])('%s', (_, header, fields) => {
    const { columns } = suggestMapping(customers, inspection(header.split(',')));
    expect(columns.map(({ field }) => field)).toEqual(fields);
  });

  it('a name alone is the whole name', () => {
    expect(feeds(customers, 'Nom,Email')).toMatchObject({ display_name: 'Nom' });
    expect(feeds(customers, 'Naam,Email')).toMatchObject({ display_name: 'Naam' });
  });
});

describe('words behind a field', () => {
  it('say whose it is: Pipedrive’s e-mail and phone', () => {
    const header =
      'Person - Name,Person - Email - Work,Person - Email - Home,Person - Phone - Work,Person - Person created';
    expect(feeds(customers, header)).toEqual({
      display_name: 'Person - Name',
      email: 'Person - Email - Work',
      secondary_email: 'Person - Email - Home',
      phone: 'Person - Phone - Work',
      created_at: 'Person - Person created',
    });
  });

  it('keep an address together', () => {
    const header =
      'Nachname,Straße privat,Ort privat,Straße geschäftlich,Ort geschäftlich,Postleitzahl geschäftlich';
    const row = ['Groß', 'Weg 1', 'Ulm', 'Industriestr. 3', 'Köln', '50667'];
    expect(feeds(customers, header, row)).toEqual({
      last_name: 'Nachname',
      address_line1: 'Straße geschäftlich',
      city: 'Ort geschäftlich',
      postal_code: 'Postleitzahl geschäftlich',
    });
  });

  it('may be the zone of a time', () => {
    const names = ['Signed up (America/New_York)', 'Last seen (UTC+0)', 'Last contacted (approx.)'];
    const { columns } = suggestMapping(customers, inspection(names));
    expect(columns.map(({ field, reading }) => [field, reading])).toEqual([
      ['created_at', { timezone: 'America/New_York' }],
      ['last_seen_at', { timezone: 'UTC' }],
      ['last_contact_at', {}],
    ]);
  });
});

describe('a column that says who has opted out', () => {
  it.each([
    ['Email Opt Out', 'email_opt_in'],
    ['HasOptedOutOfEmail', 'email_opt_in'],
    ['Unsubscribed from all email', 'email_opt_in'],
    ['Unsubscribed from Emails', 'email_opt_in'],
    ['SMS Opt Out', 'sms_opt_in'],
    ['Opted out', 'marketing_opt_in'],
  ])('"%s" is the opposite of %s', (header, field) => {
    const mapping = suggestMapping(customers, inspection([header], [['0'], ['1']]));
    expect(mapping.columns[0]).toMatchObject({ field, reading: { opposite: true }, transformations: [] });
    expect(() => validateMapping(mapping, customers, [header])).not.toThrow();
  });

  it('says nothing where its values are no yes and no', () => {
    expect(fieldFor('Unsubscribed', '2021-07-26', '2021-07-27')).toBeNull();
  });
});

describe('what a column cannot mean', () => {
  it.each([
    ['Address', '{"city":"Köln","zip":"01067"}'],
    ['_id', '{"$oid":"5f1e2d3c0000400080000000"}'],
    ['Created', '{"$date":"2021-07-26T08:30:00Z"}'],
    ['Birthday', '07/26'],
    ['Birthday', '--07-26'],
    ['State', 'disabled'],
    ['Language', 'English (United States)'],
  ])('"%s" with %j feeds nothing, however few rows there are', (header, value) => {
    expect(fieldFor(header, value)).toBeNull();
  });

  it('a state of a country is one', () => {
    expect(fieldFor('State', 'disabled', 'NV')).toBe('state_province');
  });
});

describe('Outlook in other languages', () => {
  it('German', () => {
    const header =
      'Anrede,Vorname,Nachname,Firma,Position,Straße geschäftlich,Ort geschäftlich,Telefon geschäftlich,Mobiltelefon,E-Mail-Adresse,E-Mail 2: Adresse,Geburtstag,Geschlecht,Kategorien,Notizen';
    const mapping = suggestMapping(customers, inspection(header.split(',')));
    expect(mapping.preset).toBe('outlook-contacts');
    expect(feedsOf(mapping)).toEqual({
      first_name: 'Vorname',
      last_name: 'Nachname',
      company_name: 'Firma',
      job_title: 'Position',
      address_line1: 'Straße geschäftlich',
      city: 'Ort geschäftlich',
      phone: 'Mobiltelefon',
      secondary_phone: 'Telefon geschäftlich',
      email: 'E-Mail-Adresse',
      secondary_email: 'E-Mail 2: Adresse',
      date_of_birth: 'Geburtstag',
      gender: 'Geschlecht',
      tags: 'Kategorien',
      general_notes: 'Notizen',
    });
    expect(entry(mapping, 'Geburtstag').transformations).toMatchObject([{ values: { '0.0.00': '' } }]);
  });

  it('French, which has one word for the form of address and for the job', () => {
    const names = [
      'Titre',
      'Prénom',
      'Nom',
      'Société',
      'Titre (2)',
      'Rue (bureau)',
      'Ville (bureau)',
      'Téléphone (bureau)',
      'Tél. mobile',
      'Adresse de messagerie',
      'Anniversaire',
    ];
    const mapping = suggestMapping(customers, inspection(names));
    expect(feedsOf(mapping)).toEqual({
      first_name: 'Prénom',
      last_name: 'Nom',
      company_name: 'Société',
      job_title: 'Titre (2)',
      address_line1: 'Rue (bureau)',
      city: 'Ville (bureau)',
      phone: 'Tél. mobile',
      secondary_phone: 'Téléphone (bureau)',
      email: 'Adresse de messagerie',
      date_of_birth: 'Anniversaire',
    });
  });
});

describe('orders of other products', () => {
  const of = (key: string) => datasets.find((dataset) => dataset.key === key) as Dataset;

  it('"ID" over another product’s ids is no id, but the number where no column is', () => {
    expect(feeds(of('orders'), 'id,Amount', ['ch_3J1', '5'])).toMatchObject({ number: 'id' });
    expect(feeds(of('orders'), 'ID,Order Number,Total', ['1', 'A-1', '5'])).toMatchObject({
      number: 'Order Number',
    });
    expect(feeds(of('leads'), 'Id,Email', ['00Q5g0', 'a@b.co'])).toEqual({ email: 'Email' });
    const own = '0197b5a0-0000-7000-8000-000000000001';
    expect(feeds(of('orders'), 'id,total', [own, '5'])).toMatchObject({ id: 'id' });
  });

  it('PayPal: the payer’s name is not the number of the order', () => {
    const header = 'Date,Name,Status,Currency,Gross,Fee,Net,From Email Address,Transaction ID';
    const row = [
      '2021-07-26',
      'Ann Lee',
      'Completed',
      'GBP',
      '12.00',
      '-1.00',
      '11.00',
      'ann@example.com',
      '5FT',
    ];
    expect(feeds(of('orders'), header, row)).toEqual({
      created_at: 'Date',
      status: 'Status',
      currency: 'Currency',
      total: 'Gross',
      customer_email: 'From Email Address',
      number: 'Transaction ID',
    });
  });

  it('the likelier of two known spellings counts, wherever it stands', () => {
    expect(feeds(of('orders'), 'Order ID,Order Value,Order Total')).toMatchObject({ total: 'Order Total' });
    expect(feeds(of('orders'), 'Order Number,Item #,Item Name,Item Cost')).toMatchObject({
      line_title: 'Item Name',
      line_unit_price: 'Item Cost',
    });
  });
});

describe('Zoho', () => {
  it('is not taken for HubSpot', () => {
    const header =
      'Record Id,Contact Owner.id,Contact Owner,First Name,Last Name,Email,Phone,Mobile,Home Phone,Created Time';
    const mapping = suggestMapping(customers, inspection(header.split(',')));
    expect(mapping.preset).toBe('zoho-contacts');
    expect(feedsOf(mapping)).toMatchObject({
      external_id: 'Record Id',
      secondary_phone: 'Mobile',
      created_at: 'Created Time',
    });
  });
});

describe('a field that stands in several columns', () => {
  it('a street and the number behind it are one line, in their order', () => {
    for (const header of ['Straße,Hausnummer,PLZ', 'Straat,Huisnummer,Postcode', 'Endereço,Número,CEP']) {
      const [street = '', number = ''] = header.split(',');
      const mapping = suggestMapping(customers, inspection(header.split(',')));
      expect(entry(mapping, street)).toMatchObject({
        field: 'address_line1',
        transformations: [{ do: 'join', columns: [number], separator: ' ' }],
      });
      expect(entry(mapping, number)).toMatchObject({ field: null });
      expect(() => validateMapping(mapping, customers, header.split(','))).not.toThrow();
    }
  });

  it('a number that stands elsewhere is another one', () => {
    const mapping = suggestMapping(customers, inspection(['Número', 'Nombre', 'Email', 'Dirección']));
    expect(entry(mapping, 'Dirección').transformations).toEqual([]);
  });

  it('a Dutch last name keeps what stands before it', () => {
    const mapping = suggestMapping(customers, inspection(['Voornaam', 'Tussenvoegsel', 'Achternaam']));
    expect(entry(mapping, 'Tussenvoegsel')).toMatchObject({
      field: 'last_name',
      transformations: [{ do: 'join', columns: ['Achternaam'], separator: ' ' }],
    });
    expect(entry(mapping, 'Achternaam').field).toBeNull();
  });

  it('a name of one word beside a last name is the first name', () => {
    expect(feeds(customers, 'Name,Last name', ['Ann', 'Lee'])).toEqual({
      first_name: 'Name',
      last_name: 'Last name',
    });
    expect(feeds(customers, 'Name,Last name', ['Ann Lee', 'Lee'])).toMatchObject({ display_name: 'Name' });
  });

  it('a street called after the address belongs to the columns that are not', () => {
    expect(feeds(customers, 'Address Street,City,Postcode,Country')).toMatchObject({
      address_line1: 'Address Street',
      city: 'City',
    });
  });
});

describe('headers of other systems', () => {
  it.each([
    ['customers[email]', 'email'],
    ['customers[created_at]', 'created_at'],
    ['billing_address[city]', 'city'],
    ['What is your phone number?', 'phone'],
    ["What's your first name?", 'first_name'],
    ['N° TVA', 'tax_id'],
  ])('"%s" feeds %s', (header, field) => expect(fieldFor(header)).toBe(field));

  it.each([
    ['Order #', '1234567890'],
    ['form_name', 'Summer'],
    ['Birth Day', '26'],
    ['Birth Year', '1980'],
  ])('"%s" feeds nothing', (header, value) => expect(fieldFor(header, value)).toBeNull());

  it.each([
    ['Birthday (DD/MM/YYYY)', 'dmy'],
    ['Date of Birth (mm/dd/yyyy)', 'mdy'],
    ['Geburtsdatum (TT.MM.JJJJ)', 'dmy'],
    ['Birthday [YYYY-MM-DD]', 'ymd'],
    ['Birthday', undefined],
  ])('"%s" says the order of its dates', (header, dateOrder) => {
    const { columns } = suggestMapping(customers, inspection([header], [['01/02/1980']]));
    expect(columns[0]).toMatchObject({ field: 'date_of_birth' });
    expect(columns[0]?.reading.dateOrder).toBe(dateOrder);
  });
});
