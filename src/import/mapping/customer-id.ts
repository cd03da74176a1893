/**
 * Columns that name the record itself: "Customer ID", "ID", "Client No." A file's own word for it says little of
 * what it holds, so the values decide: ids of ours, customer numbers of the tenant's, or another product's ids.
 */
import { normaliseSpelling } from '../../field-types/spelling.ts';

export type CustomerIdField = 'id' | 'number' | 'external_id';

/** What tells our own ids and numbers from other products'. */
export interface OwnIds {
  isId(text: string): boolean;
  isNumber(text: string): boolean;
}

/** Ids given out here are UUIDs of version 7 (RFC 9562); one of another version is somebody else's. */
const uuidVersion7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Of any version. */
export function isUuid(text: string): boolean {
  return /^\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i.test(text);
}

/** By their form alone; whoever can look into the tenant's data knows better. */
export const ownIdsByForm: OwnIds = {
  isId: (text) => uuidVersion7.test(text),
  isNumber: (text) => /^CUST-\d{6,}$/i.test(text),
};

/**
 * Decides what a column of customer ids holds: `id` when all are ids of ours, `number` when all are customer
 * numbers of ours, else `external_id`, so that another product's id is kept and matches next time.
 * @param samples values of the column; blank ones say nothing.
 */
export function decideCustomerId(samples: readonly string[], own: OwnIds = ownIdsByForm): CustomerIdField {
  const values = samples.map((text) => text.trim()).filter((text) => text !== '');
  if (values.length === 0) return 'external_id';
  if (values.every((text) => own.isId(text))) return 'id';
  return values.every((text) => own.isNumber(text)) ? 'number' : 'external_id';
}

export type IdHeader = 'customer' | 'plain' | 'other';

const customerIds = new Set(
  ['customer', 'customers', 'cust', 'client', 'kunden', 'kunde']
    .flatMap((who) =>
      ['id', 'identifier', 'key', 'code', 'ref', 'reference', 'uid', 'guid', 'id number'].map(
        (what) => `${who} ${what}`,
      ),
    )
    .map(normaliseSpelling),
);

const plainIds = new Set(
  ['id', 'uid', 'uuid', 'guid', 'identifier', '_id', 'pk', 'primary key', 'object id'].map(normaliseSpelling),
);

// biome-ignore format: a table reads better in lines that are full.
const otherIds = new Set(
  ['account', 'user', 'member', 'membership', 'person', 'people', 'profile', 'subscriber', 'record', 'row', 'lead', 'contact', 'entry', 'guest', 'patient', 'shopper', 'buyer', 'company', 'organization', 'organisation', 'reference',
    'shopify', 'woocommerce', 'stripe', 'square', 'hubspot', 'salesforce', 'mailchimp', 'klaviyo', 'quickbooks', 'xero', 'zoho', 'pipedrive', 'intercom', 'zendesk', 'sap', 'erp', 'pos', 'loyalty', 'card']
    .flatMap((who) => ['id', 'uid', 'guid', 'key', 'code', 'number', 'no'].map((what) => `${who} ${what}`))
    .concat(['account reference', 'account ref', 'stripe customer id', 'hubspot contact id', 'salesforce contact id', 'salesforce account id', 'quickbooks customer id', 'xero contact id', 'hubspot id', 'customer account number', 'customer account no'])
    .map(normaliseSpelling),
);

/** Whether a header names the record: as the customer's id, as an id alone, or as the id of something like a customer. */
export function idHeader(header: string): IdHeader | undefined {
  const normal = normaliseSpelling(header.replace(/\.\$oid$/, ''));
  if (customerIds.has(normal)) return 'customer';
  if (plainIds.has(normal)) return 'plain';
  return otherIds.has(normal) ? 'other' : undefined;
}

// biome-ignore format: a table reads better in lines that are full.
const counters = new Set(['index', 'idx', 'row', 'row number', 'row no', 'row num', 'line', 'line number', 'line no', 'no', 'nr', 'sr no', 's no', 'serial no', 'serial number', 'lfd nr', 'unnamed 0'].map(normaliseSpelling));

/** A column that only counts the rows: by its name alone ("Index"), or by one that may mean it and values one apart. */
export function countsRows(header: string, samples: readonly string[]): boolean {
  const normal = normaliseSpelling(header);
  if (normal === 'index' || normal === 'rownumber') return true;
  if (!counters.has(normal) && !/^column\d+$/.test(normal)) return false;
  return (
    samples.length > 1 &&
    samples.every((text, row) => /^\d+$/.test(text) && Number(text) === Number(samples[0]) + row)
  );
}

/** An id is another one in almost every row; a column that repeats itself names something that many share. */
export function isDistinct(samples: readonly string[]): boolean {
  return new Set(samples).size >= samples.length * 0.98;
}
