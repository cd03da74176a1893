/** Sends a request as it is said, with nothing put right on the way. */
import { Agent, request } from 'node:http';
import type { Case } from './api-cases.ts';

export interface RawAnswer {
  /** 0: none came. */
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Client {
  /** Each call comes from an address of its own, so that they are not counted together. */
  send(one: Case, authorization: string | null): Promise<RawAnswer>;
  close(): void;
}

const answerMsMax = 30_000;

export function clientOf(url: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { hostname, port } = new URL(url);
  let calls = 0;
  const attempt = ({ method, path, headers, body }: Case, authorization: string | null) =>
    new Promise<RawAnswer>((resolve) => {
      const none = (text: string) => resolve({ status: 0, type: '', headers: {}, text });
      const sent = request({
        agent,
        hostname,
        port,
        method,
        path,
        headers: {
          'x-forwarded-for': addressOf(calls++),
          ...headers,
          ...(authorization === null ? {} : { authorization }),
          ...(body === null ? {} : { 'content-length': String(body.length) }),
        },
        timeout: answerMsMax,
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${answerMsMax} ms`)));
      sent.on('error', (error) => none(error.message));
      sent.on('response', (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', (error) => none(error.message));
        response.on('end', () => {
          const { statusCode: status = 0, headers: told } = response;
          const type = (told['content-type'] ?? '').split(';')[0]?.trim() ?? '';
          resolve({ status, type, headers: told, text: Buffer.concat(pieces).toString('utf8') });
        });
      });
      sent.end(body ?? undefined);
    });
  return {
    send: async (one, authorization) => {
      const first = await attempt(one, authorization);
      // A connection that the server closed just when it was used again says nothing about the call.
      return first.status === 0 && /ECONNRESET|socket hang up|EPIPE/.test(first.text)
        ? attempt(one, authorization)
        : first;
    },
    close: () => agent.destroy(),
  };
}

/** A private address for each number (RFC 1918). */
function addressOf(number: number): string {
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}
