/** The server: what holds for every call, the routes, and a graceful end. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import {
  type ConnectionError,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from 'fastify';
import type { OpenAPIV3 } from 'openapi-types';
import { codeOf, isConnectionLost } from '../database/failures.ts';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import type { Route } from './define-route.ts';
import { leavePromptly } from './leave-promptly.ts';
import { linger } from './linger.ts';
import { registerMetrics } from './metrics.ts';
import { openApiOf } from './openapi.ts';
import { registerPages } from './pages.ts';
import { problemOf, problemType } from './problem.ts';
import { throttleOf } from './rate-limits.ts';
import { brokenOff } from './read-json.ts';
import { registerRoute } from './register-route.ts';
import { routes } from './routes.ts';
import type { Services } from './services.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The definition behind a call; absent for pages and files. */
    route?: Route;
  }
}

/** @returns the server, not yet listening. */
export async function buildServer(services: Services): Promise<FastifyInstance> {
  const server = newServer();
  takeBodiesUnread(server);
  server.setErrorHandler(answerError);
  server.setNotFoundHandler(async () => {
    throw new AppError('route.not_found', 'There is nothing under this address.');
  });
  logCalls(server);
  leavePromptly(server);
  await protect(server);
  registerMetrics(server);
  const throttle = throttleOf(server);
  for (const route of routes) registerRoute(server, route, { services, throttle });
  await registerPages(server);
  await describe(server);
  return server;
}

function newServer(): FastifyInstance {
  const { limits, proxies } = configuration();
  return fastify({
    logger: false,
    genReqId: () => newId(),
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      // No hook has run for an address that cannot be read.
      reply.header('x-request-id', request.id);
      void answerError(error, request, reply);
    },
    // As many as stand in front and no more: what X-Forwarded-For says beyond them was written by the caller.
    trustProxy: (_address, hop) => hop < proxies,
    bodyLimit: limits.jsonBytesMax,
    connectionTimeout: limits.silenceSecondsMax * 1000,
    forceCloseConnections: 'idle',
    http: {
      headersTimeout: limits.headSecondsMax * 1000,
      connectionsCheckingInterval: Math.min(limits.headSecondsMax, 10) * 500,
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 255 },
  });
}

/** A body is read by the route that wants it, when it is known who sends it. */
function takeBodiesUnread(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}

async function protect(server: FastifyInstance): Promise<void> {
  const { origins, url } = configuration();
  const isSecure = url?.startsWith('https:') ?? false;
  await server.register(helmet, {
    strictTransportSecurity: isSecure,
    // With none at all, a browser would not say of our own pages' calls where they come from.
    referrerPolicy: { policy: 'same-origin' },
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        // Only where everything is reached by https anyway.
        upgradeInsecureRequests: isSecure ? [] : null,
      },
    },
  });
  await server.register(cors, {
    origin: origins.length === 0 ? false : [...origins],
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'content-disposition',
      'x-record-count',
      'x-export-id',
      'x-fields-left-out',
      'etag',
      'accept-ranges',
      'content-range',
      'x-request-id',
      'x-import-id',
      'x-ignored-keys',
      'idempotent-replayed',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'retry-after',
      'location',
    ],
  });
  await server.register(rateLimit, { global: false });
  await server.register(multipart);
}

/** Of a call: its route and not its address, which may hold what somebody searched for. */
function logCalls(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  server.addHook('onResponse', async (request, reply) => {
    const { method, id } = request;
    const milliseconds = Math.round(reply.elapsedTime);
    log().info(
      { request: id, method, route: request.routeOptions.url, status: reply.statusCode, milliseconds },
      'call',
    );
  });
}

/** The reference has dark colours, and no eye for which ones a reader has chosen. */
const darkWhereWanted = `const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();`;

async function describe(server: FastifyInstance): Promise<void> {
  // The document is JSON of our own making; the plugin's type of it knows every keyword there is.
  const document = openApiOf(routes) as unknown as OpenAPIV3.Document;
  server.get('/api/openapi.json', async () => document);
  await server.register(swagger, { mode: 'static', specification: { document } });
  await server.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: true,
    theme: { title: 'Clientele API', js: [{ filename: 'dark.js', content: darkWhereWanted }] },
    uiConfig: {
      layout: 'BaseLayout',
      docExpansion: 'none',
      persistAuthorization: false,
      tryItOutEnabled: true,
    },
  });
}

/** What never became a request: a malformed head, or one that took too long. */
function answerClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const refusal = refusalOfHead(error.code);
  const id = newId();
  const body = JSON.stringify(problemOf(refusal, id));
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}`,
    `X-Request-Id: ${id}`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function refusalOfHead(code: string): AppError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new AppError('request.too_slow', 'The head of the call did not arrive in time.');
  if (code === 'HPE_HEADER_OVERFLOW')
    return new AppError('request.malformed', 'The address of the call, or its headers, are too long.');
  return new AppError('request.malformed', 'The call is not HTTP as it should be.');
}

async function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const refusal = refusalOf(error, request);
  if (!request.raw.readableEnded) {
    // What is left of a body that nobody reads must not hold the connection.
    reply.header('connection', 'close');
    linger(request.raw);
  }
  const { retryAfterSeconds } = refusal.details;
  if (typeof retryAfterSeconds === 'number') reply.header('retry-after', retryAfterSeconds);
  return reply
    .code(refusal.status)
    .type(problemType)
    .send(JSON.stringify(problemOf(refusal, request.id)));
}

function refusalOf(error: unknown, request: FastifyRequest): AppError {
  // A client that is gone looks like a database that is, to whoever knows only the code of the error.
  if (request.raw.destroyed && !request.raw.complete && !(error instanceof AppError)) return brokenOff();
  if (isConnectionLost(error) || (error instanceof AppError && error.code === 'database.unreachable')) {
    log().warn({ err: error, request: request.id }, 'the database does not answer');
    return new AppError(
      'database.unreachable',
      'The database does not answer just now: try again in a moment.',
    );
  }
  if (error instanceof AppError) return error;
  const sent = ofWhatWasSent(error) ?? ofFramework(error as Partial<FastifyError>);
  if (sent !== null) return sent;
  log().error({ err: error, request: request.id, route: request.routeOptions.url }, 'a bug of the program');
  return new AppError(
    'program.failed',
    `The program failed, and it is not your fault. Its log has the call ${request.id}.`,
  );
}

/** NUL, or a character that the database has no bytes for (SQLSTATEs), wherever it was sent. */
const unkeepable: ReadonlySet<string> = new Set(['22021', '22P05']);

/** What only its reader finds out. */
function ofWhatWasSent(error: unknown): AppError | null {
  if (unkeepable.has(codeOf(error) ?? ''))
    return new AppError('request.invalid', 'A text holds a character that cannot be kept, such as NUL.');
  if (error instanceof Error && /unexpected end of multipart data/i.test(error.message))
    return new AppError('request.malformed', 'The form ends in the middle.');
  return null;
}

/** What the framework itself refuses. Its words may quote what was sent: they are not passed on. */
function ofFramework({ statusCode = 500, code = '' }: Partial<FastifyError>): AppError | null {
  if (/^FST_(FILES|FIELDS|PARTS)_LIMIT$/.test(code))
    return new AppError('request.too_large', 'The form has more files, or more fields, than are taken.');
  if (statusCode === 413) return new AppError('request.too_large', 'The body is larger than is taken.');
  if (statusCode === 415) return new AppError('request.media_type', 'This kind of body is not taken.');
  if (statusCode === 406) return new AppError('request.invalid', 'The call does not accept what there is.');
  if (statusCode >= 400 && statusCode < 500)
    return new AppError('request.malformed', `The call is malformed (${code}).`);
  return null;
}
