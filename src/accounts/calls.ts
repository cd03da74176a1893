/**
 * The calls below /api/auth: all there are, with what may be sent to them and what they answer. better-auth knows more;
 * what does not stand here does not exist.
 */
import { z } from 'zod';
import { oidcProvider } from './oidc.ts';
import { passwordLength } from './password-length.ts';

export interface AccountCall {
  readonly method: 'GET' | 'POST';
  /** Below /api/auth. */
  readonly path: string;
  readonly summary: string;
  /** Without a session it answers 401. */
  readonly signedIn: boolean;
  readonly query?: z.ZodType<Record<string, unknown>>;
  /** Of JSON. */
  readonly body?: z.ZodType;
  /** With status 200. */
  readonly answer?: z.ZodType;
  /** It may answer 302, to a page of ours or of the provider. */
  readonly redirects?: true;
  /** It needs the OpenID Connect provider. */
  readonly provider?: true;
}

const email = z.email().max(254);
const name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}]*$/u, 'A name has no line breaks or control characters');
const password = z.string().min(1).max(passwordLength.max);
const newPassword = z.string().min(passwordLength.min).max(passwordLength.max);
/** A page of ours to go to afterwards: a path, or the whole address. */
const page = z
  .string()
  .max(2048)
  .regex(/^[\x21-\x7e]+$/, 'An address has no spaces and only ASCII characters');
const token = z.string().min(1).max(2048);

const user = z.object({
  id: z.uuid(),
  email: z.string(),
  emailVerified: z.boolean(),
  name: z.string(),
  image: z.string().nullish(),
  twoFactorEnabled: z.boolean().nullish(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

const session = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  activeTenantId: z.uuid().nullish(),
  ipAddress: z.string().nullish(),
  userAgent: z.string().nullish(),
  expiresAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

/** `token` is what a bearer sends; null when the session stays the one it was. */
const signedIn = z.object({ token: z.string().nullable(), user });
const secondFactorNext = z.object({
  twoFactorRedirect: z.literal(true),
  twoFactorMethods: z.array(z.string()),
});
const done = z.object({ status: z.literal(true) });

export const accountCalls: readonly AccountCall[] = [
  {
    method: 'GET',
    path: '/sign-in-methods',
    summary: 'How people can sign in here',
    signedIn: false,
    answer: z.object({
      password: z.literal(true),
      sign_up: z.boolean(),
      oidc: z.object({ name: z.string() }).nullable(),
    }),
  },
  {
    method: 'GET',
    path: '/get-session',
    summary: 'Who is signed in; null when nobody is. Prolongs the session',
    signedIn: false,
    answer: z.object({ session, user }).nullable(),
  },
  {
    method: 'POST',
    path: '/sign-up/email',
    summary: 'Make an account, where the configuration lets everybody; a mail asks to confirm the address',
    signedIn: false,
    body: z.strictObject({ name, email, password: newPassword, callbackURL: page.optional() }),
    answer: z.object({ token: z.null(), user }),
  },
  {
    method: 'POST',
    path: '/sign-in/email',
    summary: 'Sign in by e-mail address and password; with two factors, the second comes next',
    signedIn: false,
    body: z.strictObject({ email, password, rememberMe: z.boolean().optional() }),
    answer: z.union([signedIn.extend({ redirect: z.literal(false) }), secondFactorNext]),
  },
  {
    method: 'POST',
    path: '/sign-in/social',
    summary: 'Begin to sign in through the OpenID Connect provider: where to send the browser',
    signedIn: false,
    body: z.strictObject({
      provider: z.literal(oidcProvider),
      callbackURL: page.optional(),
      errorCallbackURL: page.optional(),
      disableRedirect: z.boolean().optional(),
    }),
    answer: z.object({ url: z.string(), redirect: z.boolean() }),
    provider: true,
  },
  {
    method: 'GET',
    path: `/callback/${oidcProvider}`,
    summary: 'Where the provider sends the browser back to',
    signedIn: false,
    query: z.record(z.string(), z.string()),
    redirects: true,
    provider: true,
  },
  {
    method: 'POST',
    path: '/sign-out',
    summary: 'End this session',
    signedIn: false,
    body: z.strictObject({}),
    answer: z.object({ success: z.literal(true) }),
  },
  {
    method: 'POST',
    path: '/send-verification-email',
    summary: 'Ask for the mail that confirms an address once more',
    signedIn: false,
    body: z.strictObject({ email, callbackURL: page.optional() }),
    answer: done,
  },
  {
    method: 'GET',
    path: '/verify-email',
    summary: 'The link in that mail',
    signedIn: false,
    query: z.strictObject({ token, callbackURL: page.optional() }),
    answer: done.extend({ user: z.null() }),
    redirects: true,
  },
  {
    method: 'POST',
    path: '/request-password-reset',
    summary:
      'Ask for a mail with which to choose a new password; the answer is the same for an unknown address',
    signedIn: false,
    body: z.strictObject({ email }),
    answer: done.extend({ message: z.string() }),
  },
  {
    method: 'POST',
    path: '/reset-password',
    summary: 'Choose a new password with the token of that mail; ends all sessions',
    signedIn: false,
    body: z.strictObject({ token, newPassword }),
    answer: done,
  },
  {
    method: 'POST',
    path: '/change-password',
    summary: 'Choose a new password',
    signedIn: true,
    body: z.strictObject({
      currentPassword: password,
      newPassword,
      revokeOtherSessions: z.boolean().optional(),
    }),
    answer: signedIn,
  },
  {
    method: 'POST',
    path: '/update-user',
    summary: 'Change one’s name',
    signedIn: true,
    body: z.strictObject({ name }),
    answer: done,
  },
  {
    method: 'GET',
    path: '/list-sessions',
    summary: 'One’s sessions, on all devices',
    signedIn: true,
    answer: z.array(session.omit({ userId: true, activeTenantId: true }).extend({ current: z.boolean() })),
  },
  {
    method: 'POST',
    path: '/revoke-session',
    summary: 'End one of one’s sessions',
    signedIn: true,
    body: z.strictObject({ id: z.uuid() }),
    answer: done,
  },
  {
    method: 'POST',
    path: '/revoke-other-sessions',
    summary: 'End all of one’s sessions but this',
    signedIn: true,
    body: z.strictObject({}),
    answer: done,
  },
  {
    method: 'POST',
    path: '/revoke-sessions',
    summary: 'End all of one’s sessions',
    signedIn: true,
    body: z.strictObject({}),
    answer: done,
  },
  {
    method: 'POST',
    path: '/two-factor/enable',
    summary: 'Begin to use a second factor: the key for an authenticator app, and backup codes',
    signedIn: true,
    body: z.strictObject({ password }),
    answer: z.object({ method: z.literal('totp'), totpURI: z.string(), backupCodes: z.array(z.string()) }),
  },
  {
    method: 'POST',
    path: '/two-factor/verify-totp',
    summary: 'Give the code of the authenticator app: the last step to sign in, or to begin using it',
    signedIn: false,
    body: z.strictObject({ code: z.string().regex(/^\d{6}$/), trustDevice: z.boolean().optional() }),
    answer: signedIn,
  },
  {
    method: 'POST',
    path: '/two-factor/verify-backup-code',
    summary: 'Give a backup code instead; each works once',
    signedIn: false,
    body: z.strictObject({ code: z.string().min(1).max(64), trustDevice: z.boolean().optional() }),
    answer: signedIn,
  },
  {
    method: 'POST',
    path: '/two-factor/get-totp-uri',
    summary: 'The key for another authenticator app',
    signedIn: true,
    body: z.strictObject({ password }),
    answer: z.object({ totpURI: z.string() }),
  },
  {
    method: 'POST',
    path: '/two-factor/generate-backup-codes',
    summary: 'New backup codes in place of the old',
    signedIn: true,
    body: z.strictObject({ password }),
    answer: done.extend({ backupCodes: z.array(z.string()) }),
  },
  {
    method: 'POST',
    path: '/two-factor/disable',
    summary: 'No longer use a second factor',
    signedIn: true,
    body: z.strictObject({ password }),
    answer: done,
  },
];
