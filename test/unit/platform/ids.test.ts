import { afterEach, describe, expect, test, vi } from 'vitest';
import { isId, newId } from '../../../src/platform/ids.ts';

afterEach(() => {
  vi.useRealTimers();
});

const many = (count: number) => Array.from({ length: count }, newId);

function millisecondsOf(id: string): number {
  return Number.parseInt(id.slice(0, 13).replace('-', ''), 16);
}

describe('a new id', () => {
  test('is a UUID of version 7 and variant 2 that tells when it was made', () => {
    vi.useFakeTimers({ now: Date.UTC(2040, 0, 31, 12) });
    const id = newId();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(millisecondsOf(id)).toBe(Date.UTC(2040, 0, 31, 12));
  });

  test('is greater as text than every one before, also within a millisecond and past the low counter bits', () => {
    vi.useFakeTimers({ now: Date.UTC(2041, 0, 1) });
    const ids = many(40_000);
    expect(ids.every((id, i) => i === 0 || id > (ids[i - 1] as string))).toBe(true);
    expect(new Set(ids.map(millisecondsOf)).size).toBe(1);
  });

  test('goes on ascending when the clock is set back', () => {
    vi.useFakeTimers({ now: Date.UTC(2042, 0, 1) });
    const before = newId();
    vi.setSystemTime(Date.UTC(2030, 0, 1));
    const after = many(3);
    expect([before, ...after]).toEqual([before, ...after].sort());
    expect(new Set([before, ...after]).size).toBe(4);
  });

  test('ends in 48 bits that differ from one to the next', () => {
    expect(new Set(many(5000).map((id) => id.slice(24))).size).toBe(5000);
  });
});

test('only a UUID is an id', () => {
  expect(isId(newId())).toBe(true);
  expect(isId('01A1F893-76AC-7055-B7BF-4D9F32203E2D')).toBe(true);
  for (const text of ['', '01a1f89376ac7055b7bf4d9f32203e2d', `${newId()}'`, `${newId()}\n`, ` ${newId()}`]) {
    expect(isId(text), text).toBe(false);
  }
});
