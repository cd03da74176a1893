/** Contract D, the marketing dashboard: the seven kinds of data it exports, with its own names of their fields. */
import { analytics } from '../../datasets/analytics.ts';
import { assets } from '../../datasets/assets.ts';
import { customers } from '../../datasets/customers.ts';
import type { Dataset } from '../../datasets/define-dataset.ts';
import { leads } from '../../datasets/leads.ts';
import { orders } from '../../datasets/orders.ts';
import { pins } from '../../datasets/pins.ts';
import type { RecordSql } from '../../datasets/query/record-sql.ts';
import { quotes } from '../../datasets/quotes.ts';
import { normaliseSpelling } from '../../field-types/spelling.ts';

export interface DashboardField {
  /** Its name in the older system. */
  readonly key: string;
  readonly label: string;
  readonly isDefault: boolean;
  /** Key of our field. */
  readonly field: string;
  /** What the older system has where nothing is there, as SQL. */
  readonly absent?: string;
}

export interface DashboardType {
  readonly dataset: Dataset;
  readonly label: string;
  readonly description: string;
  /** What the form is filled with; a call without dates is about all days. */
  readonly days: number;
  readonly recordsMax: number;
  readonly fields: readonly DashboardField[];
}

/** Where the older system counted, and so has a number. */
const zero = { absent: '0' } as const;

const ofCustomers: readonly DashboardField[] = [
  { key: 'id', label: 'ID', isDefault: true, field: 'id' },
  { key: 'email', label: 'Email', isDefault: true, field: 'email' },
  { key: 'shopify_customer_id', label: 'Shopify ID', isDefault: true, field: 'external_id' },
  { key: 'segment', label: 'Segment', isDefault: true, field: 'segment' },
  { key: 'order_count', label: 'Order Count', isDefault: true, field: 'orders_count' },
  { key: 'total_spent', label: 'Total Spent', isDefault: true, field: 'total_spent' },
  { key: 'first_order_at', label: 'First Order', isDefault: true, field: 'first_order_at' },
  { key: 'last_order_at', label: 'Last Order', isDefault: true, field: 'last_order_at' },
  { key: 'journey_stage', label: 'Journey Stage', isDefault: true, field: 'journey_stage' },
  { key: 'loyalty_tier', label: 'Loyalty Tier', isDefault: false, field: 'loyalty_tier', absent: `'none'` },
  { key: 'lifetime_points', label: 'Lifetime Points', isDefault: false, field: 'lifetime_points', ...zero },
];

const counted = new Set(['impressions', 'saves', 'clicks', 'engagement_rate', 'assets_count']);

/** Under our own names, which come from there. */
function ownFields(dataset: Dataset): DashboardField[] {
  return dataset.fields
    .filter(({ exportable }) => exportable)
    .map(({ key, label, exportDefault = false }) => ({
      key,
      label,
      isDefault: exportDefault,
      field: key,
      ...(counted.has(key) ? zero : {}),
    }));
}

export const typeKeys = ['leads', 'customers', 'orders', 'pins', 'quotes', 'assets', 'analytics'] as const;
export type TypeKey = (typeof typeKeys)[number];

export const dashboardTypes: Readonly<Record<TypeKey, DashboardType>> = {
  leads: {
    dataset: leads,
    label: 'Leads',
    description: 'Quiz responses and email subscribers',
    days: 30,
    recordsMax: 50_000,
    fields: ownFields(leads),
  },
  customers: {
    dataset: customers,
    label: 'Customers',
    description: 'Customer profiles and purchase history',
    days: 90,
    recordsMax: 50_000,
    fields: ofCustomers,
  },
  orders: {
    dataset: orders,
    label: 'Orders',
    description: 'Order history with line items',
    days: 90,
    recordsMax: 100_000,
    fields: ownFields(orders),
  },
  pins: {
    dataset: pins,
    label: 'Pinterest Pins',
    description: 'Pin performance and scheduling data',
    days: 30,
    recordsMax: 10_000,
    fields: ownFields(pins),
  },
  quotes: {
    dataset: quotes,
    label: 'Quotes',
    description: 'Quote content and generation data',
    days: 90,
    recordsMax: 10_000,
    fields: ownFields(quotes),
  },
  assets: {
    dataset: assets,
    label: 'Assets',
    description: 'Generated design assets',
    days: 90,
    recordsMax: 50_000,
    fields: ownFields(assets),
  },
  analytics: {
    dataset: analytics,
    label: 'Analytics',
    description: 'Daily performance metrics',
    days: 30,
    recordsMax: 1000,
    fields: ownFields(analytics),
  },
};

/** @returns the fields that are named, each once; the default ones where no name is known. */
export function fieldsNamed({ dataset, fields }: DashboardType, names: readonly string[]): DashboardField[] {
  const named = names.flatMap((name) => {
    const normal = normaliseSpelling(name);
    const key = dataset.keyFor(name);
    return (
      fields.find((field) => normaliseSpelling(field.key) === normal) ??
      fields.find(({ field }) => field === key) ??
      []
    );
  });
  return named.length === 0 ? fields.filter(({ isDefault }) => isDefault) : [...new Set(named)];
}

/** A column of the file: its header is the label, in JSON the key. */
export function columnOf({ key, label, field, absent }: DashboardField, format: 'csv' | 'json') {
  return {
    field,
    header: format === 'csv' ? label : key,
    ...(absent === undefined
      ? {}
      : { value: (record: RecordSql) => `coalesce(${record.value(field)}, ${absent})` }),
  };
}
