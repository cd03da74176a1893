import { describe, expect, test } from 'vitest';
import { fieldType } from '../../../src/field-types/registry.ts';
import { fieldOf, problemIn, readCell } from './reading.ts';

describe('text', () => {
  test('is trimmed and composed, and otherwise stays as it is', () => {
    expect(readCell('text', '  Ana Trujillo\u00a0')).toBe('Ana Trujillo');
    expect(readCell('text', 'Cafe\u0301')).toBe('Café');
    expect(readCell('text', '<b>Tom & Jerry</b>')).toBe('<b>Tom & Jerry</b>');
    expect(readCell('text', 'one\ttwo\r\nthree')).toBe('one\ttwo\r\nthree');
    expect(readCell('text', '02134')).toBe('02134');
    expect(readCell('text', '名前 😀')).toBe('名前 😀');
  });

  test.each([
    ['a\u0000b', 'U+0000'],
    ['a\u0007b', 'U+0007'],
    ['a\u007fb', 'U+007F'],
    ['a\u0085b', 'U+0085'],
    ['a\u009fé', 'U+009F'],
    ['a\ud800b', 'U+D800'],
    ['\udc00😀', 'U+DC00'],
  ])('%j holds a character that no text may hold', (cell, character) => {
    const problem = problemIn('text', cell);
    expect(problem.code).toBe('text.control_character');
    expect(problem.details).toEqual({ character });
  });

  test('is measured in characters, after it was trimmed and composed', () => {
    const field = { max: 4 };
    expect(readCell('text', '😀😀😀😀', { field })).toBe('😀😀😀😀');
    expect(readCell('text', '  abcd  ', { field })).toBe('abcd');
    expect(readCell('text', 'e\u0301e\u0301e\u0301e\u0301', { field })).toBe('éééé');
    expect(problemIn('text', '😀😀😀😀😀', { field }).details).toEqual({ found: 5, max: 4 });
  });
});

describe('an e-mail address', () => {
  test.each([
    ['Ada@Example.COM', 'ada@example.com'],
    ["o'brien+tag@sub.example.co.uk", "o'brien+tag@sub.example.co.uk"],
    ['x@münchen.de', 'x@xn--mnchen-3ya.de'],
    ['x@BÜCHER.example', 'x@xn--bcher-kva.example'],
    ['x@例え.jp', 'x@xn--r8jz45g.jp'],
  ])('%j is %j', (cell, value) => {
    expect(readCell('email', cell)).toBe(value);
  });

  test.each([
    ...[
      'ada',
      'ada@',
      '@example.com',
      'a@b',
      'a b@example.com',
      'a@exa mple.com',
      'a@-example.com',
      'a@example-.com',
    ],
    ...[
      'a@example..com',
      'a@example.com.',
      'jörg@example.com',
      'a@@example.com',
      'a@exämple .com',
      'a@%65xämple.com',
    ],
    ...['Ada <ada@example.com>', 'a@example.com, b@example.com'],
  ])('%j is none', (cell) => {
    expect(readCell('email', cell)).toBe('email.invalid');
  });

  test('is too long when its ASCII form is', () => {
    const field = { max: 20 };
    expect(readCell('email', 'abcdefgh@münchen.de', { field })).toBe('text.too_long');
    expect(readCell('email', `${'a'.repeat(100_000)}@example.com`)).toBe('text.too_long');
  });
});

describe('a web address', () => {
  test.each([
    ...[
      'http://www.shea.biz/',
      'https://example.com',
      'HTTPS://Example.com/Shop?a=1&b=2#top',
      'http://localhost:8080/x',
    ],
    ...[
      'www.example.com',
      'example.co.uk/shop',
      'münchen.de',
      'https://münchen.de/straße',
      'http://10.0.0.1/',
    ],
  ])('%j stays as typed', (cell) => {
    expect(readCell('url', cell)).toBe(cell);
  });

  test.each([
    ...[
      'javascript:alert(1)',
      'ftp://example.com',
      'mailto:a@example.com',
      'a@example.com',
      'http://',
      'http:///x',
      'n/a',
    ],
    ...[
      'http://a.com http://b.com',
      'https://exa mple.com',
      'nothing',
      'data:text/html,x',
      'http://a.com/"x"',
      '//example.com',
    ],
    ...['http://[', '1.5'],
  ])('%j is none', (cell) => {
    expect(readCell('url', cell)).toBe('url.invalid');
  });

  test('is no longer than the field allows', () => {
    expect(readCell('url', `https://example.com/${'a'.repeat(300)}`, { field: { max: 255 } })).toBe(
      'text.too_long',
    );
  });
});

describe('an id', () => {
  const id = '018f6f7e-0000-7000-8000-00000000abcd';
  test.each([id, id.toUpperCase(), `{${id}}`, `urn:uuid:${id}`, id.replaceAll('-', '')])(
    'is read from %j',
    (cell) => {
      expect(readCell('uuid', cell)).toBe(id);
    },
  );

  test.each(['12345', `{${id}`, `${id}0`, 'g18f6f7e-0000-7000-8000-00000000abcd'])('is not %j', (cell) => {
    expect(readCell('uuid', cell)).toBe('uuid.invalid');
  });
});

describe('a reference', () => {
  test('is the text as it stands, without what a spreadsheet made of it', () => {
    expect(readCell('reference', ' CUST-000001 ')).toBe('CUST-000001');
    expect(readCell('reference', "'00123")).toBe('00123');
    expect(readCell('reference', '4.47911E+11')).toBe('value.spoiled');
  });
});

describe('one of the values of a field', () => {
  const values = [
    { key: 'non_profit', label: 'Non-profit', aliases: ['charity', 'NGO'] },
    { key: 'company', label: 'Company', aliases: ['business'] },
  ];
  const field = { values };

  test.each([
    ['non_profit', 'non_profit'],
    ['Non-Profit', 'non_profit'],
    ['NON PROFIT', 'non_profit'],
    ['nonprofit', 'non_profit'],
    ['ngo', 'non_profit'],
    ['Business', 'company'],
  ])('%j is %j', (cell, key) => {
    expect(readCell('enum', cell, { field })).toBe(key);
    expect(readCell('enum', cell, { field })).toBe(key);
  });

  test('that is none of them is answered with the list', () => {
    const problem = problemIn('enum', 'Guild', { field });
    expect(problem.code).toBe('enum.unknown');
    expect(problem.details).toEqual({ value: 'Guild', allowed: 'non_profit, company' });
  });

  test('is written by its label for people and by its key for programs', () => {
    const limits = fieldOf('enum', field);
    expect(fieldType('enum').write('non_profit', 'spreadsheet', limits)).toBe('Non-profit');
    expect(fieldType('enum').write('non_profit', 'data', limits)).toBe('non_profit');
  });

  test('cannot share a spelling with another', () => {
    const clashing = { values: [...values, { key: 'firm', label: 'BUSINESS' }] };
    expect(() => readCell('enum', 'x', { field: clashing })).toThrow(
      '"BUSINESS" means both company and firm',
    );
  });
});

describe('yes and no', () => {
  test.each([
    ['Subscribed', 'true'],
    ['opted-in', 'true'],
    ['Unsubscribed', 'false'],
    ['NEVER SUBSCRIBED', 'false'],
  ])('%s is %s', (cell, value) => expect(readCell('boolean', cell)).toBe(value));

  test.each([
    'true',
    'TRUE',
    'T',
    'yes',
    'Y',
    '1',
    'on',
    'x',
    '✓',
    'Ja',
    'oui',
    'SÍ',
    'tak',
    'はい',
    'да',
    '1.0',
    'KYLLA\u0308',
  ])('%j is yes', (cell) => expect(readCell('boolean', cell)).toBe('true'));

  test.each([
    'false',
    'f',
    'No',
    'N',
    '0',
    'OFF',
    'nein',
    'non',
    'não',
    'nie',
    'нет',
    'いいえ',
    'hayır',
    '0.0',
  ])('%j is no', (cell) => expect(readCell('boolean', cell)).toBe('false'));

  test.each(['maybe', '2', 'yesno', 'j', 'о'])('%j is neither', (cell) =>
    expect(readCell('boolean', cell)).toBe('boolean.unreadable'),
  );

  test('single letters are read in the tenant’s language', () => {
    expect(readCell('boolean', 'j', { reading: { language: 'de' } })).toBe('true');
    expect(readCell('boolean', 'O', { reading: { language: 'fr-CA' } })).toBe('true');
    expect(readCell('boolean', 'j', { reading: { language: 'no' } })).toBe('true');
    expect(readCell('boolean', 't', { reading: { language: 'pl' } })).toBe('true');
    expect(readCell('boolean', 'j', { reading: { language: 'xx' } })).toBe('boolean.unreadable');
  });

  test('is Yes or No for people', () => {
    const limits = fieldOf('boolean');
    expect(fieldType('boolean').write('true', 'spreadsheet', limits)).toBe('Yes');
    expect(fieldType('boolean').write('false', 'spreadsheet', limits)).toBe('No');
    expect(fieldType('boolean').write('false', 'data', limits)).toBe('false');
  });
});
