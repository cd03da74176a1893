import { connect } from 'node:net';
import { join } from 'node:path';
import { limits } from './limits.ts';

export const port = 5432;

/** accepting: sessions can be opened; busy: somebody listens but is starting, recovering or stopping. */
export type Answer = 'accepting' | 'busy' | 'silent';

/** The file of the socket that PostgreSQL makes in the folder. */
export function socketFile(socketFolder: string): string {
  return join(socketFolder, `.s.PGSQL.${port}`);
}

/**
 * Asks the server whether it takes sessions, as far as the question about the password, which shows it without
 * knowing one. (PostgreSQL's protocol 3.0, StartupMessage: an AuthenticationRequest `R` or an ErrorResponse `E`
 * comes back; SQLSTATE 57P03 there is "cannot connect now".)
 */
export function askServer(socketFolder: string): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect(socketFile(socketFolder));
    const end = (answer: Answer) => {
      socket.destroy();
      resolve(answer);
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(limits.answerMsMax, () => end('busy'));
    socket.on('connect', () => socket.write(startupMessage()));
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      const answer = readAnswer(received);
      if (answer) end(answer);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Refused, or no such file: nobody listens. A full queue or a reset connection: somebody does.
      end(
        error.code === 'ECONNREFUSED' || error.code === 'ENOENT' || error.code === 'EACCES'
          ? 'silent'
          : 'busy',
      );
    });
    socket.on('close', () => resolve('busy'));
  });
}

function startupMessage(): Buffer {
  const body = Buffer.from('\0\0\0\0\0\x03\0\0user\0postgres\0database\0postgres\0\0', 'latin1');
  body.writeInt32BE(body.length, 0);
  return body;
}

function readAnswer(received: Buffer): Answer | undefined {
  if (received.length < 5) return undefined;
  if (received[0] !== 'E'.charCodeAt(0)) return 'accepting';
  if (received.length < 1 + received.readInt32BE(1)) return undefined;
  return received.includes('\0C57P03\0', 0, 'latin1') ? 'busy' : 'accepting';
}
