/** Customer files of systems for mailings: Mailchimp and Klaviyo. */
import type { Transformation } from '../transformations.ts';
import type { Preset, PresetSource } from './preset.ts';

/** A place that is not known is 0, 0, in the sea off Africa. */
const unknownPlace: Transformation = {
  do: 'values',
  values: { '0': '', '0.0': '', '0.0000000': '', '0.000000': '' },
};

const place = (column: string): PresetSource => ({ column, transformations: [unknownPlace] });

/** Whatever stands in the cell, it says that the person has left. */
const left: Transformation = { do: 'values', values: {}, otherwise: 'no' };

const mailchimp: Preset = {
  key: 'mailchimp',
  label: 'Mailchimp audience',
  dataset: 'customers',
  recognisedBy: [
    ['MEMBER_RATING', 'LEID', 'EUID'],
    ['OPTIN_TIME', 'CONFIRM_TIME', 'LAST_CHANGED'],
  ],
  fields: {
    external_id: ['EUID', 'LEID'],
    created_at: ['OPTIN_TIME', 'CONFIRM_TIME'],
    email_opt_in: [
      { column: 'UNSUB_TIME', transformations: [left] },
      { column: 'CLEAN_TIME', transformations: [left] },
    ],
    latitude: [place('LATITUDE')],
    longitude: [place('LONGITUDE')],
    country_code: ['CC'],
    state_province: ['State', 'REGION'],
    timezone: ['TIMEZONE'],
    general_notes: ['NOTES'],
    tags: ['TAGS'],
  },
  leftOut: {
    MEMBER_RATING: 'Mailchimp computes it from opened mails.',
    OPTIN_IP: 'Network addresses are not imported.',
    CONFIRM_IP: 'Network addresses are not imported.',
    GMTOFF: 'The time zone’s name says it.',
    DSTOFF: 'The time zone’s name says it.',
    LAST_CHANGED: 'When the record last changed here is kept by the program.',
    ORIGIN: 'It has no field.',
  },
};

/** What Klaviyo writes for consent: its own words, the older export’s yes or no, or the moment it was given. */
const consent: Transformation = {
  do: 'values',
  values: {
    subscribed: 'yes',
    subscribe: 'yes',
    true: 'yes',
    yes: 'yes',
    unsubscribed: 'no',
    unsubscribe: 'no',
    false: 'no',
    no: 'no',
    never_subscribed: 'no',
    'never subscribed': 'no',
  },
  otherwise: '',
};

const klaviyo: Preset = {
  key: 'klaviyo',
  label: 'Klaviyo profiles',
  dataset: 'customers',
  recognisedBy: [
    ['Klaviyo ID'],
    ['Email Marketing Consent', 'Profile Created On'],
    ['Email', 'Email Marketing Consent', 'Date Added'],
  ],
  fields: {
    external_id: ['Klaviyo ID', 'External ID'],
    company_name: ['Organization'],
    job_title: ['Title'],
    email_opt_in: [{ column: 'Email Marketing Consent', transformations: [consent] }],
    sms_opt_in: [{ column: 'SMS Marketing Consent', transformations: [consent] }],
    orders_count: ['Historic Number Of Orders'],
    total_spent: ['Historic Customer Lifetime Value'],
    created_at: ['Profile Created On', 'Date Added', 'First Active'],
    last_seen_at: ['Last Active'],
  },
  leftOut: {
    'Email Marketing Consent Timestamp': 'It has no field.',
    'SMS Marketing Consent Timestamp': 'It has no field.',
    'Total Customer Lifetime Value': 'It holds what Klaviyo expects, beside what was spent.',
    'Predicted Customer Lifetime Value': 'Klaviyo computes it.',
    'Average Order Value': 'The average is computed from orders and total.',
    'Average Days Between Orders': 'Klaviyo computes it.',
    'IP Address': 'Network addresses are not imported.',
    'Email Suppressions': 'It has no field.',
  },
};

export const mailPresets: readonly Preset[] = [mailchimp, klaviyo];
