import { expect, it } from 'vitest';
import { countryOfCallingCode } from '../../../src/datasets/calling-code.ts';

it.each([
  ['+44', 'GB'],
  ['0044', 'GB'],
  ['44', 'GB'],
  ['+1', 'US'],
  ['+7', 'RU'],
  ['+ 49', 'DE'],
  ['de', 'DE'],
  ['+358', 'FI'],
])('the calling code %s is that of %s', (code, country) => {
  expect(countryOfCallingCode(code)).toBe(country);
});

it.each(['', '+', '+999', 'xx', '44a', 'Germany'])('"%s" is no calling code', (code) => {
  expect(countryOfCallingCode(code)).toBeUndefined();
});
