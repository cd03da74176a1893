/** A real SMTP server on a port of this machine that keeps what it gets. */
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { SmtpConfig } from '../../../src/platform/config.ts';

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  /** The whole mail as it came. */
  readonly source: string;
}

export interface SmtpReceiver {
  readonly config: SmtpConfig;
  readonly received: Received[];
  /** How many recipients were offered, refused ones too. */
  readonly offered: string[];
  /** What becomes of the next recipients, one entry each; without one they are taken. */
  readonly replies: { readonly code: number; readonly text: string }[];
  close(): Promise<void>;
}

export async function receiveMail(options: SMTPServerOptions = {}): Promise<SmtpReceiver> {
  const received: Received[] = [];
  const offered: string[] = [];
  const replies: SmtpReceiver['replies'] = [];
  const server = new SMTPServer({
    authOptional: false,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _, done) => {
      if (username === 'clientele' && password === 'p@ss/word') done(null, { user: username });
      else done(new Error('wrong user or password'));
    },
    onRcptTo: ({ address }, _, done) => {
      offered.push(address);
      const reply = replies.shift();
      if (reply === undefined) done();
      else done(Object.assign(new Error(reply.text), { responseCode: reply.code }));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user,
          source: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    config: {
      url: `smtp://clientele:${encodeURIComponent('p@ss/word')}@127.0.0.1:${port}`,
      from: 'Clientele <no-reply@example.com>',
    },
    received,
    offered,
    replies,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** The text of a mail, its lines joined again as quoted-printable broke them (RFC 2045, section 6.7). */
export function textOf(source: string): string {
  const [part = ''] = source.split(/Content-Type: text\/html/i);
  const plain = part.replace(/=\r?\n/g, '');
  return plain.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
