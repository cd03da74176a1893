/**
 * Tokens: whoever has one may do what it is for. A token is shown once; the database has its sha256, by which it is
 * looked up, so that how long that takes says nothing of it. The hash needs neither salt nor stretching, since nobody
 * guesses 256 random bits.
 */
import { createHash, randomBytes } from 'node:crypto';

const secretBytes = 32;
const idBytes = 16;

/** @returns what it begins with, such as `clk_`, and 32 random bytes in base64url. */
export function newToken(start: string): string {
  return start + randomBytes(secretBytes).toString('base64url');
}

/** @returns the same with the 16 bytes of the tenant's id before the random ones: for what row security hides until the tenant is known. */
export function newTokenOf(tenantId: string, start: string): string {
  const id = Buffer.from(tenantId.replaceAll('-', ''), 'hex');
  return start + Buffer.concat([id, randomBytes(secretBytes)]).toString('base64url');
}

/** @returns the id of the tenant that a token names; null for a text that is none of these tokens. */
export function tenantOfToken(token: string, start: string): string | null {
  const text = token.slice(start.length);
  if (!token.startsWith(start) || !/^[A-Za-z0-9_-]{64}$/.test(text)) return null;
  const hex = Buffer.from(text, 'base64url').toString('hex', 0, idBytes);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** @returns the 32 bytes that the database has of a token. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
