/** How people sign in, said to better-auth: every choice of ours in one place. */
import { type BetterAuthOptions, type BetterAuthPlugin, betterAuth } from 'better-auth';
import { bearer, twoFactor } from 'better-auth/plugins';
import type { Database } from '../database/connect.ts';
import { accountExistsLetter } from '../mail/letters/account-exists.ts';
import { passwordResetLetter } from '../mail/letters/password-reset.ts';
import { verificationLetter } from '../mail/letters/verification.ts';
import type { Message } from '../mail/mail.ts';
import { configuration } from '../platform/config.ts';
import { newId } from '../platform/ids.ts';
import { ownAnswers, type SignInMethods } from './answers.ts';
import { codesOnce } from './codes-once.ts';
import { type AccountEvents, tellEvents } from './events.ts';
import { libraryLog } from './library-log.ts';
import { trustedOrigins } from './origins.ts';
import { passwordLength } from './password-length.ts';
import {
  accountFields,
  authDatabase,
  rateLimitTable,
  sessionFields,
  twoFactorSchema,
  userFields,
  verificationFields,
} from './tables.ts';
import { confirmEmail } from './users.ts';

/** The HTTP layer writes the caller's address here, over whatever the caller sent. */
export const clientAddressHeader = 'x-clientele-address';

export interface AuthenticationOptions {
  readonly secret: string;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly methods: SignInMethods;
  readonly events: AccountEvents;
  /** Sends without anybody waiting: how long it takes would tell whether there is such an account. */
  readonly post: (to: string, letter: Omit<Message, 'to'>) => void;
  /** Work that goes on behind an answer. */
  readonly behind: (work: Promise<unknown>) => void;
  /** Other ways to sign in. */
  readonly providers?: readonly BetterAuthPlugin[];
}

export type Authentication = ReturnType<typeof openAuthentication>;

export function openAuthentication(database: Database, options: AuthenticationOptions) {
  return betterAuth(authenticationOptions(database, options));
}

export function authenticationOptions(database: Database, options: AuthenticationOptions) {
  const { baseUrl, secret } = options;
  return {
    appName: 'Clientele',
    baseURL: `${baseUrl}/api/auth`,
    basePath: '/api/auth',
    // Named with a version, so that a variable of the environment cannot put another in its place.
    secrets: [{ version: 1, value: secret }],
    database: authDatabase(database),
    trustedOrigins: trustedOrigins(baseUrl),
    telemetry: { enabled: false },
    logger: libraryLog,
    ...models(),
    ...passwords(database, options),
    rateLimit: rateLimits(),
    plugins: [
      // In this order: each one's work after a call sees what those before it made of the answer.
      twoFactor({ issuer: 'Clientele', schema: twoFactorSchema }),
      codesOnce(),
      bearer({ requireSignature: true }),
      ...(options.providers ?? []),
      ownAnswers(options.methods),
      tellEvents(options.events),
    ],
    advanced: {
      cookiePrefix: 'clientele',
      useSecureCookies: baseUrl.startsWith('https:'),
      database: { generateId: () => newId(), validateSchema: false },
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      // On also where the library would leave them off by itself.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      backgroundTasks: { handler: options.behind },
    },
    // Refusals and failures come to the caller of the library, who translates them.
    onAPIError: { throw: true, errorURL: `${baseUrl}/sign-in` },
  } satisfies BetterAuthOptions;
}

const secondsOfADay = 24 * 60 * 60;

function models() {
  return {
    user: {
      fields: userFields,
      // Who comes from a provider has shown there that the address is his, or he could take somebody else's.
      validateUserInfo: ({ user, source }) =>
        source.method === 'oauth' && user.emailVerified !== true
          ? {
              error: 'email_not_verified',
              errorDescription: 'The provider has not verified the e-mail address.',
            }
          : undefined,
    },
    session: {
      fields: sessionFields,
      additionalFields: {
        activeTenantId: { type: 'string', required: false, input: false, fieldName: 'active_tenant_id' },
      },
      expiresIn: configuration().limits.sessionDays * secondsOfADay,
      updateAge: secondsOfADay,
    },
    account: {
      fields: accountFields,
      encryptOAuthTokens: true,
      accountLinking: { enabled: true, requireLocalEmailVerified: true },
    },
    verification: { fields: verificationFields, storeIdentifier: 'hashed' },
  } satisfies BetterAuthOptions;
}

function passwords(database: Database, { baseUrl, methods, events, post }: AuthenticationOptions) {
  return {
    emailAndPassword: {
      enabled: true,
      disableSignUp: !methods.signUp,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      requireEmailVerification: true,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: async ({ user: { email, name }, token }) =>
        post(email, passwordResetLetter({ name, link: `${baseUrl}/reset-password?token=${token}` })),
      onPasswordReset: async ({ user }) => {
        await confirmEmail(database, user.id);
        await events.passwordChanged(user.id);
      },
      onExistingUserSignUp: async ({ user: { email, name } }) =>
        post(email, accountExistsLetter({ name, link: `${baseUrl}/sign-in` })),
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: true,
      sendVerificationEmail: async ({ user: { email, name }, url }) =>
        post(email, verificationLetter({ name, link: url })),
    },
  } satisfies BetterAuthOptions;
}

/**
 * Kept by address and path in a table, so that all processes count together. Reading one's own session is left to the
 * limits of the HTTP layer, since every page does it.
 */
function rateLimits() {
  const attempts = { window: 60, max: configuration().limits.signInsPerMinuteMax };
  return {
    enabled: true,
    storage: 'database',
    ...rateLimitTable,
    customRules: {
      '/get-session': false,
      '/sign-in-methods': false,
      '/sign-in/*': attempts,
      '/two-factor/*': attempts,
    },
  } satisfies BetterAuthOptions['rateLimit'];
}
