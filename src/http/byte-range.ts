/** Parts of a file that a client asks for, to go on with a download that broke off (RFC 9110, section 14). */
import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange } from '../file-store/file-store.ts';

/** A file as it is, which never changes under its tag. */
export interface Representation {
  readonly bytes: number;
  /** With its quotes. */
  readonly etag: string;
}

/**
 * @returns the part that is wanted; null where all of it is, which is also the answer to several parts at once, to
 *   parts of what has another tag by now, and to what nobody understands; `beyond` for a part that is not there.
 */
export function wantedRange(
  headers: IncomingHttpHeaders,
  { bytes, etag }: Representation,
): ByteRange | 'beyond' | null {
  const condition = headers['if-range'];
  if (condition !== undefined && condition !== etag) return null;
  const [, from = '', to = ''] = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(headers.range ?? '') ?? [];
  if (from === '' && to === '') return null;
  if (from === '')
    return Number(to) === 0 || bytes === 0
      ? 'beyond'
      : { first: Math.max(bytes - Number(to), 0), last: bytes - 1 };
  const range = { first: Number(from), last: to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1) };
  if (to !== '' && Number(to) < range.first) return null;
  return range.first < bytes ? range : 'beyond';
}

/** Whether the client has it already: `If-None-Match`, by weak comparison. */
export function isHeld(headers: IncomingHttpHeaders, { etag }: Representation): boolean {
  const tags = headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(etag);
}
