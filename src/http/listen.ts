/** The server at work: listening where the configuration says, until it is told to stop. */
import type { AddressInfo } from 'node:net';
import { type AccountEvents, openAccounts } from '../accounts/accounts.ts';
import { appendAccountEvent } from '../audit/account-events.ts';
import type { Database } from '../database/connect.ts';
import { codeOf } from '../database/failures.ts';
import { exportsNoted } from '../export/run-export.ts';
import { fileStore } from '../file-store/file-store.ts';
import { openMail } from '../mail/mail.ts';
import { publicUrl } from '../platform/address.ts';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { collectStartup } from '../platform/garbage.ts';
import { buildServer } from './server.ts';
import type { Services } from './services.ts';

/** How long a process that ends waits for what is written of exports that it broke off. */
const notedMsMax = 3000;

export interface RunningServer {
  /** Where people reach it, without a slash at the end. */
  readonly url: string;
  /** Takes no more calls, lets those that are under way end, and then leaves. Streams of events end at once. */
  close(): Promise<void>;
}

/**
 * @param jobs tells the workers of what can be done.
 * @throws AppError `server.address` when it cannot listen there.
 */
export async function listen(
  database: Database,
  { wake, wakeExports }: Pick<Services, 'wake' | 'wakeExports'>,
): Promise<RunningServer> {
  const { host, port } = configuration();
  const baseUrl = publicUrl();
  const stopping = new AbortController();
  const mail = openMail();
  const accounts = await openAccounts(database, { mail, baseUrl, events: eventsToTrail(database) });
  const services = {
    database,
    accounts,
    mail,
    files: fileStore(),
    wake,
    wakeExports,
    baseUrl,
    stopping: stopping.signal,
  };
  const server = await buildServer(services);
  await server.listen({ host, port }).catch((error: unknown) => {
    throw codeOf(error) === undefined ? error : refusal(error, host, port);
  });
  collectStartup();
  const at = server.server.address() as AddressInfo;
  return {
    url: baseUrl.replace(/:0$/, `:${at.port}`),
    close: async () => {
      stopping.abort();
      await server.close();
      await exportsNoted({ msMax: notedMsMax });
      await accounts.close();
      await mail.close();
    },
  };
}

function refusal(cause: unknown, host: string, port: number): AppError {
  const code = codeOf(cause);
  const reason = code === 'EADDRINUSE' ? 'another program listens there' : code;
  const message = `The server cannot listen on ${host}, port ${port}: ${reason}. CLIENTELE_PORT names another port.`;
  return new AppError('server.address', message, {}, { cause });
}

/** What happens to an account stands in the trail of each of its tenants. */
function eventsToTrail(database: Database): AccountEvents {
  const append = (userId: string, action: `account.${string}`, detail = {}): Promise<void> =>
    appendAccountEvent(database, { userId, action, detail });
  return {
    signedIn: (userId, how) => append(userId, 'account.sign_in', { how }),
    signedOut: (userId) => append(userId, 'account.sign_out'),
    passwordChanged: (userId) => append(userId, 'account.password'),
    twoFactorChanged: (userId, enabled) => append(userId, 'account.two_factor', { enabled }),
  };
}
