/**
 * The lines of an order: a list that is kept in the order, since nothing refers to one line. Each has what a file says
 * of it: `{"sku", "title", "quantity", "unit_price"}`; the quantity is a whole number and the price in the order's
 * currency, in major units.
 */
import type { Shaped } from '../field-types/field-type.ts';
import type { ColumnOf } from './define-dataset.ts';

interface Line {
  readonly sku?: string;
  readonly title?: string;
  readonly quantity: number;
  readonly unit_price?: number;
}

const lineKeys = ['sku', 'title', 'quantity', 'unit_price'];
const textMax = 1000;
export const quantityMax = 1_000_000;
export const unitPriceMax = 999_999_999;

/** A single line may stand without its list. A line without a quantity is one piece. */
export function orderLines(value: unknown): Shaped {
  const entries = Array.isArray(value) ? value : [value];
  const lines: Line[] = [];
  for (const [index, entry] of entries.entries()) {
    const line = readLine(entry);
    if (typeof line === 'string') return { reason: `Line ${index + 1} ${line}` };
    lines.push(line);
  }
  return { value: lines };
}

/** @returns the line, or what is wrong with it, as the rest of a sentence. */
function readLine(entry: unknown): Line | string {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return 'is not an object';
  const unknown = Object.keys(entry).find((key) => !lineKeys.includes(key));
  if (unknown !== undefined) return `has "${unknown}"; a line has ${lineKeys.join(', ')}`;
  const { sku, title, quantity, unit_price: price } = entry as Readonly<Record<string, unknown>>;
  for (const [key, text] of Object.entries({ sku, title })) {
    if (!isAbsent(text) && !isShortText(text))
      return `has a ${key} that is no text of up to ${textMax} characters`;
  }
  const pieces = isAbsent(quantity) ? 1 : numberOf(quantity);
  if (!Number.isInteger(pieces) || Math.abs(pieces) > quantityMax)
    return `has a quantity that is no whole number up to ${quantityMax}`;
  const amount = isAbsent(price) ? undefined : numberOf(price);
  if (amount !== undefined && !isPrice(amount))
    return `has a unit_price that is no amount up to ${unitPriceMax} with four decimals`;
  return {
    ...(isAbsent(sku) ? {} : { sku: String(sku) }),
    ...(isAbsent(title) ? {} : { title: String(title) }),
    quantity: pieces,
    ...(amount === undefined ? {} : { unit_price: amount }),
  };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** A code of digits may stand there as a number. */
function isShortText(value: unknown): boolean {
  return Number.isSafeInteger(value) || (typeof value === 'string' && [...value].length <= textMax);
}

/** Programs write amounts as text too: "12.50". @returns NaN for anything else. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
}

function isPrice(amount: number): boolean {
  return Math.abs(amount) <= unitPriceMax && Number(amount.toFixed(4)) === amount;
}

/** SQL of what is summed over an order's lines; null without lines, and where no column could hold it. */
function sumOfLines(of: ColumnOf, each: string, max: string): string {
  return `(select case when abs(sum(${each})) <= ${max} then sum(${each}) end from jsonb_array_elements(${of('line_items')}) l)`;
}

const quantity = `(l ->> 'quantity')::numeric`;

/** How many pieces the lines have together. */
export const piecesOf = (of: ColumnOf): string => `${sumOfLines(of, quantity, '9007199254740991')}::bigint`;

/** What the lines come to. */
export const amountOf = (of: ColumnOf): string =>
  `${sumOfLines(of, `${quantity} * (l ->> 'unit_price')::numeric`, '999999999999999')}::numeric(19,4)`;
