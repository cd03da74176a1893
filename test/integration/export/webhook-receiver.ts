/** A real HTTP server that takes webhooks, and checks their signatures by itself as Standard Webhooks says. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Call {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it, and fail where it differs
  readonly json: any;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly calls: Call[];
  /** What the next calls are answered, one entry each; 204 without one. A promise is waited for. */
  readonly answers: {
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly when?: Promise<void>;
  }[];
  close(): Promise<void>;
}

export async function receiveWebhooks(): Promise<WebhookReceiver> {
  const calls: Call[] = [];
  const answers: WebhookReceiver['answers'] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    calls.push({
      method: request.method,
      headers: request.headers,
      text: body,
      json: request.headers['content-type'] === 'application/json' ? JSON.parse(body || 'null') : null,
    });
    const answer = answers.shift() ?? { status: 204 };
    await answer.when;
    response.writeHead(answer.status, answer.headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    calls,
    answers,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Said once more and apart from the program: base64 of HMAC-SHA256 over id, time and body, under the secret behind its prefix. */
export function isSigned({ headers, text: body }: Call, secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
  const expected = createHmac('sha256', key).update(signed).digest();
  const isFresh = Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 300;
  const given = String(headers['webhook-signature']).split(' ');
  return isFresh && given.some((one) => matches(one, expected));
}

function matches(signature: string, expected: Buffer): boolean {
  const [version, base64 = ''] = signature.split(',');
  const bytes = Buffer.from(base64, 'base64');
  return version === 'v1' && bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
