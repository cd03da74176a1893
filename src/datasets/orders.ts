/**
 * Orders with their lines. A file has the lines as JSON in one cell, or one row a line: rows of one order are gathered
 * then, and the order's own fields may stand in any of them.
 */
import { type ColumnOf, type Dataset, defineDataset } from './define-dataset.ts';
import { currency, datetime, inPart, integer, json, money, reference, text, uuid } from './fields.ts';
import { amountOf, orderLines, piecesOf, quantityMax, unitPriceMax } from './order-lines.ts';
import { orderStatistics } from './order-statistics.ts';
import { ownColumns } from './own-columns.ts';

const customer = { dataset: 'customers', by: ['email', 'number', 'external_id', 'id'] };

const totalOfLines = (of: ColumnOf): string =>
  `(select case when abs(v) <= 999999999999999 then v end from (select ${amountOf(of)} - coalesce(${of('discount_total')}, 0) as v) v)`;

/** An order has a number and a date, if only those given here: a blank cell leaves them. */
const noNumber = { sql: (): string => 'null::text' };
const noDate = { sql: (): string => 'null::timestamptz' };

/** What a list asks by: all names of an order's lines, and the most of their numbers. */
const ofLines =
  (all: string) =>
  (column: (name: string) => string): string =>
    `select ${all} from jsonb_array_elements(${column('line_items')}) l`;

// biome-ignore format: one field is one line, however long.
const fields = [
  ...inPart('orders', [
    uuid('id', 'ID', { importable: 'match', exportDefault: true }),
    text('number', 'Order Number', { max: 255, unique: true, default: noNumber, aliases: ['order no', 'order id'] }),
    text('shopify_order_id', 'Shopify Order ID', { max: 255, unique: true, exportDefault: true }),
    reference('customer_email', 'Customer Email', customer, { column: 'customer_id', exportDefault: true, aliases: ['customer_id', 'customer number'] }),
    money('total', 'Total', { default: { sql: totalOfLines }, follows: ['line_items', 'discount_total'], exportDefault: true }),
    money('subtotal', 'Subtotal', { default: { sql: amountOf }, follows: ['line_items'], exportDefault: true }),
    money('discount_total', 'Discount', { exportDefault: true }),
    integer('item_count', 'Item Count', { default: { sql: piecesOf }, follows: ['line_items'], exportDefault: true }),
    currency('currency', 'Currency'),
    text('status', 'Status', { exportDefault: true }),
    datetime('created_at', 'Created At', { default: noDate, exportDefault: true }),
    text('attribution_channel', 'Attribution Channel'),
    text('coupon_code', 'Coupon Code'),
    json('line_items', 'Line Items', { shape: orderLines }),
  ]),
  ...inPart('derived', [
    text('line_sku', 'Line SKU', { max: 1000, exportable: false, aliases: ['sku'], sql: ofLines(`string_agg(l ->> 'sku', ', ')`) }),
    text('line_title', 'Line Title', { max: 1000, exportable: false, aliases: ['line name'], sql: ofLines(`string_agg(l ->> 'title', ', ')`) }),
    integer('line_quantity', 'Line Quantity', { range: [-quantityMax, quantityMax], exportable: false, aliases: ['quantity'], sql: ofLines(`max((l ->> 'quantity')::bigint)`) }),
    money('line_unit_price', 'Line Unit Price', { range: [-unitPriceMax, unitPriceMax], exportable: false, aliases: ['unit_price'], sql: ofLines(`max((l ->> 'unit_price')::numeric(19,4))`) }),
  ]),
];

const lineFields = ['line_sku', 'line_title', 'line_quantity', 'line_unit_price'];

export const orders: Dataset = defineDataset({
  key: 'orders',
  label: 'Orders',
  singular: 'order',
  parts: [{ key: 'orders', table: 'orders', kind: 'root', fixed: ownColumns({ created: true }) }],
  numbers: { field: 'number', counter: 'order_number', prefix: 'ORD-', instead: 'shopify_order_id' },
  fields,
  matchKeys: ['id', 'number', 'shopify_order_id'],
  requiredByDefault: ['total'],
  figures: [orderStatistics],
  gathered: {
    field: 'line_items',
    entry: {
      sku: { field: 'line_sku' },
      title: { field: 'line_title' },
      quantity: { field: 'line_quantity', otherwise: '1' },
      unit_price: { field: 'line_unit_price' },
    },
  },
  implied: (mapped) =>
    lineFields.some((key) => mapped.has(key)) && !mapped.has('line_items') ? ['line_items'] : [],
});
