/**
 * A route on the server: who calls and whether he may is settled before a byte of the body is read; then what was
 * sent is read by its schemas, the handler is called, and its answer goes out by its own.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { fieldErrorsOf, refuseFields } from '../platform/field-errors.ts';
import { assertMay, type Identity, identify, type Reached, reachTenant } from './access.ts';
import type { Answer, Bodies, Route, Schema } from './define-route.ts';
import { withIdempotency } from './idempotency.ts';
import type { Throttle } from './rate-limits.ts';
import { readJson, tooLarge } from './read-json.ts';
import type { Services } from './services.ts';

/** What is known of a request before its body is read. */
interface Admission extends Partial<Reached> {
  readonly identity: Identity;
}

const nobody: Identity = { session: null, key: null };

export interface Registration {
  readonly services: Services;
  readonly throttle: Throttle;
}

export function registerRoute(
  server: FastifyInstance,
  route: Route,
  { services, throttle }: Registration,
): void {
  const admitted = new WeakMap<FastifyRequest, Admission>();
  for (const url of urlsOf(route)) {
    server.route({
      method: route.method,
      url: url.replaceAll(/\{(\w+)\}/g, ':$1'),
      config: { route },
      exposeHeadRoute: hasHead(route),
      onRequest: async (request, reply) => {
        // What is answered is for who asks, and for this moment; a route that knows better says so.
        reply.header('cache-control', 'no-store');
        const identity =
          route.scope === 'open' ? nobody : await identifyOrCount(services, throttle, request, reply);
        await throttle.count(request, reply, identity, route);
        admitted.set(request, await admit(services, route, identity, request));
        assertBody(route.body, request, jsonBytesMax(route));
      },
      handler: async (request, reply) => {
        const { identity, tenant, caller } = admitted.get(request) as Admission;
        const { tenant: _, ...params } = request.params as Record<string, string>;
        const call = {
          services,
          params: read(route.params, params, 'path'),
          query: read(route.query, request.query, 'query'),
          json: await jsonOf(route, request),
          request,
          session: identity.session,
        };
        // A route of a tenant was admitted with both.
        const answer = await withIdempotency(
          { services, route, request, json: call.json, tenant, caller },
          (runId) =>
            route.handler({
              ...call,
              runId,
              tenant: tenant as Reached['tenant'],
              caller: caller as Reached['caller'],
            }),
        );
        return send(reply, route, answer);
      },
    });
  }
}

/** Both forms of a tenant's route serve the same handler. */
export function urlsOf({ scope, path, isAtRoot }: Route): string[] {
  if (isAtRoot) return [path];
  return scope === 'tenant' ? [`/api${path}`, `/api/tenants/{tenant}${path}`] : [`/api${path}`];
}

/** Bytes that are made for a call go by GET only, as does the record of who took them; kept files have both. */
function hasHead({ method, answers }: Route): boolean {
  const isMade = Array.isArray(answers[200]) && answers[206] === undefined;
  return method === 'GET' && !isMade;
}

/** A call that proves nothing counts against its address, so that keys cannot be tried out. */
async function identifyOrCount(
  services: Services,
  throttle: Throttle,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Identity> {
  try {
    return await identify(services, request);
  } catch (error) {
    await throttle.countStranger(request, reply);
    throw error;
  }
}

async function admit(
  services: Services,
  route: Route,
  identity: Identity,
  request: FastifyRequest,
): Promise<Admission> {
  if (route.scope !== 'tenant') {
    if (route.scope === 'account' && identity.session === null)
      throw new AppError('account.required', 'A key belongs to a tenant and no person: sign in for this.');
    return { identity };
  }
  const { tenant: named } = request.params as { readonly tenant?: string };
  const reached = await reachTenant(services, identity, named);
  assertMay(reached.caller, route.permission ?? 'member');
  return { identity, ...reached };
}

function jsonBytesMax({ limits }: Route): number {
  return limits?.jsonBytesMax ?? configuration().limits.jsonBytesMax;
}

/** The media type of what is sent, without its parameters. */
export function mediaTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

export function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * A file may come packed, and is unpacked where it is read.
 *
 * @throws AppError `request.media_type`, `request.too_large`; `request.malformed` for a form without a boundary.
 */
function assertBody(body: Bodies | undefined, request: FastifyRequest, bytesMax: number): void {
  if (!hasBody(request)) return;
  const type = mediaTypeOf(request);
  if (body === undefined || !isTaken(body, type)) {
    const taken = body === undefined ? 'no body' : takenTypes(body).join(', ');
    throw new AppError('request.media_type', `This call takes ${taken}.`);
  }
  const isFile = !isJson(body, type) && type !== 'multipart/form-data';
  if (!isFile && !/^(identity)?$/i.test(request.headers['content-encoding'] ?? ''))
    throw new AppError(
      'request.media_type',
      'This call takes its body unpacked, without a Content-Encoding.',
    );
  if (isJson(body, type) && Number(request.headers['content-length'] ?? 0) > bytesMax)
    throw tooLarge(bytesMax);
  if (type === 'multipart/form-data' && !hasBoundary(request))
    throw new AppError(
      'request.malformed',
      'The form does not say what stands between its parts: its type needs a boundary of 1 to 70 characters.',
    );
}

/** RFC 2046, section 5.1.1. */
function hasBoundary({ headers }: FastifyRequest): boolean {
  return /;\s*boundary=("[^"]{1,70}"|[^\s";]{1,70}\s*(;|$))/i.test(headers['content-type'] ?? '');
}

export function takenTypes({ json, form, bytes = [] }: Bodies): string[] {
  return [
    ...(json === undefined ? [] : ['application/json']),
    ...(form === undefined ? [] : ['multipart/form-data']),
    ...bytes,
  ];
}

function isTaken(body: Bodies, type: string): boolean {
  return takenTypes(body).some((taken) =>
    taken.endsWith('/*') ? type.startsWith(taken.slice(0, -1)) : taken === type,
  );
}

function isJson(body: Bodies, type: string): boolean {
  return body.json !== undefined && type === 'application/json';
}

async function jsonOf(route: Route, request: FastifyRequest): Promise<unknown> {
  const { body } = route;
  if (body?.json === undefined) return undefined;
  const isOther = hasBody(request) && !isJson(body, mediaTypeOf(request));
  if (isOther) return undefined;
  if (hasBody(request)) return read(body.json, await readJson(request.raw, jsonBytesMax(route)), '');
  // Where nothing need be said, nothing need be sent.
  return read(body.json, body.json.safeParse({}).success ? {} : undefined, '');
}

/** @throws AppError `request.invalid`, naming what is wrong with each field. */
function read(schema: Schema | undefined, value: unknown, where: '' | 'query' | 'path'): unknown {
  if (schema === undefined) {
    const names = where === 'query' ? Object.keys(value as object) : [];
    if (names.length === 0) return undefined;
    throw refuseFields(
      'request.invalid',
      names.map((name) => ({
        pointer: `query/${name}`,
        code: 'unknown_field',
        message: `There is no field "${name}" here.`,
      })),
    );
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  if (where === 'path') throw new AppError('record.not_found', 'There is nothing under this address.');
  if (where === '' && value === undefined)
    throw new AppError('request.invalid', 'A body is missing: send JSON.');
  throw refuseFields('request.invalid', fieldErrorsOf(result.error, where));
}

function send(reply: FastifyReply, route: Route, answer: Answer): FastifyReply {
  reply.code(Number(answer.status)).headers(answer.headers ?? {});
  if ('stream' in answer) return reply.type(answer.type).send(answer.stream);
  if (!('body' in answer)) return reply.send();
  const shape = route.answers[Number(answer.status)];
  if (shape === undefined || shape === 'nothing' || !('parse' in shape))
    throw new Error(`The route ${route.name} has no shape for its answer ${String(answer.status)}.`);
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(shape.parse(answer.body)));
}

/** A text that is made piece by piece, as a stream that goes as fast as its reader. */
export function streamOf(pieces: AsyncIterable<string | Buffer>): Readable {
  return Readable.from(pieces, { objectMode: false, highWaterMark: 64 * 1024 });
}
