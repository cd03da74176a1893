import { expect, test } from 'vitest';
import { unitedKingdomRules } from '../../../src/datasets/united-kingdom.ts';

function problemsOf(row: Readonly<Record<string, string>>, tenantCountry: string | null = 'GB'): string[] {
  const found = unitedKingdomRules(tenantCountry)({ get: (field) => row[field] ?? null });
  return found.map(({ field, problem }) => `${field} ${problem.code}`);
}

test.each(['SW1A 1AA', 'sw1a1aa', 'M1 1AE', 'EC1A  1BB', 'GIR 0AA', 'BFPO 57'])(
  '%s is a postcode',
  (postal_code) => {
    expect(problemsOf({ postal_code })).toEqual([]);
  },
);

test.each(['12345', 'SW1A', 'SW1A 1A', 'AA99 99AA', 'ZZ'])('%s is no postcode', (postal_code) => {
  expect(problemsOf({ postal_code })).toEqual(['postal_code postal_code.invalid']);
});

test.each(['07700 900123', '(020) 7946 0958', '020 7946 0958 ext 3', '+44 7700 900123', '+33 1 42 68 53 00'])(
  '%s is a phone number',
  (phone) => {
    expect(problemsOf({ phone, emergency_contact_phone: phone, address_phone: phone })).toEqual([]);
  },
);

test.each(['07700 90012', '12345', '+44 7700 90'])('%s is no phone number', (phone) => {
  expect(problemsOf({ phone, emergency_contact_phone: phone })).toEqual([
    'phone phone.invalid',
    'emergency_contact_phone phone.invalid',
  ]);
});

test('the row’s country counts before the tenant’s, and one that is not known is none of ours', () => {
  const row = { postal_code: '75001' };
  expect(problemsOf({ ...row, country_code: 'FR' })).toEqual([]);
  expect(problemsOf({ ...row, country: 'Atlantis' })).toEqual([]);
  expect(problemsOf({ ...row, country_code: 'GB' }, 'FR')).toHaveLength(1);
  expect(problemsOf(row, null)).toEqual([]);
});

test('a phone with the calling code of another country is left to it', () => {
  expect(problemsOf({ phone: '1 42 68 53 00', phone_country_code: '+33' })).toEqual([]);
  expect(problemsOf({ phone: '07700 90012', phone_country_code: '+44' })).toHaveLength(1);
});
