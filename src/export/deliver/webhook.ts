/**
 * A webhook: a description of what was made goes to an address as JSON, signed as Standard Webhooks says
 * (https://www.standardwebhooks.com, version 1): HMAC-SHA256 over id, time and body, in the header `webhook-signature`.
 * A call that is repeated has the same id, by which the receiver knows it. Redirects are not followed.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { checkedAddress, guardedLookup, NotPublic } from './address.ts';

const secretPrefix = 'whsec_';
const secretBytes = 32;

/** Shown to the tenant once. */
export function newWebhookSecret(): string {
  return `${secretPrefix}${randomBytes(secretBytes).toString('base64')}`;
}

export interface WebhookCall {
  readonly url: string;
  readonly secret: string;
  /** The same for every attempt. */
  readonly id: string;
  readonly body: unknown;
}

/**
 * @throws AppError `delivery.failed` for any answer but 2xx; `delivery.address` for an address that it may not go to.
 */
export async function callWebhook(
  { url, secret, id, body }: WebhookCall,
  signal: AbortSignal,
): Promise<void> {
  const address = checkedAddress(url, 'The address of the webhook');
  const text = JSON.stringify(body);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const timeout = AbortSignal.timeout(configuration().limits.deliverySecondsMax * 1000);
  const status = await send(address, text, {
    method: 'POST',
    lookup: guardedLookup,
    signal: AbortSignal.any([signal, timeout]),
    // A connection of its own: what was looked up for another call says nothing about this one.
    agent: false,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'user-agent': 'Clientele',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signatureOf(secret, { id, timestamp, text })}`,
    },
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw failure(error);
  });
  if (status < 200 || status > 299)
    throw new AppError('delivery.failed', `The webhook answered ${status}.`, { status });
}

function signatureOf(
  secret: string,
  { id, timestamp, text }: { readonly id: string; readonly timestamp: string; readonly text: string },
): string {
  const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest('base64');
}

/** @returns the status. What else is answered is passed over, for as long as the call may take. */
function send(address: URL, text: string, options: RequestOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const begin = address.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = begin(address, options, (response: IncomingMessage) => {
      resolve(response.statusCode ?? 0);
      response.on('error', () => {}).resume();
    });
    // Whoever answers 101 wants another protocol: nobody hears of it otherwise, and it would be waited for without end.
    request.on('upgrade', (response, socket) => {
      resolve(response.statusCode ?? 0);
      socket.destroy();
    });
    request.on('error', reject);
    request.end(text);
  });
}

/** The failure's own words may repeat the address. */
function failure(cause: unknown): AppError {
  if (cause instanceof NotPublic)
    return new AppError(
      'delivery.address',
      'The webhook leads to an address that is not public.',
      {},
      { cause },
    );
  const isLate = cause instanceof Error && (cause.name === 'TimeoutError' || cause.name === 'AbortError');
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const reason = isLate ? 'it did not answer in time' : code;
  return new AppError('delivery.failed', `The webhook could not be reached: ${reason}.`, {}, { cause });
}
