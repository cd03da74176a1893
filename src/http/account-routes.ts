/**
 * Signing in and everything about one's account: the calls below /api/auth, each a route like any other. The accounts
 * themselves answer them, with a cookie or a redirect where there is one.
 */
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { FastifyRequest } from 'fastify';
import { clientAddressHeader } from '../accounts/authentication.ts';
import { type AccountCall, accountCalls } from '../accounts/calls.ts';
import { headersOf } from './access.ts';
import type { Answer, Answers, Route } from './define-route.ts';

export const accountRoutes: readonly Route[] = accountCalls.map(routeOf);

function routeOf(call: AccountCall): Route {
  const { method, path, summary, query, body } = call;
  return {
    method,
    path: `/auth${path}`,
    name: `account.${path.slice(1).replaceAll('/', '.')}`,
    summary,
    scope: call.signedIn ? 'account' : 'open',
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body: { json: body } }),
    answers: answersOf(call),
    limits: { jsonBytesMax: 64 * 1024, callsPerMinuteMax: 120 },
    handler: async ({ services, request, json }) =>
      answerOf(await services.accounts.handle(requestOf(services.baseUrl, request, json))),
  };
}

function answersOf({ answer, redirects }: AccountCall): Answers {
  return { ...(answer === undefined ? {} : { 200: answer }), ...(redirects ? { 302: 'nothing' } : {}) };
}

/** The address from which the call came counts its tries; nobody else may say what it is, nor the call's number. */
function requestOf(baseUrl: string, request: FastifyRequest, json: unknown): Request {
  const headers = headersOf(request);
  headers.delete('content-length');
  headers.delete('transfer-encoding');
  headers.set(clientAddressHeader, request.ip);
  headers.set('x-request-id', request.id);
  const { method } = request;
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  return new Request(new URL(request.url, baseUrl), { method, headers, ...body });
}

function answerOf(response: Response): Answer {
  const { status, body } = response;
  const cookies = response.headers.getSetCookie();
  const headers = {
    ...Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie')),
    ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
  };
  if (body === null) return { status, headers };
  const type = response.headers.get('content-type') ?? 'application/json';
  return { status, headers, type, stream: Readable.fromWeb(body as ReadableStream) };
}
