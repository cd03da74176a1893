/** Customer files of shops and tills: Shopify, WooCommerce (two exports), Stripe, Square. */
import type { Preset } from './preset.ts';

/** All three exports of it and its import template. The apostrophes it puts before numbers go wherever they stand. */
const shopify: Preset = {
  key: 'shopify',
  label: 'Shopify customers',
  dataset: 'customers',
  recognisedBy: [
    ['Accepts Email Marketing', 'Total Spent', 'Total Orders', 'Tax Exempt'],
    ['Customer ID', 'Accepts Email Marketing', 'Total Orders'],
  ],
  fields: {
    external_id: ['Customer ID'],
    email_opt_in: ['Accepts Email Marketing'],
    sms_opt_in: ['Accepts SMS Marketing'],
    address_company: ['Default Address Company'],
    address_phone: ['Default Address Phone'],
    state_province: [
      'Province',
      'Default Address Province',
      'Default Address Province Code',
      'Province Code',
    ],
    total_spent: ['Total Spent'],
    orders_count: ['Total Orders'],
    note: ['Note'],
  },
  leftOut: { 'Tax Exempt': 'Whether a customer is exempt from tax has no field.' },
};

/** The table that the shop's own analytics screen downloads. */
const woocommerce: Preset = {
  key: 'woocommerce',
  label: 'WooCommerce customers',
  dataset: 'customers',
  recognisedBy: [
    ['Sign Up', 'AOV', 'Total Spend'],
    ['Last Active', 'Sign Up', 'AOV'],
  ],
  fields: {
    display_name: ['Name'],
    last_seen_at: ['Last Active'],
    created_at: ['Sign Up'],
    orders_count: ['Orders'],
    total_spent: ['Total Spend'],
    phone: ['Billing Phone', 'Phone'],
    address_phone: ['Shipping Phone'],
  },
  leftOut: {
    AOV: 'The average is computed from orders and total.',
    Role: 'It says what a user may do in the shop.',
  },
};

/** The file of the WebToffee extension: a user of WordPress with the addresses of the shop. */
const woocommerceUsers: Preset = {
  key: 'woocommerce-users',
  label: 'WooCommerce users (WebToffee)',
  dataset: 'customers',
  recognisedBy: [
    ['user_login', 'user_email', 'user_registered'],
    ['user_login', 'user_email', 'billing_first_name'],
  ],
  fields: {
    external_id: ['customer_id', 'ID'],
    username: ['user_login'],
    email: ['user_email', 'billing_email'],
    website: ['user_url'],
    created_at: ['user_registered'],
    first_name: ['first_name', 'billing_first_name'],
    last_name: ['last_name', 'billing_last_name'],
    phone: ['billing_phone'],
    company_name: ['billing_company'],
  },
  leftOut: {
    user_pass: 'Passwords are not imported.',
    user_nicename: 'It is the user name again, for web addresses.',
    user_status: 'It is a flag of the blog, not the customer’s status.',
    roles: 'It says what a user may do in the shop.',
    description: 'It is the text an author shows in the blog.',
  },
};

const stripe: Preset = {
  key: 'stripe',
  label: 'Stripe customers',
  dataset: 'customers',
  recognisedBy: [
    ['id', 'Created (UTC)', 'Delinquent'],
    ['id', 'Created (UTC)', 'Card ID'],
    ['id', 'Created (UTC)', 'Total Spend'],
  ],
  fields: {
    external_id: ['id'],
    display_name: ['Name', 'Customer Name'],
    general_notes: ['Description'],
    created_at: [{ column: 'Created (UTC)', reading: { timezone: 'UTC' } }],
    total_spent: ['Total Spend'],
    orders_count: ['Payment Count'],
    subscription_plan: ['Plan'],
    subscription_status: [
      {
        column: 'Status',
        transformations: [
          {
            do: 'values',
            values: {
              active: 'active',
              trialing: 'active',
              past_due: 'active',
              paused: 'paused',
              canceled: 'cancelled',
              cancelled: 'cancelled',
            },
            otherwise: '',
          },
        ],
      },
    ],
  },
  leftOut: {
    Delinquent: 'It changes with the next payment.',
    'Card ID': 'Cards are not imported.',
    'Default Card': 'Cards are not imported.',
    'Card Number': 'Cards are not imported.',
    'Card Last4': 'Cards are not imported.',
    'Card Last 4': 'Cards are not imported.',
    'Card Type': 'Cards are not imported.',
    'Card Brand': 'Cards are not imported.',
    'Card Country': 'It is where the card was issued, not where the customer lives.',
  },
};

const square: Preset = {
  key: 'square',
  label: 'Square customers',
  dataset: 'customers',
  recognisedBy: [['Square Customer ID'], ['Reference ID', 'Creation Source', 'Transaction Count']],
  fields: {
    external_id: ['Square Customer ID'],
    note: ['Memo'],
    first_order_at: ['First Visit'],
    last_order_at: ['Last Visit'],
    orders_count: ['Transaction Count'],
    total_spent: ['Lifetime Spend'],
    email_opt_in: [
      {
        column: 'Email Subscription Status',
        transformations: [
          { do: 'values', values: { subscribed: 'yes', unsubscribed: 'no', bounced: '' }, otherwise: '' },
        ],
      },
    ],
  },
  leftOut: {
    'Reference ID': 'The customer’s id with Square is the external id.',
    'Creation Source': 'It names the part of Square that made the record.',
    'Instant Profile': 'It says how Square made the record.',
    'Blocked from online booking': 'It concerns bookings with Square alone.',
  },
};

export const shopPresets: readonly Preset[] = [shopify, woocommerce, woocommerceUsers, stripe, square];
