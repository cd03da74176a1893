/** Which part of a file a client asks for (RFC 9110, section 14). */
import { describe, expect, test } from 'vitest';
import { isHeld, wantedRange } from '../../../src/http/byte-range.ts';

const file = { bytes: 1000, etag: '"abc"' };

describe('a range', () => {
  test.each([
    ['bytes=0-499', { first: 0, last: 499 }],
    ['bytes=500-', { first: 500, last: 999 }],
    ['bytes=-200', { first: 800, last: 999 }],
    ['bytes=-2000', { first: 0, last: 999 }],
    ['bytes=900-5000', { first: 900, last: 999 }],
    ['bytes=0-0', { first: 0, last: 0 }],
    ['BYTES=999-999', { first: 999, last: 999 }],
  ])('%s is that part', (range, wanted) => {
    expect(wantedRange({ range }, file)).toEqual(wanted);
  });

  test.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0'])('%s lies beyond the file', (range) => {
    expect(wantedRange({ range }, file)).toBe('beyond');
  });

  test.each(['', 'bytes=', 'bytes=-', 'bytes=0-1,5-6', 'bytes=9-3', 'rows=0-1', 'bytes=a-b', 'bytes=1e3-'])(
    '"%s" asks for all of it',
    (range) => {
      expect(wantedRange({ range }, file)).toBeNull();
    },
  );

  test('of a file of no bytes lies beyond it', () => {
    for (const range of ['bytes=0-', 'bytes=-5'])
      expect(wantedRange({ range }, { ...file, bytes: 0 })).toBe('beyond');
  });

  test('counts only while the file is the one that was begun', () => {
    const range = 'bytes=500-';
    expect(wantedRange({ range, 'if-range': '"abc"' }, file)).toEqual({ first: 500, last: 999 });
    for (const other of ['"abd"', 'W/"abc"', 'Fri, 20 Nov 2026 12:00:00 GMT'])
      expect(wantedRange({ range, 'if-range': other }, file)).toBeNull();
  });
});

test('a file is held by whoever names its tag', () => {
  for (const held of ['"abc"', 'W/"abc"', '"x", "abc"', '*'])
    expect(isHeld({ 'if-none-match': held }, file)).toBe(true);
  for (const held of ['"abd"', 'abc']) expect(isHeld({ 'if-none-match': held }, file)).toBe(false);
  expect(isHeld({}, file)).toBe(false);
});
