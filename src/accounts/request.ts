/** A request as better-auth gets it: to a call that there is, with nothing in it but what the call takes. */
import type { z } from 'zod';
import { AppError } from '../platform/errors.ts';
import { fieldErrorsOf, refuseFields } from '../platform/field-errors.ts';
import { type AccountCall, accountCalls } from './calls.ts';

const base = '/api/auth';

/** @throws AppError `route.not_found` */
export function callOf(request: Request): AccountCall {
  const { pathname } = new URL(request.url);
  const call = accountCalls.find(({ method, path }) => method === request.method && base + path === pathname);
  if (call === undefined) throw new AppError('route.not_found', 'There is no such call.');
  return call;
}

/**
 * @throws AppError `request.media_type` for a body that is not JSON, `request.malformed` for JSON that cannot be read,
 *   `request.invalid` for what the call does not take, with `errors` in its details.
 */
export async function checkedRequest(call: AccountCall, request: Request): Promise<Request> {
  const url = new URL(request.url);
  if (call.query !== undefined) {
    const query = taken(call.query, Object.fromEntries(url.searchParams), 'query');
    url.search = new URLSearchParams(query as Record<string, string>).toString();
  } else {
    url.search = '';
  }
  const headers = new Headers(request.headers);
  headers.delete('content-length');
  if (call.body === undefined) return new Request(url, { method: call.method, headers });
  const body = taken(call.body, await jsonOf(request), '');
  headers.set('content-type', 'application/json');
  return new Request(url, { method: call.method, headers, body: JSON.stringify(body) });
}

/** No body at all is an empty object. */
async function jsonOf(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text === '') return {};
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new AppError('request.media_type', 'Send the body as application/json.');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('request.malformed', 'The body is not JSON.', {}, { cause: error });
  }
}

function taken<T>(schema: z.ZodType<T>, value: unknown, where: 'query' | ''): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refuseFields('request.invalid', fieldErrorsOf(result.error, where));
}
