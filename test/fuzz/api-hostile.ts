/** What no well-meaning client sends. */
import fc from 'fast-check';

const long = 64 * 1024;

/** Texts that have broken some program or other. */
const hostileTexts: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\u0001\u001f\u007f\u0085',
  '\ud800',
  'a\udfffb',
  '\ufeff',
  '\u202egnp.exe',
  '😀'.repeat(300),
  'é'.repeat(1000),
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  "' OR '1'='1",
  "'; DROP TABLE customers; --",
  '1); DELETE FROM tenants; --',
  "\\'; select pg_sleep(5); --",
  '%27%20OR%201=1',
  '$1',
  '{{7*7}}',
  `$${'{process.exit(1)}'}`,
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  'file:///etc/passwd',
  '//example.org/%2f..',
  'javascript:alert(1)',
  '<script>alert(1)</script>',
  'a\r\nSet-Cookie: session=stolen',
  'a\nX-Injected: yes',
  '=HYPERLINK("http://example.org")',
  'NaN',
  '-1',
  '0',
  '00',
  '1e309',
  '-0',
  '0x10',
  '9007199254740993',
  '99999999999999999999999999',
  '2147483648',
  '-9223372036854775809',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59+23:59',
  '2024-02-30',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'true',
  'null',
  'undefined',
  '[object Object]',
  'a'.repeat(long),
  '\u{1f4a9}'.repeat(long / 4),
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

/** JSON values, written out, since some cannot be held otherwise. */
const hostileLiterals: readonly string[] = [
  'null',
  'true',
  '[]',
  '{}',
  '[[]]',
  '0',
  '-0',
  '-1',
  '0.1',
  '1e308',
  '1e999',
  '-1e999',
  '2147483648',
  '9007199254740993',
  '123456789012345678901234567890',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  '{"toString":null,"valueOf":1}',
  '{"a":1,"a":2}',
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
  `[${'0,'.repeat(5000)}0]`,
  JSON.stringify('x'.repeat(long)),
];

/** A JSON text of one value. */
export const hostileLiteral: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostileLiterals),
  hostileText.map((text) => JSON.stringify(text)),
  fc.json({ maxDepth: 3 }),
);

/** Not JSON, or not as RFC 8259 has it. */
export const malformedJson: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .constantFrom(
      '',
      ' ',
      '{',
      '{"a":}',
      '{"a" 1}',
      '[1,]',
      "{'a':1}",
      '{"a":1}}',
      '{"a":01}',
      'nul',
      '"\u0001"',
      '"\\x"',
      '// nothing\n{}',
      '['.repeat(100_000),
      '{"a":'.repeat(20_000),
      '\ufeff',
    )
    .map((text) => Buffer.from(text)),
  fc
    .constantFrom([0xff, 0xfe, 0x7b, 0x00], [0x22, 0xc3, 0x28, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x00])
    .map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);

/** A part of an address as it goes over the line: encoded, or wrongly so. */
export const hostileAddressPart: fc.Arbitrary<string> = fc.oneof(
  hostileText.map((text) => percentEncoded(text).slice(0, 60_000)),
  fc.constantFrom(
    '%',
    '%z',
    '%zz',
    '%c0%80',
    '%00',
    '%2',
    '%u0000',
    '..%2f..',
    '%2e%2e',
    '.',
    '..',
    ';',
    '%0d%0aX-A:%20b',
    '%ff%fe',
    '*',
    ':id',
    '{id}',
  ),
);

/** Of the UTF-8 of a text; half a surrogate pair has none and becomes U+FFFD. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What may stand in a header: visible ASCII and Latin-1, tabs and blanks. */
export const hostileHeader: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\t',
    'a b',
    '"',
    '\u00ff\u00fe',
    'a,b',
    "'; DROP TABLE customers; --",
    'x'.repeat(255),
    'x'.repeat(256),
    'x'.repeat(8000),
  ),
  fc.stringMatching(/^[\x20-\x7e]{0,60}$/),
);
