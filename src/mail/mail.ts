/**
 * Mails to people, one at a time: through the mail server of the configuration or, where there is none, into the
 * outbox, a folder of files that a mail program opens.
 *
 * No address and no text of a mail is ever logged.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type nodemailer from 'nodemailer';
import type { SendMailOptions } from 'nodemailer';
import { configuration, type SmtpConfig } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { log } from '../platform/log.ts';

export interface Message {
  /** One address, without a name. */
  readonly to: string;
  /** One line; whatever would end it becomes a space. */
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
}

export interface Mail {
  /**
   * Over when the mail server has taken the mail, or its file is written.
   *
   * @throws AppError `mail.failed` when it cannot be sent, after a second try where the first failed for the moment only.
   */
  send(message: Message): Promise<void>;
  close(): Promise<void>;
}

export interface MailOptions {
  /** The configuration's unless said; `null` means the outbox whatever the configuration says. */
  readonly smtp?: SmtpConfig | null;
  /** Holds `outbox`; the configuration's unless said. */
  readonly dataFolder?: string;
  /** Before the second try. */
  readonly retryPauseMs?: number;
}

export function openMail(options: MailOptions = {}): Mail {
  const {
    smtp = configuration().smtp,
    dataFolder = configuration().dataFolder,
    retryPauseMs = 1000,
  } = options;
  return smtp == null ? outbox(join(dataFolder, 'outbox')) : mailServer(smtp, retryPauseMs);
}

function mailServer({ url, from }: SmtpConfig, retryPauseMs: number): Mail {
  const timeoutMs = configuration().limits.mailTimeoutSeconds * 1000;
  const transport = onceLoaded(({ createTransport }) =>
    createTransport({
      url,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      ...noneOfOurFiles,
    }),
  );
  const attempt = async (mail: SendMailOptions): Promise<unknown> => (await transport.open()).sendMail(mail);
  return {
    send: async (message) => {
      const mail = composed(from, message);
      await attempt(mail)
        .catch(async (error: unknown) => {
          if (!isPassing(error)) throw error;
          await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
          await attempt(mail);
        })
        .catch(refuse);
    },
    close: transport.close,
  };
}

/** The library stays out of memory until there is a mail: every server and worker has a way to send one. */
function onceLoaded<T extends { close(): void }>(
  open: (library: typeof nodemailer) => T,
): { open(): Promise<T>; close(): Promise<void> } {
  let opened: Promise<T> | undefined;
  return {
    open: () => {
      opened ??= import('nodemailer').then((library) => open(library.default));
      return opened;
    },
    close: async () => (await opened)?.close(),
  };
}

/** A text never names a file or an address that the program would fetch. */
const noneOfOurFiles = { disableFileAccess: true, disableUrlAccess: true } as const;

/** RFC 5321, section 4.2.1: a reply of 4yz means that the same may succeed later. */
function isPassing(error: unknown): boolean {
  const reply = responseCodeOf(error);
  return reply !== undefined && reply >= 400 && reply < 500;
}

function responseCodeOf(error: unknown): number | undefined {
  return error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
    ? error.responseCode
    : undefined;
}

/** The server's own words stay out of it, since they repeat the address. */
function refuse(error: unknown): never {
  const reply = responseCodeOf(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  throw new AppError('mail.failed', `The mail could not be sent (${reply ?? code}).`, {
    reply: reply ?? code,
  });
}

function outbox(folder: string): Mail {
  const composer = onceLoaded(({ createTransport }) =>
    createTransport({ streamTransport: true, buffer: true, ...noneOfOurFiles }),
  );
  return {
    send: async (message) => {
      const opened = await composer.open();
      const { message: bytes } = await opened.sendMail(composed('Clientele <clientele@localhost>', message));
      const file = `${new Date().toISOString().replaceAll(':', '-')}-${newId()}.eml`;
      await mkdir(folder, { recursive: true });
      // A mail holds a link that lets its reader in.
      await writeFile(join(folder, `${file}.part`), bytes as Buffer, { mode: 0o600 });
      await rename(join(folder, `${file}.part`), join(folder, file));
      log().warn({ file }, 'no mail server is set: a mail lies in the outbox');
    },
    close: composer.close,
  };
}

function composed(from: string, { to, subject, text, html }: Message): SendMailOptions {
  if (!isOneAddress(to)) throw new AppError('mail.failed', 'This is not an address that a mail can go to.');
  return {
    from,
    to: { name: '', address: to },
    subject: subject.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim(),
    text,
    ...(html === undefined ? {} : { html }),
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/** Nothing that would add a recipient, a header or a command to the conversation with the mail server. */
function isOneAddress(text: string): boolean {
  return text.length <= 320 && /^[^\s\p{Cc}<>()[\]\\,;:"@]+@[^\s\p{Cc}<>()[\]\\,;:"@]+$/u.test(text);
}
