/**
 * A route, said once: its method and path, who may call it, what goes in, what comes out, its limits and what it does.
 * The server registers it, checks every call by it and describes it in the OpenAPI document; the tests call it as
 * every role. A route that is not defined so does not exist.
 *
 *     export const archiveImport = defineRoute({
 *       method: 'DELETE', path: '/imports/{id}', scope: 'tenant', permission: 'import on any dataset', …
 */
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { AccountSession } from '../accounts/accounts.ts';
import type { Caller } from '../tenants/caller.ts';
import type { DatasetAction, Permission } from '../tenants/permissions.ts';
import type { Tenant } from '../tenants/tenants.ts';
import type { Services } from './services.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * What a caller must hold in the tenant: a permission; the same, or to be a customer of the tenant, for whom the
 * handler does it with his own record alone; an action on at least one dataset, where the handler then asks for the one
 * it is about; or `member`, nothing but to be there.
 */
export type Needed = Permission | OrOwnRecord | `${DatasetAction} on any dataset` | 'member';
export type OrOwnRecord = `customers:${DatasetAction} or own record`;

/** `open`: anybody. `account`: whoever is signed in. `tenant`: who reaches the tenant and holds the permission. */
export type Scope = 'open' | 'account' | 'tenant';

export type Schema = z.ZodType;
type Out<S> = S extends Schema ? z.output<S> : undefined;

/** A form with one file, and what else it may say. The handler reads it, as it comes. */
export interface FormBody {
  /** The name of the part that is the file; any, unless said. */
  readonly file?: string;
  readonly fields: Schema;
}

/**
 * What a call may bring, by media type: a schema for JSON, `form` for multipart, `bytes` for a body that is read as a
 * stream by the handler.
 */
export interface Bodies<Json extends Schema | undefined = Schema | undefined> {
  readonly json?: Json;
  readonly form?: FormBody;
  /** The media types taken as they are; `*` behind a slash stands for any. */
  readonly bytes?: readonly string[];
}

/** Of one status: what its JSON looks like; `nothing`; or the media types of bytes. */
export type AnswerShape = Schema | 'nothing' | readonly string[];
export type Answers = Readonly<Record<number, AnswerShape>>;

export interface Headers {
  readonly [name: string]: string | string[];
}

/** JSON, by its schema. */
interface JsonAnswer<Status, Body> {
  readonly status: Status;
  readonly body: Body;
  readonly headers?: Headers;
}

/** Bytes as they come; memory does not depend on how many. */
export interface StreamAnswer {
  readonly status: number;
  readonly stream: Readable;
  readonly type: string;
  readonly headers?: Headers;
}

export interface EmptyAnswer {
  readonly status: number;
  readonly headers?: Headers;
}

type AnswerOf<A extends Answers> =
  | { [S in keyof A]: A[S] extends Schema ? JsonAnswer<S, z.input<A[S]>> : never }[keyof A]
  | StreamAnswer
  | EmptyAnswer;

export interface Call<Params, Query, Json> {
  readonly services: Services;
  readonly params: Params;
  readonly query: Query;
  /** What was sent as JSON. A route that takes other forms too has an optional schema, and finds nothing here for those. */
  readonly json: Json;
  readonly request: FastifyRequest;
  /** Who is signed in; null for a key, or nobody. */
  readonly session: AccountSession | null;
}

export interface TenantCall<Params, Query, Json> extends Call<Params, Query, Json> {
  readonly tenant: Tenant;
  readonly caller: Caller;
  /**
   * For the run of a call that came with an idempotency key: the same when the call is done anew, since its process
   * died before it answered. What was committed is then found, and not done twice.
   */
  readonly runId: string | null;
}

export interface RouteLimits {
  /** Of a body that is JSON; streams have limits of their own. */
  readonly jsonBytesMax?: number;
  /** Calls of one caller. */
  readonly callsPerMinuteMax?: number;
}

interface Described<
  P extends Schema | undefined,
  Q extends Schema | undefined,
  J extends Schema | undefined,
  A extends Answers,
> {
  readonly method: Method;
  /** Below `/api`, and below `/api/tenants/{tenant}` too in the scope of a tenant. Parameters in braces. */
  readonly path: string;
  /** The path stands by itself and not below `/api`. */
  readonly isAtRoot?: true;
  /** Named in the document: `imports.create`. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  /** A strict object with a text for each parameter of the path. */
  readonly params?: P;
  readonly query?: Q;
  readonly body?: Bodies<J>;
  readonly answers: A;
  readonly limits?: RouteLimits;
}

export interface TenantRoute<
  P extends Schema | undefined,
  Q extends Schema | undefined,
  J extends Schema | undefined,
  A extends Answers,
> extends Described<P, Q, J, A> {
  readonly scope: 'tenant';
  readonly permission: Needed;
  handler(call: TenantCall<Out<P>, Out<Q>, Out<J>>): Promise<AnswerOf<A>>;
}

export interface OtherRoute<
  P extends Schema | undefined,
  Q extends Schema | undefined,
  J extends Schema | undefined,
  A extends Answers,
> extends Described<P, Q, J, A> {
  readonly scope: 'open' | 'account';
  handler(call: Call<Out<P>, Out<Q>, Out<J>>): Promise<AnswerOf<A>>;
}

/** Any route, as the server sees it. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly isAtRoot?: true;
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly scope: Scope;
  /** Of a route of a tenant. */
  readonly permission?: Needed;
  readonly params?: Schema;
  readonly query?: Schema;
  readonly body?: Bodies;
  readonly answers: Answers;
  readonly limits?: RouteLimits;
  handler(call: TenantCall<unknown, unknown, unknown>): Promise<Answer>;
}

export type Answer = JsonAnswer<PropertyKey, unknown> | StreamAnswer | EmptyAnswer;

export function defineRoute<
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  J extends Schema | undefined = undefined,
  const A extends Answers = Answers,
>(route: TenantRoute<P, Q, J, A> | OtherRoute<P, Q, J, A>): Route {
  // A handler is only ever called with what its own schemas let through.
  return route as unknown as Route;
}
