/** A client that sends what it wants, when it wants, over a socket of its own. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawConnection {
  readonly socket: Socket;
  write(text: string | Uint8Array): void;
  /** Everything that has come so far. */
  readonly received: string;
  /** Waits until what came matches, or the server has closed. */
  until(pattern: RegExp): Promise<string>;
  /** Waits until the server has closed. @returns everything that came. */
  closed(): Promise<string>;
}

/** @param url of the server. */
export async function rawConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let received = '';
  let isClosed = false;
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    received += text;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
  });
  const until = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(received) && !isClosed)
      await Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => undefined);
    return received;
  };
  return {
    socket,
    write: (text) => void (socket.writable && socket.write(text)),
    get received() {
      return received;
    },
    until,
    closed: async () => {
      if (!isClosed) await once(socket, 'close');
      return received;
    },
  };
}

/** The head of a request, with its empty line. */
export function headOf(
  method: string,
  path: string,
  headers: Readonly<Record<string, string | number>>,
): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`;
}

/** The status of the first answer in what came. */
export function statusIn(received: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0);
}
