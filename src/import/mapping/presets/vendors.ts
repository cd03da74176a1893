/** Every preset that ships. A file is recognised as the first whose header it has. */
import { addressBookPresets } from './address-books.ts';
import { crmPresets } from './crm.ts';
import { mailPresets } from './mail.ts';
import { orderPresets } from './orders.ts';
import type { Preset } from './preset.ts';
import { shopPresets } from './shops.ts';

export const presets: readonly Preset[] = [
  ...shopPresets,
  ...crmPresets,
  ...mailPresets,
  ...addressBookPresets,
  ...orderPresets,
];
