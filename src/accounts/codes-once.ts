/**
 * A code of an authenticator app signs somebody in once (RFC 6238, section 5.2): whoever saw it being typed cannot use
 * it behind him, in the minute for which it would still be good.
 */
import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { z } from 'zod';

const path = '/two-factor/verify-totp';
/** The library's cookie of a sign-in that waits for its second factor. */
const waitingCookie = 'two_factor';
/** A code is taken for its own half minute, and for the ones before and behind it. */
const goodMs = 120_000;

const typed = z.object({ code: z.string() });
type Call = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

/** Stands behind the two-factor plugin. */
export function codesOnce(): BetterAuthPlugin {
  const ofThisCall = ({ path: called }: { readonly path?: string | undefined }): boolean => called === path;
  return {
    id: 'clientele-codes-once',
    hooks: {
      before: [{ matcher: ofThisCall, handler: createAuthMiddleware(refuseUsed) }],
      after: [{ matcher: ofThisCall, handler: createAuthMiddleware(noteUsed) }],
    },
  };
}

/** Whoever has a session begins to use his app: that is no sign-in. */
async function refuseUsed(call: Call): Promise<void> {
  const { name } = call.context.createAuthCookie(waitingCookie);
  const waiting = await call.getSignedCookie(name, call.context.secret);
  const body = typed.safeParse(call.body);
  if (typeof waiting !== 'string' || !body.success) return;
  const { internalAdapter } = call.context;
  const userId = (await internalAdapter.findVerificationValue(waiting))?.value;
  if (userId === undefined) return;
  if ((await internalAdapter.findVerificationValue(usedName(userId, body.data.code))) === null) return;
  throw new APIError('UNAUTHORIZED', { code: 'INVALID_CODE', message: 'Invalid code' });
}

async function noteUsed(call: Call): Promise<void> {
  const { newSession, session: before, internalAdapter } = call.context;
  const body = typed.safeParse(call.body);
  if (newSession == null || before != null || !body.success) return;
  await internalAdapter.createVerificationValue({
    identifier: usedName(newSession.user.id, body.data.code),
    value: newSession.user.id,
    expiresAt: new Date(Date.now() + goodMs),
  });
}

function usedName(userId: string, code: string): string {
  return `used-code-${userId}-${code}`;
}
