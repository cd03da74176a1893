/** Order files of shops: Shopify. */
import type { Preset } from './preset.ts';

const ofCustomer = 'It is the customer’s: import it with a file of customers or addresses.';
const ofDelivery = 'How an order is sent has no field.';
const ofPayment = 'How an order is paid has no field.';
const ofLine = 'A line has its code, its name, its quantity and its price.';

/**
 * Several rows make an order: the first one has all of it, those after it a further line each, and of the order no more
 * than its name and the customer's address.
 */
const shopifyOrders: Preset = {
  key: 'shopify-orders',
  label: 'Shopify orders',
  dataset: 'orders',
  recognisedBy: [
    ['Name', 'Financial Status', 'Lineitem name'],
    ['Name', 'Paid at', 'Lineitem quantity', 'Lineitem price'],
  ],
  fields: {
    number: ['Name'],
    shopify_order_id: ['Id'],
    customer_email: ['Email'],
    total: ['Total'],
    subtotal: ['Subtotal'],
    discount_total: ['Discount Amount'],
    currency: ['Currency'],
    // An order that was called off before it was paid is voided, one that was paid refunded.
    status: [
      {
        column: 'Financial Status',
        transformations: [{ do: 'values', values: { voided: 'cancelled', expired: 'cancelled' } }],
      },
    ],
    created_at: ['Created at'],
    attribution_channel: ['Source'],
    coupon_code: ['Discount Code'],
    line_sku: ['Lineitem sku'],
    line_title: ['Lineitem name'],
    line_quantity: ['Lineitem quantity'],
    line_unit_price: ['Lineitem price'],
  },
  leftOut: {
    'Paid at': ofPayment,
    'Payment Method': ofPayment,
    'Payment Reference': ofPayment,
    'Payment References': ofPayment,
    'Payment ID': ofPayment,
    'Payment Terms Name': ofPayment,
    'Next Payment Due At': ofPayment,
    'Outstanding Balance': ofPayment,
    'Receipt Number': ofPayment,
    'Refunded Amount': 'The total is what was ordered.',
    'Cancelled at': 'A cancelled order is voided or refunded, as its financial status says.',
    Shipping: 'It is part of the total.',
    Taxes: 'They are part of the total.',
    Duties: 'They are part of the total.',
    'Fulfillment Status': ofDelivery,
    'Fulfilled at': ofDelivery,
    'Shipping Method': ofDelivery,
    'Accepts Marketing': ofCustomer,
    Phone: ofCustomer,
    'Billing Name': ofCustomer,
    'Shipping Name': ofCustomer,
    Notes: 'An order has no notes.',
    'Note Attributes': 'An order has no notes.',
    Tags: 'An order has no tags.',
    Vendor: 'Who made what was ordered has no field.',
    'Risk Level': 'Shopify computes it.',
    'Lineitem compare at price': ofLine,
    'Lineitem requires shipping': ofLine,
    'Lineitem taxable': ofLine,
    'Lineitem fulfillment status': ofLine,
    'Lineitem discount': ofLine,
  },
};

export const orderPresets: readonly Preset[] = [shopifyOrders];
