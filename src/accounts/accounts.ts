/**
 * Who signs in, and how: e-mail and password, a second factor, an OpenID Connect provider; sessions by cookie and by
 * bearer token. What a user may do is not known here: the members of a tenant say so.
 *
 * better-auth does the work behind `handle`; docs/decisions/0013-sign-in.md says why, and what is ours.
 */
import { isAPIError } from 'better-auth/api';
import type { Database } from '../database/connect.ts';
import type { Mail, Message } from '../mail/mail.ts';
import { configuration, type OidcConfig } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { type Authentication, type AuthenticationOptions, openAuthentication } from './authentication.ts';
import { openBackground } from './background.ts';
import type { AccountEvents } from './events.ts';
import { removeExpired } from './expired.ts';
import { assertAnswering, oidcPlugin, oidcProvider, unanswered } from './oidc.ts';
import { translated } from './refusals.ts';
import { callOf, checkedRequest } from './request.ts';
import { signInSecret } from './secret.ts';
import { type AccountSession, findSession, setActiveTenant } from './session-lookup.ts';
import { createUser, endPromises, type NewUser, type User, userByEmail } from './users.ts';

export type { AccountEvents, SignInWay } from './events.ts';
export type { AccountSession } from './session-lookup.ts';

export interface Accounts {
  /**
   * Answers the calls below /api/auth, which `accountCalls` lists. The caller's address is read from the header that
   * `clientAddressHeader` names; what better-auth refuses is problem details.
   *
   * @throws AppError `route.not_found`, `request.*` for a call that is not as it should be, `account.provider` while the
   *   OpenID Connect provider does not answer.
   */
  handle(request: Request): Promise<Response>;
  /** Null without a session that is good at this moment. */
  sessionOf(headers: Headers): Promise<AccountSession | null>;
  setActiveTenant(sessionId: string, tenantId: string): Promise<void>;
  /** @throws AppError `account.invalid`, `account.exists` */
  createUser(user: NewUser): Promise<{ userId: string }>;
  userByEmail(email: string): Promise<User | null>;
  /**
   * A session for the command line and for tests.
   *
   * @returns what to send as a bearer token.
   * @throws AppError `account.refused` for a wrong address or password, and when a second factor is needed.
   */
  signIn(email: string, password: string): Promise<{ token: string }>;
  /** Waits for the mails that are being sent. */
  close(): Promise<void>;
}

export interface AccountsOptions {
  readonly mail: Mail;
  /** Where people reach the program, without a slash at the end. Cookies are Secure when it begins with https. */
  readonly baseUrl: string;
  readonly events: AccountEvents;
  /** The configuration's unless said. */
  readonly signUp?: 'open' | 'closed';
  /** The configuration's unless said; `null` means none. */
  readonly oidc?: OidcConfig | null;
}

export async function openAccounts(database: Database, options: AccountsOptions): Promise<Accounts> {
  const { mail, baseUrl, events, signUp = configuration().signUp } = options;
  const oidc = options.oidc === undefined ? configuration().oidc : options.oidc;
  const background = openBackground();
  const secret = await signInSecret();
  const passwordChanged = async (userId: string): Promise<void> => {
    await endPromises(database, userId);
    await events.passwordChanged(userId);
  };
  const choices = {
    secret,
    baseUrl,
    events: { ...events, passwordChanged },
    methods: { signUp: signUp === 'open', oidc: oidc == null ? null : { name: oidc.name } },
    post: (to: string, letter: Omit<Message, 'to'>) => background.add(mail.send({ to, ...letter })),
    behind: background.add,
  };
  const authentication = openAuthentication(database, choices);
  const throughProvider =
    oidc == null ? async () => authentication : onceItSucceeds(() => withProvider(database, choices, oidc));
  const { authCookies } = await authentication.$context;
  const lookup = { secret, cookie: authCookies.sessionToken.name };
  const sweeping = setInterval(() => background.add(removeExpired(database)), sweepMs).unref();

  return {
    handle: async (request) => {
      const call = callOf(request);
      const checked = await checkedRequest(call, request);
      const { handler } = call.provider ? await throughProvider() : authentication;
      return translated(request, await handler(checked));
    },
    sessionOf: (headers) => findSession(database, lookup, headers),
    setActiveTenant: (sessionId, tenantId) => setActiveTenant(database, sessionId, tenantId),
    createUser: (user) => createUser(database.app, user),
    userByEmail: (email) => userByEmail(database, email),
    signIn: (email, password) => signIn(authentication, email, password),
    close: () => {
      clearInterval(sweeping);
      return background.settled();
    },
  };
}

const sweepMs = 60 * 60 * 1000;

/**
 * The provider is asked when somebody wants to sign in through it, never at the start: whether it answers is of no
 * account to those who have a password.
 */
async function withProvider(
  database: Database,
  choices: AuthenticationOptions,
  oidc: OidcConfig,
): Promise<Authentication> {
  await assertAnswering(oidc);
  const authentication = openAuthentication(database, { ...choices, providers: [oidcPlugin(oidc)] });
  const { socialProviders } = await authentication.$context;
  if (socialProviders.some(({ id }) => id === oidcProvider)) return authentication;
  throw unanswered();
}

/** Callers at once share one attempt; after a failure the next caller tries anew. */
function onceItSucceeds<T>(work: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined;
  return () => {
    current ??= work().catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    return current;
  };
}

async function signIn(authentication: Authentication, email: string, password: string) {
  const answer: unknown = await authentication.api
    .signInEmail({ body: { email, password } })
    .catch((error: unknown) => {
      if (!isAPIError(error) || error.statusCode >= 500) throw error;
      throw new AppError('account.refused', `${error.message}.`.replace(/\.\.$/, '.'));
    });
  const { token } = answer as { token?: string | null };
  if (typeof token === 'string') return { token };
  throw new AppError('account.refused', 'This account has a second factor: sign in with a browser.');
}
