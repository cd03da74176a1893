/**
 * An answer that comes before the end of what is sent, such as that a file is too large, has to reach who still sends:
 * a socket that is closed with bytes unread makes the other side throw away what it has not read yet (RFC 9112, section
 * 9.6). So our half is closed, and what comes is passed over for a moment.
 */
import type { IncomingMessage } from 'node:http';

const lingerMs = 2000;

/** Call it before an answer with `Connection: close`. */
export function linger(request: IncomingMessage): void {
  const { socket } = request;
  // What Node calls behind the last answer of a connection.
  socket.destroySoon = () => {
    socket.end();
    request.resume();
    const closing = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(closing));
  };
}
