/**
 * What better-auth's calls answer, where its own answer would hold a session's bare token: none of ours does. Whoever
 * signs in gets the signed token, which is what a bearer sends; sessions are listed and revoked by their ids.
 */
import type { BetterAuthPlugin, Session } from 'better-auth';
import { createAuthEndpoint, createAuthMiddleware, sensitiveSessionMiddleware } from 'better-auth/api';
import { z } from 'zod';

export interface SignInMethods {
  readonly signUp: boolean;
  /** The provider's name, for the button; null without one. */
  readonly oidc: { readonly name: string } | null;
}

export function ownAnswers(methods: SignInMethods): BetterAuthPlugin {
  return {
    id: 'clientele-answers',
    endpoints: {
      signInMethods: createAuthEndpoint('/sign-in-methods', { method: 'GET' }, async (call) =>
        call.json({ password: true, sign_up: methods.signUp, oidc: methods.oidc }),
      ),
      listSessions,
      revokeSession,
    },
    hooks: { after: [{ matcher: () => true, handler: withoutBareTokens }] },
  };
}

const listSessions = createAuthEndpoint(
  '/list-sessions',
  { method: 'GET', use: [sensitiveSessionMiddleware], requireHeaders: true },
  async (call) => {
    const { session, user } = call.context.session;
    const sessions = await call.context.internalAdapter.listSessions(user.id, { onlyActiveSessions: true });
    return call.json(sessions.map((each) => ({ ...shown(each), current: each.id === session.id })));
  },
);

function shown({ id, createdAt, updatedAt, expiresAt, ipAddress, userAgent }: Session) {
  return { id, createdAt, updatedAt, expiresAt, ipAddress: ipAddress ?? null, userAgent: userAgent ?? null };
}

/** One that is not his, or is over, is as good as revoked: nothing is said about it. */
const revokeSession = createAuthEndpoint(
  '/revoke-session',
  {
    method: 'POST',
    body: z.object({ id: z.string() }),
    use: [sensitiveSessionMiddleware],
    requireHeaders: true,
  },
  async (call) => {
    const sessions = await call.context.internalAdapter.listSessions(call.context.session.user.id);
    const session = sessions.find(({ id }) => id === call.body.id);
    if (session !== undefined) await call.context.internalAdapter.deleteSession(session.token);
    return call.json({ status: true });
  },
);

/** Stands behind the bearer plugin, which has put the signed token into a header. */
const withoutBareTokens = createAuthMiddleware(async (call) => {
  const returned: unknown = call.context.returned;
  if (!isRecord(returned) || returned instanceof Error) return;
  if (call.path === '/get-session' && isRecord(returned.session)) {
    const { token: _, ...session } = returned.session;
    return call.json({ ...returned, session });
  }
  if (!('token' in returned)) return;
  return call.json({ ...returned, token: call.context.responseHeaders?.get('set-auth-token') ?? null });
});

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
