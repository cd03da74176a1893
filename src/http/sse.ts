/** Server-sent events (HTML Standard, 9.2): numbered, so that a client that lost the line goes on where it was. */
import { Readable } from 'node:stream';
import { configuration } from '../platform/config.ts';
import type { StreamAnswer, TenantCall } from './define-route.ts';

export interface NumberedEvent {
  readonly seq: number;
}

/** @param open gives the events after one, until they end or the signal says that nobody listens any more. */
export function eventStream<E extends NumberedEvent>(
  { request, services }: TenantCall<unknown, unknown, unknown>,
  open: (afterSeq: number, signal: AbortSignal) => AsyncIterable<E>,
): StreamAnswer {
  const gone = new AbortController();
  request.raw.socket.once('close', () => gone.abort());
  const last = Number(request.headers['last-event-id'] ?? Number.NaN);
  const signal = AbortSignal.any([gone.signal, services.stopping]);
  const events = open(Number.isSafeInteger(last) && last >= 0 ? last : -1, signal);
  const stream = new Readable({ read() {} });
  stream.once('close', () => gone.abort());
  void write(stream, events, signal);
  return {
    status: 200,
    type: 'text/event-stream',
    headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    stream,
  };
}

/** A comment now and then keeps proxies from taking the silence for an end. */
async function write(
  stream: Readable,
  events: AsyncIterable<NumberedEvent>,
  signal: AbortSignal,
): Promise<void> {
  const { heartbeatSeconds } = configuration().limits;
  const heartbeat = setInterval(() => stream.push(': waiting\n\n'), heartbeatSeconds * 1000);
  stream.push('retry: 1000\n\n');
  try {
    for await (const event of events) {
      if (stream.destroyed) return;
      stream.push(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`);
    }
    // A server that stops says nothing of the run: the client asks another one.
    if (!signal.aborted) stream.push('event: end\ndata: {}\n\n');
    stream.push(null);
  } catch (error) {
    stream.destroy(error as Error);
  } finally {
    clearInterval(heartbeat);
  }
}
