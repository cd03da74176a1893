/** A server that stops waits for calls that are under way, for a while, and for nobody who only keeps a connection open. */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { configuration } from '../platform/config.ts';

const lookEveryMs = 100;

/**
 * Connections that are kept alive after an answer end as soon as they are idle. Those on which no call has come yet,
 * such as browsers open beforehand, end at once: Node counts them as busy, and a server that stops no longer looks
 * whether a head takes too long. Whoever takes a file as slowly as he may would hold it for hours: he is cut off.
 */
export function leavePromptly(server: FastifyInstance): void {
  const unused = new Set<Socket>();
  let leaving = false;
  server.server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
    if (leaving) socket.destroy();
  });
  server.server.on('request', ({ socket }) => unused.delete(socket));
  server.addHook('preClose', async () => {
    leaving = true;
    for (const socket of unused) socket.destroy();
    const looking = setInterval(() => server.server.closeIdleConnections(), lookEveryMs);
    const { stopSecondsMax } = configuration().limits;
    const cutting = setTimeout(() => server.server.closeAllConnections(), stopSecondsMax * 1000);
    server.server.once('close', () => {
      clearInterval(looking);
      clearTimeout(cutting);
    });
  });
}
