import { describe, expect, it } from 'vitest';
import { addresses } from '../../../src/datasets/addresses.ts';
import { customers } from '../../../src/datasets/customers.ts';
import type { Dataset, DraftRow } from '../../../src/datasets/define-dataset.ts';

interface Derived {
  readonly values: Record<string, string | null>;
  readonly failures: readonly string[];
}

/** A row whose file maps the fields given; those that they imply are staged beside them. */
function derived(dataset: Dataset, given: Record<string, string | null>, country?: string): Derived {
  const mapped = new Set(Object.keys(given));
  const staged = new Set([...mapped, ...(dataset.implied?.(mapped) ?? [])]);
  const values: Record<string, string | null> = Object.fromEntries(
    [...staged].map((key) => [key, given[key] ?? null]),
  );
  const failures: string[] = [];
  const row: DraftRow = {
    get: (key) => values[key] ?? null,
    set: (key, value) => {
      if (!staged.has(key)) throw new Error(`${key} is not staged.`);
      values[key] = value;
    },
    fail: (key, code) => failures.push(`${key} ${code}`),
  };
  dataset.derive?.(row, { country, mapped });
  return { values, failures };
}

const valuesOf = (given: Record<string, string | null>, country?: string) =>
  derived(customers, given, country).values;

describe('a full name', () => {
  it('gives first and last name where the file has no columns for them', () => {
    expect(valuesOf({ display_name: 'Ana María van der Berg' })).toMatchObject({
      first_name: 'Ana María',
      last_name: 'van der Berg',
    });
    expect(valuesOf({ display_name: 'Cher' })).toMatchObject({ first_name: 'Cher', last_name: null });
    expect(valuesOf({ display_name: null })).toMatchObject({ first_name: null, last_name: null });
  });

  it.each([
    { first_name: null, last_name: null },
    { first_name: null, last_name: 'Anders-Nilsson' },
    { first_name: null },
    { last_name: null },
  ])('is not split when the file has columns for its parts: %j', (parts) => {
    const row = { display_name: 'Maria Anders', ...parts };
    expect(valuesOf(row)).toEqual(row);
  });

  it('of an organisation is not split', () => {
    expect(valuesOf({ display_name: 'Alfreds Futterkiste', type: 'company' })).toMatchObject({
      first_name: null,
    });
    expect(
      valuesOf({ display_name: 'Alfreds Futterkiste', company_name: 'ALFREDS Futterkiste' }),
    ).toMatchObject({ first_name: null });
    expect(valuesOf({ display_name: 'Maria Anders', company_name: 'Alfreds Futterkiste' })).toMatchObject({
      first_name: 'Maria',
    });
    expect(
      valuesOf({ display_name: 'Maria Anders', type: 'individual', company_name: 'Maria Anders' }),
    ).toMatchObject({ last_name: 'Anders' });
  });

  it('too long for its parts is a problem of the row', () => {
    expect(derived(customers, { display_name: 'x'.repeat(256) }).failures).toEqual([
      'display_name text.too_long',
    ]);
    expect(derived(customers, { display_name: '😀'.repeat(255) }).failures).toEqual([]);
  });
});

describe('a country', () => {
  it.each([
    ['Germany', 'DE'],
    ['germany', 'DE'],
    ['DE', 'DE'],
    ['Deutschland', 'DE'],
    ['Atlantis', null],
    [null, null],
  ])('%s gives the code %s', (country, code) => {
    expect(valuesOf({ country })).toEqual({ country, country_code: code });
    expect(derived(addresses, { country }).values).toEqual({ country, country_code: code });
  });

  it('does not overrule the code of the row', () => {
    expect(valuesOf({ country: 'Germany', country_code: 'AT' })).toMatchObject({ country_code: 'AT' });
    expect(valuesOf({ country: 'Germany', country_code: null })).toMatchObject({ country_code: 'DE' });
    expect(derived(addresses, { country: 'Germany', country_code: null }).values).toMatchObject({
      country_code: 'DE',
    });
  });
});

describe('a phone', () => {
  it('has its international form by its own calling code, the row’s country, or the run’s, in this order', () => {
    const national = { phone: '020 7946 0018' };
    expect(valuesOf(national)).toMatchObject({ phone: '020 7946 0018', phone_e164: null });
    expect(valuesOf(national, 'GB')).toMatchObject({ phone_e164: '+442079460018' });
    expect(valuesOf({ ...national, country: 'United Kingdom' }, 'US')).toMatchObject({
      phone_e164: '+442079460018',
    });
    expect(valuesOf({ ...national, country_code: 'GB' }, 'US')).toMatchObject({
      phone_e164: '+442079460018',
    });
    expect(valuesOf({ ...national, phone_country_code: '+44', country: 'Germany' }, 'US')).toMatchObject({
      phone_e164: '+442079460018',
    });
    expect(valuesOf({ phone: '+44 20 7946 0018', country: 'Germany' }, 'US')).toMatchObject({
      phone_e164: '+442079460018',
    });
  });

  it('that is blank has none', () => {
    expect(valuesOf({ phone: null }, 'GB')).toEqual({ phone: null, phone_e164: null });
  });
});

it('a user name is compared without regard to case, and kept as typed', () => {
  expect(valuesOf({ username: 'AdaL' })).toEqual({ username: 'AdaL', username_norm: 'adal' });
  expect(valuesOf({ username: null })).toEqual({ username: null, username_norm: null });
});

describe('metadata', () => {
  it('gives up its tags to the customer', () => {
    expect(valuesOf({ metadata: '{"a":1,"tags":["vip","new"]}' })).toEqual({
      metadata: '{"a":1}',
      tags: '{"vip","new"}',
    });
  });

  it('does not overrule the tags of the row', () => {
    expect(valuesOf({ metadata: '{"tags":["vip"]}', tags: '{"old"}' })).toEqual({
      metadata: '{}',
      tags: '{"old"}',
    });
  });

  it('keeps every digit, and tags that are no list of texts', () => {
    expect(valuesOf({ metadata: '{"n":12345678901234567890,"tags":[]}' })).toMatchObject({
      metadata: '{"n":12345678901234567890}',
    });
    expect(valuesOf({ metadata: '{"tags":{"a":1}}' })).toMatchObject({
      metadata: '{"tags":{"a":1}}',
      tags: null,
    });
  });

  it('that is no object, or has a tag with a comma, is a problem', () => {
    expect(derived(customers, { metadata: '[1]' }).failures).toEqual(['metadata json.shape']);
    expect(derived(customers, { metadata: '{"tags":["a, b"]}' }).failures).toEqual([
      'metadata tags.separator',
    ]);
  });
});

describe('a split payment', () => {
  const split = (provider: string | null, payment: string | null, has = 'true') =>
    derived(customers, { has_split_payment: has, provider_split: provider, payment_split: payment }).failures;

  it('makes 100', () => {
    expect(split('60', '40')).toEqual([]);
    expect(split('33.3', '66.7')).toEqual([]);
    expect(split('60', '50')).toEqual(['payment_split row.rule']);
  });

  it('is checked only where there is one, and both shares are given', () => {
    expect(split('60', '50', 'false')).toEqual([]);
    expect(split('60', null)).toEqual([]);
  });
});

describe('what a file implies', () => {
  it('is nothing that it maps itself', () => {
    expect(
      customers.implied?.(
        new Set(['display_name', 'first_name', 'country', 'country_code', 'metadata', 'tags']),
      ),
    ).toEqual([]);
  });

  it('is nothing when no such field is mapped', () => {
    expect(customers.implied?.(new Set(['email', 'first_name']))).toEqual([]);
  });
});
