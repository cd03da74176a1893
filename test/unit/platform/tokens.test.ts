import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { hashOfToken, newToken, newTokenOf, tenantOfToken } from '../../../src/platform/tokens.ts';

describe('a token', () => {
  it('has 256 random bits behind what it begins with', () => {
    expect(newToken('clk_')).toMatch(/^clk_[A-Za-z0-9_-]{43}$/);
    expect(newToken('')).not.toBe(newToken(''));
  });

  it('of a tenant names it, and no token is like another', () => {
    const tenant = newId();
    const [one, other] = [newTokenOf(tenant, 'inv_'), newTokenOf(tenant, 'inv_')];
    expect(one).toMatch(/^inv_[A-Za-z0-9_-]{64}$/);
    expect(one).not.toBe(other);
    expect(tenantOfToken(one, 'inv_')).toBe(tenant);
  });

  it.each([
    ['another beginning', (token: string) => token.replace('inv_', 'exp_')],
    ['no beginning', (token: string) => token.slice(4)],
    ['too little', (token: string) => token.slice(0, -1)],
    ['too much', (token: string) => `${token}A`],
    ['another alphabet', (token: string) => `${token.slice(0, -1)}+`],
    ['a line end', (token: string) => `${token}\n`],
    ['nothing', () => ''],
  ])('with %s names nobody', (_, spoil) => {
    expect(tenantOfToken(spoil(newTokenOf(newId(), 'inv_')), 'inv_')).toBeNull();
  });

  it('is kept as its SHA-256', () => {
    // FIPS 180-2, appendix B.1.
    expect(hashOfToken('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
