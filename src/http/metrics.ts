/** Figures for Prometheus: how calls go, and how the process does. No tenant, no address: routes by their pattern. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';

export function registerMetrics(server: FastifyInstance): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'clientele_' });
  const duration = new Histogram({
    name: 'clientele_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers: [registry],
  });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  server.get('/metrics', async (request, reply) => {
    assertMayLook(request);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

const forwarding = ['forwarded', 'x-forwarded-for', 'x-real-ip'];

/** With the token that is set for it; without one, from this machine only. */
function assertMayLook({ headers, ip }: FastifyRequest): void {
  const { metricsToken, proxies } = configuration();
  // A proxy on this machine that nobody told us of has everybody's calls come from here.
  const isHandedOn = proxies === 0 && forwarding.some((name) => headers[name] !== undefined);
  const isNear = !isHandedOn && ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(ip);
  const isAllowed = metricsToken === undefined ? isNear : headers.authorization === `Bearer ${metricsToken}`;
  if (!isAllowed) throw new AppError('route.not_found', 'There is nothing under this address.');
}
