/**
 * How often one may call: each caller within his own measure, strangers by their address. The counts are of this
 * process; several behind one address allow as many times more.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import type { Identity } from './access.ts';
import type { Route } from './define-route.ts';

export interface Throttle {
  /** @throws AppError `request.too_many` */
  count(request: FastifyRequest, reply: FastifyReply, identity: Identity, route: Route): Promise<void>;
  countStranger(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

/** Needs `@fastify/rate-limit` registered with `global: false`. */
export function throttleOf(server: FastifyInstance): Throttle {
  const { callsPerMinuteMax, strangerCallsPerMinuteMax } = configuration().limits;
  const names = new WeakMap<FastifyRequest, string>();
  const limiter = (max: number) =>
    server.createRateLimit({
      max,
      timeWindow: 60_000,
      keyGenerator: (request) => names.get(request) ?? request.ip,
    });
  const callers = limiter(callsPerMinuteMax);
  const strangers = limiter(strangerCallsPerMinuteMax);
  const ofRoute = new Map<string, ReturnType<typeof limiter>>();

  const limiterOf = ({ name, limits }: Route) => {
    const max = limits?.callsPerMinuteMax;
    if (max === undefined) return callers;
    const known = ofRoute.get(name) ?? limiter(max);
    ofRoute.set(name, known);
    return known;
  };
  return {
    count: async (request, reply, identity, route) => {
      const name = identity.key?.id ?? identity.session?.userId;
      if (name === undefined) return apply(await strangers(request), reply);
      names.set(request, name);
      apply(await limiterOf(route)(request), reply);
    },
    countStranger: async (request, reply) => apply(await strangers(request), reply),
  };
}

type Limited = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

/** Tells the caller where he stands (draft-ietf-httpapi-ratelimit-headers). */
function apply(limited: Limited, reply: FastifyReply): void {
  if (limited.isAllowed) return;
  reply.headers({
    'ratelimit-limit': limited.max,
    'ratelimit-remaining': limited.remaining,
    'ratelimit-reset': limited.ttlInSeconds,
  });
  if (!limited.isExceeded) return;
  reply.header('retry-after', limited.ttlInSeconds);
  throw new AppError('request.too_many', `Too many calls; try again in ${limited.ttlInSeconds} seconds.`);
}
