/**
 * Addresses: many for a customer, each a row of its own. The same table keeps the address that a row of customers
 * carries. An address has no key of its own that a file could name: it is found by its customer and its place.
 */
import { fillCountryCode } from './country-code.ts';
import { addressTypes } from './customer-values.ts';
import { type Dataset, defineDataset } from './define-dataset.ts';
import { boolean, choice, country, datetime, decimal, inPart, phone, reference, text } from './fields.ts';

const owner = { dataset: 'customers', by: ['email', 'number', 'external_id', 'id'] };

/** A file of addresses often has the recipient's name in two columns. */
const namePieces = [
  ['first_name', 'given name', 'forename', 'shipping first name', 'billing first name', 'vorname', 'prénom'],
  ['last_name', 'surname', 'family name', 'shipping last name', 'billing last name', 'nachname', 'nom'],
];

// biome-ignore format: one field is one line, however long.
const fields = inPart('addresses', [
  reference('customer', 'Customer', owner, { column: 'customer_id', exportDefault: true, aliases: ['customer_id', 'customer_email', 'customer number'] }),
  text('address_label', 'Label', { max: 50, column: 'label', exportDefault: true }),
  choice('address_type', 'Type', addressTypes, { column: 'type', default: 'both', exportDefault: true }),
  boolean('is_default_billing', 'Default Billing', { default: 'false', exportDefault: true }),
  boolean('is_default_shipping', 'Default Shipping', { default: 'false', exportDefault: true }),
  text('recipient_name', 'Recipient Name', { max: 255, exportDefault: true, aliases: ['first_name + last_name'], pieces: namePieces }),
  text('address_company', 'Company', { max: 255, column: 'company', exportDefault: true, aliases: ['company', 'company_name'] }),
  text('address_line1', 'Address Line 1', { max: 255, column: 'line1', exportDefault: true, aliases: ['address', 'address_line_1', 'street', 'address1'] }),
  text('address_line2', 'Address Line 2', { max: 255, column: 'line2', exportDefault: true, aliases: ['address_line_2', 'address2'] }),
  text('city', 'City', { max: 100, exportDefault: true, aliases: ['town'] }),
  text('state_province', 'State', { max: 100, exportDefault: true, aliases: ['state', 'province', 'county', 'region'] }),
  text('postal_code', 'Postal Code', { max: 20, exportDefault: true, aliases: ['zip', 'zipCode', 'postcode', 'zip code'] }),
  text('country', 'Country', { max: 100, exportDefault: true }),
  country('country_code', 'Country Code', { impliedBy: { field: 'country' }, exportDefault: true }),
  phone('address_phone', 'Phone', { max: 50, column: 'phone', exportDefault: true, aliases: ['phone', 'phone_number'] }),
  text('phone_country_code', 'Phone Country Code', { max: 5, exportDefault: true }),
  decimal('latitude', 'Latitude', { range: [-90, 90], exportDefault: true }),
  decimal('longitude', 'Longitude', { range: [-180, 180], exportDefault: true }),
  text('delivery_instructions', 'Delivery Instructions', { max: 2000, exportDefault: true }),
  datetime('created_at', 'Created At', { importable: 'no', exportDefault: true }),
]);

export const addresses: Dataset = defineDataset({
  key: 'addresses',
  label: 'Addresses',
  singular: 'address',
  parts: [
    {
      key: 'addresses',
      table: 'customer_addresses',
      kind: 'root',
      fixed: (_, at, by) => ({ version: '1', created_at: at, updated_at: at, updated_by: by }),
    },
  ],
  fields,
  matchKeys: [],
  searched: ['recipient_name', 'address_company', 'address_line1', 'address_line2', 'city', 'postal_code'],
  identity: ['customer', 'address_line1', 'address_line2', 'city', 'postal_code'],
  partOf: { part: 'address', ownerColumn: 'customer_id' },
  exclusive: [
    { field: 'is_default_billing', within: 'customer' },
    { field: 'is_default_shipping', within: 'customer' },
  ],
  createRules: [
    { field: 'customer', lacks: (of) => `${of('customer')} is null` },
    { field: 'address_line1', lacks: (of) => `${of('address_line1')} is null` },
    { field: 'city', lacks: (of) => `${of('city')} is null` },
    { field: 'country', lacks: (of) => `${of('country')} is null and ${of('country_code')} is null` },
  ],
  implied: (mapped) => (mapped.has('country') && !mapped.has('country_code') ? ['country_code'] : []),
  derive: (row, { mapped }) => {
    if (mapped.has('country'))
      fillCountryCode(row, mapped.has('country_code') ? row.get('country_code') : null);
  },
});
