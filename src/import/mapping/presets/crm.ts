/** Customer files of systems for sales: HubSpot contacts and companies, Salesforce contacts, accounts and reports. */
import type { Preset } from './preset.ts';

/** Values of a property with several choices stand between semicolons, which tags and groups read anyway. */
const hubspotContacts: Preset = {
  key: 'hubspot-contacts',
  label: 'HubSpot contacts',
  dataset: 'customers',
  recognisedBy: [
    ['Record ID', 'First Name', 'Last Name', 'Create Date'],
    ['Record ID', 'Email', 'Lifecycle Stage'],
    ['Record ID', 'Email', 'Contact owner'],
  ],
  fields: {
    external_id: ['Record ID'],
    journey_stage: ['Lifecycle Stage'],
    created_at: ['Create Date'],
    company_name: [
      'Company Name',
      { column: 'Associated Company', transformations: [{ do: 'first', separator: ';' }] },
    ],
  },
  leftOut: {
    'Lead Status': 'It follows a lead through HubSpot’s own stages.',
    'Contact Type': 'Its values are each company’s own.',
    'Stage of Journey': 'The lifecycle stage is the journey stage.',
    'Last Modified Date': 'When the record last changed here is kept by the program.',
    'Associated Company IDs': 'It links to companies within HubSpot.',
    'Associated Deal': 'It links to deals within HubSpot.',
    'Associated Deal IDs': 'It links to deals within HubSpot.',
  },
};

const hubspotCompanies: Preset = {
  key: 'hubspot-companies',
  label: 'HubSpot companies',
  dataset: 'customers',
  recognisedBy: [
    ['Record ID', 'Company name', 'Create Date'],
    ['Record ID', 'Company name', 'Company owner'],
  ],
  fields: {
    external_id: ['Record ID'],
    company_name: ['Company name'],
    website: ['Website URL', 'Company Domain Name'],
    created_at: ['Create Date'],
  },
  leftOut: { 'Last Modified Date': 'When the record last changed here is kept by the program.' },
};

/** It has the words of HubSpot’s screen, and ids beside the names that HubSpot writes alone. */
const zohoContacts: Preset = {
  key: 'zoho-contacts',
  label: 'Zoho CRM contacts',
  dataset: 'customers',
  recognisedBy: [
    ['Record Id', 'Contact Owner', 'Created Time'],
    ['Record Id', 'Last Name', 'Contact Owner.id'],
  ],
  fields: {
    external_id: ['Record Id'],
    secondary_phone: ['Mobile', 'Home Phone', 'Other Phone'],
    created_at: ['Created Time'],
    last_contact_at: ['Last Activity Time'],
    general_notes: ['Description'],
  },
  leftOut: {
    'Contact Owner.id': 'It names a user of Zoho.',
    'Created By.id': 'It names a user of Zoho.',
    'Account Name.id': 'Several contacts share an account, so it does not tell them apart.',
    'Modified Time': 'When the record last changed here is kept by the program.',
    Assistant: 'It is somebody else.',
    'Asst Phone': 'It is somebody else’s number.',
  },
};

const salesforceSystem: Preset['leftOut'] = {
  IsDeleted: 'It is about the record within Salesforce.',
  MasterRecordId: 'It is about the record within Salesforce.',
  OwnerId: 'It names a user of Salesforce.',
  CreatedById: 'It names a user of Salesforce.',
  LastModifiedById: 'It names a user of Salesforce.',
  LastModifiedDate: 'When the record last changed here is kept by the program.',
  SystemModstamp: 'It is about the record within Salesforce.',
  LastViewedDate: 'It is about the record within Salesforce.',
  LastReferencedDate: 'It is about the record within Salesforce.',
  Jigsaw: 'It is about the record within Salesforce.',
};

const salesforceContacts: Preset = {
  key: 'salesforce-contacts',
  label: 'Salesforce contacts',
  dataset: 'customers',
  recognisedBy: [
    ['Id', 'LastName', 'AccountId', 'OwnerId'],
    ['Id', 'LastName', 'MailingStreet'],
  ],
  fields: {
    external_id: ['Id'],
    display_name: ['Name'],
    job_title: ['Title'],
    phone: ['Phone', 'MobilePhone', 'HomePhone', 'OtherPhone'],
    secondary_phone: ['MobilePhone', 'HomePhone', 'OtherPhone'],
    source: ['LeadSource'],
    general_notes: ['Description'],
    created_at: ['CreatedDate'],
    last_contact_at: ['LastActivityDate'],
  },
  leftOut: {
    ...salesforceSystem,
    AccountId: 'Several contacts share an account, so it does not tell them apart.',
    ReportsToId: 'It links to a contact within Salesforce.',
    AssistantPhone: 'It is somebody else’s number.',
    AssistantName: 'It is somebody else.',
  },
};

const salesforceAccounts: Preset = {
  key: 'salesforce-accounts',
  label: 'Salesforce accounts',
  dataset: 'customers',
  recognisedBy: [
    ['Id', 'Name', 'BillingStreet', 'OwnerId'],
    ['Id', 'Name', 'BillingStreet', 'AccountNumber'],
  ],
  fields: {
    external_id: ['Id'],
    company_name: ['Name'],
    website: ['Website'],
    avatar_url: ['PhotoUrl'],
    source: ['AccountSource'],
    general_notes: ['Description'],
    created_at: ['CreatedDate'],
    last_contact_at: ['LastActivityDate'],
  },
  leftOut: {
    ...salesforceSystem,
    Type: 'Its values are each company’s own, and do not tell what kind of organisation it is.',
    ParentId: 'It links to an account within Salesforce.',
    BillingAddress: 'Its parts have columns of their own.',
    ShippingAddress: 'Its parts have columns of their own.',
    BillingGeocodeAccuracy: 'It has no field.',
    ShippingGeocodeAccuracy: 'It has no field.',
    AccountNumber: 'The account’s id is the external id.',
  },
};

/** A report keeps the labels of the screen and has no ids. */
const salesforceReport: Preset = {
  key: 'salesforce-report',
  label: 'Salesforce report of contacts',
  dataset: 'customers',
  recognisedBy: [
    ['Mailing Street', 'Account Name', 'Last Name'],
    ['Contact Record Type', 'Account Name'],
  ],
  fields: { company_name: ['Account Name'], job_title: ['Title'], source: ['Lead Source'] },
  leftOut: { 'Contact Record Type': 'Its values are each company’s own.', Salutation: 'It has no field.' },
};

export const crmPresets: readonly Preset[] = [
  zohoContacts,
  hubspotContacts,
  hubspotCompanies,
  salesforceContacts,
  salesforceAccounts,
  salesforceReport,
];
