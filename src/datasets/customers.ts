/**
 * Customers: people and organisations, in parts. A person with a company has an individual and a business
 * profile; an address, the groups and the notes are parts of their own. The fields stand in customer-fields.ts;
 * what a row must fulfil across them, and what it implies, in customer-derive.ts.
 */

import { literal } from '../database/literal.ts';
import { addressPattern } from '../field-types/email.ts';
import { deriveCustomer, impliedCustomerFields } from './customer-derive.ts';
import { customerFields } from './customer-fields.ts';
import { type Bare, type ColumnOf, type Dataset, defineDataset, type Part } from './define-dataset.ts';

const parts: Part[] = [
  {
    key: 'customers',
    table: 'customers',
    kind: 'root',
    fixed: (of, at, by) => ({
      version: '1',
      created_at: `coalesce(${of('created_at')}, ${at})`,
      created_by: by,
      updated_at: at,
      updated_by: by,
    }),
  },
  {
    key: 'individual',
    table: 'individual_profiles',
    kind: 'profile',
    ownerColumn: 'customer_id',
    alwaysWhen: (of) => `${of('type')} = 'individual'`,
  },
  {
    key: 'business',
    table: 'business_profiles',
    kind: 'profile',
    ownerColumn: 'customer_id',
    alwaysWhen: (of) => `${of('type')} <> 'individual'`,
  },
  { key: 'care', table: 'care_profiles', kind: 'profile', ownerColumn: 'customer_id' },
  {
    key: 'address',
    table: 'customer_addresses',
    kind: 'child',
    ownerColumn: 'customer_id',
    shownFirst: 'is_default_billing desc, is_default_shipping desc, created_at, id',
    shownFlag: 'is_default_billing',
    // It is the customer's first address, so it is the default for both.
    fixed: (_, at, by) => ({
      version: '1',
      is_default_billing: 'true',
      is_default_shipping: 'true',
      created_at: at,
      updated_at: at,
      updated_by: by,
    }),
  },
  {
    key: 'groups',
    table: 'customer_group_members',
    kind: 'set',
    ownerColumn: 'customer_id',
    names: { table: 'customer_groups', column: 'group_id', max: 255 },
  },
  {
    key: 'notes',
    table: 'customer_notes',
    kind: 'append',
    ownerColumn: 'customer_id',
    countColumn: 'notes_count',
    fixed: (_, at, by) => ({ created_at: at, created_by: by }),
  },
];

/** A display name made of the last name alone is the default's, and none that was given. */
const lacksPersonName = (of: ColumnOf): string =>
  `${of('type')} = 'individual' and ${of('first_name')} is null ` +
  `and (${of('display_name')} is null or ${of('display_name')} = ${of('last_name')})`;

/** Somebody who ordered and gave no more than an address. */
const guest: Bare = {
  by: 'email',
  keyOf: (text) =>
    `case when length(${text}) <= 255 and lower(${text}) ~ ${literal(addressPattern)} then lower(${text}) end`,
  alike: ['display_name'],
  values: { status: 'guest' },
};

export const customers: Dataset = defineDataset({
  key: 'customers',
  label: 'Customers',
  singular: 'customer',
  parts,
  numbers: { field: 'number', counter: 'customer_number', prefix: 'CUST-' },
  bare: guest,
  dependents: [{ table: 'orders', column: 'customer_id' }],
  softDeletes: true,
  fields: customerFields,
  matchKeys: ['id', 'number', 'external_id', 'email'],
  optionalMatchKeys: ['phone'],
  searched: ['display_name', 'first_name', 'last_name', 'company_name', 'email', 'phone'],
  finder: { name: 'find_customers', tags: 'tags' },
  requiredByDefault: ['email'],
  createRules: [
    { field: 'first_name', lacks: lacksPersonName },
    {
      field: 'company_name',
      lacks: (of) => `${of('type')} <> 'individual' and ${of('company_name')} is null`,
    },
  ],
  implied: impliedCustomerFields,
  derive: deriveCustomer,
});
