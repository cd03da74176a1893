/**
 * A call that may be sent again: with the header `Idempotency-Key`, the second time brings the first time's answer and
 * does nothing (draft-ietf-httpapi-idempotency-key-header). A key is the caller's own, and is kept for a day.
 *
 * Streams are not kept: an upload is told apart by the id that the client gives it.
 */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Database } from '../database/connect.ts';
import { toJsonb } from '../database/jsonb.ts';
import { sealed, unsealed } from '../database/sealed.ts';
import { withTenant } from '../database/with-tenant.ts';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Caller } from '../tenants/caller.ts';
import type { Tenant } from '../tenants/tenants.ts';
import type { Answer, Headers, Route } from './define-route.ts';
import type { Services } from './services.ts';

/** An answer that is kept may hold what is shown once, such as the token of a key. */
const sealing = { purpose: 'kept answers' } as const;

interface RepeatableCall {
  readonly services: Services;
  readonly route: Route;
  readonly request: FastifyRequest;
  readonly json: unknown;
  readonly tenant: Tenant | undefined;
  readonly caller: Caller | undefined;
}

/**
 * @param work gets the id for its run, the same each time the call is done anew; null where it cannot be repeated.
 * @throws AppError `idempotency.reused` for another call under the same key, `idempotency.running` while the first is at work.
 */
export async function withIdempotency(
  call: RepeatableCall,
  work: (runId: string | null) => Promise<Answer>,
): Promise<Answer> {
  const claim = claimOf(call);
  if (claim === null) return work(null);
  const { database } = call.services;
  const begun = await begin(database, claim);
  if ('answer' in begun) return begun.answer;
  try {
    const answer = await work(begun.runId);
    if ('stream' in answer || Number(answer.status) >= 500) await forget(database, claim);
    else await keep(database, claim, answer);
    return answer;
  } catch (error) {
    // Refused, or failed: nothing was done that could be done twice.
    await forget(database, claim);
    throw error;
  }
}

interface Claim {
  readonly tenantId: string;
  readonly callerId: string;
  readonly key: string;
  readonly sha256: Buffer;
}

function claimOf({ route, request, json, tenant, caller }: RepeatableCall): Claim | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined || route.method === 'GET' || tenant === undefined || caller === undefined)
    return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw new AppError('request.invalid', 'An idempotency key has 1 to 255 visible ASCII characters.');
  if (json === undefined && route.body !== undefined) return null;
  // Both forms of an address are one call.
  const { tenant: _, ...params } = request.params as Record<string, string>;
  const said = JSON.stringify([request.method, route.name, params, request.query, json ?? null]);
  return {
    tenantId: tenant.id,
    callerId: caller.id,
    key,
    sha256: createHash('sha256').update(said).digest(),
  };
}

/** @returns the answer of the first call; where this one is to do it, the id for its run. */
function begin(
  database: Database,
  claim: Claim,
): Promise<{ readonly answer: Answer } | { readonly runId: string | null }> {
  const { idempotencyHours, idempotencyRunningSecondsMax } = configuration().limits;
  const name = [claim.tenantId, claim.callerId, claim.key];
  return withTenant(database, claim.tenantId, async (tx) => {
    await tx.query(
      'delete from idempotency_keys where tenant_id = $1 and started_at < now() - make_interval(hours => $2)',
      [claim.tenantId, idempotencyHours],
    );
    // A call whose process died answers nobody any more: after a while the next one takes its place, and its run.
    const { rows: begun } = await tx.query<{ runId: string | null }>(
      `insert into idempotency_keys as k (tenant_id, caller_id, key, call_sha256, started_at, run_id)
       values ($1, $2, $3, $4, now(), $6)
       on conflict (tenant_id, caller_id, key) do update set started_at = now()
         where k.status is null and k.call_sha256 = $4 and k.started_at < now() - make_interval(secs => $5)
       returning run_id as "runId"`,
      [...name, claim.sha256, idempotencyRunningSecondsMax, newId()],
    );
    if (begun[0] !== undefined) return begun[0];
    const { rows } = await tx.query<KeptCall>(
      'select call_sha256, status, answer from idempotency_keys where tenant_id = $1 and caller_id = $2 and key = $3',
      name,
    );
    return { answer: await answerOf(rows[0], claim) };
  });
}

interface KeptCall {
  call_sha256: Buffer;
  status: number | null;
  /** Sealed: body and headers. */
  answer: string | null;
}

async function answerOf(kept: KeptCall | undefined, claim: Claim): Promise<Answer> {
  if (kept !== undefined && !kept.call_sha256.equals(claim.sha256)) throw reused('was used for another call');
  if (kept === undefined || kept.status === null)
    throw new AppError('idempotency.running', 'The first call with this idempotency key is still at work.');
  const answer = (await unsealed(kept.answer ?? '', sealing)) as
    | Pick<KeptAnswer, 'body' | 'headers'>
    | undefined;
  if (answer === undefined) throw reused('has an answer that cannot be read any more');
  return { status: kept.status, ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } };
}

function reused(reason: string): AppError {
  return new AppError('idempotency.reused', `This idempotency key ${reason}: make a new one.`);
}

interface KeptAnswer {
  readonly body?: unknown;
  readonly headers?: Headers;
}

async function keep(database: Database, claim: Claim, answer: Answer): Promise<void> {
  const { body, headers } = answer as KeptAnswer;
  const shown = { ...(body === undefined ? {} : { body }), ...(headers === undefined ? {} : { headers }) };
  const seal = await sealed(shown, sealing);
  await withTenant(database, claim.tenantId, (tx) =>
    tx.query(
      'update idempotency_keys set status = $4, answer = $5 where tenant_id = $1 and caller_id = $2 and key = $3',
      [claim.tenantId, claim.callerId, claim.key, answer.status, toJsonb(seal)],
    ),
  );
}

async function forget(database: Database, claim: Claim): Promise<void> {
  await withTenant(database, claim.tenantId, (tx) =>
    tx.query('delete from idempotency_keys where tenant_id = $1 and caller_id = $2 and key = $3', [
      claim.tenantId,
      claim.callerId,
      claim.key,
    ]),
  );
}
