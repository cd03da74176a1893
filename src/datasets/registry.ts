/** Every dataset there is, under the key that names it in a URL, a command and a file. */
import { AppError } from '../platform/errors.ts';
import { addresses } from './addresses.ts';
import { analytics } from './analytics.ts';
import { assets } from './assets.ts';
import { customers } from './customers.ts';
import type { Dataset } from './define-dataset.ts';
import { leads } from './leads.ts';
import { orders } from './orders.ts';
import { pins } from './pins.ts';
import { quotes } from './quotes.ts';

export const datasets: readonly Dataset[] = [
  customers,
  addresses,
  leads,
  orders,
  pins,
  quotes,
  assets,
  analytics,
];

/** @throws AppError usage.invalid, naming the datasets there are. */
export function dataset(key: string): Dataset {
  const found = datasets.find((known) => known.key === key);
  if (found !== undefined) return found;
  const keys = datasets.map((known) => known.key);
  throw new AppError('usage.invalid', `There is no dataset "${key}". There are: ${keys.join(', ')}.`, {
    datasets: keys,
  });
}
