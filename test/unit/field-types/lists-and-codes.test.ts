import { describe, expect, test } from 'vitest';
import { booleanWords } from '../../../src/field-types/boolean-words.ts';
import { countryCodeFor } from '../../../src/field-types/country-names.ts';
import { arrayElements, arrayLiteral } from '../../../src/field-types/postgres-array.ts';
import { recogniseColumn } from '../../../src/field-types/recognise.ts';
import { fieldType } from '../../../src/field-types/registry.ts';
import { fieldOf, problemIn, readCell } from './reading.ts';

describe('tags', () => {
  test.each([
    ['vip, retail', ['vip', 'retail']],
    [' vip ;; retail ; ', ['vip', 'retail']],
    ['VIP, vip, Vip, new', ['VIP', 'new']],
    ['"new","vip"', ['new', 'vip']],
    ['"say ""hi""", b', ['say "hi"', 'b']],
    ['say "hi", b', ['say "hi"', 'b']],
    ['"a" b, c', ['"a" b', 'c']],
    ['["new", "vip", 7]', ['new', 'vip', '7']],
    ['[vip], b', ['[vip]', 'b']],
    ['cafe\u0301, café', ['café']],
    ['two words', ['two words']],
    ['a\\b, {c}, NULL', ['a\\b', '{c}', 'NULL']],
  ])('%j are %j', (cell, tags) => {
    expect(readCell('tags', cell)).toBe(arrayLiteral(tags));
  });

  test('are nothing when none is left', () => {
    expect(readCell('tags', ' ,;, ')).toBeNull();
    expect(readCell('tags', '[]')).toBeNull();
  });

  test('cannot hold what stands between them', () => {
    expect(problemIn('tags', '"Smith, John", b').details).toEqual({ value: 'Smith, John' });
    expect(readCell('tags', '["a;b"]')).toBe('tags.separator');
    expect(readCell('tags', 'a, b\u0007')).toBe('text.control_character');
    expect(readCell('tags', 'ok, #REF!')).toBe('value.spoiled');
    expect(readCell('tags', 'ok, toolong', { field: { max: 5 } })).toBe('text.too_long');
  });

  test('are written with commas, in quotes only where a quote or a bracket begins one', () => {
    const write = (tags: string[]) => fieldType('tags').write(arrayLiteral(tags), 'data', fieldOf('tags'));
    expect(write(['vip', 'two words'])).toBe('vip, two words');
    expect(write(['"x"', '[y]', 'z"'])).toBe('"""x""", "[y]", z"');
  });

  test('are read from an array as PostgreSQL writes it', () => {
    expect(arrayElements('{vip,"two words","a\\"b","c\\\\d",NULLIFY}')).toEqual([
      'vip',
      'two words',
      'a"b',
      'c\\d',
      'NULLIFY',
    ]);
    expect(arrayElements('{}')).toEqual([]);
  });
});

describe('JSON', () => {
  test.each([
    ['{ "a" : [1, 2.50, "x"] }', '{"a":[1,2.5,"x"]}'],
    ['"text"', '"text"'],
    ['12345678901234567890', '12345678901234567890'],
    ['{"id":12345678901234567.25,"small":1e-400}', '{"id":12345678901234567.25,"small":1e-400}'],
    ['[1.0000000000, 1e2]', '[1,100]'],
    ['{"__proto__": {"x": 1}}', '{"__proto__":{"x":1}}'],
    ['{"a":"\\u0041\\\\u0000"}', '{"a":"A\\\\u0000"}'],
    ['null', null],
  ])('%j is %j', (cell, value) => {
    expect(readCell('json', cell)).toBe(value);
  });

  test.each([
    '{',
    '{"a":}',
    'text',
    "{'a':1}",
    '"\\u0000"',
    '{"\\u0000":1}',
    '"\\ud800"',
    '"\ud800"',
    '1e9999',
    '[1,]',
  ])('%j is none that can be kept', (cell) => expect(readCell('json', cell)).toBe('json.invalid'));

  test('is not nested without end, and brackets within texts do not count', () => {
    expect(readCell('json', '['.repeat(60_000))).toBe('json.invalid');
    expect(readCell('json', `${'['.repeat(101)}${']'.repeat(101)}`)).toBe('json.invalid');
    expect(readCell('json', `${'['.repeat(100)}${']'.repeat(100)}`)).toBe(
      `${'['.repeat(100)}${']'.repeat(100)}`,
    );
    expect(readCell('json', `"\\"${'['.repeat(200)}"`)).toBe(`"\\"${'['.repeat(200)}"`);
  });

  test('is measured in its compact form', () => {
    expect(readCell('json', '{ "a" :  1 }', { field: { max: 7 } })).toBe('{"a":1}');
    expect(readCell('json', '"😀😀"', { field: { max: 4 } })).toBe('"😀😀"');
    expect(problemIn('json', '{"a":12}', { field: { max: 7 } }).details).toEqual({ found: 8, max: 7 });
  });

  const notes = {
    shape: (value: unknown) =>
      typeof value === 'string'
        ? { value: { general: value } }
        : typeof value === 'object' && !Array.isArray(value)
          ? { value }
          : { reason: 'Notes are a text or an object' },
  };

  test.each([
    ['Call on Monday', '{"general":"Call on Monday"}'],
    ['42', '{"general":"42"}'],
    ['true', '{"general":"true"}'],
    ['2 calls', '{"general":"2 calls"}'],
    ['[moved] call again', '{"general":"[moved] call again"}'],
    ['"quoted"', '{"general":"quoted"}'],
    ['"quoted" and more', '{"general":"\\"quoted\\" and more"}'],
    ['{"general": "x"}', '{"general":"x"}'],
    ['{"general": 12345678901234567890}', '{"general":12345678901234567890}'],
    ['null', null],
  ])('of a shape that takes texts: %j is %j', (cell, value) => {
    expect(readCell('json', cell, { field: notes })).toBe(value);
  });

  test('that the shape does not take says why, and broken JSON is no text', () => {
    expect(problemIn('json', '["a"]', { field: notes }).details).toEqual({
      reason: 'Notes are a text or an object',
    });
    expect(readCell('json', '{"general": "x"', { field: notes })).toBe('json.invalid');
    expect(readCell('json', `{"a":${'['.repeat(200)}`, { field: notes })).toBe('json.invalid');
  });
});

describe('a country', () => {
  test.each([
    ...([
      ['DE', 'DE'],
      ['deu', 'DE'],
      ['Germany', 'DE'],
      ['Deutschland', 'DE'],
      ['ALLEMAGNE', 'DE'],
    ] as const),
    ...([
      ['UK', 'GB'],
      ['England', 'GB'],
      ['Northern Ireland', 'GB'],
      ['Great Britain', 'GB'],
    ] as const),
    ...([
      ['USA', 'US'],
      ['U.S.A.', 'US'],
      ['the United States', 'US'],
      ['Holland', 'NL'],
      ['The Netherlands', 'NL'],
    ] as const),
    ...([
      ['cote d’ivoire', 'CI'],
      ['Côte d’Ivoire', 'CI'],
      ['St Lucia', 'LC'],
      ['Saint Lucia', 'LC'],
    ] as const),
    ...([
      ['Trinidad & Tobago', 'TT'],
      ['Korea, Republic of', 'KR'],
      ['Türkiye', 'TR'],
      ['Kosovo', 'XK'],
    ] as const),
  ])('%j is %s', (name, code) => {
    expect(countryCodeFor(name)).toBe(code);
    expect(readCell('country', name)).toBe(code);
  });

  test.each(['Atlantis', 'XX', 'Europe', 'NY', '276', '-'])('%j is none', (name) => {
    expect(countryCodeFor(name)).toBeUndefined();
    expect(readCell('country', name)).toBe('country.unknown');
  });
});

describe('a country in another language', () => {
  test.each([
    ['日本', 'JP'],
    ['中国', 'CN'],
    ['대한민국', 'KR'],
    ['Россия', 'RU'],
    ['Ελλάδα', 'GR'],
    ['مصر', 'EG'],
    ['Hrvatska', 'HR'],
    ['Việt Nam', 'VN'],
  ])('%s is %s', (cell, code) => expect(readCell('country', cell)).toBe(code));

  test.each(['N/A', 'n/a', 'N.A.', 'n / a'])('%s is not Namibia', (cell) =>
    expect(readCell('country', cell)).toBe('country.unknown'),
  );
});

describe('a currency', () => {
  test.each([
    ['EUR', 'EUR'],
    ['usd', 'USD'],
    ['€', 'EUR'],
    ['₹', 'INR'],
    ['R$', 'BRL'],
    ['zł', 'PLN'],
  ])('%s is %s', (cell, code) => {
    expect(readCell('currency', cell)).toBe(code);
  });

  test('whose sign several share is the tenant’s, or not known', () => {
    expect(readCell('currency', '$')).toBe('currency.unknown');
    expect(readCell('currency', '$', { reading: { currency: 'CAD' } })).toBe('CAD');
    expect(readCell('currency', '£', { reading: { currency: 'EUR' } })).toBe('currency.unknown');
    expect(readCell('currency', 'XXQ')).toBe('currency.unknown');
  });
});

describe('a time zone', () => {
  test.each([
    ['Europe/London', 'Europe/London'],
    ['europe/london', 'Europe/London'],
    ['ASIA/KOLKATA', 'Asia/Kolkata'],
    ['Asia/Calcutta', 'Asia/Calcutta'],
    ['US/Eastern', 'US/Eastern'],
    ['utc', 'UTC'],
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['Eastern Time (US & Canada)', 'America/New_York'],
    ['(GMT-06:00) Central Time (US & Canada)', 'America/Chicago'],
    ['(GMT+01:00) Berlin', 'Europe/Berlin'],
    ['America/New York', 'America/New_York'],
  ])('%s is %s', (cell, zone) => {
    expect(readCell('timezone', cell)).toBe(zone);
  });

  test.each(['+02:00', 'IST', 'PST', 'Berlin', 'Europe/Nowhere', 'GMT+1', '../etc/passwd'])(
    '%s is none',
    (cell) => {
      expect(readCell('timezone', cell)).toBe('timezone.unknown');
      expect(readCell('timezone', cell)).toBe('timezone.unknown');
    },
  );
});

test('no word for yes in one language is a word for no in another', () => {
  const meanings = new Map<string, string>();
  for (const language of 'bg cs da de el es et fi fr hr hu it ja lt nb nl pl pt ro ru sk sl sv tr uk zh'.split(
    ' ',
  )) {
    for (const [word, meaning] of booleanWords(language)) {
      if (word.length < 2) continue;
      expect([word, meanings.get(word) ?? meaning]).toEqual([word, meaning]);
      meanings.set(word, meaning);
    }
  }
});

describe('what a column holds', () => {
  test.each([
    ['email', ['ada@example.com', 'BOB@example.org', '']],
    ['phone', ['(030) 123-4567', '+44 20 7946 0018', '846-790-4623x4715']],
    ['phone', ['030-0074321', '0621-08460', '(5) 555-4729']],
    ['date', ['2021-07-26', '26 July 2021']],
    ['date', ['01/02/2021', '03/04/2021']],
    ['datetime', ['2021-07-26 10:30', '2021-07-26T10:30:00Z']],
    ['url', ['http://www.shea.biz/', 'www.example.com']],
    ['uuid', ['018f6f7e-0000-7000-8000-00000000abcd']],
    ['country', ['Germany', 'UK', 'France']],
    ['postcode', ['SW1A 1AA', 'WA1 1DP']],
    ['postcode', ['02134', '90210', '12345-6789']],
    ['boolean', ['yes', 'no', 'Yes']],
    ['money', ['$1,234.50', '5.00 USD']],
    ['number', ['1.5', '22', '13.25']],
  ] as const)('%s is seen in %j', (content, samples) => {
    expect(recogniseColumn(samples)[0]).toEqual({ content, share: 1 });
  });

  test('is a share of the cells that say something', () => {
    expect(recogniseColumn(['ada@example.com', 'bob@example.com', 'none', ' '])).toEqual([
      { content: 'email', share: 2 / 3 },
    ]);
  });

  test('is not guessed for text', () => {
    for (const samples of [
      ['Ann', 'Bob'],
      ['CA', 'NY', 'TX', 'WA'],
      ['Berlin', 'London'],
      ['12 Main St', '4 High Road'],
      [],
      [''],
    ]) {
      expect(recogniseColumn(samples)).toEqual([]);
    }
  });
});
